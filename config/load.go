package config

import (
	"encoding"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Load reads the settings from environ, which has the form of os.Environ; when a name occurs twice, the last one counts. schemes are the
// database schemes that this build knows beside sqlite and mysql. The error is of type Faults and names everything that is wrong; there is no
// Config then. Load reads the files that X_FILE variables name and tries to open the certificate files, and nothing else: the environment of
// the process is neither read nor changed. Safe for concurrent use.
//
// The fields are declared as envconfig wants them, and read as it reads them, which a test compares. It cannot do it itself: it reads the
// environment of the process only, takes an empty variable for a value, and ends at the first fault.
func Load(environ []string, schemes ...string) (*Config, error) {
	cfg := &Config{schemes: slices.Clone(schemes)}
	l := newLoader(environ, fieldsOf(cfg))
	l.refuseUnknown()
	l.readFiles()
	for _, f := range l.known {
		l.read(f)
	}
	l.followDataDir(cfg)
	l.faults = append(l.faults, cfg.validate(l.bad)...)
	if len(l.faults) > 0 {
		sortFaults(l.faults, l.known)
		return nil, Faults(l.faults)
	}
	return cfg, nil
}

// loader is the state of one Load.
type loader struct {
	known    []field
	vars     map[string]string // what is set; a variable with a fault is taken out, so that its default stands in for the rest of the checks
	contents map[string]string // what the X_FILE variables brought, by the name of X
	faults   []Fault
	bad      map[string]bool // variables that have a fault already
}

func newLoader(environ []string, known []field) *loader {
	l := &loader{known: known, vars: map[string]string{}, contents: map[string]string{}, bad: map[string]bool{}}
	for _, entry := range environ { // the last one of a name counts, as it does for started programs
		if name, value, ok := strings.Cut(entry, "="); ok && strings.HasPrefix(name, prefix+"_") {
			l.vars[name] = value
		}
	}
	for name, value := range l.vars {
		if value == "" {
			delete(l.vars, name)
		}
	}
	return l
}

// fault records a fault of the variable, under the name reported, and goes on as if the variable were not set.
func (l *loader) fault(variable, reported, message string) {
	l.faults = append(l.faults, Fault{Variable: reported, Message: message})
	l.bad[variable] = true
	delete(l.vars, variable)
}

// read gives a field its value: what is set, else its default.
func (l *loader) read(f field) {
	value, set := l.vars[f.name]
	if set && strings.ContainsRune(value, 0) {
		l.fault(f.name, f.name, "holds a NUL byte; text is allowed")
		set = false
	}
	if content, inFile := l.contents[f.name]; inFile {
		value, set = content, true
	}
	if set {
		err := f.set(value)
		if err == nil {
			return
		}
		l.fault(f.name, f.name, notReadable(f, value, err))
	}
	if value := f.tag.Get("default"); value != "" {
		if err := f.set(value); err != nil {
			panic("config: the default of " + f.name + " cannot be read") // a constant; a test reads them all
		}
	}
}

// plainInteger is stricter than strconv, which takes 010 for eight.
var plainInteger = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`)

// set reads the text of a value.
func (f field) set(text string) error {
	if own, ok := f.value.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return own.UnmarshalText([]byte(text))
	}
	switch {
	case f.isDuration():
		d, err := time.ParseDuration(text)
		f.value.SetInt(int64(d))
		return err
	case f.isInteger():
		n, err := strconv.ParseInt(text, 10, 64)
		if !plainInteger.MatchString(text) {
			err = errors.New("not a plain number")
		}
		f.value.SetInt(n)
		return err
	case f.value.Kind() == reflect.Bool:
		b, err := strconv.ParseBool(text)
		f.value.SetBool(b)
		return err
	}
	f.value.SetString(text)
	return nil
}

// followDataDir keeps the embedded store beside the rest of what is stored.
func (l *loader) followDataDir(cfg *Config) {
	const name = prefix + "_DATABASE"
	_, set := l.vars[name]
	_, inFile := l.contents[name]
	if set || inFile {
		return
	}
	if strings.ContainsAny(cfg.DataDir, "?#") || strings.ContainsFunc(cfg.DataDir, unicode.IsControl) {
		l.fault(prefix+"_DATA_DIR", prefix+"_DATA_DIR", "holds '?', '#' or a control character, which the path of the embedded store cannot have")
		return
	}
	cfg.Database = NewDSN("sqlite:" + filepath.Join(cfg.DataDir, "adapter.db"))
}

// notReadable says what was expected. No secret gets here: Secret and DSN take every text.
func notReadable(f field, value string, err error) string {
	switch {
	case f.isDuration():
		return show(value) + " is not a duration; a number with a unit is allowed, such as 500ms, 10s or 24h"
	case f.isInteger():
		return fmt.Sprintf("%s is not a whole number; allowed: %s", show(value), span(f))
	case decodes(f.value.Type()):
		return fmt.Sprintf("%s %s", show(value), err)
	default:
		return show(value) + " is neither true nor false; allowed: true, false"
	}
}

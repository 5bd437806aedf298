package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/kelseyhightower/envconfig"
)

// Load reads the settings from environ, which has the form of os.Environ; when a name occurs twice, the last one counts. schemes are the
// database schemes that this build knows beside sqlite and mysql. The error is of type Faults and names everything that is wrong; there is no
// Config then. Load reads the files that X_FILE variables name and tries to open the certificate files, and nothing else: what stands in the
// environment of the process does not matter, though for a moment the ADAPTER_ variables in it are replaced. Safe for concurrent use.
func Load(environ []string, schemes ...string) (*Config, error) {
	l := newLoader(environ)
	l.refuseUnknown()
	l.readFiles()
	l.refuseUnreadable()
	cfg, err := l.process()
	if err != nil {
		return nil, err
	}
	cfg.schemes = slices.Clone(schemes)
	l.useFiles(cfg)
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

func newLoader(environ []string) *loader {
	l := &loader{known: Config{}.fields(), vars: map[string]string{}, contents: map[string]string{}, bad: map[string]bool{}}
	for name, value := range ours(environ) {
		if value != "" {
			l.vars[name] = value
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

// plainInteger is stricter than envconfig, which takes 010 for eight.
var plainInteger = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`)

// refuseUnreadable finds what envconfig would misread, or what the environment cannot carry.
func (l *loader) refuseUnreadable() {
	for _, f := range l.known {
		value, set := l.vars[f.name]
		switch {
		case set && strings.ContainsRune(value, 0):
			l.fault(f.name, f.name, "holds a NUL byte; text is allowed")
		case set && f.isInteger() && !plainInteger.MatchString(value):
			l.fault(f.name, f.name, notReadable(f, value, nil))
		}
	}
}

// process runs envconfig. It gives up at the first value that it cannot read, so every such value is recorded, taken out, and the rest is
// tried again.
func (l *loader) process() (*Config, error) {
	for {
		cfg := &Config{}
		err := withEnvironment(l.vars, func() error { return envconfig.Process(prefix, cfg) })
		var unreadable *envconfig.ParseError
		if !errors.As(err, &unreadable) {
			return cfg, err
		}
		i := slices.IndexFunc(l.known, func(f field) bool { return f.name == unreadable.KeyName })
		value, set := l.vars[unreadable.KeyName]
		if i < 0 || !set {
			return nil, fmt.Errorf("config: the default of %s cannot be read: %w", unreadable.KeyName, unreadable.Err)
		}
		l.fault(unreadable.KeyName, unreadable.KeyName, notReadable(l.known[i], value, unreadable.Err))
	}
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

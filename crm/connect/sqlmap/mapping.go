package sqlmap

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// maxRows limits the rows of one read when the mapping does not say.
const maxRows = 1000

// mapping is a file of statements, compiled for its database.
type mapping struct {
	name       string
	dialect    *dialect
	timeout    time.Duration
	rows       int
	statements map[string]*statement
}

// file is a mapping as it is written.
type file struct {
	Database struct {
		// Name is shown to operators.
		Name string `toml:"name"`
		// Driver is mysql or postgres; builds with the tags know mssql and oracle.
		Driver string `toml:"driver"`
		// Timeout limits each statement, Rows the rows of one read.
		Timeout string `toml:"timeout"`
		Rows    int    `toml:"rows"`
	} `toml:"database"`
	Statements map[string]string `toml:"statements"`
}

// load reads a mapping and tells every fault at once.
func load(path string) (*mapping, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	m, err := parse(content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

func parse(content []byte) (*mapping, error) {
	var f file
	decoder := toml.NewDecoder(bytes.NewReader(content)).DisallowUnknownFields()
	if err := decoder.Decode(&f); err != nil {
		var strict *toml.StrictMissingError
		if errors.As(err, &strict) {
			return nil, fmt.Errorf("a setting that does not exist:\n%s", strict.String())
		}
		return nil, err
	}
	m := &mapping{name: f.Database.Name, timeout: 3 * time.Second, rows: maxRows, statements: map[string]*statement{}}
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if m.dialect = dialects()[f.Database.Driver]; m.dialect == nil {
		return nil, fmt.Errorf("driver = %q: this build knows %v", f.Database.Driver, driverNames())
	}
	if f.Database.Timeout != "" {
		var err error
		if m.timeout, err = time.ParseDuration(f.Database.Timeout); err != nil || m.timeout < 10*time.Millisecond || m.timeout > time.Minute {
			fault("timeout = %q: a duration between 10ms and 1m is allowed, such as 3s", f.Database.Timeout)
		}
	}
	if f.Database.Rows != 0 {
		if m.rows = f.Database.Rows; m.rows < 1 || m.rows > 100_000 {
			fault("rows = %d: 1 to 100000 are allowed", m.rows)
		}
	}
	if m.name == "" {
		m.name = f.Database.Driver
	}
	for name, text := range f.Statements {
		compiled, err := compile(name, text, m.dialect)
		if err != nil {
			fault("statement %s: %w", name, err)
			continue
		}
		m.statements[name] = compiled
	}
	for _, name := range mandatory {
		if _, there := f.Statements[name]; !there {
			fault("statement %s: missing", name)
		}
	}
	slices.SortFunc(faults, func(a, b error) int { return bytes.Compare([]byte(a.Error()), []byte(b.Error())) })
	return m, errors.Join(faults...)
}

// writes reports whether anything is written.
func (m *mapping) writes() bool {
	for _, s := range m.statements {
		if s.write {
			return true
		}
	}
	return false
}

// sorted gives the statements by name.
func (m *mapping) sorted() (all []*statement) {
	for _, name := range Statements() {
		if s := m.statements[name]; s != nil {
			all = append(all, s)
		}
	}
	return all
}

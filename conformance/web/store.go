package web

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"koshelek-adapter/conformance"
)

// kept is a run in a file. It holds no credentials: neither login nor password.
type kept struct {
	Schema   string              `json:"schema"`
	State    state               `json:"state"`
	Began    time.Time           `json:"began"`
	Settings settings            `json:"settings"`
	Failure  string              `json:"failure,omitempty"`
	Report   *conformance.Report `json:"report,omitempty"`
}

// keptSchema names the form of the files. It changes when old ones cannot be read.
const keptSchema = "koshelek-demo-zone/1"

// store keeps runs in a folder, a file each; without a folder it only counts.
// A file that cannot be written or read is told to the log, and the site goes on.
type store struct {
	dir string
	log func(text string)

	mu     sync.Mutex
	serial int
}

func newStore(dir string, log func(string)) (*store, error) {
	if dir != "" {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("web: %w", err)
		}
	}
	if log == nil {
		log = func(string) {}
	}
	return &store{dir: dir, log: log}, nil
}

func (s *store) file(id int) string { return filepath.Join(s.dir, "run-"+strconv.Itoa(id)+".json") }

var fileName = regexp.MustCompile(`^run-([1-9]\d{0,8})\.json$`)

// load reads the newest runs, oldest first. What was running when the site ended
// is interrupted.
func (s *store) load(most int, clock func() time.Time) ([]*run, error) {
	if s.dir == "" {
		return nil, nil
	}
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	var all []*run
	for _, entry := range entries {
		found := fileName.FindStringSubmatch(entry.Name())
		if found == nil {
			continue
		}
		id, err := strconv.Atoi(found[1])
		if err != nil {
			continue // nine digits are a number
		}
		s.serial = max(s.serial, id)
		r, err := s.read(id, clock)
		if err != nil {
			s.log(fmt.Sprintf("%s is left out: %v", entry.Name(), err))
			continue
		}
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b *run) int { return cmp.Compare(a.id, b.id) })
	if over := len(all) - most; over > 0 {
		s.log(fmt.Sprintf("%d older runs are left out", over))
		all = all[over:]
	}
	return all, nil
}

func (s *store) read(id int, clock func() time.Time) (*run, error) {
	text, err := os.ReadFile(s.file(id))
	if err != nil {
		return nil, err
	}
	var k kept
	if err := json.Unmarshal(text, &k); err != nil {
		return nil, err
	}
	switch {
	case k.Schema != keptSchema:
		return nil, fmt.Errorf("its schema is %q and not %q", k.Schema, keptSchema)
	case k.State == finished && (k.Report == nil || k.Report.Schema != conformance.ReportSchema):
		return nil, errors.New("it holds no report of this version")
	case k.State == running:
		k.State = interrupted
	case !slices.Contains([]state{finished, failed, stopped, interrupted}, k.State):
		return nil, fmt.Errorf("there is no state %q", k.State)
	}
	return &run{
		id: id, settings: k.Settings, began: k.Began, clock: clock, stop: func() {}, state: k.State, failure: k.Failure, report: k.Report, changed: make(chan struct{}),
	}, nil
}

// claim gives a new run its number, and its file.
func (s *store) claim(r *run) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		s.serial++
		r.id = s.serial
		if s.dir == "" {
			return
		}
		// Another site may use the same folder.
		file, err := os.OpenFile(s.file(r.id), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, os.ErrExist) {
			continue
		}
		if err == nil {
			text, _ := r.encode() // settings and times always encode
			_, err = file.Write(text)
			err = errors.Join(err, file.Close())
		}
		if err != nil {
			s.log(fmt.Sprintf("run %d is not kept: %v", r.id, err))
		}
		return
	}
}

// save keeps what became of a run. Where the host repeated the credentials in an
// answer, they are taken out.
func (s *store) save(r *run, target conformance.Target) {
	if s.dir == "" {
		return
	}
	text, err := r.encode()
	if err == nil {
		err = s.replace(r, without(text, target.Password))
	}
	if err != nil {
		s.log(fmt.Sprintf("run %d is not kept: %v", r.id, err))
	}
}

// without takes a secret out of JSON. A secret so short that it stands in any
// text says nothing to who finds it.
func without(text []byte, secret string) []byte {
	const shortest = 4
	inJSON, err := json.Marshal(secret)
	if err != nil || len(secret) < shortest {
		return text
	}
	return []byte(strings.ReplaceAll(string(text), string(inJSON[1:len(inJSON)-1]), "***"))
}

// replace writes a file whole or not at all, unless the run was forgotten.
func (s *store) replace(r *run, text []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.forgotten() {
		return nil
	}
	next := s.file(r.id) + ".new"
	if err := os.WriteFile(next, text, 0o600); err != nil {
		return err
	}
	return os.Rename(next, s.file(r.id))
}

// remove takes a run out of the folder.
func (s *store) remove(r *run) {
	if s.dir == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := os.Remove(s.file(r.id)); err != nil && !errors.Is(err, os.ErrNotExist) {
		s.log(fmt.Sprintf("run %d stays in the folder: %v", r.id, err))
	}
}

// encode is the run as its file holds it.
func (r *run) encode() ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return json.Marshal(kept{keptSchema, r.state, r.began, r.settings, r.failure, r.report})
}

// forget notes that the run is not to be kept.
func (r *run) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.gone = true
}

func (r *run) forgotten() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.gone
}

// name is the run's number as addresses have it.
func (r *run) name() string { return strconv.Itoa(r.id) }

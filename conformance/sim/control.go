package sim

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Action is something that a vendor's operator can do by hand. It returns what
// the control API answers.
type Action struct {
	Args string                       `json:"args"` // in words
	Doc  string                       `json:"doc"`
	Do   func(args Args) (any, error) `json:"-"`
}

// Args are the arguments of an [Action].
type Args map[string]string

// Control returns the control API on its own, for a separate listener. With a
// control token it wants `Authorization: Bearer TOKEN`.
//
//	GET    /_sim/               name, time, endpoints, switches, actions
//	GET    /_sim/faults         rules, and how often each fault struck
//	POST   /_sim/faults         a [Rule] or a list of them
//	DELETE /_sim/faults         takes all back
//	DELETE /_sim/faults/{id}    takes one back
//	GET    /_sim/knobs          every setting
//	PATCH  /_sim/knobs          {"name":"value"}
//	GET    /_sim/clock          {"now":…}
//	POST   /_sim/clock          {"advance":"5m"} or {"set":"2026-01-02T03:04:05Z"}
//	GET    /_sim/state          everything that the vendor holds
//	GET    /_sim/audit          [Award]s; ?doubled=1 only those that took effect twice
//	GET    /_sim/calls          records; ?endpoint= and ?limit=
//	POST   /_sim/actions/{name} an [Action], its arguments as an object of strings
//	POST   /_sim/reset          back to the start
func (s *Stage) Control() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, work func(*http.Request) (any, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.serveControl(w, r, work) })
	}
	handle("GET /_sim/{$}", s.describe)
	handle("GET /_sim/faults", func(*http.Request) (any, error) { return s.faultsNow(), nil })
	handle("POST /_sim/faults", s.addFaults)
	handle("DELETE /_sim/faults", func(*http.Request) (any, error) { s.Faults.Clear(); return s.faultsNow(), nil })
	handle("DELETE /_sim/faults/{id}", s.removeFault)
	handle("GET /_sim/knobs", func(*http.Request) (any, error) { return s.Knobs.All(), nil })
	handle("PATCH /_sim/knobs", s.setKnobs)
	handle("GET /_sim/clock", func(*http.Request) (any, error) { return s.timeNow(), nil })
	handle("POST /_sim/clock", s.setClock)
	handle("GET /_sim/state", func(*http.Request) (any, error) { return s.vendor.State(), nil })
	handle("GET /_sim/audit", s.auditNow)
	handle("GET /_sim/calls", s.callsNow)
	handle("POST /_sim/actions/{name}", s.act)
	handle("POST /_sim/reset", func(*http.Request) (any, error) { s.Reset(); return s.timeNow(), nil })
	handle("/_sim/", func(*http.Request) (any, error) { return nil, errUnknown })
	return mux
}

var (
	errUnknown = errors.New("there is no such thing to control")
	errDenied  = errors.New("the control token is missing or wrong")
)

func (s *Stage) serveControl(w http.ResponseWriter, r *http.Request, work func(*http.Request) (any, error)) {
	w.Header().Set(Header, "test only; control of the simulator of "+s.vendor.Name)
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	body, err := any(nil), errDenied
	if s.admits(r) {
		body, err = work(r)
	}
	status := http.StatusOK
	switch {
	case errors.Is(err, errDenied):
		status = http.StatusUnauthorized
		w.Header().Set("WWW-Authenticate", "Bearer")
	case errors.Is(err, errUnknown):
		status = http.StatusNotFound
	case err != nil:
		status = http.StatusBadRequest
	}
	if err != nil {
		body = map[string]string{"error": err.Error()}
	}
	s.send(w, &Call{Request: r}, Answer{Status: status, Body: body})
}

func (s *Stage) admits(r *http.Request) bool {
	want, got := sha256.Sum256([]byte(s.control)), sha256.Sum256([]byte((&Call{Request: r}).Bearer()))
	return s.control == "" || subtle.ConstantTimeCompare(want[:], got[:]) == 1
}

func (s *Stage) describe(*http.Request) (any, error) {
	return map[string]any{
		"simulator": s.vendor.Name, "test_only": true, "now": s.Clock.Now(), "seed": strconv.FormatUint(s.Seed, 10),
		"endpoints": s.Faults.endpoints, "faults": s.Faults.offered, "knobs": s.Knobs.offered, "actions": s.vendor.Actions,
	}, nil
}

func (s *Stage) faultsNow() any {
	return map[string]any{"rules": s.Faults.Rules(), "struck": s.Faults.Counts()}
}

func (s *Stage) timeNow() any { return map[string]any{"now": s.Clock.Now()} }

func (s *Stage) addFaults(r *http.Request) (any, error) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	var rules []Rule
	if one := (Rule{}); json.Unmarshal(raw, &one) == nil {
		rules = []Rule{one}
	} else if err := json.Unmarshal(raw, &rules); err != nil {
		return nil, fmt.Errorf("neither a rule nor a list of rules: %w", err)
	}
	return s.Faults.Add(rules...)
}

func (s *Stage) removeFault(r *http.Request) (any, error) {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil || !s.Faults.Remove(id) {
		return nil, errUnknown
	}
	return s.faultsNow(), nil
}

func (s *Stage) setKnobs(r *http.Request) (any, error) {
	values := map[string]string{}
	if err := json.NewDecoder(r.Body).Decode(&values); err != nil {
		return nil, fmt.Errorf("not an object of strings: %w", err)
	}
	err := s.Knobs.SetAll(values)
	return s.Knobs.All(), err
}

func (s *Stage) setClock(r *http.Request) (any, error) {
	var want struct{ Advance, Set string }
	if err := json.NewDecoder(r.Body).Decode(&want); err != nil {
		return nil, err
	}
	switch {
	case (want.Advance == "") == (want.Set == ""):
		return nil, errors.New("give either advance or set")
	case want.Set != "":
		t, err := time.Parse(time.RFC3339, want.Set)
		if err != nil {
			return nil, err
		}
		s.Clock.Set(t)
	default:
		d, err := time.ParseDuration(want.Advance)
		if err != nil {
			return nil, err
		}
		s.Clock.Advance(d)
	}
	return s.timeNow(), nil
}

func (s *Stage) auditNow(r *http.Request) (any, error) {
	if r.URL.Query().Get("doubled") != "" {
		return s.Audit.Doubled(), nil
	}
	return s.Audit.Awards(), nil
}

func (s *Stage) callsNow(r *http.Request) (any, error) {
	limit := 100
	if text := r.URL.Query().Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return nil, fmt.Errorf("limit %q is no number", text)
		}
		limit = n
	}
	return s.Calls.Last(limit, r.URL.Query().Get("endpoint")), nil
}

func (s *Stage) act(r *http.Request) (any, error) {
	args := Args{}
	if err := json.NewDecoder(r.Body).Decode(&args); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("not an object of strings: %w", err)
	}
	return s.Act(r.PathValue("name"), args)
}

// Act does one of the vendor's actions.
func (s *Stage) Act(name string, args Args) (any, error) {
	action, found := s.vendor.Actions[name]
	if !found {
		return nil, fmt.Errorf("there is no action %q, but %v: %w", name, slices.Sorted(maps.Keys(s.vendor.Actions)), errUnknown)
	}
	return action.Do(args)
}

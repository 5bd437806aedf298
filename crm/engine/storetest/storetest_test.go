package storetest

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// TestFaults tests the tests: each fault of a good backend is noticed by the
// check of the promise that it breaks.
func TestFaults(t *testing.T) {
	for _, check := range Checks() {
		for wrong, spoil := range check.faults {
			t.Run(strings.ReplaceAll(check.Name+"/"+wrong, " ", "-"), func(t *testing.T) {
				t.Parallel()
				verdict := judge(check, spoilt(spoil))
				if !verdict.failed {
					t.Fatalf("nobody notices it: %s", check.Promise)
				}
				tells := func(text string) bool { return strings.HasPrefix(text, "broken promise: "+check.Promise) }
				if !slices.ContainsFunc(verdict.messages, tells) {
					t.Errorf("the check fails without telling the promise:\n%s", strings.Join(verdict.messages, "\n"))
				}
				t.Log(verdict.messages[0])
			})
		}
	}
}

// spoilt opens good stores and spoils their backends, after a crash too.
func spoilt(spoil fault) Opener {
	return func(t testing.TB) *Store {
		t.Helper()
		store := openSQLite(t)
		crash := store.Crash
		var w *wire
		spoils := func(good engine.Store) engine.Store {
			w = newWire(good)
			w.reopened = func() engine.Store { return crash(t) }
			spoil(w)
			return w
		}
		store.Backend = spoils(store.Backend)
		store.Crash = func(t testing.TB) engine.Store {
			if w.instead != nil {
				return spoils(w.instead)
			}
			return spoils(crash(t))
		}
		return store
	}
}

func nowhere(testing.TB) *Store { return nil }

func TestEveryCheckNeedsStore(t *testing.T) {
	for _, check := range Checks() {
		if !judge(check, nowhere).failed {
			t.Errorf("%s passes without a store", check.Name)
		}
	}
}

// panicking is a backend that panics whatever it is asked.
type panicking struct{ engine.Store }

// numb is a backend that answers every call with success and nothing.
type numb struct{ engine.Store }

func (numb) FindCards(context.Context, crm.Identity) ([]crm.Match, error) { return nil, nil }
func (numb) Issue(context.Context, engine.IssueRequest) (engine.Issued, error) {
	return engine.Issued{}, nil
}
func (numb) IssueReserved(context.Context, engine.IssueRequest) (crm.Card, error) {
	return crm.Card{}, nil
}
func (numb) Card(context.Context, string) (crm.Card, error) { return crm.Card{}, nil }

func TestChecksFailBadBackends(t *testing.T) {
	for _, bad := range []engine.Store{panicking{}, numb{}} {
		open := func(testing.TB) *Store {
			return &Store{Backend: bad, Crash: func(testing.TB) engine.Store { return bad }, Spoil: func(testing.TB, string) {}}
		}
		for _, check := range Checks() {
			if !judge(check, open).failed {
				t.Errorf("%s passes a %T backend", check.Name, bad)
			}
		}
	}
}

func TestChecksAreNamed(t *testing.T) {
	names, themes := map[string]bool{}, map[string]bool{}
	for _, check := range Checks() {
		theme, rest, found := strings.Cut(check.Name, "/")
		if names[check.Name] || !found || rest == "" || strings.ContainsAny(rest, " /") {
			t.Errorf("the name %q is no name or not unique", check.Name)
		}
		if !strings.HasSuffix(check.Promise, ".") || check.steps == nil {
			t.Errorf("%s has no promise in words or no steps", check.Name)
		}
		names[check.Name], themes[theme] = true, true
	}
	backend := reflect.TypeFor[engine.Store]()
	for i := range backend.NumMethod() {
		if method := backend.Method(i).Name; !themes[method] {
			t.Errorf("no check is named after %s", method)
		}
	}
}

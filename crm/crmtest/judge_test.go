package crmtest

import (
	"context"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"koshelek-adapter/crm"
)

func nowhere(TB) *Store { return nil }

func judged(run func(t TB, open Opener)) Verdict {
	return Judge(Check{Name: "Some/check", Promise: "It holds.", Run: run}, nowhere)
}

func TestJudgePasses(t *testing.T) {
	verdict := judged(func(t TB, _ Opener) { t.Logf("looked at %s", t.Name()) })
	if verdict.Failed || !slices.Equal(verdict.Messages, []string{"looked at Some/check"}) {
		t.Errorf("got %+v", verdict)
	}
}

func TestJudgeGoesOnAfterErrorf(t *testing.T) {
	verdict := judged(func(t TB, _ Opener) { t.Errorf("one %d", 1); t.Logf("two") })
	if !verdict.Failed || !slices.Equal(verdict.Messages, []string{"one 1", "two"}) {
		t.Errorf("got %+v", verdict)
	}
}

func TestJudgeStopsAtFatalf(t *testing.T) {
	verdict := judged(func(t TB, _ Opener) {
		end := t.Fatalf
		end("over")
		t.Logf("never")
	})
	if !verdict.Failed || !slices.Equal(verdict.Messages, []string{"over"}) {
		t.Errorf("got %+v", verdict)
	}
}

func TestJudgeSurvivesPanic(t *testing.T) {
	verdict := judged(func(TB, Opener) { panic("a bad backend") })
	if !verdict.Failed || len(verdict.Messages) != 1 || !strings.HasPrefix(verdict.Messages[0], "panic: a bad backend") {
		t.Errorf("got %+v", verdict)
	}
}

func TestJudgeCleansUp(t *testing.T) {
	var order []string
	var dir string
	verdict := judged(func(t TB, _ Opener) {
		ctx := t.Context()
		dir = t.TempDir()
		t.Cleanup(func() {
			if ctx.Err() == nil {
				t.Errorf("the context outlives the check")
			}
			order = append(order, "first")
		})
		t.Cleanup(func() { order = append(order, "second"); panic("in a cleanup") })
		if _, err := os.Stat(dir); err != nil || ctx.Err() != nil {
			t.Fatalf("%v %v", err, ctx.Err())
		}
	})
	if !verdict.Failed || len(verdict.Messages) != 1 || !strings.Contains(verdict.Messages[0], "in a cleanup") {
		t.Errorf("a panic of a cleanup must fail the check and nothing else: %+v", verdict)
	}
	if !slices.Equal(order, []string{"second", "first"}) {
		t.Errorf("cleanups ran in the order %v", order)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the temporary directory is left: %v", err)
	}
}

func TestEveryCheckNeedsStore(t *testing.T) {
	for _, check := range Checks() {
		if verdict := Judge(check, nowhere); !verdict.Failed {
			t.Errorf("%s passes without a store", check.Name)
		}
	}
}

// broken is a backend that panics whatever it is asked.
type broken struct{ crm.Backend }

// numb is a backend that answers every call with success and nothing.
type numb struct{ crm.Backend }

func (numb) FindCards(context.Context, crm.Identity) ([]crm.Match, error) { return nil, nil }
func (numb) Issue(context.Context, crm.IssueRequest) (crm.Issued, error)  { return crm.Issued{}, nil }
func (numb) IssueReserved(context.Context, crm.IssueRequest) (crm.Card, error) {
	return crm.Card{}, nil
}
func (numb) Card(context.Context, string) (crm.Card, error) { return crm.Card{}, nil }

func TestChecksFailBadBackends(t *testing.T) {
	for _, bad := range []crm.Backend{broken{}, numb{}} {
		open := func(TB) *Store {
			return &Store{Backend: bad, Crash: func(TB) crm.Backend { return bad }, Spoil: func(TB, string) {}}
		}
		for _, check := range Checks() {
			if verdict := Judge(check, open); !verdict.Failed {
				t.Errorf("%s passes a %T backend", check.Name, bad)
			}
		}
	}
}

func TestChecksAreNamed(t *testing.T) {
	names, themes := map[string]bool{}, map[string]bool{}
	for _, check := range Checks() {
		theme, rest, found := strings.Cut(check.Name, "/")
		if names[check.Name] || !found || rest == "" || strings.ContainsAny(rest, " /") && theme != "Crash" {
			t.Errorf("the name %q is no name or not unique", check.Name)
		}
		if !strings.HasSuffix(check.Promise, ".") || check.Run == nil {
			t.Errorf("%s has no promise in words or no steps", check.Name)
		}
		names[check.Name], themes[theme] = true, true
	}
	backend := reflect.TypeFor[crm.Backend]()
	for i := range backend.NumMethod() {
		if method := backend.Method(i).Name; !themes[method] {
			t.Errorf("no check is named after %s", method)
		}
	}
}

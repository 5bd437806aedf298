package storetest

import (
	"errors"
	"strings"
	"testing"
	"time"

	"koshelek-adapter/crm"
)

func TestText(t *testing.T) {
	moscow := time.FixedZone("MSK", 3*60*60)
	for want, value := range map[string]any{
		"nothing":                               nil,
		`"a\"b"`:                                `a"b`,
		"[]":                                    []string(nil),
		`["a", "b"]`:                            []string{"a", "b"},
		`{"a": 1, "b": 2}`:                      map[string]int{"b": 2, "a": 1},
		"error card_blocked":                    crm.Fail(crm.ErrCardBlocked, "some detail"),
		"error internal":                        errors.New("some error"),
		`{Number: "1", State: "blocked"}`:       crm.Card{CardNumber: crm.CardNumber{Number: "1"}, State: crm.CardBlocked},
		"{Index: 2, Err: error card_not_found}": crm.RowError{Index: 2, Err: crm.ErrCardNotFound},
		"2026-03-10T12:00:00.123Z":              noon.In(moscow),
		"{}":                                    crm.Card{IssuedAt: time.Time{}.In(moscow)},
	} {
		if got := text(value); got != want {
			t.Errorf("text(%#v) is %s, want %s", value, got, want)
		}
	}
}

func TestContrast(t *testing.T) {
	short, other := contrast("abc", "abd")
	if short != "abc" || other != "abd" {
		t.Errorf("short values are shown whole: %q, %q", short, other)
	}
	long := strings.Repeat("😀", 1000)
	a, b := contrast(long+"x", long+"y")
	if len(a) > 300 || !strings.HasSuffix(a, "😀x") || !strings.HasSuffix(b, "😀y") || !strings.HasPrefix(a, "(3940 bytes alike) … ") {
		t.Errorf("long values are shown from where they differ: %q, %q", a, b)
	}
	a, _ = contrast(long+"x", "y"+long)
	if len(a) > maxShown+50 || !strings.HasSuffix(a, "(4001 bytes in all)") {
		t.Errorf("long values are cut: %q", a)
	}
}

func TestChanges(t *testing.T) {
	before := state{{"Card 1", "{Balance: 1}"}, {"Card 2", "{}"}, {"Code A", "the error code_unknown (code_unknown)"}}
	same := append(state{}, before...)
	same = append(same, fact{"Card 9", "the error card_not_found (card_not_found)"}, fact{"FindCards 9", "[]"})
	if got := before.changes(same); got != "" {
		t.Errorf("names that came up in between are no change: %s", got)
	}
	after := state{{"Card 1", "{Balance: 2}"}, {"Code A", before[2].answer}, {"Card 3", "{}"}}
	got := before.changes(after)
	for _, part := range []string{"Card 1\n      was {Balance: 1}\n      is  {Balance: 2}", "Card 3", "Card 2\n      was {}\n      is  gone"} {
		if !strings.Contains(got, part) {
			t.Errorf("the changes lack %q:%s", part, got)
		}
	}
	if strings.Contains(got, "Code A") {
		t.Errorf("what stayed is no change:%s", got)
	}
}

package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"koshelek-adapter/crm"
)

// text writes a value so that two values are alike exactly when their texts
// are: fields that are zero are left out, moments are written in UTC, an empty
// list is written like none, and an error by its kind.
func text(value any) string {
	var out strings.Builder
	write(&out, reflect.ValueOf(value))
	return out.String()
}

var (
	momentType = reflect.TypeFor[time.Time]()
	errorType  = reflect.TypeFor[error]()
)

func write(out *strings.Builder, v reflect.Value) {
	switch {
	case !v.IsValid():
		out.WriteString("nothing")
	case v.Type() == momentType:
		out.WriteString(v.Interface().(time.Time).UTC().Format("2006-01-02T15:04:05.999999999Z"))
	case v.Type().Implements(errorType):
		writeError(out, v)
	default:
		writeKind(out, v)
	}
}

func writeError(out *strings.Builder, v reflect.Value) {
	if err, is := v.Interface().(error); is {
		out.WriteString("error " + string(crm.KindOf(err)))
		return
	}
	out.WriteString("no error")
}

func writeKind(out *strings.Builder, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		out.WriteString(strconv.Quote(v.String()))
	case reflect.Pointer, reflect.Interface:
		write(out, v.Elem())
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 && v.Kind() == reflect.Slice {
			out.WriteString(strconv.Quote(string(v.Bytes())))
			return
		}
		out.WriteByte('[')
		for i := range v.Len() {
			separate(out, i)
			write(out, v.Index(i))
		}
		out.WriteByte(']')
	case reflect.Map:
		writeMap(out, v)
	case reflect.Struct:
		out.WriteByte('{')
		writeFields(out, v, 0)
		out.WriteByte('}')
	default:
		fmt.Fprint(out, v.Interface())
	}
}

func writeMap(out *strings.Builder, v reflect.Value) {
	var entries []string
	for key, value := range v.Seq2() {
		entries = append(entries, text(key.Interface())+": "+text(value.Interface()))
	}
	slices.Sort(entries)
	out.WriteString("{" + strings.Join(entries, ", ") + "}")
}

// writeFields writes the fields that say something; those of an embedded
// struct stand beside the others, as they are used.
func writeFields(out *strings.Builder, v reflect.Value, written int) int {
	for i := range v.NumField() {
		field, kind := v.Field(i), v.Type().Field(i)
		if kind.Anonymous && field.Kind() == reflect.Struct {
			written = writeFields(out, field, written)
			continue
		}
		if field.IsZero() || isZeroMoment(field) {
			continue
		}
		separate(out, written)
		out.WriteString(kind.Name + ": ")
		write(out, field)
		written++
	}
	return written
}

// isZeroMoment knows the zero time also in another zone than the one of Go's
// zero value, as it comes back from a store.
func isZeroMoment(v reflect.Value) bool {
	return v.Type() == momentType && v.Interface().(time.Time).IsZero()
}

func separate(out *strings.Builder, index int) {
	if index > 0 {
		out.WriteString(", ")
	}
}

// maxShown is how much of a value a message shows.
const maxShown = 2000

// clip shortens a text for a message and says so.
func clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return fmt.Sprintf("%s … (%d bytes in all)", strings.ToValidUTF8(s[:most], ""), len(s))
}

// lead is how much a message shows of what two long values have in common.
const lead = 60

// contrast shortens two values for a message so that the place where they
// begin to differ is seen.
func contrast(a, b string) (string, string) {
	common := 0
	for common < min(len(a), len(b)) && a[common] == b[common] {
		common++
	}
	if max(len(a), len(b)) <= 5*lead || common <= 2*lead {
		return clip(a, maxShown), clip(b, maxShown)
	}
	skipped := fmt.Sprintf("(%d bytes alike) … ", common-lead)
	rest := func(s string) string { return clip(skipped+strings.ToValidUTF8(s[common-lead:], ""), maxShown) }
	return rest(a), rest(b)
}

// outcome tells an error in words.
func outcome(err error) string {
	if err == nil {
		return "no error"
	}
	return fmt.Sprintf("the error %s (%v)", crm.KindOf(err), err)
}

// isAny reports whether the error is of one of the kinds.
func isAny(err error, kinds ...crm.Kind) bool {
	return slices.ContainsFunc(kinds, func(kind crm.Kind) bool { return errors.Is(err, kind) })
}

// either lists kinds in words.
func either(kinds []crm.Kind) string {
	var list []string
	for _, kind := range kinds {
		list = append(list, string(kind))
	}
	return strings.Join(list, " or ")
}

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

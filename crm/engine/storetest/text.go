package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
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

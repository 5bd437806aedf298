package config

import (
	"encoding"
	"reflect"
	"strings"
	"time"
	"unicode"
)

// field is one variable: its name, its tags, and where its value stands in a Config.
type field struct {
	name  string
	tag   reflect.StructTag
	value reflect.Value
}

func (f field) hasFile() bool    { return f.tag.Get("file") == "true" }
func (f field) fileName() string { return f.name + "_FILE" }

func (f field) isDuration() bool { return f.value.Type() == reflect.TypeFor[time.Duration]() }

// isInteger tells plain numbers from durations and percentages, which are integers to Go only.
func (f field) isInteger() bool {
	return !f.isDuration() && f.value.CanInt() && !decodes(f.value.Type())
}

// fields lists the variables of a Config in the order of its declaration. Values can be set only through fieldsOf.
func (c Config) fields() []field { return walk(prefix, reflect.ValueOf(c)) }

// fieldsOf is fields with values that can be set.
func fieldsOf(c *Config) []field { return walk(prefix, reflect.ValueOf(c).Elem()) }

// walk follows the same rules as envconfig, which keeps its own list to itself: embedded groups add nothing to the name.
func walk(name string, group reflect.Value) []field {
	var all []field
	for i := range group.NumField() {
		t, v := group.Type().Field(i), group.Field(i)
		if !t.IsExported() {
			continue
		}
		full := name + "_" + snake(t.Name)
		switch {
		case v.Kind() != reflect.Struct || decodes(v.Type()):
			all = append(all, field{name: full, tag: t.Tag, value: v})
		case t.Anonymous:
			all = append(all, walk(name, v)...)
		default:
			all = append(all, walk(full, v)...)
		}
	}
	return all
}

// decodes reports whether a type reads its own text, and so is a value and not a group.
func decodes(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// snake turns TLSCert into TLS_CERT.
func snake(name string) string {
	var b strings.Builder
	letters := []rune(name)
	for i, r := range letters {
		if i > 0 && unicode.IsUpper(r) {
			afterLower := !unicode.IsUpper(letters[i-1])
			beforeLower := i+1 < len(letters) && !unicode.IsUpper(letters[i+1])
			if afterLower || beforeLower {
				b.WriteByte('_')
			}
		}
		b.WriteRune(unicode.ToUpper(r))
	}
	return b.String()
}

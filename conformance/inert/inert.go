// Package inert takes the effect out of text that a host wrote, before it enters a
// report: what moves a terminal's cursor, turns the direction of writing, or cannot
// be seen is written as JSON would escape it, and nothing is endless. A host that
// is judged may be hostile, and its judge's reports are read in terminals, chats
// and browsers.
package inert

import (
	"fmt"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// How long a text may be, in bytes, before it is cut.
const (
	mostLine = 2 << 10
	mostText = 16 << 10
)

// Line makes a text fit to be shown within one line.
func Line(text string) string { return clean(text, "", mostLine) }

// Text makes a text of any length fit to be shown; its lines and tabs stay.
func Text(text string) string { return clean(text, "\n\t", len(text)) }

// Markdown is a text as a span of code for Markdown, also in a table: no link,
// picture, mention or markup in it comes alive. Two characters are replaced by
// ones that look like them, for they would end the span or the cell.
func Markdown(text string) string {
	if text = Line(text); text == "" {
		return ""
	}
	return "`" + strings.NewReplacer("`", "'", "|", "¦").Replace(text) + "`"
}

func clean(text, kept string, most int) string {
	text, long := shorten(text, most)
	if !long && !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) {
		return text // nearly all texts: as they are, without a copy
	}
	var out strings.Builder
	for _, r := range text { // what is no UTF-8 comes as U+FFFD
		switch {
		case visible(r) || strings.ContainsRune(kept, r):
			out.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	if long {
		out.WriteString("…")
	}
	return out.String()
}

// shorten cuts a text between two characters.
func shorten(text string, most int) (string, bool) {
	if len(text) <= most {
		return text, false
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most], true
}

// visible tells that a character is seen and does nothing but that: control
// characters, overrides of direction, joiners of no width and fillers are not.
func visible(r rune) bool {
	return unicode.IsGraphic(r) && !unicode.In(r, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// All makes every text in what value points to fit to be shown, in place: structs,
// slices and maps are searched, but for fields that are not exported. A text is
// made a Line, unless its field has the tag inert:"lines": then its lines and tabs
// stay, and it may be longer. Maps keep their keys.
func All[T any](value *T) { all(reflect.ValueOf(value), Line) }

func all(v reflect.Value, make func(string) string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			all(v.Elem(), make)
		}
	case reflect.String:
		// What is clean already is left alone: others may be reading it.
		if text := v.String(); v.CanSet() {
			if inert := make(text); inert != text {
				v.SetString(inert)
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field, of := v.Type().Field(i), make
			if field.Tag.Get("inert") == "lines" {
				of = func(text string) string { return clean(text, "\n\t", mostText) }
			}
			if field.IsExported() {
				all(v.Field(i), of)
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			all(v.Index(i), make)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			item := reflect.New(v.Type().Elem()).Elem()
			item.Set(v.MapIndex(key))
			if all(item, make); item.Kind() != reflect.String || item.String() != v.MapIndex(key).String() {
				v.SetMapIndex(key, item)
			}
		}
	default:
	}
}

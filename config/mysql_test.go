package config

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzDSN: whatever the text is, nothing panics, the parts that were found add up to the text again, and a password is never shown.
func FuzzDSN(f *testing.F) {
	for _, s := range []string{"mysql:u:p@tcp(h:1)/n?x=y", "sqlite:a?b", "mysql:a/b@c@unix(/x)/n", "mysql://", "x", "mysql:u:p@tcp(h)/n?l=Europe/Moscow"} {
		f.Add(s, "secret/@:()?")
	}
	f.Fuzz(func(t *testing.T, text, password string) {
		redact(text)
		if a, wrong := parseMySQL(text); wrong == "" && a.String() != text {
			t.Fatalf("%q became %q", text, a.String())
		}
		full := "mysql:user:" + password + "@tcp(host:3306)/name"
		shown := redact(full)
		if shown != "mysql:user:***@tcp(host:3306)/name" {
			t.Fatalf("%q is shown as %q", full, shown)
		}
		if utf8.RuneCountInString(text) > 12 && strings.HasPrefix(text, "other:") && strings.Contains(redact(text), text[6:]) {
			t.Fatal("the address of an unknown backend is shown")
		}
	})
}

// String puts the parts together again, password included.
func (a mysqlAddress) String() string {
	text := a.user
	if a.hasPassword {
		text += ":" + a.password
	}
	text += "@" + a.network + "(" + a.address + ")/" + a.name
	if a.hasParams {
		text += "?" + a.params
	}
	return text
}

package config

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"koshelek-adapter/config/setting"
)

// Schemes of ADAPTER_DATABASE that every build knows.
const (
	SchemeSQLite = "sqlite"
	SchemeMySQL  = "mysql"
)

// DSN says where the database is, as SCHEME:REST. It prints without what could be secret: the password and the parameters of a MySQL address,
// the parameters of a SQLite one, and everything after the scheme of an address that only its backend understands.
type DSN struct{ text Secret }

// NewDSN returns the DSN that text spells, right or wrong.
func NewDSN(text string) DSN { return DSN{text: NewSecret(text)} }

// Reveal returns the whole text, secrets included.
func (d DSN) Reveal() string { return d.text.Reveal() }

// Scheme returns what stands before the first colon, "" when there is none.
func (d DSN) Scheme() string {
	scheme, _, ok := strings.Cut(d.Reveal(), ":")
	if !ok {
		return ""
	}
	return scheme
}

// Rest returns what stands after the first colon, secrets included: a path for sqlite, a DSN of the Go driver for mysql.
func (d DSN) Rest() string {
	_, rest, _ := strings.Cut(d.Reveal(), ":")
	return rest
}

// String returns the address without secrets.
func (d DSN) String() string { return redact(d.Reveal()) }

// GoString returns the address without secrets.
func (d DSN) GoString() string { return d.String() }

// Format writes the address without secrets for every verb.
func (d DSN) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, d.String()) }

// MarshalText returns the address without secrets.
func (d DSN) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText takes every text and never fails; Validate says whether it is an address.
func (d *DSN) UnmarshalText(text []byte) error {
	*d = NewDSN(string(text))
	return nil
}

// schemeName keeps a text that is no address at all, perhaps a bare password, from being printed as a scheme.
var schemeName = regexp.MustCompile(`^[a-z][a-z0-9+.-]{0,30}$`)

// redact shows what is known to be harmless and hides the rest.
func redact(text string) string {
	if text == "" {
		return ""
	}
	scheme, rest, ok := strings.Cut(text, ":")
	if !ok || !schemeName.MatchString(scheme) {
		return setting.Hidden
	}
	switch scheme {
	case SchemeSQLite:
		path, _, hasParams := strings.Cut(rest, "?")
		return scheme + ":" + path + hideIf(hasParams, "?")
	case SchemeMySQL:
		a, wrong := parseMySQL(rest)
		if wrong != "" {
			return scheme + ":" + setting.Hidden
		}
		return fmt.Sprintf("%s:%s%s@%s(%s)/%s%s", scheme, a.user, hideIf(a.hasPassword, ":"), a.network, a.address, a.name, hideIf(a.hasParams, "?"))
	}
	return scheme + ":" + setting.Hidden
}

func hideIf(present bool, mark string) string {
	if !present {
		return ""
	}
	return mark + setting.Hidden
}

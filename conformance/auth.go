package conformance

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"unicode"

	"koshelek-adapter/conformance/contract"
)

func authRules() []ruled {
	return []ruled{
		{
			Rule: contract.Rule{ID: "auth.accepted", Text: "The login and password that the partner handed over are accepted.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Critical},
			check: func(c *check) {
				c.send(c.findCall("search with the right credentials", "msisdn", c.maker.phone())).taken()
			},
			faults: []Fault{{Name: "right-refused-on-one-method", Breaks: "The right credentials are refused for a search"}},
		},
		{
			Rule:   refused("missing", "A call without credentials is refused."),
			check:  wrongAuth("no credentials", func(string, string) *auth { return &auth{} }),
			faults: []Fault{{Name: "no-auth", Breaks: "Nobody is asked for credentials"}},
		},
		{
			Rule:   refused("empty-header", "An empty Authorization header is refused."),
			check:  wrongAuth("an empty Authorization", func(string, string) *auth { return header("", `-H 'Authorization;'`) }),
			faults: []Fault{{Name: "empty-header-lets-in", Breaks: "An empty Authorization header opens the door"}},
		},
		{
			Rule:   refused("empty-credentials", "An empty login with an empty password is refused."),
			check:  wrongAuth("an empty login and password", func(string, string) *auth { return pair("", "", `-u ':'`) }),
			faults: []Fault{{Name: "empty-pair-lets-in", Breaks: "An empty login with an empty password opens the door"}},
		},
		{
			Rule:   refused("empty-password", "The right login with an empty password is refused."),
			check:  wrongAuth("an empty password", func(u, _ string) *auth { return pair(u, "", `-u "$KOSHELEK_USER:"`) }),
			faults: []Fault{{Name: "empty-password", Breaks: "An empty password will do"}},
		},
		{
			Rule: refused("wrong-password", "A wrong password is refused."),
			check: wrongAuth("a wrong password", func(u, _ string) *auth {
				return pair(u, "not the password", `-u "$KOSHELEK_USER:not the password"`)
			}),
			faults: []Fault{
				{Name: "any-authorization-header", Breaks: "Any Authorization header opens the door"},
				{Name: "any-password", Breaks: "The password is not looked at"},
			},
		},
		{
			Rule: refused("wrong-user", "A wrong login with the right password is refused."),
			check: wrongAuth("a wrong login", func(u, p string) *auth {
				return pair(u+"x", p, `-u "${KOSHELEK_USER}x:$KOSHELEK_PASSWORD"`)
			}),
			faults: []Fault{{Name: "user-ignored", Breaks: "The login is not looked at"}},
		},
		{
			Rule:   refused("password-prefix", "A password that is only the beginning of the right one is refused."),
			check:  passwordPrefix,
			faults: []Fault{{Name: "password-prefix", Breaks: "The beginning of the password will do"}},
		},
		{
			Rule: refused("password-longer", "The right password with something behind it is refused."),
			check: wrongAuth("a password with something behind it", func(u, p string) *auth {
				return pair(u, p+"x", `-u "$KOSHELEK_USER:${KOSHELEK_PASSWORD}x"`)
			}),
			faults: []Fault{{Name: "password-longer", Breaks: "What follows the password is not looked at"}},
		},
		{
			Rule: refused("password-case", "A password in the other case of letters is refused."),
			check: wrongAuth("a password in the other case", func(u, p string) *auth {
				return pair(u, otherCase(p), `-u "$KOSHELEK_USER:$(printf %s "$KOSHELEK_PASSWORD" | tr 'a-zA-Z' 'A-Za-z')"`)
			}),
			faults: []Fault{{Name: "password-caseless", Breaks: "The password is compared without regard to case"}},
		},
		{
			Rule: refused("user-case", "A login in the other case of letters is refused."),
			check: wrongAuth("a login in the other case", func(u, p string) *auth {
				return pair(otherCase(u), p, `-u "$(printf %s "$KOSHELEK_USER" | tr 'a-zA-Z' 'A-Za-z'):$KOSHELEK_PASSWORD"`)
			}),
			faults: []Fault{{Name: "user-caseless", Breaks: "The login is compared without regard to case"}},
		},
		{
			Rule: refused("swapped", "Login and password in each other's place are refused."),
			check: wrongAuth("login and password in each other's place", func(u, p string) *auth {
				return pair(p, u, `-u "$KOSHELEK_PASSWORD:$KOSHELEK_USER"`)
			}),
			faults: []Fault{{Name: "swapped-pair", Breaks: "Login and password may change places"}},
		},
		{
			Rule: refused("no-colon", "Credentials without a colon between login and password are refused."),
			check: wrongAuth("credentials without a colon", func(u, p string) *auth {
				return header("Basic "+base64.StdEncoding.EncodeToString([]byte(u+p)), `-H "Authorization: Basic $(printf %s "$KOSHELEK_USER$KOSHELEK_PASSWORD" | base64 -w0)"`)
			}),
			faults: []Fault{{Name: "pair-without-colon", Breaks: "Login and password need no colon between them"}},
		},
		{
			Rule: refused("not-base64", "Credentials that are not Base64 are refused."),
			check: wrongAuth("credentials that are not Base64", func(string, string) *auth {
				return header("Basic %%%", `-H 'Authorization: Basic %%%'`)
			}),
			faults: []Fault{{Name: "broken-base64-lets-in", Breaks: "Credentials that cannot be decoded open the door"}},
		},
		{
			Rule: refused("plain-credentials", "Credentials that are not encoded at all are refused."),
			check: wrongAuth("credentials that are not encoded", func(u, p string) *auth {
				return header("Basic "+u+":"+p, `-H "Authorization: Basic $KOSHELEK_USER:$KOSHELEK_PASSWORD"`)
			}),
			faults: []Fault{{Name: "plain-pair", Breaks: "Credentials need not be encoded"}},
		},
		{
			Rule:   refused("other-scheme", "The right credentials under another scheme than Basic are refused."),
			check:  otherScheme,
			faults: []Fault{{Name: "any-scheme", Breaks: "The pair is taken under any scheme"}},
		},
		{
			Rule: refused("bearer", "A made-up Bearer token is refused."),
			check: wrongAuth("a made-up Bearer token", func(string, string) *auth {
				return header("Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJrb3NoZWxlayJ9.", `-H 'Authorization: Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJrb3NoZWxlayJ9.'`)
			}),
			faults: []Fault{{Name: "any-bearer", Breaks: "Any Bearer token opens the door"}},
		},
	}
}

// refused makes a rule on credentials that must be refused. Basic auth on every
// call is published, so is that only the partner's pair opens it.
func refused(id, text string) contract.Rule {
	return contract.Rule{ID: "auth." + id, Text: text, Mark: published, Source: fromOverview, Since: v100, Severity: contract.Critical}
}

// header is one Authorization header.
func header(value, curl string) *auth { return &auth{values: []string{value}, curl: curl} }

func pair(user, password, curl string) *auth { return header(basic(user, password), curl) }

// noAuth leaves the header out.
func noAuth() *auth { return &auth{} }

func otherCase(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, text)
}

// anybody is the known customer, or, where there is none, one who has no card.
func (c *check) anybody() *customer {
	p := &customer{number: c.maker.number(), phone: c.maker.phone()}
	_ = attempt(func() { p = c.known() }) // without one there is no card to ask for
	return p
}

// door is a search that gives a card when the door is open.
func (c *check) door(title string) call {
	return c.findCall(title, "msisdn", c.anybody().phone)
}

// shut expects that a call was refused for its credentials.
func (r *reply) shut() {
	r.noCard()
	r.expect(r.Answer.Status >= http.StatusBadRequest, fmt.Sprintf("status %d", r.check.profile.UnauthorizedStatus), "the status is %d", r.Answer.Status)
}

// wrongAuth is the check that a way to sign in is refused. Where it is the right
// one by chance, there is nothing to check.
func wrongAuth(title string, of func(user, password string) *auth) checkFunc {
	return func(c *check) {
		out := c.door("search with " + title)
		out.auth = of(c.client.user, c.client.password)
		right := basic(c.client.user, c.client.password)
		if len(out.auth.values) == 1 && out.auth.values[0] == right {
			return
		}
		c.send(out).shut()
	}
}

func passwordPrefix(c *check) {
	runes := []rune(c.client.password)
	for _, n := range []int{1, len(runes) / 2, len(runes) - 1} {
		if n < 1 || n >= len(runes) {
			continue
		}
		out := c.door(fmt.Sprintf("search with the first %d characters of the password", n))
		out.auth = pair(c.client.user, string(runes[:n]), fmt.Sprintf(`-u "$KOSHELEK_USER:$(printf %%s "$KOSHELEK_PASSWORD" | cut -c1-%d)"`, n))
		c.send(out).shut()
	}
}

func otherScheme(c *check) {
	right := strings.TrimPrefix(basic(c.client.user, c.client.password), "Basic ")
	for _, scheme := range []string{"Digest ", "Bearer ", "Basic:", "Basic", ""} {
		out := c.door(fmt.Sprintf("search with the right credentials behind %q", scheme))
		out.auth = header(scheme+right, fmt.Sprintf(`-H "Authorization: %s$(printf %%s "$KOSHELEK_USER:$KOSHELEK_PASSWORD" | base64 -w0)"`, scheme))
		c.send(out).shut()
	}
}

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
		row(contract.Rule{ID: "auth.accepted", Text: "The login and password that the partner handed over are accepted.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Critical},
			func(c *check) {
				c.send(c.findCall("search with the right credentials", "msisdn", c.maker.phone())).taken()
			},
			fault("right-refused-on-one-method", "The right credentials are refused for a search")),
		row(refused("missing", "A call without credentials is refused."),
			wrongAuth("no credentials", func(string, string) *auth { return &auth{} }),
			fault("no-auth", "Nobody is asked for credentials")),
		row(refused("empty-header", "An empty Authorization header is refused."),
			wrongAuth("an empty Authorization", func(string, string) *auth { return header("", `-H 'Authorization;'`) }),
			fault("empty-header-lets-in", "An empty Authorization header opens the door")),
		row(refused("empty-credentials", "An empty login with an empty password is refused."),
			wrongAuth("an empty login and password", func(string, string) *auth { return pair("", "", `-u ':'`) }),
			fault("empty-pair-lets-in", "An empty login with an empty password opens the door")),
		row(refused("empty-password", "The right login with an empty password is refused."),
			wrongAuth("an empty password", func(u, _ string) *auth { return pair(u, "", `-u "$KOSHELEK_USER:"`) }),
			fault("empty-password", "An empty password will do")),
		row(refused("wrong-password", "A wrong password is refused."),
			wrongAuth("a wrong password", func(u, _ string) *auth {
				return pair(u, "not the password", `-u "$KOSHELEK_USER:not the password"`)
			}),
			fault("any-authorization-header", "Any Authorization header opens the door"),
			fault("any-password", "The password is not looked at")),
		row(refused("wrong-user", "A wrong login with the right password is refused."),
			wrongAuth("a wrong login", func(u, p string) *auth {
				return pair(u+"x", p, `-u "${KOSHELEK_USER}x:$KOSHELEK_PASSWORD"`)
			}),
			fault("user-ignored", "The login is not looked at")),
		row(refused("password-prefix", "A password that is only the beginning of the right one is refused."),
			func(c *check) {
				runes := []rune(c.client.password)
				for _, n := range []int{1, len(runes) / 2, len(runes) - 1} {
					if n < 1 || n >= len(runes) {
						continue
					}
					out := c.door(fmt.Sprintf("search with the first %d characters of the password", n))
					out.auth = pair(c.client.user, string(runes[:n]), fmt.Sprintf(`-u "$KOSHELEK_USER:$(printf %%s "$KOSHELEK_PASSWORD" | cut -c1-%d)"`, n))
					c.send(out).shut()
				}
			},
			fault("password-prefix", "The beginning of the password will do")),
		row(refused("password-longer", "The right password with something behind it is refused."),
			wrongAuth("a password with something behind it", func(u, p string) *auth {
				return pair(u, p+"x", `-u "$KOSHELEK_USER:${KOSHELEK_PASSWORD}x"`)
			}),
			fault("password-longer", "What follows the password is not looked at")),
		row(refused("password-case", "A password in the other case of letters is refused."),
			wrongAuth("a password in the other case", func(u, p string) *auth {
				return pair(u, otherCase(p), `-u "$KOSHELEK_USER:$(printf %s "$KOSHELEK_PASSWORD" | tr 'a-zA-Z' 'A-Za-z')"`)
			}),
			fault("password-caseless", "The password is compared without regard to case")),
		row(refused("user-case", "A login in the other case of letters is refused."),
			wrongAuth("a login in the other case", func(u, p string) *auth {
				return pair(otherCase(u), p, `-u "$(printf %s "$KOSHELEK_USER" | tr 'a-zA-Z' 'A-Za-z'):$KOSHELEK_PASSWORD"`)
			}),
			fault("user-caseless", "The login is compared without regard to case")),
		row(refused("swapped", "Login and password in each other's place are refused."),
			wrongAuth("login and password in each other's place", func(u, p string) *auth {
				return pair(p, u, `-u "$KOSHELEK_PASSWORD:$KOSHELEK_USER"`)
			}),
			fault("swapped-pair", "Login and password may change places")),
		row(refused("no-colon", "Credentials without a colon between login and password are refused."),
			wrongAuth("credentials without a colon", func(u, p string) *auth {
				return header("Basic "+base64.StdEncoding.EncodeToString([]byte(u+p)), `-H "Authorization: Basic $(printf %s "$KOSHELEK_USER$KOSHELEK_PASSWORD" | base64 -w0)"`)
			}),
			fault("pair-without-colon", "Login and password need no colon between them")),
		row(refused("not-base64", "Credentials that are not Base64 are refused."),
			wrongAuth("credentials that are not Base64", func(string, string) *auth {
				return header("Basic %%%", `-H 'Authorization: Basic %%%'`)
			}),
			fault("broken-base64-lets-in", "Credentials that cannot be decoded open the door")),
		row(refused("plain-credentials", "Credentials that are not encoded at all are refused."),
			wrongAuth("credentials that are not encoded", func(u, p string) *auth {
				return header("Basic "+u+":"+p, `-H "Authorization: Basic $KOSHELEK_USER:$KOSHELEK_PASSWORD"`)
			}),
			fault("plain-pair", "Credentials need not be encoded")),
		row(refused("other-scheme", "The right credentials under another scheme than Basic are refused."),
			func(c *check) {
				right := strings.TrimPrefix(basic(c.client.user, c.client.password), "Basic ")
				for _, scheme := range []string{"Digest ", "Bearer ", "Basic:", "Basic", ""} {
					out := c.door(fmt.Sprintf("search with the right credentials behind %q", scheme))
					out.auth = header(scheme+right, fmt.Sprintf(`-H "Authorization: %s$(printf %%s "$KOSHELEK_USER:$KOSHELEK_PASSWORD" | base64 -w0)"`, scheme))
					c.send(out).shut()
				}
			},
			fault("any-scheme", "The pair is taken under any scheme")),
		row(refused("bearer", "A made-up Bearer token is refused."),
			wrongAuth("a made-up Bearer token", func(string, string) *auth {
				return header("Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJrb3NoZWxlayJ9.", `-H 'Authorization: Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJrb3NoZWxlayJ9.'`)
			}),
			fault("any-bearer", "Any Bearer token opens the door")),
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

// wrongPassword is the right login with a password that is not its own.
func (c *check) wrongPassword() *auth {
	return pair(c.client.user, "not the password", `-u "$KOSHELEK_USER:not the password"`)
}

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

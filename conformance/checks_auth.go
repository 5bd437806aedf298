package conformance

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/document"
)

var authChecks = map[string]checkFunc{
	"auth.accepted": func(c *check) error {
		return c.expecting(c.findCall("search with the right credentials", "msisdn", c.maker.phone()), (*reply).taken)
	},
	"auth.missing":           wrongAuth("no credentials", func(string, string) *auth { return &auth{} }),
	"auth.empty-header":      wrongAuth("an empty Authorization", func(string, string) *auth { return header("", `-H 'Authorization;'`) }),
	"auth.empty-credentials": wrongAuth("an empty login and password", func(string, string) *auth { return pair("", "", `-u ':'`) }),
	"auth.empty-password":    wrongAuth("an empty password", func(u, _ string) *auth { return pair(u, "", `-u "$KOSHELEK_USER:"`) }),
	"auth.wrong-password": wrongAuth("a wrong password", func(u, _ string) *auth {
		return pair(u, "not the password", `-u "$KOSHELEK_USER:not the password"`)
	}),
	"auth.wrong-user": wrongAuth("a wrong login", func(u, p string) *auth {
		return pair(u+"x", p, `-u "${KOSHELEK_USER}x:$KOSHELEK_PASSWORD"`)
	}),
	"auth.password-prefix": passwordPrefix,
	"auth.password-longer": wrongAuth("a password with something behind it", func(u, p string) *auth {
		return pair(u, p+"x", `-u "$KOSHELEK_USER:${KOSHELEK_PASSWORD}x"`)
	}),
	"auth.password-case": wrongAuth("a password in the other case", func(u, p string) *auth {
		return pair(u, otherCase(p), `-u "$KOSHELEK_USER:$(printf %s "$KOSHELEK_PASSWORD" | tr 'a-zA-Z' 'A-Za-z')"`)
	}),
	"auth.user-case": wrongAuth("a login in the other case", func(u, p string) *auth {
		return pair(otherCase(u), p, `-u "$(printf %s "$KOSHELEK_USER" | tr 'a-zA-Z' 'A-Za-z'):$KOSHELEK_PASSWORD"`)
	}),
	"auth.swapped": wrongAuth("login and password in each other's place", func(u, p string) *auth {
		return pair(p, u, `-u "$KOSHELEK_PASSWORD:$KOSHELEK_USER"`)
	}),
	"auth.no-colon": wrongAuth("credentials without a colon", func(u, p string) *auth {
		return header("Basic "+base64.StdEncoding.EncodeToString([]byte(u+p)), `-H "Authorization: Basic $(printf %s "$KOSHELEK_USER$KOSHELEK_PASSWORD" | base64 -w0)"`)
	}),
	"auth.not-base64": wrongAuth("credentials that are not Base64", func(string, string) *auth {
		return header("Basic %%%", `-H 'Authorization: Basic %%%'`)
	}),
	"auth.plain-credentials": wrongAuth("credentials that are not encoded", func(u, p string) *auth {
		return header("Basic "+u+":"+p, `-H "Authorization: Basic $KOSHELEK_USER:$KOSHELEK_PASSWORD"`)
	}),
	"auth.other-scheme": otherScheme,
	"auth.bearer": wrongAuth("a made-up Bearer token", func(string, string) *auth {
		return header("Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJrb3NoZWxlayJ9.", `-H 'Authorization: Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJrb3NoZWxlayJ9.'`)
	}),
	"auth.second-header":    secondHeader,
	"auth.query-bypass":     queryBypass,
	"auth.header-bypass":    headerBypass,
	"auth.user-info-bypass": hostBypass,
	"auth.every-method":     everyMethod,
	"auth.every-verb":       everyVerb,
	"auth.unknown-path":     unknownPathWithout,
	"auth.no-effect":        noEffectWithout,
	"auth.no-data":          noDataWithout,
	"auth.status":           unauthorizedStatus,
	"auth.challenge":        challenged,
	"auth.scheme-case":      schemeCase,
	"auth.after-failures":   afterFailures,
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

// door is a search that gives a card when the door is open.
func (c *check) door(title string) call {
	phone := c.maker.phone()
	if p, err := c.known(); err == nil {
		phone = p.phone
	}
	return c.findCall(title, "msisdn", phone)
}

// shut expects that a call was refused for its credentials.
func (r *reply) shut() error {
	if err := r.noCard(); err != nil {
		return err
	}
	return r.expect(r.Answer.Status >= http.StatusBadRequest, fmt.Sprintf("status %d", r.check.profile.UnauthorizedStatus), "the status is %d", r.Answer.Status)
}

// wrongAuth is the check that a way to sign in is refused. Where it is the right
// one by chance, there is nothing to check.
func wrongAuth(title string, of func(user, password string) *auth) checkFunc {
	return func(c *check) error {
		out := c.door("search with " + title)
		out.auth = of(c.client.user, c.client.password)
		right := basic(c.client.user, c.client.password)
		if len(out.auth.values) == 1 && out.auth.values[0] == right {
			return nil
		}
		return c.expecting(out, (*reply).shut)
	}
}

func passwordPrefix(c *check) error {
	runes := []rune(c.client.password)
	for _, n := range []int{1, len(runes) / 2, len(runes) - 1} {
		if n < 1 || n >= len(runes) {
			continue
		}
		out := c.door(fmt.Sprintf("search with the first %d characters of the password", n))
		out.auth = pair(c.client.user, string(runes[:n]), fmt.Sprintf(`-u "$KOSHELEK_USER:$(printf %%s "$KOSHELEK_PASSWORD" | cut -c1-%d)"`, n))
		if err := c.expecting(out, (*reply).shut); err != nil {
			return err
		}
	}
	return nil
}

func otherScheme(c *check) error {
	right := strings.TrimPrefix(basic(c.client.user, c.client.password), "Basic ")
	for _, scheme := range []string{"Digest ", "Bearer ", "Basic:", "Basic", ""} {
		out := c.door(fmt.Sprintf("search with the right credentials behind %q", scheme))
		out.auth = header(scheme+right, fmt.Sprintf(`-H "Authorization: %s$(printf %%s "$KOSHELEK_USER:$KOSHELEK_PASSWORD" | base64 -w0)"`, scheme))
		if err := c.expecting(out, (*reply).shut); err != nil {
			return err
		}
	}
	return nil
}

func secondHeader(c *check) error {
	right := basic(c.client.user, c.client.password)
	for _, name := range []string{"Proxy-Authorization", "X-Authorization", "X-Forwarded-Authorization", "X-Original-Authorization"} {
		out := c.door("search with a wrong password, and the right one in " + name)
		out.auth = pair(c.client.user, "not the password", `-u "$KOSHELEK_USER:not the password"`)
		out.header = http.Header{name: {right}}
		if err := c.expecting(out, (*reply).shut); err != nil {
			return err
		}
	}
	return nil
}

func queryBypass(c *check) error {
	user, password := url.QueryEscape(c.client.user), url.QueryEscape(c.client.password)
	for _, extra := range []string{
		"admin=1", "admin=true", "debug=1", "debug=true", "test=1", "auth=1", "auth=true", "authorized=true", "noauth=1", "skipAuth=true", "bypass=1", "internal=1",
		"token=1", "key=1", "apikey=1", "access_token=1", "user=" + user, "login=" + user, "role=admin", "XDEBUG_SESSION_START=1",
	} {
		out := c.door("search without credentials, and with ?" + extra)
		if strings.Contains(extra, user) {
			out.title = "search without credentials, and with the login in the query"
		}
		out.query, out.auth = out.query+"&"+extra, noAuth()
		if err := c.expecting(out, (*reply).shut); err != nil {
			return err
		}
	}
	// The right ones in the query stand in no report.
	out := c.door("")
	out.auth = noAuth()
	for _, names := range [][2]string{{"user", "password"}, {"login", "password"}, {"username", "password"}} {
		hidden := out
		hidden.query += "&" + names[0] + "=" + user + "&" + names[1] + "=" + password
		c.quiet++
		if e := c.exchange(hidden); e.Answer != nil && e.Answer.Status < http.StatusBadRequest {
			return &broken{fmt.Sprintf("the right credentials in the query as %s and %s open the door (status %d)", names[0], names[1], e.Answer.Status)}
		}
	}
	return nil
}

// bypass sends a call without credentials and with headers.
func (c *check) bypass(title string, headers ...string) error {
	out := c.door(title)
	out.auth, out.header = noAuth(), http.Header{}
	for i := 0; i+1 < len(headers); i += 2 {
		out.header.Set(headers[i], headers[i+1])
	}
	return c.expecting(out, (*reply).shut)
}

func headerBypass(c *check) error {
	for _, h := range [][]string{
		{"X-Forwarded-User", c.client.user}, {"X-Remote-User", c.client.user}, {"Remote-User", c.client.user}, {"X-Authenticated-User", c.client.user},
		{"X-Original-URL", "/healthz"}, {"X-Rewrite-URL", "/healthz"}, {"X-HTTP-Method-Override", "OPTIONS"}, {"X-Internal", "1"}, {"X-Debug", "1"},
		{"Cookie", "session=1; admin=1"}, {"X-Api-Key", "1"},
	} {
		if err := c.bypass("search without credentials, and with "+h[0], h...); err != nil {
			return err
		}
	}
	return nil
}

func hostBypass(c *check) error {
	for _, h := range [][]string{
		{"Host", "localhost"}, {"Host", "127.0.0.1"}, {"X-Forwarded-For", "127.0.0.1"}, {"X-Real-Ip", "127.0.0.1"}, {"Forwarded", "for=127.0.0.1"}, {"X-Forwarded-Host", "localhost"},
	} {
		if err := c.bypass("search without credentials, and with "+h[0]+": "+h[1], h...); err != nil {
			return err
		}
	}
	return nil
}

// plausible is a call of a method that would be taken with credentials.
func (c *check) plausible(methodID string) call {
	number, phone := c.maker.number(), c.maker.phone()
	if p, err := c.known(); err == nil {
		number, phone = p.number, p.phone
	}
	title := methodID + " without credentials"
	switch methodID {
	case "findCard":
		return c.findCall(title, "msisdn", phone)
	case "issueReservedCard":
		return c.issueOnCall(title, c.maker.number(), profile{"phone": c.maker.phone()})
	case "issueCard":
		return c.issueCall(title, profile{"phone": c.maker.phone()})
	case "updateUser":
		return c.updateCall(title, number, profile{"surname": testSurname})
	case "setChannels":
		return c.channelsCall(title, number, nil, []string{"sms"})
	case "listPurchases":
		out := c.on(title, methodID, number)
		out.query = "startDate=2026-01-01"
		return out
	case "submitQRCode":
		return c.receiptCall(title, number, c.maker.receipt(1, "100.00", c.receiptTime()).String())
	case "submitPromoCode":
		return c.promo(title, methodID, map[string]string{"cardNumber": number, "code": "NO-SUCH-CODE"})
	}
	return c.on(title, methodID, number)
}

func everyMethod(c *check) error {
	for _, m := range c.profile.Methods() {
		if m.Writes && c.options.ReadOnly {
			continue
		}
		for _, a := range []*auth{noAuth(), pair(c.client.user, "not the password", `-u "$KOSHELEK_USER:not the password"`)} {
			out := c.plausible(m.ID)
			if out.auth = a; len(a.values) > 0 {
				out.title = m.ID + " with a wrong password"
			}
			if err := c.expecting(out, (*reply).shut); err != nil {
				return err
			}
		}
	}
	return nil
}

func everyVerb(c *check) error {
	number := c.maker.number()
	if p, err := c.known(); err == nil && !c.options.ReadOnly {
		number = p.number
	}
	for _, path := range []string{"/v1/card", "/v1/card/" + number, "/v1/card/anonymous"} {
		for _, verb := range []string{http.MethodHead, http.MethodOptions, http.MethodPatch, http.MethodDelete, http.MethodPut} {
			err := c.expecting(call{title: verb + " without credentials", method: verb, path: path, auth: noAuth()}, (*reply).shut)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func unknownPathWithout(c *check) error {
	for _, path := range []string{"/v1/nothing", "/", "/v1/card/1/nothing", "/v1/"} {
		if err := c.expecting(call{title: "an unknown path without credentials", method: http.MethodGet, path: path, auth: noAuth()}, (*reply).shut); err != nil {
			return err
		}
	}
	return nil
}

func noEffectWithout(c *check) error {
	if c.options.ReadOnly {
		return &lacking{"it tries to write, and this run is read-only"}
	}
	if !c.profile.Offers("updateUser") {
		return &lacking{"it needs the method updateUser"}
	}
	p, err := c.fresh()
	if err != nil {
		return err
	}
	phone := c.maker.phone()
	out := c.updateCall("change the phone with a wrong password", p.number, profile{"phone": phone})
	out.auth = pair(c.client.user, "not the password", `-u "$KOSHELEK_USER:not the password"`)
	if err := c.expecting(out, (*reply).shut); err != nil {
		return err
	}
	return c.expecting(c.findCall("the new phone finds nobody", "msisdn", phone), (*reply).noCard)
}

func noDataWithout(c *check) error {
	p, err := c.known()
	if err != nil {
		return err
	}
	for _, out := range []call{c.door("search without credentials"), c.on("show the card without credentials", "getCard", p.number)} {
		out.auth = noAuth()
		r, err := c.send(out)
		if err != nil {
			return err
		}
		for _, secret := range []string{p.phone, p.email, "barcodeNumber", "cardState"} {
			if err := r.expect(secret == "" || !strings.Contains(string(r.Answer.Body), secret), "no data", "the answer holds data of the card"); err != nil {
				return err
			}
		}
	}
	return nil
}

func unauthorizedStatus(c *check) error {
	for _, a := range []*auth{
		noAuth(), pair(c.client.user, "not the password", `-u "$KOSHELEK_USER:not the password"`), header("Basic %%%", `-H 'Authorization: Basic %%%'`),
	} {
		out := c.door("search with missing, wrong or unreadable credentials")
		out.auth = a
		r, err := c.send(out)
		if err != nil {
			return err
		}
		want := c.profile.UnauthorizedStatus
		if err := r.expect(r.Answer.Status == want, fmt.Sprintf("status %d", want), "the status is %d", r.Answer.Status); err != nil {
			return err
		}
		doc, err := document.Parse(r.Answer.Body)
		doc = c.profile.Canonical(contract.ErrorPrefix(), doc)
		if err := r.expect(err == nil && doc.Leaf("code") != "" && doc.Get("description") != nil, "the error object", "the body is not the error object"); err != nil {
			return err
		}
	}
	return nil
}

func challenged(c *check) error {
	out := c.door("search without credentials")
	out.auth = noAuth()
	r, err := c.send(out)
	if err != nil {
		return err
	}
	challenge := r.Answer.Header.Get("Www-Authenticate")
	asked := r.Answer.Status != http.StatusUnauthorized || len(challenge) >= 5 && strings.EqualFold(challenge[:5], "basic")
	return r.expect(asked, "WWW-Authenticate: Basic …", "WWW-Authenticate is %q", challenge)
}

func schemeCase(c *check) error {
	right := strings.TrimPrefix(basic(c.client.user, c.client.password), "Basic ")
	for _, scheme := range []string{"basic ", "BASIC "} {
		out := c.findCall("search with the right credentials behind "+strings.TrimSpace(scheme), "msisdn", c.maker.phone())
		out.auth = header(scheme+right, fmt.Sprintf(`-H "Authorization: %s$(printf %%s "$KOSHELEK_USER:$KOSHELEK_PASSWORD" | base64 -w0)"`, scheme))
		if err := c.expecting(out, (*reply).taken); err != nil {
			return err
		}
	}
	return nil
}

func afterFailures(c *check) error {
	const failures = 15
	for i := range failures {
		out := c.findCall("search with a wrong password", "msisdn", c.maker.phone())
		out.auth = pair(c.client.user, fmt.Sprintf("wrong %d", i), `-u "$KOSHELEK_USER:wrong"`)
		if err := c.expecting(out, (*reply).shut); err != nil {
			return err
		}
	}
	return c.expecting(c.findCall("search with the right credentials", "msisdn", c.maker.phone()), (*reply).taken)
}

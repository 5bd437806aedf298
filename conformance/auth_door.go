package conformance

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/document"
)

// doorRules are the ways around the pair of credentials, and what the refusal
// looks like.
func doorRules() []ruled {
	rule := func(id, text string, severity contract.Severity) contract.Rule {
		return contract.Rule{ID: id, Text: text, Severity: severity, Mark: inferred, Source: fromRFC7617, Since: v100}
	}
	return []ruled{
		row(refused("second-header", "Wrong credentials are not mended by right ones in other headers."),
			func(c *check) {
				right := basic(c.client.user, c.client.password)
				for _, name := range []string{"Proxy-Authorization", "X-Authorization", "X-Forwarded-Authorization", "X-Original-Authorization"} {
					out := c.door("search with a wrong password, and the right one in " + name)
					out.auth = c.wrongPassword()
					out.header = http.Header{name: {right}}
					c.send(out).shut()
				}
			},
			fault("second-header", "Credentials are taken from another header")),
		row(refused("query-bypass", "Nothing in the query opens the door, the right credentials neither."),
			queryBypass,
			fault("credentials-in-query", "Credentials are taken from the query"),
			fault("query-bypass", "A query parameter of the developers opens the door")),
		row(refused("header-bypass", "Headers that proxies set, such as X-Forwarded-User or X-Original-URL, do not open the door."),
			func(c *check) {
				for _, h := range [][]string{
					{"X-Forwarded-User", c.client.user}, {"X-Remote-User", c.client.user}, {"Remote-User", c.client.user}, {"X-Authenticated-User", c.client.user},
					{"X-Original-URL", "/healthz"}, {"X-Rewrite-URL", "/healthz"}, {"X-HTTP-Method-Override", "OPTIONS"}, {"X-Internal", "1"}, {"X-Debug", "1"},
					{"Cookie", "session=1; admin=1"}, {"X-Api-Key", "1"},
				} {
					c.bypass("search without credentials, and with "+h[0], h...)
				}
			},
			fault("proxy-header-bypass", "A header of the proxy names the user")),
		row(refused("user-info-bypass", "Another host name or a request from \"localhost\" does not open the door."),
			func(c *check) {
				for _, h := range [][]string{
					{"Host", "localhost"}, {"Host", "127.0.0.1"}, {"X-Forwarded-For", "127.0.0.1"}, {"X-Real-Ip", "127.0.0.1"}, {"Forwarded", "for=127.0.0.1"}, {"X-Forwarded-Host", "localhost"},
				} {
					c.bypass("search without credentials, and with "+h[0]+": "+h[1], h...)
				}
			},
			fault("local-bypass", "A caller who says to be local is let in")),
		row(refused("every-method", "Every method of the API asks for credentials."),
			func(c *check) {
				for _, m := range c.profile.Methods() {
					if m.Writes && c.options.ReadOnly {
						continue
					}
					for _, a := range []*auth{noAuth(), c.wrongPassword()} {
						out := c.plausible(m.ID)
						if out.auth = a; len(a.values) > 0 {
							out.title = m.ID + " with a wrong password"
						}
						c.send(out).shut()
					}
				}
			},
			fault("one-method-open", "The history asks for no credentials"),
			fault("one-write-open", "The update of a profile asks for no credentials"),
			fault("list-open", "The list of all holders asks for no credentials")),
		row(refused("every-verb", "Every HTTP verb asks for credentials, also HEAD and OPTIONS and PATCH."),
			func(c *check) {
				number := c.maker.number()
				if !c.options.ReadOnly {
					number = c.anybody().number
				}
				for _, path := range []string{"/v1/card", "/v1/card/" + number, "/v1/card/anonymous"} {
					for _, verb := range []string{http.MethodHead, http.MethodOptions, http.MethodPatch, http.MethodDelete, http.MethodPut} {
						c.send(call{title: verb + " without credentials", method: verb, path: path, auth: noAuth()}).shut()
					}
				}
			},
			fault("options-open", "OPTIONS asks for no credentials")),
		row(refused("unknown-path", "A path that does not exist tells a caller without credentials nothing but that."),
			func(c *check) {
				for _, path := range []string{"/v1/nothing", "/", "/v1/card/1/nothing", "/v1/"} {
					c.send(call{title: "an unknown path without credentials", method: http.MethodGet, path: path, auth: noAuth()}).shut()
				}
			},
			fault("unknown-path-open", "A path that does not exist is served without credentials")),
		row(refused("no-effect", "A write with wrong credentials changes nothing."),
			func(c *check) {
				stopIf(c.options.ReadOnly, &lacking{"it tries to write, and this run is read-only"})
				stopIf(!c.profile.Offers("updateUser"), &lacking{"it needs the method updateUser"})
				p := c.fresh()
				phone := c.maker.phone()
				out := c.updateCall("change the phone with a wrong password", p.number, profile{"phone": phone})
				out.auth = c.wrongPassword()
				c.send(out).shut()
				c.send(c.findCall("the new phone finds nobody", "msisdn", phone)).noCard()
			},
			fault("works-before-auth", "The work is done before credentials are looked at")),
		row(refused("no-data", "The answer to wrong credentials holds no data of a card."),
			func(c *check) {
				p := c.known()
				for _, out := range []call{c.door("search without credentials"), c.on("show the card without credentials", "getCard", p.number)} {
					out.auth = noAuth()
					r := c.send(out)
					for _, secret := range []string{p.phone, p.email, "barcodeNumber", "cardState"} {
						r.expect(secret == "" || !strings.Contains(string(r.Answer.Body), secret), "no data", "the answer holds data of the card")
					}
				}
			},
			fault("refusal-has-card", "The refusal of wrong credentials holds the card")),
		row(rule("auth.status", "Missing or wrong credentials are answered with 401 (or, as the profile says, 422) and the error object.", contract.Major),
			func(c *check) {
				for _, a := range []*auth{
					noAuth(), c.wrongPassword(), header("Basic %%%", `-H 'Authorization: Basic %%%'`),
				} {
					out := c.door("search with missing, wrong or unreadable credentials")
					out.auth = a
					r := c.send(out)
					want := c.profile.UnauthorizedStatus
					r.expect(r.Answer.Status == want, fmt.Sprintf("status %d", want), "the status is %d", r.Answer.Status)
					doc, err := document.Parse(r.Answer.Body)
					doc = c.profile.Canonical(contract.ErrorPrefix(), doc)
					r.expect(err == nil && doc.Leaf("code") != "" && doc.Get("description") != nil, "the error object", "the body is not the error object")
				}
			},
			fault("unauthorised-403", "Wrong credentials are answered with 403"),
			fault("unauthorised-200", "Wrong credentials are answered with 200 and an error"),
			fault("broken-auth-500", "An Authorization header that cannot be read is answered with 500"),
			fault("unauthorised-page", "Wrong credentials are answered with a page")),
		row(rule("auth.challenge", "An answer with 401 has WWW-Authenticate: Basic.", contract.Minor),
			func(c *check) {
				out := c.door("search without credentials")
				out.auth = noAuth()
				r := c.send(out)
				challenge := r.Answer.Header.Get("Www-Authenticate")
				asked := r.Answer.Status != http.StatusUnauthorized || len(challenge) >= 5 && strings.EqualFold(challenge[:5], "basic")
				r.expect(asked, "WWW-Authenticate: Basic …", "WWW-Authenticate is %q", challenge)
			},
			fault("no-challenge", "401 comes without WWW-Authenticate")),
		row(rule("auth.scheme-case", "The word Basic is read without regard to case.", contract.Minor),
			func(c *check) {
				right := strings.TrimPrefix(basic(c.client.user, c.client.password), "Basic ")
				for _, scheme := range []string{"basic ", "BASIC "} {
					out := c.findCall("search with the right credentials behind "+strings.TrimSpace(scheme), "msisdn", c.maker.phone())
					out.auth = header(scheme+right, fmt.Sprintf(`-H "Authorization: %s$(printf %%s "$KOSHELEK_USER:$KOSHELEK_PASSWORD" | base64 -w0)"`, scheme))
					c.send(out).taken()
				}
			},
			fault("scheme-case-matters", "The word Basic has to be spelled with a capital letter")),
		row(contract.Rule{ID: "auth.after-failures", Text: "Wrong credentials of others do not lock out the right ones.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Major},
			func(c *check) {
				const failures = 15
				for i := range failures {
					out := c.findCall("search with a wrong password", "msisdn", c.maker.phone())
					out.auth = pair(c.client.user, fmt.Sprintf("wrong %d", i), `-u "$KOSHELEK_USER:wrong"`)
					c.send(out).shut()
				}
				c.send(c.findCall("search with the right credentials", "msisdn", c.maker.phone())).taken()
			},
			fault("locks-out", "Some wrong passwords lock everybody out")),
	}
}

func queryBypass(c *check) {
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
		c.send(out).shut()
	}
	// The right ones in the query stand in no report.
	out := c.door("")
	out.auth = noAuth()
	for _, names := range [][2]string{{"user", "password"}, {"login", "password"}, {"username", "password"}} {
		hidden := out
		hidden.query += "&" + names[0] + "=" + user + "&" + names[1] + "=" + password
		c.quiet++
		if e := c.exchange(hidden); e.Answer != nil && e.Answer.Status < http.StatusBadRequest {
			panic(stop{&broken{fmt.Sprintf("the right credentials in the query as %s and %s open the door (status %d)", names[0], names[1], e.Answer.Status)}})
		}
	}
}

// bypass sends a call without credentials and with headers.
func (c *check) bypass(title string, headers ...string) {
	out := c.door(title)
	out.auth, out.header = noAuth(), http.Header{}
	for i := 0; i+1 < len(headers); i += 2 {
		out.header.Set(headers[i], headers[i+1])
	}
	c.send(out).shut()
}

// plausible is a call of a method that would be taken with credentials.
func (c *check) plausible(methodID string) call {
	number, phone := c.anybody().number, c.anybody().phone
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

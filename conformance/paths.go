package conformance

import (
	"net/http"
	"slices"
	"strings"

	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/document"
)

func pathRules() []ruled {
	rule := func(id, text string, severity contract.Severity) contract.Rule {
		return contract.Rule{ID: id, Text: text, Severity: severity, Mark: published, Source: fromOverview, Since: v100}
	}
	return []ruled{
		row(rule("paths.unknown", "A path that does not exist is answered with 422 and the error object.", contract.Minor),
			func(c *check) {
				for _, path := range []string{"/v1/nothing", "/v2/card", "/", "/v1/card/" + c.maker.number() + "/nothing", "/v1/promo"} {
					c.send(call{title: "a path that does not exist", method: http.MethodGet, path: path}).refused()
				}
			},
			fault("unknown-path-404", "A path that does not exist is answered with 404"),
			fault("unknown-path-200", "A path that does not exist is answered with 200")),
		row(rule("paths.wrong-verb", "A verb that a path does not take is answered with 422 and the error object.", contract.Minor),
			func(c *check) {
				for _, try := range [][2]string{
					{http.MethodDelete, "/v1/card"}, {http.MethodPost, "/v1/card"}, {http.MethodPatch, "/v1/card/" + c.maker.number()}, {http.MethodDelete, "/v1/card/anonymous"},
					{http.MethodPost, "/v1/card/" + c.maker.number() + "/purchases"}, {http.MethodGet, "/v1/card/" + c.maker.number() + "/communication"},
				} {
					c.send(call{title: "a verb that the path does not take", method: try[0], path: try[1]}).refused()
				}
			},
			fault("wrong-verb-405", "A wrong verb is answered with 405"),
			fault("wrong-verb-200", "A wrong verb is a success"),
			fault("wrong-verb-cuts", "A wrong verb cuts the connection"),
			fault("get-writes", "GET on the path of a write is a success")),
		row(contract.Rule{ID: "paths.wrong-verb-no-effect", Text: "DELETE on a card does not remove it, and PATCH does not change its holder.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical, Methods: []string{"getCard"}, Writes: true},
			withFresh(func(c *check, p *customer) {
				email := c.maker.email(c.maker.phone())
				for _, verb := range []string{http.MethodDelete, http.MethodPatch} {
					out := c.on(verb+" on a card", "getCard", p.number).with(profile{"email": email})
					out.method = verb
					c.send(out)
				}
				c.finds(p, "the card is still found", "msisdn", p.phone)
				c.findsNobody("the address is nobody's", "email", email)
			}),
			fault("patch-writes", "PATCH changes a profile"),
			fault("delete-deletes", "DELETE removes a card and says that it may not")),
		row(rule("paths.no-redirect", "A slash at the end of a path is not answered with a redirect.", contract.Minor),
			knownCard(func(c *check, p *customer) {
				for _, path := range []string{"/v1/card/", "/v1/card/" + p.number + "/", "//v1/card/" + p.number} {
					r := c.send(call{title: "a slash too many", method: http.MethodGet, path: path, query: "msisdn=" + p.phone})
					r.expect(r.Answer.Status < 300 || r.Answer.Status >= 400, "no redirect", "the status is %d", r.Answer.Status)
				}
			}),
			fault("slash-redirected", "A slash at the end of a path is redirected")),
		row(contract.Rule{ID: "paths.static-anonymous", Text: "GET on anonymous reserves a number and is not taken for a card number.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major, Methods: []string{"reserveCard"}, Writes: true},
			func(c *check) {
				_, r := c.reserve("reserve a number")
				r.taken()
				r.expect(r.doc.Get("card") == nil, "a reserved number", "a card is answered")
			},
			fault("anonymous-shadowed", "anonymous is taken for a card number")),
		row(contract.Rule{ID: "paths.static-all-users", Text: "GET on getAllUsers lists phones and is not taken for a card number.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major, Methods: []string{"listUsers"}},
			staticList("listUsers"),
			fault("users-shadowed", "getAllUsers is taken for a card number")),
		row(contract.Rule{ID: "paths.static-all-users-extended", Text: "GET on getAllUsersExtended lists holders and is not taken for a card number.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major, Methods: []string{"listUsersExtended"}},
			staticList("listUsersExtended"),
			fault("extended-shadowed", "getAllUsersExtended is taken for a card number")),
		row(contract.Rule{ID: "paths.reserved-words", Text: "getAllUsers and getAllUsersExtended cannot be written to, as if they were card numbers.", Mark: inferred, Source: fromOverview, Since: v100, Severity: contract.Minor, Writes: true},
			func(c *check) {
				for _, word := range []string{"getAllUsers", "getAllUsersExtended"} {
					out := call{title: "write to the word " + word, method: http.MethodPost, path: "/v1/card/" + word}.with(profile{"surname": testSurname})
					c.send(out).refused()
				}
			},
			fault("words-writable", "getAllUsers can be written to like a card")),
		row(contract.Rule{ID: "paths.unknown-card", Text: "Every method of a card answers 422 and not 404 when the card is unknown.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major},
			func(c *check) {
				for _, m := range c.profile.Methods() {
					if !strings.HasPrefix(m.Path, "/v1/card/{cardNumber}") || m.Writes && c.options.ReadOnly {
						continue
					}
					out := c.plausible(m.ID)
					out.title = m.ID + " of a card that nobody has"
					out.path = strings.Replace(m.Path, "{cardNumber}", c.maker.number(), 1)
					c.send(out).refused()
				}
			},
			fault("unknown-card-404", "An unknown card is answered with 404")),
		row(contract.Rule{ID: "paths.long", Text: "A path or query of several kilobytes is answered inside the contract or refused by a limit, and the host stays up.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Minor},
			longPaths,
			fault("long-path-cuts", "A long path cuts the connection")),
		row(rule("paths.query-ignored", "Query parameters that a method does not know are ignored.", contract.Minor),
			knownCard(func(c *check, p *customer) {
				out := c.on("show the card with a query", "getCard", p.number)
				out.query = "favouriteColour=green&a=1&a=2&b"
				c.send(out).hasCard(p.number)
			}),
			fault("unknown-query-refused", "An unknown query parameter is refused")),
		row(contract.Rule{ID: "paths.accept", Text: "Whatever else a caller accepts beside JSON, and in which order, it gets the same JSON.", Mark: inferred, Source: fromHTTP, Since: v100, Severity: contract.Major},
			knownCard(func(c *check, p *customer) {
				for _, accept := range usualAccepts {
					out := c.on("show the card with Accept: "+accept, "getCard", p.number)
					out.header = http.Header{"Accept": {accept}, "Accept-Language": {"en;q=0.5"}, "Accept-Charset": {"utf-8"}}
					c.send(out).hasCard(p.number)
				}
			}),
			fault("accept-html-406", "A caller that likes HTML better is answered with 406")),
	}
}

// usualAccepts are headers of callers that take JSON, first or last.
var usualAccepts = []string{"application/json", "*/*", "application/json, text/plain, */*", "application/*", "text/html, application/xhtml+xml, */*;q=0.8"}

func staticList(methodID string) checkFunc {
	return func(c *check) {
		r := c.send(c.on("list all users", methodID, ""))
		r.taken()
		r.expect(r.doc != nil && r.doc.Kind == document.Array, "an array", "the answer is not the list")
	}
}

// longPaths sends what no caller sends. A limit may refuse it in its own words,
// so these answers are not held to the rules on every answer.
func longPaths(c *check) {
	const long = 6000
	allowed := []int{200, 422, 400, 414, 431}
	number := strings.Repeat("9", long)
	for _, out := range []call{
		{title: "a card number of 6,000 digits", method: http.MethodGet, path: "/v1/card/" + number},
		{title: "a phone of 6,000 digits", method: http.MethodGet, path: "/v1/card", query: "msisdn=" + number},
		{title: "a thousand parameters", method: http.MethodGet, path: "/v1/card", query: "msisdn=" + c.maker.phone() + strings.Repeat("&a=1", 1000)},
	} {
		out.outside = true
		r := c.send(out)
		r.expect(slices.Contains(allowed, r.Answer.Status), "200, 422, or 400, 414, 431 by a limit", "the status is %d", r.Answer.Status)
	}
	c.send(c.findCall("the host is still up", "msisdn", c.maker.phone())).taken()
}

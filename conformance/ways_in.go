package conformance

import (
	"net/http"
	"strings"

	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/document"
)

// wayInRules are about ways around the door, and about what a refused call leaves
// behind.
func wayInRules() []ruled {
	return []ruled{
		row(refused("path-spellings", "A path that is spelled in another way, with escapes, dots, slashes or a suffix, opens nothing to a caller without credentials."),
			pathSpellings,
			fault("escaped-path-open", "A path with an escaped letter goes around the door"),
			fault("double-slash-open", "A path with a second slash goes around the door"),
			fault("upper-path-open", "A path in upper case goes around the door"),
			fault("dotted-path-open", "A path with dots goes around the door"),
			fault("semicolon-path-open", "A path with a semicolon goes around the door"),
			fault("slash-end-open", "A path with a slash at its end goes around the door"),
			fault("suffix-path-open", "A path that ends in .json goes around the door")),
		row(writing(refused("write-spellings", "A write to a path that is spelled in another way changes nothing without credentials."), "updateUser"),
			withFresh(func(c *check, p *customer) {
				email := c.maker.email(c.maker.phone())
				for _, base := range []string{"/v1/%63ard/", "//v1/card/", "/v1//card/", "/V1/card/", "/v1/./card/", "/v1/card;x=1/"} {
					out := c.updateCall("change the e-mail address without credentials by "+base+"…", p.number, profile{"email": email})
					out.path, out.auth = base+p.number, noAuth()
					c.send(out).closed()
				}
				c.findsNobody("the new address finds nobody", "email", email)
			}),
			fault("escaped-write-open", "A write to a path with an escaped letter goes around the door"),
			fault("double-slash-write-open", "A write to a path with a second slash goes around the door")),
		row(refused("path-header", "A header that names another path, such as X-Original-URL, leads nowhere without credentials."),
			pathHeader,
			fault("rewrite-header-open", "X-Rewrite-URL leads around the door")),
		row(refused("each-call", "Every call on a connection needs credentials of its own: the right ones of the call before do not count."),
			eachCall,
			fault("connection-signed-in", "A connection stays open for all once the credentials were right")),
		row(contract.Rule{ID: "auth.same-refusal", Text: "Without the right credentials a card that exists is refused in the same words as one that does not.", Mark: inferred, Source: fromSafety, Since: v100,
			Severity: contract.Major},
			sameRefusal,
			fault("card-before-door", "A card that does not exist is told to everybody"),
			fault("phone-before-door", "A phone that nobody has is told to everybody")),
		row(writing(contract.Rule{ID: "auth.unread-body", Text: "The body of a refused call is not taken for the next call on the connection.",
			Mark: published, Source: fromOverview, Since: v100, Severity: contract.Critical}, "updateUser"),
			withFresh(unreadBody),
			fault("refused-body-is-next-call", "The body of a call with wrong credentials is taken for the next call"),
			fault("unknown-path-body-is-next-call", "The body of a call of an unknown path is taken for the next call")),
		row(writing(refused("no-write", "No write with wrong credentials takes effect, by no method.")),
			noWriteWithout,
			fault("issue-before-door", "A card is issued before the credentials are looked at"),
			fault("confirm-before-door", "A reserved number is issued before the credentials are looked at"),
			fault("receipt-before-door", "A receipt is booked before the credentials are looked at")),
		row(refused("not-kept", "An answer is not kept for others: after the right credentials wrong ones are refused, and after wrong ones the right ones are not."),
			answersKept,
			fault("answers-kept-for-all", "An answer is kept by its address and given to anybody"),
			fault("refusals-kept", "A refusal is kept by its address and given to those with the right credentials")),
		row(contract.Rule{ID: "auth.header-names", Text: "The names of headers are read without regard to case.", Mark: inferred, Source: fromHTTP, Since: v100,
			Severity: contract.Major},
			func(c *check) {
				for _, name := range []func(string) string{strings.ToLower, strings.ToUpper} {
					w := c.wire()
					defer w.close()
					w.send(c.findCall("search with the names of all headers in one case, "+name("Authorization"), "msisdn", c.maker.phone()), name).taken()
				}
			},
			fault("header-names-exact", "An authorization header in lower case is not read")),
	}
}

// closed expects no card and no success.
func (r *reply) closed() {
	r.noCard()
	r.expect(r.Answer.Status >= http.StatusMultipleChoices, "a refusal", "the status is %d", r.Answer.Status)
}

// pathSpellings asks without credentials for a card by paths that some routers
// take for the plain one.
func pathSpellings(c *check) {
	p := c.known()
	search := "msisdn=" + p.phone
	for _, path := range []string{
		"/v1/%63ard", "/%761/card", "//v1/card", "/v1//card", "/V1/card", "/v1/Card", "/v1/./card", "/v1/x/../card", "/x/..%2fv1/card", "/v1/card;x=1", "/v1/card/", "/v1/card.json", "/v1/card%20",
	} {
		c.send(call{title: "search without credentials by " + path, method: http.MethodGet, path: path, query: search, auth: noAuth()}).closed()
	}
	escaped := "%3" + p.number[:1] + p.number[1:] // right for a digit, and a refusal like any other else
	for _, path := range []string{
		"/v1/card/" + escaped, "/v1/%63ard/" + p.number, "//v1/card/" + p.number, "/v1/card//" + p.number, "/V1/card/" + p.number, "/v1/card/./" + p.number,
		"/v1/card/anonymous/../" + p.number, "/v1/card/" + p.number + "/", "/v1/card/" + p.number + ";x=1", "/v1/card/" + p.number + ".json", "/v1/card/getAll%55sers", "/v1/card/getAllUsers/",
	} {
		c.send(call{title: "ask for a card without credentials by " + strings.ReplaceAll(path, p.number, "…"), method: http.MethodGet, path: path, auth: noAuth()}).closed()
	}
}

// pathHeader asks for paths that hosts often leave open, with a card's path in
// headers that some proxies set.
func pathHeader(c *check) {
	door := c.door("")
	at := door.path + "?" + door.query
	for _, path := range []string{"/", "/healthz", "/favicon.ico"} {
		out := call{title: "ask for " + path + " without credentials, and for a card in headers", method: http.MethodGet, path: path, auth: noAuth(), header: http.Header{}}
		for _, name := range []string{"X-Original-Url", "X-Rewrite-Url", "X-Original-Uri", "X-Forwarded-Uri", "X-Forwarded-Path"} {
			out.header.Set(name, at)
		}
		c.send(out).noCard()
	}
}

func eachCall(c *check) {
	w := c.wire()
	defer w.close()
	first, second, third := c.door("search with the right credentials"), c.door("the next call on the connection, without credentials"), c.door("the next one, with a wrong password")
	second.auth, third.auth = noAuth(), c.wrongPassword()
	for _, step := range []struct {
		out  call
		want func(*reply)
	}{{first, (*reply).taken}, {second, (*reply).shut}, {third, (*reply).shut}} {
		r := w.next(step.out)
		if r == nil {
			return // a connection for one call alone remembers nothing
		}
		step.want(r)
	}
}

// sameRefusal compares refusals for what exists and for what does not.
func sameRefusal(c *check) {
	p := c.known()
	for _, two := range [][2]call{
		{c.on("show a card that exists", "getCard", p.number), c.on("show a card that nobody has", "getCard", c.maker.number())},
		{c.findCall("search for a phone that is known", "msisdn", p.phone), c.findCall("search for a phone that nobody has", "msisdn", c.maker.phone())},
	} {
		for _, a := range []*auth{noAuth(), c.wrongPassword()} {
			two[0].auth, two[1].auth = a, a
			first := c.send(two[0])
			second := c.send(two[1])
			same := first.Answer.Status == second.Answer.Status && codeOf(first) == codeOf(second)
			second.expect(same, "the same refusal as for what exists", "the refusal differs: status %d and %d", first.Answer.Status, second.Answer.Status)
		}
	}
}

// codeOf is the code of an error without credentials, whose document nobody has
// read yet.
func codeOf(r *reply) string {
	doc, err := document.Parse(r.Answer.Body)
	if err != nil {
		return ""
	}
	return doc.Leaf("code")
}

// unreadBody sends calls that are refused before anybody reads their bodies, and
// each time another call on the same connection.
func unreadBody(c *check, p *customer) {
	wrong := c.updateCall("a write with a wrong password", p.number, profile{"surname": testSurname})
	wrong.auth = c.wrongPassword()
	unknown := call{title: "a write to a path that does not exist", method: http.MethodPost, path: "/v1/nothing"}.with(profile{"surname": testSurname})
	verb := c.updateCall("a verb that the path does not take", p.number, profile{"surname": testSurname})
	verb.method = http.MethodPatch
	for _, refused := range []call{wrong, unknown, verb} {
		c.thenFinds(p, refused)
	}
}

// thenFinds sends a call and, on the same connection, a search for a customer. A
// host may close the connection in between.
func (c *check) thenFinds(p *customer, first call) {
	w := c.wire()
	defer w.close()
	r := w.send(first, plainNames)
	r.closed()
	w.stillFinds(p, r)
}

// noWriteWithout sends every write with a wrong password and looks for an effect.
func noWriteWithout(c *check) {
	wrong := func(out call) {
		out.auth = c.wrongPassword()
		out.title += " with a wrong password"
		c.send(out).shut()
	}
	if c.profile.Offers("issueCard") {
		stranger := c.person()
		wrong(c.issueCall("issue a card", stranger.profile()))
		c.findsNobody("the phone finds nobody", "msisdn", stranger.phone)
	}
	if c.profile.Offers("reserveCard") && c.profile.Offers("issueReservedCard") {
		stranger := c.person()
		number := c.needNumber()
		wrong(c.issueOnCall("issue a reserved number", number, stranger.profile()))
		c.findsNobody("the phone finds nobody", "msisdn", stranger.phone)
	}
	if !c.profile.Offers("submitQRCode") {
		return
	}
	twoCards(func(c *check, owner, other *customer) {
		qr := c.sale().String()
		wrong(c.receiptCall("send a receipt", owner.number, qr))
		c.accepted("another card may still send the receipt", other, qr)
	})(c)
}

// answersKept asks for one address with the right credentials and with wrong ones
// in turn.
func answersKept(c *check) {
	p := c.known()
	wrong := c.wrongPassword()
	card := func(r *reply) { r.hasCard(p.number) }
	search := func(title string, a *auth) call {
		out := c.findCall(title, "msisdn", p.phone, "favouriteColour", "green")
		out.auth = a
		return out
	}
	show := func(title string, a *auth) call {
		out := c.on(title, "getCard", p.number)
		out.auth = a
		return out
	}
	card(c.send(search("search with the right credentials", nil)))
	c.send(search("the same without credentials", noAuth())).shut()
	c.send(search("the same with a wrong password", wrong)).shut()
	card(c.send(search("the same with the right credentials", nil)))
	c.send(show("show a card with a wrong password", wrong)).shut()
	card(c.send(show("the same with the right credentials", nil)))
}

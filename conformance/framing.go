package conformance

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"koshelek-adapter/conformance/contract"
)

// framingRules are about how calls go over the wire, and about callers who break
// off.
func framingRules() []ruled {
	rule := func(id, text string, severity contract.Severity) contract.Rule {
		return contract.Rule{ID: id, Text: text, Mark: inferred, Source: fromSafety, Since: v100, Severity: severity, Methods: []string{"updateUser"}, Writes: true}
	}
	return []ruled{
		row(rule("body.framings", "A body is read whole however it comes: in chunks without a length, in several pieces, or after Expect: 100-continue.", contract.Major),
			withFresh(framings),
			fault("chunked-unread", "A body in chunks counts as empty"),
			fault("first-piece-alone", "Only what comes at once of a body is read"),
			fault("expect-417", "Expect: 100-continue is answered with 417")),
		row(rule("body.media-types", "JSON is taken under application/json in any case and with any charset parameter, and any other media type is answered with 200 or 422.", contract.Major),
			withFresh(func(c *check, p *customer) {
				for _, try := range []struct {
					mediaType string
					want      func(*reply)
				}{
					{"application/json", (*reply).done}, {"application/json;charset=UTF-8", (*reply).done}, {"Application/JSON; Charset=utf-8", (*reply).done}, {`application/json; charset="utf-8"`, (*reply).done},
					{"text/plain", (*reply).takenOrRefused}, {"application/octet-stream", (*reply).takenOrRefused},
				} {
					out := c.updateCall("change the name, the body as "+try.mediaType, p.number, profile{"surname": testSurname})
					out.header = http.Header{"Content-Type": {try.mediaType}}
					try.want(c.send(out))
				}
			}),
			fault("media-type-exact", "Only one spelling of the media type is taken"),
			fault("media-type-case", "The media type is taken in lower case alone"),
			fault("media-type-415", "Another media type is answered with 415")),
		row(rule("body.breaks-off", "A body that breaks off before its announced end changes nothing, whole JSON or not.", contract.Critical),
			withFresh(breaksOff),
			fault("half-body-taken", "What came of a body that broke off is carried out"),
			fault("half-body-mended", "A body that broke off is mended and carried out")),
		row(rule("body.keys-twice", "A key that comes twice, also in another case, never takes the contact of another customer.", contract.Critical),
			twoCards(func(c *check, p, owner *customer) {
				for _, body := range []string{
					`{"email":"%[1]s","email":"%[2]s"}`, `{"email":"%[2]s","email":"%[1]s"}`, `{"email":"%[1]s","EMAIL":"%[2]s"}`, `{"Email":"%[2]s","email":"%[1]s"}`,
				} {
					out := c.updateCall("an e-mail address of nobody and one of another customer under one key", p.number, profile{})
					out.body = fmt.Appendf(nil, body, c.maker.email(c.maker.phone()), owner.email)
					c.send(out).takenOrRefused()
				}
				c.finds(owner, "the other customer keeps the address", "email", owner.email)
			}),
			fault("last-key-unchecked", "The first of two keys is checked and the last is stored")),
		row(rule("holder.long-text", "A name of hundreds of letters is kept whole or refused with 422, and never cut.", contract.Major),
			withFresh(longText),
			fault("long-names-break", "A long name is answered with 500"),
			fault("long-names-cut", "A long name is cut without a word")),
		row(rule("holder.long-email", "Long e-mail addresses that differ at their end are never taken for one.", contract.Critical),
			twoCards(longEmail),
			fault("emails-cut", "E-mail addresses are compared by their first hundred letters")),
		row(rule("paths.query-is-no-body", "Parameters of the query do not count as fields of the body.", contract.Critical),
			withFresh(func(c *check, p *customer) {
				email := c.maker.email(c.maker.phone())
				out := c.updateCall("change the name, with an e-mail address in the query", p.number, profile{"surname": testSurname})
				out.query = "email=" + email
				c.send(out).done()
				c.findsNobody("the address finds nobody", "email", email)
			}),
			fault("query-merged", "Parameters of the query are taken for fields of the body")),
	}
}

// chunked writes a request in two chunks.
func (w *wire) chunked(r Request, last string) []string {
	r.Header = r.Header.Clone()
	r.Header.Set("Transfer-Encoding", "chunked")
	half := len(r.Body) / 2
	return []string{
		w.head(r, plainNames), fmt.Sprintf("%x\r\n%s\r\n", half, r.Body[:half]), fmt.Sprintf("%x\r\n%s\r\n", len(r.Body)-half, r.Body[half:]) + last,
	}
}

// announced writes a request with a length, in pieces.
func (w *wire) announced(r Request, length int) []string {
	r.Header = r.Header.Clone()
	r.Header.Set("Content-Length", fmt.Sprint(length))
	third := len(r.Body) / 3
	return []string{w.head(r, plainNames), string(r.Body[:third]), string(r.Body[third : 2*third]), string(r.Body[2*third:])}
}

func framings(c *check, p *customer) {
	for _, framing := range []struct {
		title  string
		pieces func(*wire, Request) []string
	}{
		{"in chunks", func(w *wire, r Request) []string { return w.chunked(r, "0\r\n\r\n") }},
		{"in several pieces", func(w *wire, r Request) []string { return w.announced(r, len(r.Body)) }},
	} {
		email := c.maker.email(c.maker.phone())
		c.framed(p, "change the e-mail address, the body "+framing.title, email, framing.pieces)
		c.finds(p, "the new address finds the card", "email", email)
	}
	out := c.updateCall("change the name, with Expect: 100-continue", p.number, profile{"surname": testSurname})
	out.header, out.slow = http.Header{"Expect": {"100-continue"}}, true
	c.send(out).done()
}

// framed sends an update over a connection of its own, and on the same connection
// a search, to which no rest of the body must have been added.
func (c *check) framed(p *customer, title, email string, pieces func(*wire, Request) []string) {
	w := c.wire()
	defer w.close()
	r := w.sendAs(c.updateCall(title, p.number, profile{"email": email}), func(request Request) []string { return pieces(w, request) })
	r.done()
	w.stillFinds(p, r)
}

// hangUp says that no more comes and waits until the host has done with the call,
// or has waited for more for a while.
func (w *wire) hangUp() {
	const patience = 2 * time.Second
	if half, can := w.conn.(interface{ CloseWrite() error }); can {
		_ = half.CloseWrite() // a connection that is gone has been hung up
		_ = w.conn.SetReadDeadline(time.Now().Add(patience))
		for {
			if _, err := w.in.ReadByte(); err != nil {
				break
			}
		}
	}
	w.close()
}

// write sends a call and leaves the answer to come.
func (w *wire) write(out call, pieces func(Request) []string) {
	request, authorized := w.check.prepared(out)
	w.check.client.calls.Add(1)
	for _, piece := range pieces(request) {
		if _, err := w.conn.Write([]byte(piece)); err != nil {
			break // the host has hung up first
		}
	}
	w.check.records = append(w.check.records, &record{
		title: out.title, exchange: Exchange{Request: request, Authorized: authorized, Trouble: errors.New("the caller hung up")}, curlAuth: `-u "$KOSHELEK_USER:$KOSHELEK_PASSWORD"`,
	})
}

func breaksOff(c *check, p *customer) {
	const missing = 40
	for _, pieces := range []func(*wire, Request) []string{
		func(w *wire, r Request) []string { return w.announced(r, len(r.Body)+missing) },
		func(w *wire, r Request) []string { return w.chunked(r, "") },
		func(w *wire, r Request) []string {
			whole := len(r.Body)
			r.Body = r.Body[:whole-missing]
			return w.announced(r, whole)
		},
	} {
		w := c.wire()
		email := c.maker.email(c.maker.phone())
		w.write(c.updateCall("change the e-mail address in a body that breaks off", p.number, profile{"email": email, "surname": strings.Repeat("x", 2*missing)}), func(r Request) []string { return pieces(w, r) })
		w.hangUp()
		c.findsNobody("the new address finds nobody", "email", email)
	}
	c.finds(p, "the host is still up", "msisdn", p.phone)
}

func longText(c *check, p *customer) {
	kept := ""
	for _, n := range []int{120, 300, 5000} {
		name := "Ж" + p.phone + strings.Repeat("я", n)
		r := c.update(fmt.Sprintf("a name of %d letters", n), p.number, profile{"surname": name})
		r.takenOrRefused()
		if r.ok() {
			kept = name
		}
	}
	c.finds(p, "the card is found", "msisdn", p.phone)
	if kept == "" || !c.profile.Offers("listUsersExtended") {
		return
	}
	r := c.send(c.on("see what is stored", "listUsersExtended", ""))
	for name, value := range valuesOf(r.doc, p.phone) {
		cut := strings.Contains(value, "Ж"+p.phone) && !strings.Contains(value, kept)
		r.expect(!cut, "the whole name that was taken", "%s holds a part of it", shorten(name))
	}
}

// longEmail gives two customers addresses of 200 letters and more that differ
// behind them. A host may refuse both.
func longEmail(c *check, p, other *customer) {
	long := func(p *customer, last string) string {
		return p.phone + strings.Repeat("a", 40) + "@" + strings.Repeat(strings.Repeat("b", 50)+".", 2) + strings.Repeat("c", 50) + last + "." + c.maker.domain
	}
	one, two := long(p, "1"), long(p, "2")
	first := c.update("a long e-mail address", p.number, profile{"email": one})
	second := c.update("another customer, an address that differs in its 205th letter", other.number, profile{"email": two})
	if !first.ok() {
		first.refused()
		return
	}
	c.finds(p, "the first address finds the first customer's card", "email", one)
	r := c.send(c.findCall("the second address", "email", two))
	if second.ok() {
		r.hasCard(other.number)
		return
	}
	r.noCard()
}

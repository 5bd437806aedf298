package conformance

import (
	"net/http"
	"slices"
	"strings"

	"koshelek-adapter/conformance/contract"
)

// injectionFieldRules carry code to the places that are easily forgotten.
func injectionFieldRules() []ruled {
	rule := func(id, text string, since func(*contract.Rule), methods ...string) contract.Rule {
		r := contract.Rule{ID: "injection." + id, Text: text, Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical, Methods: methods}
		if since != nil {
			since(&r)
		}
		return r
	}
	writes := func(r *contract.Rule) { r.Writes = true }
	receipts := func(r *contract.Rule) { r.Writes, r.Since = true, v110 }
	return []ruled{
		row(rule("sql-address", "SQL in an e-mail address of a form that every validation lets pass finds nobody, and an apostrophe breaks nothing.", nil),
			func(c *check) {
				c.known()
				blocked := c.blockedCode()
				for _, local := range []string{"x'or'a'!='b", "'or'a'!='b", "x'||'a'='a'or'b'!='c", "o'brien." + c.maker.phone(), "x'--", "x'/**/or/**/1=1--"} {
					r := c.send(c.findCall("search by the e-mail address "+local+"@…", "email", local+"@"+c.maker.domain))
					r.inContract()
					r.expect(blocked == "" || r.code() != blocked, "nobody, or an address that is refused", "the error is that of a blocked card, code %s", shorten(blocked))
				}
			},
			fault("address-into-sql", "SQL without blanks in an e-mail address finds a card"),
			fault("address-finds-blocked", "SQL without blanks in an e-mail address finds a card that is blocked"),
			fault("apostrophe-breaks", "An apostrophe in an e-mail address is answered with 500")),
		row(rule("sql-birth-date", "SQL in the birth date of a search finds no stranger's card and breaks nothing.", nil),
			knownCard(func(c *check, p *customer) {
				for _, text := range []string{`' OR '1'='1`, `1990-01-01' OR '1'='1' -- `, `'`} {
					c.send(c.findCall("an unknown phone, SQL in the birth date", "msisdn", c.maker.phone(), "birthDate", text)).inContract()
					r := c.send(c.findCall("a known phone, SQL in the birth date", "msisdn", p.phone, "birthDate", text))
					r.takenOrRefused()
					r.expect(r.number() == "" || r.number() == p.number, "the card, or 422", "%s is answered", r.cardSaid())
				}
			}),
			fault("birth-date-injected", "SQL in the birth date of a search is carried out"),
			fault("birth-date-breaks", "A quote in the birth date of a search is answered with 500")),
		row(rule("sql-card-methods", "SQL in the card number of any method of a card is refused.", writes),
			func(c *check) {
				for _, m := range c.profile.Methods() {
					if !strings.Contains(m.Path, "{cardNumber}") {
						continue
					}
					for _, number := range []string{`' OR '1'='1`, `1 OR 1=1`} {
						out := c.plausible(m.ID)
						out.title, out.path = m.ID+" with SQL in the card number", c.on("", m.ID, number).path
						c.send(out).refused()
					}
				}
			},
			fault("history-number-injected", "SQL in the card number of a history is carried out"),
			fault("update-number-injected", "SQL in the card number of an update is carried out")),
		row(rule("sql-sender", "SQL or an operator in place of the sender's card or phone is refused.", receipts, "submitQRCode"),
			func(c *check) {
				c.shared("anna")
				qr := c.profile.PromoField("qrCode")
				for _, sender := range []profile{
					{"cardNumber": `' OR '1'='1`}, {"msisdn": `' OR '1'='1`}, {"cardNumber": "%"}, {"msisdn": "%"},
					{"cardNumber": map[string]any{"$ne": ""}}, {"msisdn": map[string]any{"$ne": ""}}, {"msisdn": []any{}},
				} {
					body := profile{qr: c.sale().String()}
					for name, value := range sender {
						body[c.profile.PromoField(name)] = value
					}
					c.send(c.on("a receipt with SQL or an operator for its sender", "submitQRCode", "").with(body)).refused()
				}
			},
			fault("sender-injected", "SQL in the sender's card number is carried out"),
			fault("sender-operator", "An operator in place of the sender's phone is carried out")),
		row(rule("sql-profile", "SQL in any field of a profile is text or is refused: it breaks nothing, and other customers keep theirs.", writes, "updateUser"),
			withFresh(func(c *check, p *customer) {
				anna := c.shared("anna")
				const text = `x', phone = '70000000000' -- `
				for _, field := range []string{"patronymic", "countryCode", "sex", "birthDate", "phone"} {
					c.send(c.updateCall("SQL in "+field, p.number, profile{field: text})).takenOrRefused()
				}
				c.finds(p, "the customer is found by phone", "msisdn", p.phone)
				c.finds(p, "and by e-mail address", "email", p.email)
				c.finds(anna, "another customer is found by phone", "msisdn", anna.phone)
				c.finds(anna, "and by e-mail address", "email", anna.email)
			}),
			fault("patronymic-breaks", "A quote in a patronymic is answered with 500"),
			fault("country-injected", "SQL in a country changes other customers")),
		row(rule("sql-receipt-parts", "SQL in any part of a receipt is refused.", receipts, "submitQRCode"),
			withFresh(func(c *check, p *customer) {
				for _, part := range []string{"t", "s", "fn", "i", "n"} {
					pairs := strings.Split(c.sale().String(), "&")
					at := slices.IndexFunc(pairs, func(pair string) bool { return strings.HasPrefix(pair, part+"=") })
					pairs[at] += `' OR '1'='1`
					c.refusedReceipt("SQL behind "+part, p, strings.Join(pairs, "&"))
				}
			}),
			fault("receipt-part-injected", "A quote in the document number of a receipt is let pass")),
		row(rule("sql-headers", "SQL in headers that hosts keep in their logs breaks nothing.", nil),
			func(c *check) {
				out := c.findCall("search with SQL in headers", "msisdn", c.maker.phone())
				out.header = http.Header{}
				for _, name := range []string{"X-Forwarded-For", "X-Request-Id", "Referer", "Accept-Language", "Cookie"} {
					out.header.Set(name, `x'); DROP TABLE log; --`)
				}
				c.send(out).taken()
			},
			fault("agent-breaks", "A quote in X-Forwarded-For is answered with 500")),
	}
}

// inContract expects 200 or 422 and no card.
func (r *reply) inContract() {
	r.noCard()
	r.takenOrRefused()
}

// blockedCode is the error code by which a search refuses a blocked card; "" when
// the profile names none, or when the code says no more than that of an address
// that is none.
func (c *check) blockedCode() string {
	if !c.profile.Has(contract.NeedsBlocked) {
		return ""
	}
	card := c.find("compare: search for the holder of a blocked card", "msisdn", c.profile.Data.Blocked.Phone)
	if card.ok() {
		return ""
	}
	none := c.find("compare: an e-mail address that is none", "email", "no-at-sign")
	if card.code() == none.code() {
		return ""
	}
	return card.code()
}

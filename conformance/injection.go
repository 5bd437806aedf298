package conformance

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"koshelek-adapter/conformance/contract"
)

func injectionRules() []ruled {
	rule := func(id, text string, methods ...string) contract.Rule {
		return contract.Rule{ID: "injection." + id, Text: text, Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical, Methods: methods}
	}
	writes := func(r contract.Rule) contract.Rule { r.Writes = true; return r }
	minor := func(r contract.Rule) contract.Rule { r.Severity = contract.Minor; return r }
	receipt, code := writes(rule("sql-receipt", "SQL in a receipt is no receipt.", "submitQRCode")), writes(rule("sql-code", "SQL in a promo code finds no code.", "submitPromoCode"))
	receipt.Since, code.Since = v110, v130
	return []ruled{
		row(rule("sql-phone", "SQL in the phone of a search finds nobody."),
			func(c *check) {
				c.injected(sql, func(text string) { c.findsNobody("SQL in the phone", "msisdn", text) })
			},
			fault("sql-in-phone", "SQL in a phone is carried out")),
		row(rule("sql-email", "SQL in the e-mail address of a search finds nobody."),
			func(c *check) {
				c.injected(sql, func(text string) {
					c.findsNobody("SQL in the e-mail address", "email", text)
					c.findsNobody("SQL in an address of the right form", "email", text+"@"+c.maker.domain)
				})
			},
			fault("sql-in-email", "SQL in an email is carried out")),
		row(rule("sql-card-number", "SQL in a card number finds no card."),
			func(c *check) {
				c.injected(sql, func(text string) {
					c.send(c.on("SQL in the card number", "getCard", text)).noCard()
				})
			},
			fault("sql-in-card-number", "SQL in a card number is carried out")),
		row(rule("sql-start-date", "SQL in startDate is answered with 422 and never as if it were a date.", "listPurchases"),
			sqlDate(func(c *check, number, text string) {
				c.refusedHistory("SQL in startDate", number, "2026-01-01"+text, "")
			}),
			fault("sql-in-start-date", "SQL in startDate gives all lines"),
			fault("sql-in-start-date-500", "SQL in startDate is answered with 500")),
		row(rule("sql-end-date", "SQL in endDate is answered with 422 and never as if it were a date.", "listPurchases"),
			sqlDate(func(c *check, number, text string) {
				c.refusedHistory("SQL in endDate", number, "2026-01-01", "2026-12-31"+text)
			}),
			fault("sql-in-end-date", "SQL in endDate gives all lines")),
		row(writes(rule("sql-name", "SQL in a name is a name: it is stored as text, and other customers keep theirs.", "updateUser")),
			withFresh(func(c *check, p *customer) {
				anna := c.shared("anna")
				c.injected([]string{`Robert'); DROP TABLE customers; --`, `x', email = 'x@x.example`, `' OR '1'='1`}, func(text string) {
					c.updated(p, "SQL in the name", profile{"surname": text, "firstname": text, "locality": text})
				})
				c.finds(anna, "the other customer is found", "msisdn", anna.phone, "email", anna.email)
				c.finds(p, "the customer is found", "msisdn", p.phone, "email", p.email)
			}),
			fault("sql-in-name", "SQL in a name is carried out on everybody")),
		row(receipt,
			withFresh(func(c *check, p *customer) {
				c.injected(sql, func(text string) {
					c.refusedReceipt("SQL in place of a receipt", p, text)
					r := c.sale()
					r.fp = text
					c.refusedReceipt("SQL in the fiscal sign", p, r.String())
				})
			}),
			fault("sql-in-receipt", "SQL in a receipt is carried out")),
		row(code,
			withFresh(func(c *check, p *customer) {
				c.injected(sql, func(text string) {
					c.send(c.codeCall("SQL in the code", p.number, text)).refused()
				})
			}),
			fault("sql-in-code", "SQL in a promo code finds a code")),
		row(rule("sql-time", "SQL that sleeps does not make the host sleep."),
			sqlTime,
			fault("sql-sleeps", "SQL that sleeps makes the host sleep")),
		row(rule("header", "Line ends in a value do not become headers of the answer."),
			func(c *check) {
				const line = "1\r\nX-Injected: yes\r\nSet-Cookie: injected=yes"
				for _, out := range []call{c.findCall("line ends in the phone", "msisdn", line), c.on("line ends in the card number", "getCard", line)} {
					r := c.send(out)
					injected := r.Answer.Header.Get("X-Injected") != "" || strings.Contains(r.Answer.Header.Get("Set-Cookie"), "injected")
					r.expect(!injected, "no header from the value", "the value became a header")
				}
			},
			fault("line-end-in-value", "A line end in a value becomes a header")),
		row(rule("path", "Dots and slashes in a card number, escaped or not, lead to no other path."),
			func(c *check) {
				for _, path := range []string{
					"/v1/card/..%2f..%2f..%2fetc%2fpasswd", "/v1/card/..%2fgetAllUsers", "/v1/card/%2e%2e%2fcard%2fgetAllUsers", "/v1/card/..%5c..%5cwindows%5cwin.ini",
					"/v1/card/....//....//etc/passwd", "/v1/card/%252e%252e%252fgetAllUsers", "/v1/card/x%00/../getAllUsers",
				} {
					r := c.send(call{title: "dots and slashes in the card number", method: http.MethodGet, path: path})
					r.expect(!r.ok(), "422", "the status is %d", r.Answer.Status)
				}
			},
			fault("dots-in-number", "Dots in a card number lead to another path")),
		row(rule("zero-byte", "A zero byte in a value does not cut it off."),
			knownCard(func(c *check, p *customer) {
				c.findsNobody("a zero byte within the phone", "msisdn", p.phone+"\x00123")
				c.send(c.on("a zero byte within the card number", "getCard", p.number+"\x00123")).noCard()
			}),
			fault("zero-byte-cuts", "A zero byte cuts a value off")),
		row(minor(rule("unicode-digits", "Digits of other scripts are not taken for the same phone.")),
			knownCard(func(c *check, p *customer) {
				arabic := strings.Map(func(r rune) rune { return r - '0' + '٠' }, p.phone)
				c.findsNobody("the phone in Arabic digits", "msisdn", arabic)
			}),
			fault("digits-of-other-scripts", "Digits of other scripts are taken for the same phone")),
		row(rule("no-echo", "Errors tell nothing of the inside: no SQL, stack, path of a file or class."),
			noEcho,
			fault("quote-shows-query", "A quote shows the query that broke")),
		row(writes(rule("no-harm", "Statements that destroy, in any value of a call, leave a customer's card as it was.")),
			noHarm,
			fault("sql-drops", "SQL in a card number removes cards")),
	}
}

// destroying are statements that remove what a host keeps.
var destroying = []string{`1; DROP TABLE cards`, `x'; DROP TABLE cards; --`, `x'; DELETE FROM customers; --`, `x"; DROP TABLE cards; --`}

// noHarm sends statements that destroy in every value that a call has, and looks
// whether a customer's card is as it was.
func noHarm(c *check) {
	p := c.fresh()
	for _, text := range destroying {
		calls := []call{
			c.findCall("a statement in the phone", "msisdn", text), c.findCall("a statement in the e-mail address", "email", text),
			c.findCall("a statement in the birth date", "msisdn", c.maker.phone(), "birthDate", text),
			c.on("a statement in the card number", "getCard", text), c.updateCall("a statement in the number of an update", text, profile{"surname": text}),
		}
		if c.profile.Offers("listPurchases") {
			history := c.on("a statement in the days", "listPurchases", p.number)
			history.query = url.Values{"startDate": {"2026-01-01" + text}, "endDate": {text}}.Encode()
			calls = append(calls, history)
		}
		if c.profile.Offers("submitQRCode") {
			calls = append(calls, c.receiptCall("a statement in a receipt", p.number, text))
		}
		if c.profile.Offers("submitPromoCode") {
			calls = append(calls, c.codeCall("a statement in a code", p.number, text))
		}
		for _, out := range calls {
			c.send(out)
		}
	}
	c.finds(p, "search by phone", "msisdn", p.phone)
	c.finds(p, "search by e-mail address", "email", p.email)
	c.send(c.on("show the card", "getCard", p.number)).hasCard(p.number)
}

// sql are texts that are dangerous to whoever pastes them into a statement.
var sql = []string{
	`' OR '1'='1`, `" OR ""="`, `' OR 1=1 -- `, `') OR ('1'='1`, `1 OR 1=1`, `' UNION SELECT 1,2,3 -- `, `x'; DROP TABLE cards; --`, `\' OR 1=1 -- `, `'||'1'='1`,
}

// sleeping are statements that sleep for three seconds.
var sleeping = []string{`' OR SLEEP(3) -- `, `'; SELECT pg_sleep(3) -- `, `'; WAITFOR DELAY '0:0:3' -- `, `' OR (SELECT COUNT(*) FROM (SELECT SLEEP(3)) x) -- `}

func (c *check) injected(texts []string, try func(text string)) {
	for _, text := range texts {
		try(text)
	}
}

func sqlDate(try func(c *check, number, text string)) checkFunc {
	return knownCard(func(c *check, p *customer) {
		number := p.number
		if c.profile.Data.History != "" {
			number = c.profile.Data.History
		}
		c.injected(sql, func(text string) { try(c, number, text) })
	})
}

func sqlTime(c *check) {
	const asleep = 2500 * time.Millisecond
	p := c.known()
	c.injected(sleeping, func(text string) {
		calls := []call{c.findCall("sleep in the phone", "msisdn", text), c.findCall("sleep in the e-mail address", "email", text), c.on("sleep in the card number", "getCard", text)}
		if c.profile.Offers("listPurchases") {
			history := c.on("sleep in startDate", "listPurchases", p.number)
			history.query = "startDate=" + url.QueryEscape("2026-01-01"+text)
			calls = append(calls, history)
		}
		for _, out := range calls {
			r := c.send(out)
			r.expect(r.Took < asleep, "an answer at once", "the answer took %s", Duration(r.Took))
		}
	})
}

// noEcho makes errors of many kinds and looks for the inside in them.
func noEcho(c *check) {
	p := c.known()
	for _, text := range []string{`'`, `"`, `\`, `%s%s%n`, `{{7*7}}`, `${7*7}`, `<script>alert(1)</script>`, "\x00", "\u202e", strings.Repeat("я", 500)} {
		calls := []call{c.findCall("odd text in a search", "msisdn", text, "email", text), c.on("odd text in a card number", "getCard", text)}
		if c.profile.Offers("listPurchases") {
			history := c.on("odd text in a date", "listPurchases", p.number)
			history.query = "startDate=" + url.QueryEscape(text)
			calls = append(calls, history)
		}
		for _, out := range calls {
			r := c.send(out)
			found := findInside(r.Answer.Body)
			r.expect(found == nil, "words for people", "the answer shows the inside")
		}
	}
}

package conformance

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

// sql are texts that are dangerous to whoever pastes them into a statement.
var sql = []string{
	`' OR '1'='1`, `" OR ""="`, `' OR 1=1 -- `, `') OR ('1'='1`, `1 OR 1=1`, `' UNION SELECT 1,2,3 -- `, `x'; DROP TABLE cards; --`, `\' OR 1=1 -- `, `'||'1'='1`,
}

// sleeping are statements that sleep for three seconds.
var sleeping = []string{`' OR SLEEP(3) -- `, `'; SELECT pg_sleep(3) -- `, `'; WAITFOR DELAY '0:0:3' -- `, `' OR (SELECT COUNT(*) FROM (SELECT SLEEP(3)) x) -- `}

var injectionChecks = map[string]checkFunc{
	"injection.sql-phone": func(c *check) error {
		return c.injected(sql, func(text string) error { return c.findsNobody("SQL in the phone", "msisdn", text) })
	},
	"injection.sql-email": func(c *check) error {
		return c.injected(sql, func(text string) error {
			return all(
				func() error { return c.findsNobody("SQL in the e-mail address", "email", text) },
				func() error {
					return c.findsNobody("SQL in an address of the right form", "email", text+"@"+c.maker.domain)
				},
			)
		})
	},
	"injection.sql-card-number": func(c *check) error {
		return c.injected(sql, func(text string) error {
			return c.expecting(c.on("SQL in the card number", "getCard", text), (*reply).noCard)
		})
	},
	"injection.sql-start-date": sqlDate(func(c *check, number, text string) error {
		return c.refusedHistory("SQL in startDate", number, "2026-01-01"+text, "")
	}),
	"injection.sql-end-date": sqlDate(func(c *check, number, text string) error {
		return c.refusedHistory("SQL in endDate", number, "2026-01-01", "2026-12-31"+text)
	}),
	"injection.sql-name": withFresh(func(c *check, p *customer) error {
		anna, err := c.shared("anna")
		if err != nil {
			return err
		}
		return all(
			func() error {
				return c.injected([]string{`Robert'); DROP TABLE customers; --`, `x', email = 'x@x.example`, `' OR '1'='1`}, func(text string) error {
					return c.updated(p, "SQL in the name", profile{"surname": text, "firstname": text, "locality": text})
				})
			},
			func() error {
				return c.finds(anna, "the other customer is found", "msisdn", anna.phone, "email", anna.email)
			},
			func() error { return c.finds(p, "the customer is found", "msisdn", p.phone, "email", p.email) },
		)
	}),
	"injection.sql-receipt": withFresh(func(c *check, p *customer) error {
		return c.injected(sql, func(text string) error {
			return all(
				func() error { return c.refusedReceipt("SQL in place of a receipt", p, text) },
				func() error {
					r := c.sale()
					r.fp = text
					return c.refusedReceipt("SQL in the fiscal sign", p, r.String())
				},
			)
		})
	}),
	"injection.sql-code": withFresh(func(c *check, p *customer) error {
		return c.injected(sql, func(text string) error {
			return c.expecting(c.codeCall("SQL in the code", p.number, text), (*reply).refused)
		})
	}),
	"injection.sql-time": sqlTime,
	"injection.header":   headerInjection,
	"injection.path":     pathInjection,
	"injection.zero-byte": knownCard(func(c *check, p *customer) error {
		return all(
			func() error { return c.findsNobody("a zero byte within the phone", "msisdn", p.phone+"\x00123") },
			func() error {
				return c.expecting(c.on("a zero byte within the card number", "getCard", p.number+"\x00123"), (*reply).noCard)
			},
		)
	}),
	"injection.unicode-digits": knownCard(func(c *check, p *customer) error {
		arabic := strings.Map(func(r rune) rune { return r - '0' + '٠' }, p.phone)
		return c.findsNobody("the phone in Arabic digits", "msisdn", arabic)
	}),
	"injection.no-echo": noEcho,
	"injection.no-harm": func(c *check) error {
		p, err := c.shared("anna")
		if err != nil {
			return err
		}
		return all(
			func() error { return c.finds(p, "search by phone", "msisdn", p.phone) },
			func() error { return c.finds(p, "search by e-mail address", "email", p.email) },
			func() error {
				return c.expecting(c.on("show the card", "getCard", p.number), func(r *reply) error { return r.hasCard(p.number) })
			},
		)
	},
}

func (c *check) injected(texts []string, try func(text string) error) error {
	for _, text := range texts {
		if err := try(text); err != nil {
			return err
		}
	}
	return nil
}

func sqlDate(try func(c *check, number, text string) error) checkFunc {
	return knownCard(func(c *check, p *customer) error {
		number := p.number
		if c.profile.Data.History != "" {
			number = c.profile.Data.History
		}
		return c.injected(sql, func(text string) error { return try(c, number, text) })
	})
}

func sqlTime(c *check) error {
	const asleep = 2500 * time.Millisecond
	p, err := c.known()
	if err != nil {
		return err
	}
	return c.injected(sleeping, func(text string) error {
		calls := []call{c.findCall("sleep in the phone", "msisdn", text), c.findCall("sleep in the e-mail address", "email", text), c.on("sleep in the card number", "getCard", text)}
		if c.profile.Offers("listPurchases") {
			history := c.on("sleep in startDate", "listPurchases", p.number)
			history.query = "startDate=" + url.QueryEscape("2026-01-01"+text)
			calls = append(calls, history)
		}
		for _, out := range calls {
			err := c.expecting(out, func(r *reply) error {
				return r.expect(r.Took < asleep, "an answer at once", "the answer took %s", Duration(r.Took))
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func headerInjection(c *check) error {
	const line = "1\r\nX-Injected: yes\r\nSet-Cookie: injected=yes"
	for _, out := range []call{c.findCall("line ends in the phone", "msisdn", line), c.on("line ends in the card number", "getCard", line)} {
		err := c.expecting(out, func(r *reply) error {
			injected := r.Answer.Header.Get("X-Injected") != "" || strings.Contains(r.Answer.Header.Get("Set-Cookie"), "injected")
			return r.expect(!injected, "no header from the value", "the value became a header")
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func pathInjection(c *check) error {
	for _, path := range []string{
		"/v1/card/..%2f..%2f..%2fetc%2fpasswd", "/v1/card/..%2fgetAllUsers", "/v1/card/%2e%2e%2fcard%2fgetAllUsers", "/v1/card/..%5c..%5cwindows%5cwin.ini",
		"/v1/card/....//....//etc/passwd", "/v1/card/%252e%252e%252fgetAllUsers", "/v1/card/x%00/../getAllUsers",
	} {
		err := c.expecting(call{title: "dots and slashes in the card number", method: http.MethodGet, path: path}, func(r *reply) error {
			return r.expect(!r.ok(), "422", "the status is %d", r.Answer.Status)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// noEcho makes errors of many kinds and looks for the inside in them.
func noEcho(c *check) error {
	p, err := c.known()
	if err != nil {
		return err
	}
	for _, text := range []string{`'`, `"`, `\`, `%s%s%n`, `{{7*7}}`, `${7*7}`, `<script>alert(1)</script>`, "\x00", "\u202e", strings.Repeat("я", 500)} {
		calls := []call{c.findCall("odd text in a search", "msisdn", text, "email", text), c.on("odd text in a card number", "getCard", text)}
		if c.profile.Offers("listPurchases") {
			history := c.on("odd text in a date", "listPurchases", p.number)
			history.query = "startDate=" + url.QueryEscape(text)
			calls = append(calls, history)
		}
		for _, out := range calls {
			err := c.expecting(out, func(r *reply) error {
				found := findInside(r.Answer.Body)
				return r.expect(found == nil, "words for people", "the answer shows the inside")
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

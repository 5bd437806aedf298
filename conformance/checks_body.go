package conformance

import (
	"bytes"
	"net/http"
	"strings"
)

var bodyChecks = map[string]checkFunc{
	"body.empty":        refusedBodies("no body", ""),
	"body.truncated":    refusedBodies("a body that breaks off", `{"surname":"Нов`, `{"surname":"Новая"`, `{"surname":`),
	"body.not-json":     refusedBodies("a body that is not JSON", `surname=Novaya&phone=1`, `<user/>`, `{surname:'Novaya'}`),
	"body.array":        refusedBodies("an array", `[]`, `[{"surname":"Novaya"}]`),
	"body.scalar":       refusedBodies("no object", `"Novaya"`, `1`, `true`, `null`),
	"body.trailing":     refusedBodies("something behind the object", `{"surname":"Novaya"}{"surname":"Staraya"}`, `{"surname":"Novaya"} x`),
	"body.not-utf8":     refusedBodies("bytes that are not UTF-8", "{\"surname\":\"\xcd\xee\xe2\xe0\xff\"}"),
	"body.nested-value": nestedValue,
	"body.deep":         refusedBodies("ten thousand levels", `{"surname":`+strings.Repeat("[", 10_000)+strings.Repeat("]", 10_000)+`}`),
	"body.huge":         hugeBody,
	"body.refused-changes-nothing": withFresh(func(c *check, p *customer) error {
		email := c.maker.email(c.maker.phone())
		return all(
			func() error {
				out := c.updateCall("a new e-mail address in a body that breaks off", p.number, profile{})
				out.body = []byte(`{"email":"` + email + `","surname":"Нов`)
				return c.expecting(out, (*reply).refused)
			},
			func() error { return c.findsNobody("it finds nobody", "email", email) },
			func() error { return c.finds(p, "the old one finds the card", "email", p.email) },
		)
	}),
	"body.unknown-fields": withFresh(func(c *check, p *customer) error {
		return c.updated(p, "fields that nobody knows", profile{"surname": "Новая", "favouriteColour": "green", "pets": []any{map[string]any{"name": "Rex"}}})
	}),
	"body.key-case": writesEmail("keys in another case", func(email string) string { return `{"EMAIL":"` + email + `","SurName":"Новая"}` }),
	"body.typed-values": withFresh(func(c *check, p *customer) error {
		phone := c.maker.phone()
		out := c.updateCall("a phone as a number", p.number, profile{})
		out.body = []byte(`{"phone":` + phone + `,"locality":true}`)
		return all(
			func() error { return c.expecting(out, (*reply).done) },
			func() error { return c.finds(p, "the phone finds the card", "msisdn", phone) },
		)
	}),
	"body.escapes": writesEmail("characters as escapes", func(email string) string {
		var escaped strings.Builder
		for _, r := range email {
			escaped.WriteString(`\u00` + string("0123456789abcdef"[r>>4]) + string("0123456789abcdef"[r&15]))
		}
		return `{"email":"` + escaped.String() + `"}`
	}),
	"body.blanks": writesEmail("blanks everywhere", func(email string) string { return "\r\n\t { \"email\" :\n\"" + email + "\"\t}\n " }),
	"body.null-field": withFresh(func(c *check, p *customer) error {
		return all(
			func() error {
				return c.updated(p, "an e-mail address of null", profile{"surname": "Новая", "email": nil})
			},
			func() error { return c.finds(p, "the address stays", "email", p.email) },
		)
	}),
}

// writers are calls of every method with a body, on a card where there is one, so
// that nothing but the body can be the reason to refuse them.
func (c *check) writers() ([]call, error) {
	p, err := c.shared("bodies")
	if err != nil {
		return nil, err
	}
	out := []call{c.updateCall("", p.number, profile{}), c.channelsCall("", p.number, nil, nil)}
	for _, id := range []string{"issueCard", "submitQRCode", "submitPromoCode"} {
		if c.profile.Offers(id) {
			out = append(out, c.on("", id, "").with(profile{}))
		}
	}
	return out, nil
}

// refusedBodies is the check that every method refuses bodies.
func refusedBodies(title string, bodies ...string) checkFunc {
	return func(c *check) error {
		writers, err := c.writers()
		if err != nil {
			return err
		}
		for _, out := range writers {
			for _, body := range bodies {
				out.title, out.body = title, []byte(body)
				if err := c.expecting(out, (*reply).refused); err != nil {
					return err
				}
			}
		}
		return nil
	}
}

func nestedValue(c *check) error {
	p, err := c.shared("bodies")
	if err != nil {
		return err
	}
	for _, body := range []profile{
		{"phone": map[string]any{"number": p.phone}}, {"surname": []any{"Новая"}}, {"email": map[string]any{"$ne": ""}}, {"birthDate": map[string]any{}},
	} {
		if err := c.expecting(c.updateCall("an object or array where a text belongs", p.number, body), (*reply).refused); err != nil {
			return err
		}
	}
	return nil
}

// hugeBody asks before it sends, as curl does, so that a host may refuse the
// body without having to take it.
func hugeBody(c *check) error {
	p, err := c.shared("bodies")
	if err != nil {
		return err
	}
	const size = 3 << 20
	out := c.updateCall("a body of three megabytes", p.number, profile{})
	out.body = append(append([]byte(`{"surname":"`), bytes.Repeat([]byte("x"), size)...), `"}`...)
	out.header, out.slow = http.Header{"Expect": {"100-continue"}}, true
	if err := c.expecting(out, (*reply).refused); err != nil {
		return err
	}
	return c.finds(p, "the host is still up", "msisdn", p.phone)
}

// writesEmail is the check that a body is read: its e-mail address finds the card.
func writesEmail(title string, of func(email string) string) checkFunc {
	return withFresh(func(c *check, p *customer) error {
		email := c.maker.email(c.maker.phone())
		out := c.updateCall(title, p.number, profile{})
		out.body = []byte(of(email))
		return all(
			func() error { return c.expecting(out, (*reply).done) },
			func() error { return c.finds(p, "the new address finds the card", "email", email) },
		)
	})
}

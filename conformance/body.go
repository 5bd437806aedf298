package conformance

import (
	"bytes"
	"net/http"
	"strings"

	"koshelek-adapter/conformance/contract"
)

func bodyRules() []ruled {
	refused := func(id, text string) contract.Rule {
		return contract.Rule{ID: "body." + id, Text: text, Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major, Writes: true}
	}
	taken := func(id, text string) contract.Rule {
		return contract.Rule{ID: "body." + id, Text: text, Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Minor, Writes: true}
	}
	return []ruled{
		row(refused("empty", "A write that needs a field is answered with 422 when it has no body."),
			refusedBodies("no body", partial, ""),
			fault("no-body-breaks", "A write without a body is answered with 500")),
		row(refused("truncated", "A body that breaks off is answered with 422."),
			refusedBodies("a body that breaks off", nil, `{"surname":"Нов`, `{"surname":"Новая"`, `{"surname":`),
			fault("takes-cut-body", "A body that breaks off is taken"),
			fault("malformed-400", "A malformed body is answered with 400")),
		row(refused("not-json", "A body that is not JSON is answered with 422."),
			refusedBodies("a body that is not JSON", nil, `surname=Novaya&phone=1`, `<user/>`, `{surname:'Novaya'}`),
			fault("takes-malformed", "A body that is not JSON is taken"),
			fault("malformed-500", "A malformed body is answered with 500")),
		row(refused("array", "An array in place of the object is answered with 422."),
			refusedBodies("an array", nil, `[]`, `[{"surname":"Novaya"}]`),
			fault("takes-array", "An array is taken for an object")),
		row(refused("scalar", "A string, a number or null in place of the object is answered with 422."),
			refusedBodies("no object", nil, `"Novaya"`, `1`, `true`, `null`),
			fault("takes-scalar", "A scalar is taken for an object")),
		row(refused("trailing", "Something behind the object is answered with 422."),
			refusedBodies("something behind the object", nil, `{"surname":"Novaya"}{"surname":"Staraya"}`, `{"surname":"Novaya"} x`),
			fault("takes-trailing", "What follows the object is not looked at")),
		row(refused("not-utf8", "Bytes that are not UTF-8 are answered with 422."),
			refusedBodies("bytes that are not UTF-8", nil, "{\"surname\":\"\xcd\xee\xe2\xe0\xff\"}"),
			fault("takes-broken-text", "Bytes that are no UTF-8 are taken")),
		row(refused("nested-value", "An object where a text belongs is answered with 422."),
			func(c *check) {
				p := c.shared("bodies")
				for _, body := range []profile{
					{"phone": map[string]any{"number": p.phone}}, {"surname": []any{"Новая"}}, {"email": map[string]any{"$ne": ""}}, {"birthDate": map[string]any{}},
				} {
					c.send(c.updateCall("an object or array where a text belongs", p.number, body)).refused()
				}
			},
			fault("takes-nested", "An object is taken for a text")),
		row(refused("deep", "A body of ten thousand levels where a text belongs is answered with 422, and the host stays up."),
			refusedBodies("ten thousand levels", channelsAlone, `{"surname":`+strings.Repeat("[", 10_000)+strings.Repeat("]", 10_000)+`}`),
			fault("deep-cuts", "A deep body cuts the connection")),
		row(refused("huge", "A body of several megabytes is answered with 422 and not with 413 or 500."),
			hugeBody,
			fault("huge-hangs", "A huge body is never answered"),
			fault("huge-413", "A huge body is answered with 413")),
		row(contract.Rule{ID: "body.refused-changes-nothing", Text: "A body that is refused changes nothing.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical, Methods: []string{"updateUser"}, Writes: true},
			withFresh(func(c *check, p *customer) {
				email := c.maker.email(c.maker.phone())
				out := c.updateCall("a new e-mail address in a body that breaks off", p.number, profile{})
				out.body = []byte(`{"email":"` + email + `","surname":"Нов`)
				c.send(out).refused()
				c.findsNobody("it finds nobody", "email", email)
				c.finds(p, "the old one finds the card", "email", p.email)
			}),
			fault("refused-body-half-stored", "A body is stored up to the place where it is wrong")),
		row(taken("unknown-fields", "Fields that the host does not know are ignored."),
			withFresh(func(c *check, p *customer) {
				c.updated(p, "fields that nobody knows", profile{"surname": "Новая", "favouriteColour": "green", "pets": []any{map[string]any{"name": "Rex"}}})
			}),
			fault("unknown-field-refused", "A body with an unknown field is refused")),
		row(taken("key-case", "Keys are read without regard to case."),
			writesEmail("keys in another case", func(email string) string { return `{"EMAIL":"` + email + `","SurName":"Новая"}` }),
			fault("keys-case-sensitive", "Keys have to be spelled as in the contract")),
		row(taken("typed-values", "A number or a boolean stands for its text in a request."),
			withFresh(func(c *check, p *customer) {
				phone := c.maker.phone()
				out := c.updateCall("a phone as a number", p.number, profile{})
				out.body = []byte(`{"phone":` + phone + `,"locality":true}`)
				c.send(out).done()
				c.finds(p, "the phone finds the card", "msisdn", phone)
			}),
			fault("typed-values-refused", "A number in a request is refused")),
		row(taken("escapes", "Characters that are written as \\u escapes are the same characters."),
			writesEmail("characters as escapes", func(email string) string {
				var escaped strings.Builder
				for _, r := range email {
					escaped.WriteString(`\u00` + string("0123456789abcdef"[r>>4]) + string("0123456789abcdef"[r&15]))
				}
				return `{"email":"` + escaped.String() + `"}`
			}),
			fault("escapes-not-read", "Escapes are kept as they were written")),
		row(taken("blanks", "Blanks and line ends between the parts of a body do not matter."),
			writesEmail("blanks everywhere", func(email string) string { return "\r\n\t { \"email\" :\n\"" + email + "\"\t}\n " }),
			fault("blanks-refused", "A body with line ends is refused")),
		row(taken("null-field", "A field that is null counts as absent."),
			withFresh(func(c *check, p *customer) {
				c.updated(p, "an e-mail address of null", profile{"surname": "Новая", "email": nil})
				c.finds(p, "the address stays", "email", p.email)
			}),
			fault("null-is-text", "null in a request is a text")),
	}
}

// writers are calls of every method with a body, on a card where there is one, so
// that nothing but the body can be the reason to refuse them.
func (c *check) writers() []call {
	p := c.shared("bodies")
	out := []call{c.updateCall("", p.number, profile{}), c.channelsCall("", p.number, nil, nil)}
	for _, id := range []string{"issueCard", "submitQRCode", "submitPromoCode"} {
		if c.profile.Offers(id) {
			out = append(out, c.on("", id, "").with(profile{}))
		}
	}
	return out
}

// partial reports whether a call asks for nothing when its body is empty.
func partial(out call) bool {
	return strings.HasPrefix(out.path, "/v1/card/") && out.path != "/v1/card/anonymous"
}

// channelsAlone reports whether a call sets channels, and so knows no fields of a
// person.
func channelsAlone(out call) bool { return strings.HasSuffix(out.path, "/communication") }

// refusedBodies is the check that every method refuses bodies, but for methods
// that may ignore what is wrong with them; nil for none.
func refusedBodies(title string, mayIgnore func(call) bool, bodies ...string) checkFunc {
	return func(c *check) {
		writers := c.writers()
		for _, out := range writers {
			want := (*reply).refused
			if mayIgnore != nil && mayIgnore(out) {
				want = (*reply).takenOrRefused
			}
			for _, body := range bodies {
				out.title, out.body = title, []byte(body)
				want(c.send(out))
			}
		}
	}
}

// takenOrRefused expects an answer inside the contract, whichever.
func (r *reply) takenOrRefused() {
	r.expect(r.ok() || r.Answer.Status == http.StatusUnprocessableEntity, "status 200 or 422", "the status is %d", r.Answer.Status)
}

// hugeBody asks before it sends, as curl does, so that a host may refuse the
// body without having to take it.
func hugeBody(c *check) {
	p := c.shared("bodies")
	const size = 3 << 20
	out := c.updateCall("a body of three megabytes", p.number, profile{})
	out.body = append(append([]byte(`{"surname":"`), bytes.Repeat([]byte("x"), size)...), `"}`...)
	out.header, out.slow = http.Header{"Expect": {"100-continue"}}, true
	c.send(out).refused()
	c.finds(p, "the host is still up", "msisdn", p.phone)
}

// writesEmail is the check that a body is read: its e-mail address finds the card.
func writesEmail(title string, of func(email string) string) checkFunc {
	return withFresh(func(c *check, p *customer) {
		email := c.maker.email(c.maker.phone())
		out := c.updateCall(title, p.number, profile{})
		out.body = []byte(of(email))
		c.send(out).done()
		c.finds(p, "the new address finds the card", "email", email)
	})
}

package conformance

import (
	"net/http"

	"koshelek-adapter/conformance/contract"
)

func typedRules() []ruled {
	return []ruled{
		row(contract.Rule{ID: "typed.known", Text: "The number of a card gives the card with that number.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major},
			knownCard(func(c *check, p *customer) {
				c.send(c.on("type the number of a card", "getCard", p.number)).hasCard(p.number)
			}),
			fault("new-cards-unknown", "A new card is not shown until tomorrow")),
		row(contract.Rule{ID: "typed.unknown", Text: "A number that is no card is answered with 422, and not with 404 or an empty body.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major},
			func(c *check) {
				for _, number := range []string{c.maker.number(), "0" + c.maker.number()} {
					c.send(c.on("type a number that is no card", "getCard", number)).refused()
				}
			},
			fault("unknown-card-is-empty", "An unknown number is answered with 200 and an empty body")),
		row(contract.Rule{ID: "typed.near-miss", Text: "A number that differs in one digit never gives the card.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical},
			nearMiss,
			fault("number-by-near-miss", "A number with a wrong last digit shows the card")),
		row(contract.Rule{ID: "typed.part", Text: "The beginning of a number, or a wildcard, never gives a card.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical},
			knownCard(func(c *check, p *customer) {
				for _, number := range []string{p.number[:len(p.number)-1], p.number + "0", "%", "_", "*", p.number[:1] + "%"} {
					onlyThat(number)(c.send(c.on("type a part of a number or a wildcard", "getCard", number)))
				}
			}),
			fault("number-by-prefix", "The beginning of a number shows the card"),
			fault("number-like", "A card number is a pattern")),
		row(contract.Rule{ID: "typed.plastic", Text: "A plastic card that nobody has registered can be shown.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Needs: contract.NeedsPlastic},
			func(c *check) {
				number := c.profile.Data.Plastic[0]
				c.send(c.on("type the number of a plastic card", "getCard", number)).hasCard(number)
			},
			fault("plastic-unknown", "A card without a holder is not shown")),
		row(contract.Rule{ID: "typed.bind", Text: "A plastic card takes the customer's profile, and the phone finds it from then on.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: []string{"updateUser"}, Writes: true, Needs: contract.NeedsPlastic},
			bindPlastic,
			fault("plastic-not-bound", "A card without a holder takes no profile")),
	}
}

// onlyThat expects no card, or by chance the one with that very number.
func onlyThat(number string) func(*reply) {
	return func(r *reply) {
		r.expect(r.Answer.Status != http.StatusOK || r.number() == number, "422, or the card with that very number", "%s is answered", r.cardSaid())
	}
}

// nearMiss changes one digit after the other.
func nearMiss(c *check) {
	p := c.known()
	for i := len(p.number) - 1; i >= 0 && i >= len(p.number)-4; i-- {
		number := []byte(p.number)
		if number[i] < '0' || number[i] > '9' {
			continue
		}
		number[i] = '0' + (number[i]-'0'+1)%10
		r := c.send(c.on("type a number that differs in one digit", "getCard", string(number)))
		r.expect(r.number() != p.number, "another card's answer or 422", "the card with the right number is answered")
		onlyThat(string(number))(r)
	}
}

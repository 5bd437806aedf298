package conformance

import (
	"koshelek-adapter/conformance/contract"
)

func blockedRules() []ruled {
	return []ruled{
		row(contract.Rule{ID: "blocked.find", Text: "The search for a blocked card's holder is answered with 422, or shows the card as inactive when the profile says so; never as active.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Critical, Needs: contract.NeedsBlocked},
			func(c *check) {
				c.findsBlocked("msisdn", c.profile.Data.Blocked.Phone)
				if c.profile.Data.Blocked.Email == "" {
					return
				}
				c.findsBlocked("email", c.profile.Data.Blocked.Email)
			},
			fault("blocked-shown-active", "The search shows a blocked card as active"),
			fault("blocked-shown-by-email", "A search by e-mail address shows a blocked card as active"),
			fault("blocked-is-nobody", "The search finds nobody, so that a new card may be issued")),
		row(contract.Rule{ID: "blocked.show", Text: "A blocked card is never shown as active by its number.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Critical, Needs: contract.NeedsBlocked},
			func(c *check) {
				r := c.send(c.on("show the blocked card", "getCard", c.profile.Data.Blocked.CardNumber))
				r.expect(r.doc.Leaf("card", "cardState") != "active", "422, or the card as inactive", "the card is shown as active")
			},
			fault("blocked-details-active", "A blocked card is shown as active by its number")),
		row(contract.Rule{ID: "blocked.no-new-card", Text: "The holder of a blocked card gets no new card.", Mark: published, Source: fromOverview, Since: v120, Severity: contract.Critical, Methods: []string{"issueCard"}, Writes: true, Needs: contract.NeedsBlocked},
			func(c *check) {
				blocked := c.profile.Data.Blocked
				bodies := []profile{{"phone": blocked.Phone}}
				if blocked.Email != "" {
					bodies = append(bodies, profile{"email": blocked.Email})
				}
				for _, body := range bodies {
					r := c.send(c.issueCall("issue a card to the holder of a blocked one", body))
					active := r.ok() && r.doc.Leaf("card", "cardState") != "inactive"
					r.expect(!active, "422, or the blocked card as inactive", "a card is issued")
				}
			},
			fault("blocked-gets-card", "The holder of a blocked card gets a new one"),
			fault("blocked-email-gets-card", "The e-mail address of a blocked card's holder gets a new one")),
		row(contract.Rule{ID: "blocked.no-receipt", Text: "A blocked card earns nothing for a receipt.", Mark: inferred, Source: fromGuess, Since: v110, Severity: contract.Critical, Methods: []string{"submitQRCode"}, Writes: true, Needs: contract.NeedsBlocked},
			func(c *check) {
				qr := c.maker.receipt(1, "500.00", c.receiptTime()).String()
				c.send(c.receiptCall("send a receipt for the blocked card", c.profile.Data.Blocked.CardNumber, qr)).refused()
				c.send(c.promo("send it by the holder's phone", "submitQRCode", map[string]string{"msisdn": c.profile.Data.Blocked.Phone, "qrCode": qr})).refused()
			},
			fault("blocked-earns", "A blocked card earns for a receipt"),
			fault("blocked-earns-by-phone", "The phone of a blocked card's holder earns for a receipt")),
		row(contract.Rule{ID: "blocked.no-code", Text: "A blocked card earns nothing for a promo code.", Mark: inferred, Source: fromGuess, Since: v130, Severity: contract.Critical, Methods: []string{"submitPromoCode"}, Writes: true, Needs: contract.NeedsBlocked},
			func(c *check) {
				stopIf(!c.profile.Has(contract.NeedsPromoCode), &lacking{"supply data." + contract.NeedsPromoCode + " in the profile: " + supply[contract.NeedsPromoCode]})
				c.send(c.codeCall("send a code for the blocked card", c.profile.Data.Blocked.CardNumber, c.goodCode())).refused()
				c.send(c.codeByPhone("send it by the holder's phone", c.profile.Data.Blocked.Phone, c.goodCode())).refused()
			},
			fault("blocked-uses-codes", "A blocked card earns for a promo code")),
	}
}

// findsBlocked expects what the profile says of a search for a blocked card.
func (c *check) findsBlocked(parameter, value string) {
	r := c.find("search for the holder of a blocked card", parameter, value)
	shown := r.ok() && r.number() != "" && r.doc.Leaf("card", "cardState") == "inactive"
	switch c.profile.Blocked {
	case contract.BlockedInactive:
		r.expect(shown, "the card as inactive", "the status is %d, cardState is %q", r.Answer.Status, r.doc.Leaf("card", "cardState"))
		return
	case contract.BlockedEither:
		if shown {
			return
		}
	}
	r.refused()
}

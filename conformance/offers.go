package conformance

import (
	"slices"
	"time"

	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/document"
)

func offerRules() []ruled {
	m := []string{"listCampaigns"}
	rule := func(id, text string, severity contract.Severity) contract.Rule {
		return contract.Rule{ID: id, Text: text, Severity: severity, Mark: inferred, Source: fromGuess, Since: v100, Methods: m}
	}
	return []ruled{
		row(rule("offers.list", "The offers of a card are a JSON array, [] when there are none.", contract.Minor),
			knownCard(func(c *check, p *customer) {
				c.offers("offers of a card", p.number)
			}),
			fault("offers-wrapped", "Offers are an object around the array")),
		row(contract.Rule{ID: "offers.unknown-card", Text: "The offers of an unknown card are answered with 422.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Minor, Methods: m},
			func(c *check) {
				c.send(c.on("offers of a card that nobody has", "listCampaigns", c.maker.number())).refused()
			},
			fault("offers-of-unknown-card", "An unknown card has offers")),
		row(rule("offers.distinct", "No offer is listed twice.", contract.Minor),
			knownCard(func(c *check, p *customer) {
				r := c.offers("offers of a card", p.number)
				seen := map[string]bool{}
				for _, offer := range r.doc.Items {
					id := offer.Leaf("id")
					r.expect(id == "" || !seen[id], "every offer once", "the offer %s is listed twice", shorten(id))
					seen[id] = true
				}
			}),
			fault("offers-twice", "An offer is listed twice")),
		row(rule("offers.order-of-days", "No offer ends before it begins, and none that is listed has ended.", contract.Minor),
			knownCard(func(c *check, p *customer) {
				r := c.offers("offers of a card", p.number)
				// A day may have ended here and not yet at the host.
				yesterday := c.options.Clock().UTC().AddDate(0, 0, -1).Format(time.DateOnly)
				for _, offer := range r.doc.Items {
					start, end := offer.Leaf("startDate"), offer.Leaf("endDate")
					ordered := end == "" || (start == "" || start <= end) && end >= yesterday
					r.expect(ordered, "startDate before endDate, and endDate not over", "an offer runs from %s to %s", shorten(start), shorten(end))
				}
			}),
			fault("offers-ended", "An offer that has ended is listed")),
		row(contract.Rule{ID: "offers.personal", Text: "A personal offer is shown to its card.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Major, Methods: m, Needs: contract.NeedsPersonalOffer},
			func(c *check) {
				own := c.profile.Data.PersonalOffer
				r := c.offers("offers of the card with a personal one", own.CardNumber)
				r.expect(hasOffer(r, own.OfferID), "the personal offer", "the personal offer is not listed")
			},
			fault("personal-offer-hidden", "A personal offer is shown to nobody")),
		row(contract.Rule{ID: "offers.personal-hidden", Text: "A personal offer is not shown to another card.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical, Methods: m, Writes: true, Needs: contract.NeedsPersonalOffer},
			withFresh(func(c *check, p *customer) {
				r := c.offers("offers of another card", p.number)
				r.expect(!hasOffer(r, c.profile.Data.PersonalOffer.OfferID), "no personal offer of another card", "it is listed")
			}),
			fault("personal-offer-for-all", "A personal offer is shown to everybody")),
	}
}

// offers expects an array of offers.
func (c *check) offers(title, number string) *reply {
	r := c.send(c.on(title, "listCampaigns", number))
	r.taken()
	r.expect(r.doc != nil && r.doc.Kind == document.Array, "an array", "the body is no array")
	return r
}

func hasOffer(r *reply, id string) bool {
	return slices.ContainsFunc(r.doc.Items, func(offer *document.Value) bool { return offer.Leaf("id") == id })
}

package crmtest

import (
	"fmt"

	"koshelek-adapter/crm"
)

func offerChecks() []Check {
	return []Check{
		check("PutOffers/as-stored", "PutOffers stores offers wholly.", offersStored),
		check("PutOffers/replaces", "An offer with the same ID is replaced, its audience too.", offersReplaced),
		check("PutOffers/again", "PutOffers called again with the same offers changes nothing.", offersAgain),
		check("Offers/audience", "Offers gives the offers for all, for one of the card's segments, and for the card itself, and no others.", offersAudience),
		check("Offers/days", "Offers gives the offers that are open on the day: both ends are included, and an empty one is open.", offersDays),
		check("Offers/order", "Offers are ordered by end, open ends last, and by ID.", offersOrder),
		check("Offers/unknown", "Offers of an unknown card gives ErrCardNotFound.", offersUnknown),
	}
}

func segmentChecks() []Check {
	return []Check{
		check("SetSegments/replaces", "SetSegments replaces the segments of a card.", segmentsReplaced),
		check("SetSegments/again", "SetSegments called again with the same segments changes nothing.", segmentsAgain),
		check("SetSegments/twice-in-one-call", "A segment that stands twice in one call is one segment.", segmentsTwice),
		check("SetSegments/one-card", "Segments belong to one card, not to the holder's other cards.", segmentsOfCard),
		check("SetSegments/unknown", "SetSegments of an unknown card gives ErrCardNotFound and changes nothing.", segmentsUnknown),
	}
}

// offerFor is an offer that is open around today.
func offerFor(id string, audience crm.Audience, target string) crm.Offer {
	return crm.Offer{
		ID: id, Audience: audience, Target: target, Name: "Скидка " + id, Description: "на всё", StartDate: yesterday, EndDate: tomorrow,
		ImageURL: "https://example.com/" + id + ".png", Discount: "10 %",
	}
}

func offersStored(b *bench) {
	b.card(1)
	same(b, "Offers of an empty store", b.shown("card-1", today), nil)
	want := []crm.Offer{offerFor("a", crm.AudienceAll, ""), offerFor("b", crm.AudienceCard, "card-1"), {ID: "c", Audience: crm.AudienceAll, EndDate: "2026-04-01"}}
	b.putOffers(want...)
	b.putOffers()
	got, err := b.Offers(b.ctx, "card-1", today)
	b.must("Offers", err)
	same(b, "PutOffers of three offers, then Offers", got, want)
}

func offersReplaced(b *bench) {
	b.card(1)
	b.card(2)
	b.putOffers(offerFor("a", crm.AudienceAll, ""))
	other := crm.Offer{ID: "a", Audience: crm.AudienceCard, Target: "card-2", Name: "Новое имя", EndDate: "2026-05-01"}
	b.putOffers(other)
	same(b, "an offer for all, replaced by one for card-2, then Offers of card-1", b.shown("card-1", today), nil)
	got, err := b.Offers(b.ctx, "card-2", today)
	b.must("Offers of card-2", err)
	same(b, "an offer for all, replaced by one for card-2, then Offers of card-2", got, []crm.Offer{other})
}

func offersAgain(b *bench) {
	b.card(1)
	offers := []crm.Offer{offerFor("a", crm.AudienceAll, ""), offerFor("b", crm.AudienceCard, "card-1")}
	b.putOffers(offers...)
	b.idle("PutOffers again with the same offers", func() error { return b.PutOffers(b.ctx, offers) })
}

func offersAudience(b *bench) {
	b.issue(fullProfile(1), "card-1")
	b.issue(fullProfile(2), "card-2")
	b.unheld("plastic-3")
	b.segments("card-1", "gold", "coffee")
	b.segments("card-2", "card-1") // a segment that is named like a card
	b.putOffers(
		offerFor("all", crm.AudienceAll, ""), offerFor("gold", crm.AudienceSegment, "gold"), offerFor("coffee", crm.AudienceSegment, "coffee"),
		offerFor("silver", crm.AudienceSegment, "silver"), offerFor("own-1", crm.AudienceCard, "card-1"), offerFor("own-2", crm.AudienceCard, "card-2"),
		offerFor("like-a-card", crm.AudienceCard, "gold"),
	)
	for number, want := range map[string][]string{
		"card-1": {"all", "coffee", "gold", "own-1"}, "card-2": {"all", "own-2"}, "plastic-3": {"all"},
	} {
		same(b, "offers for all, for segments and for single cards, then Offers of "+number, b.shown(number, today), want)
	}
}

func offersDays(b *bench) {
	b.card(1)
	ends := map[string][2]crm.Date{
		"today-only": {today, today}, "until-today": {"", today}, "from-today": {today, ""}, "always": {"", ""},
		"until-yesterday": {"", yesterday}, "from-tomorrow": {tomorrow, ""}, "past": {"2025-01-01", yesterday}, "future": {tomorrow, "2027-01-01"},
	}
	open := map[string]bool{}
	for id, span := range ends {
		offer := offerFor(id, crm.AudienceAll, "")
		offer.StartDate, offer.EndDate = span[0], span[1]
		b.putOffers(offer)
	}
	for _, id := range b.shown("card-1", today) {
		open[id] = true
	}
	same(b, fmt.Sprintf("offers with the days %s, then Offers on %s", text(ends), today), open,
		map[string]bool{"today-only": true, "until-today": true, "from-today": true, "always": true})
}

func offersOrder(b *bench) {
	b.card(1)
	b.segments("card-1", "gold")
	days := map[string]crm.Date{"d": today, "a": tomorrow, "c": tomorrow, "b": "2026-04-01", "B": "2026-04-01", "A": "", "0": ""}
	for _, id := range []string{"c", "A", "b", "0", "d", "a", "B"} {
		offer := offerFor(id, crm.AudienceAll, "")
		if id == "a" {
			offer = offerFor(id, crm.AudienceSegment, "gold")
		}
		offer.EndDate = days[id]
		b.putOffers(offer)
	}
	same(b, "offers with the ends "+text(days)+", then Offers", b.shown("card-1", today), []string{"d", "a", "c", "B", "b", "0", "A"})
}

func offersUnknown(b *bench) {
	b.pool("free-1")
	b.putOffers(offerFor("all", crm.AudienceAll, ""), offerFor("own", crm.AudienceCard, "card-9"))
	for _, number := range []string{"card-9", "free-1"} {
		_, err := b.Offers(b.ctx, number, today)
		b.fails("Offers of "+number+", which is no card", err, crm.ErrCardNotFound)
	}
}

func segmentsReplaced(b *bench) {
	b.card(1)
	b.putOffers(offerFor("gold", crm.AudienceSegment, "gold"), offerFor("silver", crm.AudienceSegment, "silver"), offerFor("tin", crm.AudienceSegment, "tin"))
	for _, step := range [][]string{{"gold", "silver"}, {"silver", "tin"}, {"gold"}, nil, {"tin"}} {
		b.segments("card-1", step...)
		same(b, "SetSegments to "+text(step)+", then Offers for segments", b.shown("card-1", today), step)
	}
}

func segmentsAgain(b *bench) {
	b.card(1)
	b.putOffers(offerFor("gold", crm.AudienceSegment, "gold"))
	b.segments("card-1", "gold", "silver")
	b.idle("SetSegments again", func() error { return b.SetSegments(b.ctx, "card-1", []string{"gold", "silver"}) })
}

func segmentsTwice(b *bench) {
	b.card(1)
	b.putOffers(offerFor("gold", crm.AudienceSegment, "gold"))
	b.segments("card-1", "gold", "silver", "gold")
	same(b, "SetSegments to gold, silver and gold, then Offers for segments", b.shown("card-1", today), []string{"gold"})
}

func segmentsOfCard(b *bench) {
	b.issue(fullProfile(1), "card-1")
	b.second(fullProfile(1), "card-2")
	b.putOffers(offerFor("gold", crm.AudienceSegment, "gold"))
	b.segments("card-1", "gold")
	same(b, "SetSegments of card-1, then Offers of the holder's other card", b.shown("card-2", today), nil)
	b.segments("card-2")
	same(b, "SetSegments of the other card to none, then Offers of card-1", b.shown("card-1", today), []string{"gold"})
}

func segmentsUnknown(b *bench) {
	b.card(1)
	b.pool("free-1")
	for _, number := range []string{"card-9", "free-1"} {
		b.refuses("SetSegments of "+number+", which is no card", func() error {
			return b.SetSegments(b.ctx, number, []string{"gold"})
		}, crm.ErrCardNotFound)
	}
}

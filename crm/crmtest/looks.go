package crmtest

import (
	"fmt"
	"time"

	"koshelek-adapter/crm"
)

// Looks at the store that checks have in common; each has to work.

func (b *bench) find(who crm.Identity) []crm.Match {
	b.Helper()
	found, err := b.FindCards(b.ctx, who)
	b.must("FindCards of "+text(who), err)
	return found
}

// nobody reports a broken promise when somebody has the phone or the email.
func (b *bench) nobody(did string, who crm.Identity) {
	b.Helper()
	same(b, did+", then FindCards of "+text(who), b.find(who), nil)
}

// one gives the only customer of a phone or an email.
func (b *bench) one(did string, who crm.Identity) crm.Match {
	b.Helper()
	found := b.find(who)
	if len(found) != 1 {
		b.hopeless(did+", then FindCards of "+text(who), "one customer", text(found))
	}
	return found[0]
}

func (b *bench) look(number string) crm.Card {
	b.Helper()
	card, err := b.Card(b.ctx, number)
	b.must("Card of "+number, err)
	return card
}

// noCard reports a broken promise when the number is a card.
func (b *bench) noCard(did, number string) {
	b.Helper()
	_, err := b.Card(b.ctx, number)
	b.fails(did+", then Card of "+number, err, crm.ErrCardNotFound)
}

func (b *bench) holder(number string) crm.Profile {
	b.Helper()
	profile, err := b.Holder(b.ctx, number)
	b.must("Holder of "+number, err)
	return profile
}

func (b *bench) holdersOf(numbers ...string) map[string]crm.Profile {
	b.Helper()
	profiles, err := b.HoldersOf(b.ctx, numbers)
	b.must(fmt.Sprintf("HoldersOf %d cards", len(numbers)), err)
	return profiles
}

func (b *bench) consents(number string) []crm.Consent {
	b.Helper()
	log, err := b.Consents(b.ctx, number)
	b.must("Consents of "+number, err)
	return log
}

func (b *bench) level(at time.Time) crm.PoolLevel {
	b.Helper()
	level, err := b.CountNumbers(b.ctx, at)
	b.must("CountNumbers", err)
	return level
}

func (b *bench) statement(number string, at time.Time) crm.Statement {
	b.Helper()
	statement, err := b.Statement(b.ctx, number, at)
	b.must("Statement of "+number, err)
	return statement
}

// balance reports a broken promise unless the card has so many points.
func (b *bench) balance(did, number string, want int64) {
	b.Helper()
	if got := b.look(number).Balance; got != want {
		b.broken(did+", then Card of "+number, fmt.Sprintf("the balance %d", want), fmt.Sprint(got))
	}
}

func (b *bench) postings(number string) []crm.Posting {
	b.Helper()
	postings, err := b.Postings(b.ctx, number, "", plenty)
	b.must("Postings of "+number, err)
	return postings
}

// kinds gives the kinds and points of a card's postings, newest first.
func (b *bench) kinds(number string) []string {
	b.Helper()
	var kinds []string
	for _, p := range b.postings(number) {
		kinds = append(kinds, fmt.Sprintf("%s %+d", p.Kind, p.Points))
	}
	return kinds
}

// remaining gives what is left of a card's open lots, the first to end first.
func (b *bench) remaining(number string, at time.Time) []int64 {
	b.Helper()
	var points []int64
	for _, lot := range b.statement(number, at).Lots {
		points = append(points, lot.Remaining)
	}
	return points
}

// adds reports a broken promise unless the ledger of each card adds up.
func (b *bench) adds(did string, numbers ...string) {
	b.Helper()
	for _, number := range numbers {
		var sum, earned int64
		for _, p := range b.postings(number) {
			sum += p.Points
			if p.Kind != crm.PostingReturn { // what comes back is not earned again
				earned += max(p.Points, 0)
			}
		}
		card := b.look(number)
		if card.Balance != sum || card.Balance < 0 || card.EarnedTotal != earned {
			b.broken(did+", then Card and Postings of "+number,
				fmt.Sprintf("a balance of %d and %d earned, as the postings say", sum, earned),
				fmt.Sprintf("a balance of %d and %d earned", card.Balance, card.EarnedTotal))
		}
	}
	bad, _, err := b.Verify(b.ctx, "", plenty)
	b.must("Verify", err)
	same(b, did+", then Verify", bad, nil)
}

func (b *bench) storedCode(code string) crm.PromoCode {
	b.Helper()
	stored, err := b.Code(b.ctx, code)
	b.must("Code of "+code, err)
	return stored
}

// history gives all lines of a card between two days.
func (b *bench) history(number string, from, to crm.Date) []crm.Purchase {
	b.Helper()
	lines, err := b.Purchases(b.ctx, crm.PurchaseQuery{CardNumber: number, From: from, To: to, Limit: plenty})
	b.must("Purchases of "+number, err)
	return lines
}

// shown gives the IDs of the offers that a card sees on a day.
func (b *bench) shown(number string, on crm.Date) []string {
	b.Helper()
	offers, err := b.Offers(b.ctx, number, on)
	b.must("Offers of "+number, err)
	var ids []string
	for _, offer := range offers {
		ids = append(ids, offer.ID)
	}
	return ids
}

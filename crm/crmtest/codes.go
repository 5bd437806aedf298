package crmtest

import (
	"fmt"
	"time"

	"koshelek-adapter/crm"
)

func codeChecks() []Check {
	return []Check{
		check("RedeemCode/credit", "RedeemCode counts one use of the code and credits its points to the card, as one lot.", codeCredits),
		check("RedeemCode/award-points", "A code without points of its own gives those of Award.", codeAward),
		check("RedeemCode/again", "The same card again is the same success without a second credit or use.", codeAgain),
		check("RedeemCode/again-late", "The same card again is the same success also when the code is used up or over.", codeAgainLate),
		check("RedeemCode/limit", "A code that has been used as often as its limit gives ErrCodeUsedUp and changes nothing.", codeLimit),
		check("RedeemCode/no-limit", "A code whose MaxUses is zero has no limit.", codeNoLimit),
		check("RedeemCode/window", "A code works from StartsAt on, and no more from EndsAt on: ErrCodeNotStarted and ErrCodeExpired, and nothing changes.", codeWindow),
		check("RedeemCode/unknown", "RedeemCode of an unknown code gives ErrCodeUnknown and changes nothing.", codeUnknown),
		check("RedeemCode/blocked", "A code of a blocked card gives ErrCardBlocked and is not counted.", codeBlocked),
		check("RedeemCode/inactive", "A code of an inactive card gives ErrCardInactive and is not counted.", codeInactive),
		check("RedeemCode/unknown-card", "A code of an unknown card gives ErrCardNotFound and is not counted.", codeUnknownCard),
	}
}

// refusesCode redeems a code that has to be refused.
func (b *bench) refusesCode(did, number, code string, kind crm.Kind) {
	b.Helper()
	b.refuses(did, func() error {
		_, err := b.RedeemCode(b.ctx, b.entry(number, code))
		return err
	}, kind)
}

func (b *bench) used(did, code string, want int64) {
	b.Helper()
	same(b, did+", the count of uses", b.storedCode(code).Used, want)
}

func codeCredits(b *bench) {
	b.card(1)
	b.putCodes(b.promo("SPRING"))
	entry := b.entry("card-1", "SPRING")
	entry.Award.AvailableFrom = b.now.Add(day)
	answer, err := b.RedeemCode(b.ctx, entry)
	b.must("RedeemCode", err)
	same(b, "the answer to RedeemCode of a code with 25 points", answer, crm.Submitted{Points: 25})
	b.used("RedeemCode", "SPRING", 1)
	statement := b.statement("card-1", b.now)
	same(b, "RedeemCode, the lots", len(statement.Lots), 1)
	for _, lot := range statement.Lots {
		lot.Description = "" // the award's or the code's, as the backend likes
		same(b, "RedeemCode of a code with 25 points, the lot is shaped by Award", lot,
			crm.Lot{Remaining: 25, AvailableFrom: entry.Award.AvailableFrom, ValidUntil: entry.Award.ValidUntil})
	}
	same(b, "RedeemCode, then Postings", b.kinds("card-1"), []string{"code +25"})
	b.adds("RedeemCode", "card-1")
}

func codeAward(b *bench) {
	b.card(1)
	code := b.promo("USUAL")
	code.Points = 0
	b.putCodes(code)
	same(b, "RedeemCode of a code without points, with an award of 40", b.redeem("card-1", "USUAL"), crm.Submitted{Points: 40})
	b.balance("RedeemCode of a code without points, with an award of 40", "card-1", 40)
}

func codeAgain(b *bench) {
	b.card(1)
	b.putCodes(b.promo("SPRING"))
	b.redeem("card-1", "SPRING")
	b.later(time.Hour)
	before := crm.Submitted{Repeated: true, Points: 25}
	repeats(b, "RedeemCode by the same card again", before, func() (crm.Submitted, error) {
		return b.RedeemCode(b.ctx, b.entry("card-1", "SPRING"))
	})
	changed := b.promo("SPRING")
	changed.Points = 99
	b.putCodes(changed)
	same(b, "redeemed a code with 25 points, changed it to 99, RedeemCode by the same card again",
		b.redeem("card-1", "SPRING"), before)
	b.balance("RedeemCode three times", "card-1", 25)
}

func codeAgainLate(b *bench) {
	b.card(1)
	code := b.promo("ONCE")
	code.MaxUses = 1
	b.putCodes(code)
	b.redeem("card-1", "ONCE")
	for _, did := range []string{"a code that is used up", "a code that is used up and over"} {
		repeats(b, "RedeemCode by the same card again, of "+did, crm.Submitted{Repeated: true, Points: 25}, func() (crm.Submitted, error) {
			return b.RedeemCode(b.ctx, b.entry("card-1", "ONCE"))
		})
		b.later(10 * day)
	}
}

func codeLimit(b *bench) {
	code := b.promo("THREE")
	code.MaxUses = 3
	b.putCodes(code)
	for i := range 3 {
		same(b, fmt.Sprintf("use %d of a code with the limit 3", i+1), b.redeem(b.card(i), "THREE"), crm.Submitted{Points: 25})
	}
	b.refusesCode("use 4 of a code with the limit 3", b.card(4), "THREE", crm.ErrCodeUsedUp)
	b.used("four cards redeemed a code with the limit 3", "THREE", 3)
}

func codeNoLimit(b *bench) {
	b.putCodes(b.promo("MANY"))
	for i := range 5 {
		b.redeem(b.card(i), "MANY")
	}
	b.used("five cards redeemed a code without a limit", "MANY", 5)
}

func codeWindow(b *bench) {
	b.card(1)
	b.card(2)
	code := b.promo("DAY")
	code.StartsAt, code.EndsAt = b.now.Add(day), b.now.Add(2*day)
	b.putCodes(code)
	b.later(day - time.Millisecond)
	b.refusesCode("RedeemCode a millisecond before StartsAt", "card-1", "DAY", crm.ErrCodeNotStarted)
	b.later(time.Millisecond)
	b.redeem("card-1", "DAY")
	b.later(day)
	b.refusesCode("RedeemCode at EndsAt", "card-2", "DAY", crm.ErrCodeExpired)
	b.later(-time.Millisecond)
	b.redeem("card-2", "DAY")
}

func codeUnknown(b *bench) {
	b.card(1)
	b.putCodes(b.promo("SPRING"))
	b.refusesCode("RedeemCode of a code that nobody stored", "card-1", "WINTER", crm.ErrCodeUnknown)
}

func codeBlocked(b *bench)  { b.codeInState(crm.CardBlocked, crm.ErrCardBlocked) }
func codeInactive(b *bench) { b.codeInState(crm.CardInactive, crm.ErrCardInactive) }

func (b *bench) codeInState(state crm.CardState, kind crm.Kind) {
	b.card(1)
	b.putCodes(b.promo("SPRING"))
	b.setState("card-1", state)
	b.refusesCode(fmt.Sprintf("RedeemCode by a card that is %s", state), "card-1", "SPRING", kind)
	b.setState("card-1", crm.CardActive)
	same(b, "RedeemCode (refused), then again when the card is active", b.redeem("card-1", "SPRING"), crm.Submitted{Points: 25})
}

func codeUnknownCard(b *bench) {
	b.pool("free-1")
	b.putCodes(b.promo("SPRING"))
	for _, number := range []string{"card-9", "free-1"} {
		b.refusesCode("RedeemCode by "+number+", which is no card", number, "SPRING", crm.ErrCardNotFound)
	}
}

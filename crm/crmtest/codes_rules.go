package crmtest

import (
	"time"

	"koshelek-adapter/crm"
)

func codeRuleChecks() []Check {
	return []Check{
		check("PutCodes/as-stored", "PutCodes stores codes, and Code gives them with their count of uses.", codesStored),
		check("PutCodes/keeps-count", "A code that exists gets the new limits and window and keeps its count of uses.", codesKeepCount),
		check("PutCodes/again", "PutCodes called again with the same codes changes nothing.", codesAgain),
		check("Code/unknown", "Code of an unknown code gives ErrCodeUnknown.", noCode),
	}
}

func codesStored(b *bench) {
	full, open := b.promo("FULL"), crm.PromoCode{Code: "OPEN", EndsAt: crm.Forever}
	full.MaxUses, full.Points = 5_000_000_000, crm.MaxPoints
	b.putCodes(full, open)
	b.putCodes()
	same(b, "PutCodes, then Code", b.storedCode("FULL"), full)
	same(b, "PutCodes of a code that is open from ever and for ever, then Code", b.storedCode("OPEN"), open)
	b.card(1)
	b.redeem("card-1", "FULL")
	full.Used = 1
	same(b, "PutCodes and RedeemCode, then Code", b.storedCode("FULL"), full)
	same(b, "RedeemCode of a code that is open from ever and for ever", b.redeem("card-1", "OPEN"), crm.Submitted{Points: 40})
}

func codesKeepCount(b *bench) {
	code := b.promo("SPRING")
	code.MaxUses = 2
	b.putCodes(code)
	b.redeem(b.card(1), "SPRING")
	b.redeem(b.card(2), "SPRING")
	b.refusesCode("the third use of a code with the limit 2", b.card(3), "SPRING", crm.ErrCodeUsedUp)
	code.MaxUses, code.Points, code.EndsAt, code.Description, code.Used = 3, 30, b.now.Add(2*day), "longer", 0
	b.putCodes(code)
	code.Used = 2
	same(b, "a code was used twice, PutCodes of it with other limits, window and points, then Code", b.storedCode("SPRING"), code)
	same(b, "the third use after the limit was raised to 3", b.redeem("card-3", "SPRING"), crm.Submitted{Points: 30})
	b.refusesCode("the fourth use", b.card(4), "SPRING", crm.ErrCodeUsedUp)
	code.MaxUses = 1
	b.putCodes(code)
	b.refusesCode("a use after the limit was lowered below the count", "card-4", "SPRING", crm.ErrCodeUsedUp)
	b.used("PutCodes with a lower limit", "SPRING", 3)
	code.MaxUses, code.EndsAt = 0, b.now.Add(-time.Hour)
	b.putCodes(code)
	b.refusesCode("a use after the window was closed", "card-4", "SPRING", crm.ErrCodeExpired)
}

func codesAgain(b *bench) {
	codes := []crm.PromoCode{b.promo("SPRING"), b.promo("SUMMER")}
	b.putCodes(codes...)
	b.redeem(b.card(1), "SPRING")
	b.idle("PutCodes again with the same codes, one of which was used", func() error { return b.PutCodes(b.ctx, codes) })
}

func noCode(b *bench) {
	b.putCodes(b.promo("SPRING"))
	_, err := b.Code(b.ctx, "WINTER")
	b.fails("Code of a code that nobody stored", err, crm.ErrCodeUnknown)
}

package crmtest

import (
	"fmt"

	"koshelek-adapter/crm"
)

func racePromotionChecks() []Check {
	return []Check{
		check("Race/receipt-one-card", "The same card with the same receipt at one moment gets one award, and all but one answer are Repeated.", raceReceiptTwins),
		check("Race/receipt-many-cards", "Of cards that send one receipt at one moment one gets the award; the others get ErrReceiptTaken.", raceReceiptCards),
		check("Race/receipt-contents", "Of contents that one card sends for one receipt at one moment one is taken; the others get ErrReceiptMismatch.", raceReceiptContents),
		check("Race/code-limit", "A code is never used more often than its limit, also in a race.", raceCodeLimit),
		check("Race/code-one-card", "The same card with the same code at one moment gets one credit and is one use.", raceCodeTwins),
		check("Race/code-and-limits", "Uses that are made while the code is stored again are all counted.", raceCodeStored),
	}
}

// once looks that one of the answers is the first and all tell the points.
func (b *bench) once(did string, results []result[crm.Submitted], points int64) {
	b.Helper()
	tally(b, did, results, all)
	first := 0
	for _, answer := range winners(results) {
		if !answer.Repeated {
			first++
		}
		same(b, did+", the points in each answer", answer.Points, points)
	}
	same(b, did+", how many answers are not Repeated", first, 1)
}

func raceReceiptTwins(b *bench) {
	b.card(1)
	results := race(racers, func(int) (crm.Submitted, error) { return b.SubmitReceipt(b.ctx, b.submission("card-1", 1, 15)) })
	did := "one card sends one receipt 32 times at once"
	b.once(did, results, 15)
	b.balance(did, "card-1", 15)
	b.adds(did, "card-1")
}

func (b *bench) manyCards() []string {
	b.Helper()
	var numbers []string
	for i := range racers {
		numbers = append(numbers, b.card(i))
	}
	return numbers
}

// total is what the cards have together.
func (b *bench) total(numbers []string) int64 {
	b.Helper()
	var sum int64
	for _, number := range numbers {
		sum += b.look(number).Balance
	}
	return sum
}

func raceReceiptCards(b *bench) {
	cards := b.manyCards()
	results := race(racers, func(i int) (crm.Submitted, error) { return b.SubmitReceipt(b.ctx, b.submission(cards[i], 1, 15)) })
	did := "32 cards send one receipt at once"
	tally(b, did, results, onlyOne(crm.ErrReceiptTaken))
	same(b, did+", the points of all cards", b.total(cards), int64(15))
	b.adds(did, cards...)
}

func raceReceiptContents(b *bench) {
	b.card(1)
	results := race(racers, func(i int) (crm.Submitted, error) {
		r := b.submission("card-1", 1, int64(100+i))
		r.Receipt.SumKopecks += int64(i)
		return b.SubmitReceipt(b.ctx, r)
	})
	did := "one card sends one receipt with 32 sums at once"
	tally(b, did, results, onlyOne(crm.ErrReceiptMismatch))
	for _, answer := range winners(results) {
		b.balance(did, "card-1", answer.Points)
	}
	b.adds(did, "card-1")
}

func raceCodeLimit(b *bench) {
	cards := b.manyCards()
	code := b.promo("TEN")
	code.MaxUses = 10
	b.putCodes(code)
	results := race(racers, func(i int) (crm.Submitted, error) { return b.RedeemCode(b.ctx, b.entry(cards[i], "TEN")) })
	did := "32 cards redeem a code with the limit 10 at once"
	tally(b, did, results, map[string]int{done: 10, string(crm.ErrCodeUsedUp): racers - 10})
	b.used(did, "TEN", 10)
	same(b, did+", the points of all cards", b.total(cards), int64(250))
	b.adds(did, cards...)
}

func raceCodeTwins(b *bench) {
	b.card(1)
	code := b.promo("TWO")
	code.MaxUses = 2
	b.putCodes(code)
	results := race(racers, func(int) (crm.Submitted, error) { return b.RedeemCode(b.ctx, b.entry("card-1", "TWO")) })
	did := "one card redeems one code 32 times at once"
	b.once(did, results, 25)
	b.used(did, "TWO", 1)
	b.balance(did, "card-1", 25)
	b.adds(did, "card-1")
}

func raceCodeStored(b *bench) {
	cards := b.manyCards()[:racers/2]
	b.putCodes(b.promo("MANY"))
	results := race(racers, func(i int) (any, error) {
		if i%2 == 0 {
			return nil, b.PutCodes(b.ctx, []crm.PromoCode{b.promo("MANY")})
		}
		_, err := b.RedeemCode(b.ctx, b.entry(cards[i/2], "MANY"))
		return nil, err
	})
	did := fmt.Sprintf("%d cards redeem a code while it is stored again as often", len(cards))
	tally(b, did, results, all)
	b.used(did, "MANY", int64(len(cards)))
}

package crmtest

import (
	"fmt"
	"time"

	"koshelek-adapter/crm"
)

func receiptChecks() []Check {
	return []Check{
		check("SubmitReceipt/award", "SubmitReceipt stores the receipt for the card and credits Award with it, as one lot.", receiptAwards),
		check("SubmitReceipt/zero", "A receipt that earns nothing is taken all the same: without a posting, and for this card alone.", receiptZero),
		check("SubmitReceipt/again", "The same card with the same receipt again is the same success without a second award; Repeated tells so.", receiptAgain),
		check("SubmitReceipt/other-card", "Another card with a receipt that was taken gives ErrReceiptTaken and changes nothing.", receiptTaken),
		check("SubmitReceipt/other-content", "The same card with the same receipt and another sum, time or kind gives ErrReceiptMismatch and changes nothing.", receiptMismatch),
		check("SubmitReceipt/key", "Receipts that differ in drive number, document number or fiscal sign are different receipts.", receiptKeys),
		check("SubmitReceipt/too-old-repeat", "With TooOld a receipt that the card has sent before is the same success.", receiptOldRepeat),
		check("SubmitReceipt/too-old", "With TooOld anything but a repeat gives ErrReceiptTooOld and changes nothing.", receiptTooOld),
		check("SubmitReceipt/blocked", "A receipt of a blocked card gives ErrCardBlocked and changes nothing; another card may send it.", receiptBlocked),
		check("SubmitReceipt/inactive", "A receipt of an inactive card gives ErrCardInactive and changes nothing; another card may send it.", receiptInactive),
		check("SubmitReceipt/unknown-card", "A receipt of an unknown card gives ErrCardNotFound and changes nothing; another card may send it.", receiptUnknownCard),
	}
}

// refusesReceipt submits a receipt that has to be refused.
func (b *bench) refusesReceipt(did string, r crm.ReceiptSubmission, kind crm.Kind) {
	b.Helper()
	b.refuses(did, func() error {
		_, err := b.SubmitReceipt(b.ctx, r)
		return err
	}, kind)
}

func receiptAwards(b *bench) {
	b.card(1)
	r := b.submission("card-1", 1, 15)
	r.Award.AvailableFrom = b.now.Add(14 * day)
	same(b, "the answer to SubmitReceipt with an award of 15", b.submit(r), crm.Submitted{Points: 15})
	statement := b.statement("card-1", b.now)
	same(b, "SubmitReceipt with an award of 15, then Statement", statement.Lots, []crm.Lot{{
		Description: r.Award.Description, Remaining: 15, AvailableFrom: r.Award.AvailableFrom, ValidUntil: r.Award.ValidUntil,
	}})
	same(b, "SubmitReceipt with an award of 15, then Postings", b.kinds("card-1"), []string{"receipt +15"})
	posting := b.postings("card-1")[0]
	same(b, "the posting's description and time", []any{posting.Description, posting.At}, []any{r.Award.Description, b.now})
	card := b.look("card-1")
	same(b, "balance and total earned", []int64{card.Balance, card.EarnedTotal}, []int64{15, 15})
	b.adds("SubmitReceipt", "card-1")
}

func receiptZero(b *bench) {
	b.card(1)
	b.card(2)
	r := b.submission("card-1", 1, 0)
	r.Receipt.Kind = crm.ReceiptSaleRefund
	same(b, "the answer to SubmitReceipt without an award", b.submit(r), crm.Submitted{})
	same(b, "SubmitReceipt without an award, then Postings", b.postings("card-1"), nil)
	same(b, "SubmitReceipt without an award, again", b.submit(r), crm.Submitted{Repeated: true})
	r.CardNumber = "card-2"
	b.refusesReceipt("SubmitReceipt without an award, then by another card", r, crm.ErrReceiptTaken)
}

func receiptAgain(b *bench) {
	b.card(1)
	r := b.submission("card-1", 1, 15)
	b.submit(r)
	b.later(time.Hour)
	r.Now = b.now
	r.Award = b.award(crm.PostingReceipt, 99) // the programme's rules may have changed in between
	repeats(b, "SubmitReceipt with an award of 15, then again with one of 99", crm.Submitted{Repeated: true, Points: 15}, func() (crm.Submitted, error) {
		return b.SubmitReceipt(b.ctx, r)
	})
	b.adds("SubmitReceipt twice", "card-1")
}

func receiptTaken(b *bench) {
	b.card(1)
	b.issue(crm.Profile{Phone: phone(2)}, "card-2")
	b.second(crm.Profile{Phone: phone(1)}, "card-3")
	b.submit(b.submission("card-1", 1, 15))
	for _, number := range []string{"card-2", "card-3"} {
		r := b.submission(number, 1, 15)
		b.refusesReceipt("SubmitReceipt by card-1, then by "+number, r, crm.ErrReceiptTaken)
		r.Receipt.SumKopecks++
		b.refusesReceipt("SubmitReceipt by card-1, then with another sum by "+number, r, crm.ErrReceiptTaken)
	}
}

func receiptMismatch(b *bench) {
	b.card(1)
	first := b.submission("card-1", 1, 15)
	b.submit(first)
	sum, at, kind := first, first, first
	sum.Receipt.SumKopecks++
	at.Receipt.At = at.Receipt.At.Add(time.Minute)
	kind.Receipt.Kind = crm.ReceiptUnmarked
	for what, r := range map[string]crm.ReceiptSubmission{"sum": sum, "time": at, "kind": kind} {
		b.refusesReceipt("SubmitReceipt, then again with another "+what, r, crm.ErrReceiptMismatch)
	}
	same(b, "SubmitReceipt with the first content again", b.submit(first), crm.Submitted{Repeated: true, Points: 15})
}

func receiptKeys(b *bench) {
	b.card(1)
	base := b.submission("card-1", 12345, 10)
	fn, i, fp, big := base, base, base, base
	fn.Receipt.FN = "9960440300123457"
	i.Receipt.I = 12346
	fp.Receipt.FP = 1234567891
	big.Receipt.I, big.Receipt.FP, big.Receipt.SumKopecks = 9_999_999_999, 9_999_999_999, 999_999_999_999 // more than 32 bits
	for _, r := range []crm.ReceiptSubmission{base, fn, i, fp, big} {
		same(b, "SubmitReceipt of "+text(r.Receipt.ReceiptKey), b.submit(r), crm.Submitted{Points: 10})
	}
	b.balance("five receipts with an award of 10", "card-1", 50)
}

func receiptOldRepeat(b *bench) {
	b.card(1)
	r := b.submission("card-1", 1, 15)
	b.submit(r)
	b.later(60 * day)
	r.TooOld, r.Now = true, b.now
	repeats(b, "SubmitReceipt again when the receipt is too old", crm.Submitted{Repeated: true, Points: 15}, func() (crm.Submitted, error) {
		return b.SubmitReceipt(b.ctx, r)
	})
}

func receiptTooOld(b *bench) {
	b.card(1)
	b.card(2)
	fresh := b.submission("card-1", 1, 15)
	fresh.TooOld = true
	b.refusesReceipt("SubmitReceipt of a new receipt with TooOld", fresh, crm.ErrReceiptTooOld)
	b.submit(b.submission("card-1", 2, 15))
	other, content := b.submission("card-2", 2, 15), b.submission("card-1", 2, 15)
	other.TooOld, content.TooOld = true, true
	content.Receipt.SumKopecks++
	b.refusesReceipt("SubmitReceipt by card-1, then with TooOld by card-2", other, crm.ErrReceiptTooOld)
	b.refusesReceipt("SubmitReceipt, then with TooOld and another sum", content, crm.ErrReceiptTooOld)
	fresh.TooOld = false
	same(b, "SubmitReceipt with TooOld (refused), then without", b.submit(fresh), crm.Submitted{Points: 15})
}

func receiptBlocked(b *bench)  { b.receiptInState(crm.CardBlocked, crm.ErrCardBlocked) }
func receiptInactive(b *bench) { b.receiptInState(crm.CardInactive, crm.ErrCardInactive) }

func (b *bench) receiptInState(state crm.CardState, kind crm.Kind) {
	b.card(1)
	b.card(2)
	b.setState("card-1", state)
	b.refusesReceipt(fmt.Sprintf("SubmitReceipt by a card that is %s", state), b.submission("card-1", 1, 15), kind)
	same(b, "SubmitReceipt by that card (refused), then by another card", b.submit(b.submission("card-2", 1, 15)), crm.Submitted{Points: 15})
}

func receiptUnknownCard(b *bench) {
	b.card(1)
	b.pool("free-2")
	for _, number := range []string{"card-9", "free-2"} {
		b.refusesReceipt("SubmitReceipt by "+number+", which is no card", b.submission(number, 1, 15), crm.ErrCardNotFound)
	}
	same(b, "SubmitReceipt by an unknown card (refused), then by a card", b.submit(b.submission("card-1", 1, 15)), crm.Submitted{Points: 15})
}

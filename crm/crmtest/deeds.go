package crmtest

import (
	"fmt"
	"time"

	"koshelek-adapter/crm"
)

// Steps that checks have in common. Each has to work; when it does not, the
// check ends with the call that failed.

// numbered is a card number with a barcode of its own, so that a mix-up shows.
func numbered(number string) crm.CardNumber {
	return crm.CardNumber{Number: number, BarcodeNumber: "B" + number, BarcodeType: crm.Code128}
}

// phone gives the i-th phone of a check, email the i-th address.
func phone(i int) string { return fmt.Sprintf("7921%07d", i) }
func email(i int) string { return fmt.Sprintf("person%d@example.com", i) }

// fullProfile has something in every field.
func fullProfile(i int) crm.Profile {
	return crm.Profile{
		Phone: phone(i), Email: email(i), Surname: fmt.Sprintf("Иванова %d", i), FirstName: "Мария", Patronymic: "Петровна",
		Sex: "f", BirthDate: "1990-05-17", CountryCode: "RU", Locality: "Санкт-Петербург",
	}
}

// request is an IssueRequest of the check's time, without a welcome.
func (b *bench) request(who crm.Profile, number string) crm.IssueRequest {
	return crm.IssueRequest{Profile: who, Number: numbered(number), Now: b.now}
}

// issue gives a customer a card by Issue.
func (b *bench) issue(who crm.Profile, number string) crm.Card {
	b.Helper()
	issued, err := b.Issue(b.ctx, b.request(who, number))
	b.must(fmt.Sprintf("Issue of %s to %s", number, text(who)), err)
	return issued.Card
}

// cardName is what the i-th card of a check is called.
func cardName(i int) string { return fmt.Sprintf("card-%d", i) }

// card gives the i-th person a card by Issue and answers with its number.
func (b *bench) card(i int) string {
	b.Helper()
	return b.issue(crm.Profile{Phone: phone(i)}, cardName(i)).Number
}

// second gives a customer one more card by way of the pool.
func (b *bench) second(who crm.Profile, number string) crm.Card {
	b.Helper()
	b.pool(number)
	return b.reserved(who, number)
}

func (b *bench) reserved(who crm.Profile, number string) crm.Card {
	b.Helper()
	card, err := b.IssueReserved(b.ctx, b.request(who, number))
	b.must(fmt.Sprintf("IssueReserved of %s to %s", number, text(who)), err)
	return card
}

// pool adds free numbers.
func (b *bench) pool(numbers ...string) []crm.CardNumber {
	b.Helper()
	return b.poolUntil(time.Time{}, numbers...)
}

// poolUntil adds numbers that are reserved from the start.
func (b *bench) poolUntil(until time.Time, numbers ...string) []crm.CardNumber {
	b.Helper()
	r := crm.PoolRequest{ReservedUntil: until, Now: b.now}
	for _, number := range numbers {
		r.Numbers = append(r.Numbers, numbered(number))
	}
	added, err := b.AddNumbers(b.ctx, r)
	b.must(fmt.Sprintf("AddNumbers of %s", text(numbers)), err)
	return added
}

func (b *bench) lease(count int, until time.Time) []crm.CardNumber {
	b.Helper()
	leased, err := b.LeaseNumbers(b.ctx, crm.LeaseRequest{Count: count, Now: b.now, Until: until})
	b.must(fmt.Sprintf("LeaseNumbers of %d", count), err)
	return leased
}

// record is a row of an import without a holder.
func (b *bench) record(number string) crm.CardRecord {
	return crm.CardRecord{CardNumber: numbered(number), State: crm.CardActive, IssuedAt: b.now.Add(-day)}
}

// imports stores rows, none of which may be refused.
func (b *bench) imports(rows ...crm.CardRecord) {
	b.Helper()
	refused, err := b.ImportCards(b.ctx, rows, b.now)
	b.must("ImportCards of "+text(rows), err)
	same(b, "the refused rows of ImportCards of "+text(rows), refused, nil)
}

// unheld makes a card without a holder.
func (b *bench) unheld(number string) {
	b.Helper()
	b.imports(b.record(number))
}

func (b *bench) setState(number string, to crm.CardState) {
	b.Helper()
	err := b.SetCardState(b.ctx, crm.StateChange{CardNumber: number, State: to, Actor: "operator", Reason: "check", Now: b.now})
	b.must(fmt.Sprintf("SetCardState of %s to %s", number, to), err)
}

func (b *bench) update(number string, with crm.Profile) {
	b.Helper()
	err := b.UpdateProfile(b.ctx, crm.ProfileUpdate{CardNumber: number, Profile: with, Now: b.now})
	b.must(fmt.Sprintf("UpdateProfile of %s with %s", number, text(with)), err)
}

// channels allows and denies from the source "app".
func (b *bench) channels(number string, wanted map[crm.Channel]bool) {
	b.Helper()
	err := b.SetChannels(b.ctx, b.wish(number, wanted))
	b.must(fmt.Sprintf("SetChannels of %s to %s", number, text(wanted)), err)
}

func (b *bench) wish(number string, wanted map[crm.Channel]bool) crm.ChannelsUpdate {
	return crm.ChannelsUpdate{CardNumber: number, Wanted: wanted, Source: "app", Now: b.now}
}

// movement is of the check's time, spendable at once and for a year.
func (b *bench) movement(number, key string, points int64) crm.Movement {
	return crm.Movement{
		Key: key, CardNumber: number, Points: points, Description: "by " + key,
		AvailableFrom: b.now, ValidUntil: b.now.Add(365 * day), Actor: "operator", Now: b.now,
	}
}

func (b *bench) grant(number, key string, points int64) crm.Posting {
	b.Helper()
	return b.grantLot(number, key, points, b.now, b.now.Add(365*day))
}

func (b *bench) grantLot(number, key string, points int64, from, until time.Time) crm.Posting {
	b.Helper()
	m := b.movement(number, key, points)
	m.AvailableFrom, m.ValidUntil = from, until
	posting, err := b.Grant(b.ctx, m)
	b.must("Grant of "+text(m), err)
	return posting
}

func (b *bench) take(number, key string, points int64) crm.Posting {
	b.Helper()
	m := b.movement(number, key, points)
	posting, err := b.Take(b.ctx, m)
	b.must("Take of "+text(m), err)
	return posting
}

// award shapes the lot of a receipt or a code.
func (b *bench) award(kind crm.PostingKind, points int64) crm.Accrual {
	return crm.Accrual{
		Points: points, Kind: kind, Description: "award", AvailableFrom: b.now, ValidUntil: b.now.Add(365 * day),
	}
}

// submission is the i-th receipt, sent by a card for points.
func (b *bench) submission(number string, i int64, points int64) crm.ReceiptSubmission {
	return crm.ReceiptSubmission{
		CardNumber: number, Award: b.award(crm.PostingReceipt, points), Now: b.now,
		Receipt: crm.Receipt{
			ReceiptKey: crm.ReceiptKey{FN: "9960440300123456", I: i, FP: 1234567890},
			At:         noon.Add(-time.Hour), SumKopecks: 154320, Kind: crm.ReceiptSale,
		},
	}
}

func (b *bench) submit(r crm.ReceiptSubmission) crm.Submitted {
	b.Helper()
	answer, err := b.SubmitReceipt(b.ctx, r)
	b.must("SubmitReceipt of "+text(r), err)
	return answer
}

// promo is a code that is open now and gives points of its own.
func (b *bench) promo(code string) crm.PromoCode {
	return crm.PromoCode{Code: code, Points: 25, StartsAt: b.now.Add(-day), EndsAt: b.now.Add(day), Description: "spring"}
}

func (b *bench) putCodes(codes ...crm.PromoCode) {
	b.Helper()
	b.must("PutCodes of "+text(codes), b.PutCodes(b.ctx, codes))
}

func (b *bench) entry(number, code string) crm.CodeSubmission {
	return crm.CodeSubmission{CardNumber: number, Code: code, Award: b.award(crm.PostingCode, 40), Now: b.now}
}

func (b *bench) redeem(number, code string) crm.Submitted {
	b.Helper()
	answer, err := b.RedeemCode(b.ctx, b.entry(number, code))
	b.must(fmt.Sprintf("RedeemCode of %s by %s", code, number), err)
	return answer
}

// line is a line of history on a day.
func line(number, ref string, on crm.Date) crm.Purchase {
	return crm.Purchase{
		CardNumber: number, Ref: ref, Date: on, Item: "Кофе " + ref, AmountKopecks: 19900, QuantityMilli: 1500,
		Location: "Невский, 1", BonusPoints: 7,
	}
}

func (b *bench) putPurchases(lines ...crm.Purchase) int {
	b.Helper()
	added, refused, err := b.PutPurchases(b.ctx, lines)
	b.must(fmt.Sprintf("PutPurchases of %d lines", len(lines)), err)
	same(b, "the refused lines of PutPurchases", refused, nil)
	return added
}

func (b *bench) putOffers(offers ...crm.Offer) {
	b.Helper()
	b.must("PutOffers of "+text(offers), b.PutOffers(b.ctx, offers))
}

func (b *bench) segments(number string, segments ...string) {
	b.Helper()
	b.must(fmt.Sprintf("SetSegments of %s to %s", number, text(segments)), b.SetSegments(b.ctx, number, segments))
}

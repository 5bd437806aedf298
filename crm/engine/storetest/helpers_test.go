package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/outbox"
)

// Requests, steps and looks that checks have in common. A step and a look have
// to work; when one does not, the check ends with it.

// numbered is a card number with a barcode of its own, so that a mix-up shows.
func numbered(number string) crm.CardNumber {
	return crm.CardNumber{Number: number, BarcodeNumber: "B" + number, BarcodeType: crm.Code128}
}

func allNumbered(numbers ...string) (list []crm.CardNumber) {
	for _, number := range numbers {
		list = append(list, numbered(number))
	}
	return list
}

// phone gives the i-th phone of a check, email the i-th address, cardName the
// i-th card.
func phone(i int) string    { return fmt.Sprintf("7921%07d", i) }
func email(i int) string    { return fmt.Sprintf("person%d@example.com", i) }
func cardName(i int) string { return fmt.Sprintf("card-%d", i) }

// listed gives n names that end in a number.
func listed(prefix string, n int) (list []string) {
	for i := range n {
		list = append(list, fmt.Sprintf("%s-%04d", prefix, i))
	}
	return list
}

// fullProfile has something in every field.
func fullProfile(i int) crm.Profile {
	return crm.Profile{
		Phone: phone(i), Email: email(i), Surname: fmt.Sprintf("Иванова %d", i), FirstName: "Мария", Patronymic: "Петровна",
		Sex: "f", BirthDate: "1990-05-17", CountryCode: "RU", Locality: "Санкт-Петербург",
	}
}

// newNames are other names for the person of a fullProfile.
var newNames = crm.Profile{Surname: "Смирнова", Locality: "Казань", BirthDate: "1991-01-31"}

func renamed(who crm.Profile) crm.Profile {
	who.Surname, who.Locality, who.BirthDate = newNames.Surname, newNames.Locality, newNames.BirthDate
	return who
}

// marked is a profile whose every field can be recognised in any text.
var marked = crm.Profile{
	Phone: "79995550001", Email: "marked-mail@example.com", Surname: "MarkedSurname", FirstName: "MarkedFirst",
	Patronymic: "MarkedPatronymic", Sex: "f", BirthDate: "1977-07-07", CountryCode: "MarkedCountry", Locality: "MarkedPlace",
}

// request is an IssueRequest of the check's time, without a welcome.
func (b *bench) request(who crm.Profile, number string) engine.IssueRequest {
	return engine.IssueRequest{Profile: who, Number: numbered(number), Now: b.now}
}

func (b *bench) welcomed(who crm.Profile, number string, points int64) engine.IssueRequest {
	r := b.request(who, number)
	r.Welcome = b.award(crm.PostingWelcome, points)
	return r
}

// issue gives a customer a card by Issue.
func (b *bench) issue(who crm.Profile, number string) crm.Card {
	return must(b.Issue(b.ctx, b.request(who, number))).Card
}

// card gives the i-th person, of whom only the phone is known, a card by Issue
// and answers with its number; person does so with a full profile.
func (b *bench) card(i int) string        { return b.issue(crm.Profile{Phone: phone(i)}, cardName(i)).Number }
func (b *bench) person(i int) crm.Card    { return b.issue(fullProfile(i), cardName(i)) }
func (b *bench) rich(i int, points int64) { b.grant(b.card(i), "gift-"+cardName(i), points) }

// cards gives the first n persons a card each.
func (b *bench) cards(n int) (numbers []string) {
	for i := range n {
		numbers = append(numbers, b.card(i))
	}
	return numbers
}

// second gives a customer one more card by way of the pool.
func (b *bench) second(who crm.Profile, number string) crm.Card {
	b.pool(number)
	return b.reserved(who, number)
}

func (b *bench) reserved(who crm.Profile, number string) crm.Card {
	return must(b.IssueReserved(b.ctx, b.request(who, number)))
}

// pool adds free numbers, poolUntil numbers that are reserved from the start.
func (b *bench) pool(numbers ...string) []crm.CardNumber { return b.poolUntil(time.Time{}, numbers...) }

func (b *bench) poolUntil(until time.Time, numbers ...string) []crm.CardNumber {
	return must(b.AddNumbers(b.ctx, engine.PoolRequest{Numbers: allNumbered(numbers...), ReservedUntil: until, Now: b.now}))
}

func (b *bench) lease(count int, until time.Time) []crm.CardNumber {
	return must(b.LeaseNumbers(b.ctx, engine.LeaseRequest{Count: count, Now: b.now, Until: until}))
}

// free tells which numbers can be leased for an hour, and takes them.
func (b *bench) free() []string { return sorted(b.lease(plenty, b.now.Add(time.Hour))) }

// sorted gives numbers in their order, which is nobody's promise.
func sorted(numbers []crm.CardNumber) (list []string) {
	for _, number := range numbers {
		list = append(list, number.Number)
	}
	slices.Sort(list)
	return list
}

func byNumber(numbers []crm.CardNumber) []crm.CardNumber {
	return slices.SortedFunc(slices.Values(numbers), func(a, b crm.CardNumber) int { return strings.Compare(a.Number, b.Number) })
}

// row is a row of an import.
func (b *bench) row(number string, holder crm.Profile, balance int64) engine.CardRecord {
	return engine.CardRecord{CardNumber: numbered(number), State: crm.CardActive, IssuedAt: b.now.Add(-day), Holder: holder, Balance: balance}
}

// imports stores rows, none of which may be refused.
func (b *bench) imports(rows ...engine.CardRecord) {
	b.Helper()
	same(b, must(b.ImportCards(b.ctx, rows, b.now)), nil)
}

// unheld makes a card without a holder.
func (b *bench) unheld(number string) { b.imports(b.row(number, crm.Profile{}, 0)) }

func (b *bench) stateChange(number string, to crm.CardState) engine.StateChange {
	return engine.StateChange{CardNumber: number, State: to, Actor: "operator", Reason: "check", Now: b.now}
}

func (b *bench) setState(number string, to crm.CardState) {
	ok(b.SetCardState(b.ctx, b.stateChange(number, to)))
}

func (b *bench) updateOf(number string, with crm.Profile) engine.ProfileUpdate {
	return engine.ProfileUpdate{CardNumber: number, Profile: with, Now: b.now}
}

func (b *bench) update(number string, with crm.Profile) {
	ok(b.UpdateProfile(b.ctx, b.updateOf(number, with)))
}

// wish allows and denies channels from the source "app", wants one of them.
func (b *bench) wish(number string, wanted map[crm.Channel]bool) engine.ChannelsUpdate {
	return engine.ChannelsUpdate{CardNumber: number, Wanted: wanted, Source: "app", Now: b.now}
}

func wants(channel crm.Channel, allowed bool) map[crm.Channel]bool {
	return map[crm.Channel]bool{channel: allowed}
}

func (b *bench) channels(number string, wanted map[crm.Channel]bool) {
	ok(b.SetChannels(b.ctx, b.wish(number, wanted)))
}

func (b *bench) erasing(phone string) engine.EraseRequest {
	return engine.EraseRequest{Phone: phone, Actor: "operator", Now: b.now}
}

func (b *bench) erase(phone string) engine.Erasure { return must(b.Erase(b.ctx, b.erasing(phone))) }

func (b *bench) replacement(old, number string) engine.Replacement {
	return engine.Replacement{CardNumber: old, New: numbered(number), Actor: "operator", Reason: "lost", Now: b.now}
}

func (b *bench) replace(old, number string) crm.Card {
	return must(b.ReplaceCard(b.ctx, b.replacement(old, number)))
}

// movement is of the check's time, spendable at once and for a year.
func (b *bench) movement(number, key string, points int64) engine.Movement {
	return engine.Movement{
		Key: key, CardNumber: number, Points: points, Description: "by " + key,
		AvailableFrom: b.now, ValidUntil: b.now.Add(365 * day), Actor: "operator", Now: b.now,
	}
}

func (b *bench) grant(number, key string, points int64) crm.Posting {
	return must(b.Grant(b.ctx, b.movement(number, key, points)))
}

func (b *bench) grantLot(number, key string, points int64, from, until time.Time) crm.Posting {
	m := b.movement(number, key, points)
	m.AvailableFrom, m.ValidUntil = from, until
	if !until.After(m.Now) {
		m.Now = from // what is over already may not be granted
	}
	return must(b.Grant(b.ctx, m))
}

func (b *bench) take(number, key string, points int64) crm.Posting {
	return must(b.Take(b.ctx, b.movement(number, key, points)))
}

// expires books lots and compares how many there were.
func (b *bench) expires(limit, want int) {
	b.Helper()
	same(b, must(b.ExpirePoints(b.ctx, b.now, limit)), want)
}

// award shapes the lot of a receipt or a code.
func (b *bench) award(kind crm.PostingKind, points int64) crm.Accrual {
	return crm.Accrual{
		Points: points, Kind: kind, Description: "award", AvailableFrom: b.now, ValidUntil: b.now.Add(365 * day),
	}
}

// lotOf is the whole lot that an award becomes.
func lotOf(a crm.Accrual) crm.Lot {
	return crm.Lot{Description: a.Description, Remaining: a.Points, AvailableFrom: a.AvailableFrom, ValidUntil: a.ValidUntil}
}

// submission is the i-th receipt, sent by a card for points, with errands.
func (b *bench) submission(number string, i int64, points int64, errands ...outbox.Message) engine.ReceiptSubmission {
	return engine.ReceiptSubmission{
		CardNumber: number, Award: b.award(crm.PostingReceipt, points), Messages: errands, Now: b.now,
		Receipt: crm.Receipt{
			ReceiptKey: crm.ReceiptKey{FN: "9960440300123456", I: i, FP: 1234567890},
			At:         noon.Add(-time.Hour), SumKopecks: 154320, Kind: crm.ReceiptSale,
		},
	}
}

func (b *bench) submit(r engine.ReceiptSubmission) crm.Submitted {
	return must(b.SubmitReceipt(b.ctx, r))
}

// refund is the i-th receipt as a refund that takes back.
func (b *bench) refund(number string, i int64) engine.ReceiptSubmission {
	r := b.submission(number, i, 0)
	r.Receipt.Kind, r.Receipt.At = crm.ReceiptSaleRefund, noon
	r.Reverse = engine.ReverseReceipt{Wanted: true, Description: "refund"}
	return r
}

// promo is a code that is open now and gives points of its own.
func (b *bench) promo(code string) engine.PromoCode {
	return engine.PromoCode{Code: code, Points: 25, StartsAt: b.now.Add(-day), EndsAt: b.now.Add(day), Description: "spring"}
}

func (b *bench) putCodes(codes ...engine.PromoCode) { ok(b.PutCodes(b.ctx, codes)) }

func (b *bench) entry(number, code string, errands ...outbox.Message) engine.CodeSubmission {
	return engine.CodeSubmission{CardNumber: number, Code: code, Award: b.award(crm.PostingCode, 40), Messages: errands, Now: b.now}
}

func (b *bench) redeem(number, code string) crm.Submitted {
	return must(b.RedeemCode(b.ctx, b.entry(number, code)))
}

// line is a line of history on a day.
func line(number, ref string, on crm.Date) crm.Purchase {
	return crm.Purchase{
		CardNumber: number, Ref: ref, Date: on, Item: "Кофе " + ref, AmountKopecks: 19900, QuantityMilli: 1500,
		Location: "Невский, 1", BonusPoints: 7,
	}
}

// putPurchases tells how many lines were new; none may be refused.
func (b *bench) putPurchases(lines ...crm.Purchase) int {
	b.Helper()
	added, refused, err := b.PutPurchases(b.ctx, lines)
	ok(err)
	same(b, refused, nil)
	return added
}

// offerFor is an offer that is open around today.
func offerFor(id string, audience crm.Audience, target string) crm.Offer {
	return crm.Offer{
		ID: id, Audience: audience, Target: target, Name: "Скидка " + id, Description: "на всё", StartDate: yesterday, EndDate: tomorrow,
		ImageURL: "https://example.com/" + id + ".png", Discount: "10 %",
	}
}

func toAll(id string) crm.Offer          { return offerFor(id, crm.AudienceAll, "") }
func toCard(id, number string) crm.Offer { return offerFor(id, crm.AudienceCard, number) }
func toSegment(name string) crm.Offer    { return offerFor(name, crm.AudienceSegment, name) }

func (b *bench) putOffers(offers ...crm.Offer) { ok(b.PutOffers(b.ctx, offers)) }

func (b *bench) segments(number string, segments ...string) {
	ok(b.SetSegments(b.ctx, number, segments))
}

// order asks for the points of an order, by a call of its own.
func (b *bench) order(card, id string, points int64) engine.OrderRedemption {
	return engine.OrderRedemption{
		OrderID: id, CardNumber: card, Customer: "print-of-" + card, Points: points, Description: "Order " + id,
		At: noon.Add(-time.Minute), CallID: b.name("redeem"), Now: b.now,
	}
}

func (b *bench) redeemOrder(card, id string, points int64) crm.Order {
	b.Helper()
	done := must(b.RedeemOrder(b.ctx, b.order(card, id, points)))
	b.holds(!done.Repeated, "not Repeated", done)
	return done.Order
}

func (b *bench) reversal(card, id string, points int64) engine.OrderReversal {
	return engine.OrderReversal{
		OrderID: id, Customer: "print-of-" + card, Points: points, Description: "Returned " + id, Reason: "out of stock",
		KeepUntil: b.now.Add(day), CallID: b.name("reverse"), Now: b.now,
	}
}

func (b *bench) reverseOrder(card, id string, points int64) crm.Order {
	return must(b.ReverseOrder(b.ctx, b.reversal(card, id, points)))
}

// life gives the marked customer two cards and something of everything.
func (b *bench) life() crm.Card {
	card := b.issue(marked, "card-1")
	b.second(marked, "card-2")
	b.grant("card-1", "gift", 70)
	b.take("card-1", "spent", 30)
	b.submit(b.submission("card-1", 1, 15))
	b.channels("card-1", map[crm.Channel]bool{crm.ChannelSMS: true, crm.ChannelEmail: true})
	b.later(time.Hour)
	b.channels("card-1", wants(crm.ChannelSMS, false))
	b.putPurchases(line("card-1", "a", yesterday), line("card-1", "b", today), line("card-2", "a", today))
	return card
}

func (b *bench) find(who crm.Identity) []crm.Match { return must(b.FindCards(b.ctx, who)) }

// nobody reports a broken promise when somebody has the phone or the email.
func (b *bench) nobody(who crm.Identity) {
	b.Helper()
	same(b, b.find(who), nil)
}

// one gives the only customer of a phone or an email.
func (b *bench) one(who crm.Identity) crm.Match {
	b.Helper()
	found := b.find(who)
	if len(found) != 1 {
		b.hopeless("one customer", text(found))
	}
	return found[0]
}

func (b *bench) look(number string) crm.Card { return must(b.Card(b.ctx, number)) }

// noCard reports a broken promise when the number is a card.
func (b *bench) noCard(number string) {
	b.Helper()
	_, err := b.Card(b.ctx, number)
	b.fails(err, crm.ErrCardNotFound)
}

func (b *bench) holder(number string) crm.Profile { return must(b.Holder(b.ctx, number)) }

func (b *bench) consents(number string) []engine.Consent { return must(b.Consents(b.ctx, number)) }

func (b *bench) level(at time.Time) crm.PoolLevel { return must(b.CountNumbers(b.ctx, at)) }

func (b *bench) lots(number string) []crm.Lot { return must(b.Statement(b.ctx, number, b.now)).Lots }

// remaining gives what is left of a card's open lots, the first to end first.
func (b *bench) remaining(number string, at time.Time) (points []int64) {
	for _, lot := range must(b.Statement(b.ctx, number, at)).Lots {
		points = append(points, lot.Remaining)
	}
	return points
}

// left tells what is left of each lot of a card by its description.
func (b *bench) left(number string) map[string]int64 {
	left := map[string]int64{}
	for _, lot := range b.lots(number) {
		left[lot.Description] = lot.Remaining
	}
	return left
}

// balance reports a broken promise unless the card has so many points.
func (b *bench) balance(number string, want int64) {
	b.Helper()
	same(b, b.look(number).Balance, want)
}

// points reports a broken promise unless the card has so many points and earned
// so many in total.
func (b *bench) points(number string, balance, earned int64) {
	b.Helper()
	card := b.look(number)
	same(b, []int64{card.Balance, card.EarnedTotal}, []int64{balance, earned})
}

// total is what cards have together.
func (b *bench) total(numbers []string) (sum int64) {
	for _, number := range numbers {
		sum += b.look(number).Balance
	}
	return sum
}

func (b *bench) postings(number string) []crm.Posting {
	return must(b.Postings(b.ctx, number, "", plenty))
}

// kinds gives the kinds and points of a card's postings, newest first.
func (b *bench) kinds(number string) (kinds []string) {
	for _, p := range b.postings(number) {
		kinds = append(kinds, fmt.Sprintf("%s %+d", p.Kind, p.Points))
	}
	return kinds
}

// adds reports a broken promise unless the ledger of each card adds up.
func (b *bench) adds(numbers ...string) {
	b.Helper()
	for _, number := range numbers {
		var sum, earned int64
		for _, p := range b.postings(number) {
			sum += p.Points
			if p.Kind != crm.PostingReturn { // what comes back is not earned again
				earned += max(p.Points, 0)
			}
		}
		b.points(number, sum, earned)
		b.holds(sum >= 0, "no negative balance", sum)
	}
	bad, _, err := b.Verify(b.ctx, "", plenty)
	ok(err)
	same(b, bad, nil)
}

func (b *bench) storedCode(code string) engine.PromoCode { return must(b.Code(b.ctx, code)) }

func (b *bench) used(code string, want int64) {
	b.Helper()
	same(b, b.storedCode(code).Used, want)
}

// history gives all lines of a card between two days.
func (b *bench) history(number string, from, to crm.Date) []crm.Purchase {
	return must(b.Purchases(b.ctx, engine.PurchaseQuery{CardNumber: number, From: from, To: to, Limit: plenty}))
}

func (b *bench) offers(number string) []crm.Offer { return must(b.Offers(b.ctx, number, today)) }

// shown gives the IDs of the offers that a card sees today.
func (b *bench) shown(number string) (ids []string) {
	for _, offer := range b.offers(number) {
		ids = append(ids, offer.ID)
	}
	return ids
}

func (b *bench) storedOrder(id string) crm.Order { return must(b.Order(b.ctx, id)) }

func (b *bench) audit(subject string) []engine.AuditLine {
	return must(b.AuditLog(b.ctx, subject, plenty))
}

func (b *bench) holders(after string, limit int) []crm.Holder {
	return must(b.ListHolders(b.ctx, after, limit))
}

// pages reads a listing in pages of several sizes, each of which has to give the
// same as one large page. key is the place after which the next page begins.
func pages[T any](b *bench, key func(T) string, page func(after string, limit int) ([]T, error)) []T {
	b.Helper()
	all := must(page("", plenty))
	for _, size := range []int{1, 2, 3, 7} {
		var list []T
		for after := ""; ; {
			next := must(page(after, size))
			list = append(list, next...)
			if len(next) < size || len(list) > len(all) {
				break
			}
			after = key(next[len(next)-1])
		}
		same(b, list, all)
	}
	return all
}

// listing is the page of a method that goes by keys alone.
func listing[T any](b *bench, method func(ctx context.Context, after string, limit int) ([]T, error)) func(after string, limit int) ([]T, error) {
	return func(after string, limit int) ([]T, error) { return method(b.ctx, after, limit) }
}

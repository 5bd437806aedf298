package engine

import (
	"errors"
	"strings"
	"time"

	"koshelek-adapter/crm"
)

// Rules are the programme's own decisions, all from configuration.
type Rules struct {
	// EarnBasisPoints is how many hundredths of a percent of a receipt's total
	// come back as points; one point is worth one rouble.
	EarnBasisPoints int64
	// EarnCap limits the points of one receipt; zero for no limit.
	EarnCap int64
	// PerDay limits what one card earns by receipts on a day of Zone; Since is not used.
	PerDay DayLimit
	// MaxAge is how old a receipt may be, ClockSkew how far a till's clock may
	// run ahead.
	MaxAge, ClockSkew time.Duration
	// TillsEast and TillsWest are how far the zones of tills lie from Zone. A
	// receipt says the till's local time and not its zone, so it is from the future
	// or too old only where it is in every zone between.
	TillsEast, TillsWest time.Duration
	// Pending is how long earned points wait before they may be spent.
	Pending time.Duration
	// Lifetime is how long points live, to the end of their last day; zero for
	// ever.
	Lifetime time.Duration
	// Welcome is credited once per phone, CodePoints by a code that names no
	// value of its own; in points.
	Welcome, CodePoints int64
	// UnmarkedEarns lets a receipt without kind n earn like a sale.
	UnmarkedEarns bool
	// Email is what an e-mail proves beside a phone that nobody has.
	Email crm.EmailTrust
	// Claims limits who takes a card without a holder, and how often a code may be wrong.
	Claims Claims
	// NumberFromPhone makes the phone the card number when a card is issued
	// without one.
	NumberFromPhone bool
	// KeepReturned is how long points are good at least that come back from a
	// reversed order, since its failure is not the customer's.
	KeepReturned time.Duration
	// PartialReversal takes reversals of fewer points than an order took.
	PartialReversal bool
	// Zone is where the programme's days begin.
	Zone *time.Location
	// Country is by whose habits phones without a country code are read.
	Country crm.Country
	// Refunds lets the receipt of a refund take back the sale of the same card with
	// the same total.
	Refunds bool
	// Awards are what reward vendors hear.
	Awards []AwardRule
	// Texts describe points to the customer.
	Texts Texts
}

// Texts are what a customer reads beside points, and, for a voucher, as the
// offer's name; %s there is its code.
type Texts struct {
	Receipt, Code, Welcome, Refund, Reward, Reversal, Voucher, VoucherPIN, VoucherUntil string
	// Order and Returned stand before an order's ID.
	Order, Returned string
}

// EnglishTexts and RussianTexts are the two sets that come with the product.
var (
	EnglishTexts = Texts{
		Receipt: "Cash receipt", Code: "Promo code", Welcome: "Welcome bonus", Refund: "Refund", Reward: "Reward", Reversal: "Reversal",
		Voucher: "Voucher %s", VoucherPIN: "PIN: %s", VoucherUntil: "Valid until %s",
		Order: "Order", Returned: "Returned order",
	}
	RussianTexts = Texts{
		Receipt: "Кассовый чек", Code: "Промокод", Welcome: "Приветственные баллы", Refund: "Возврат", Reward: "Награда", Reversal: "Отмена",
		Voucher: "Ваучер %s", VoucherPIN: "ПИН: %s", VoucherUntil: "Действует до %s",
		Order: "Заказ", Returned: "Возврат заказа",
	}
)

// translate gives a description that is one of either set in the words of t, so
// that points which were stored in the other language read like the others. Texts
// of anybody else stay as they are.
func (t Texts) translate(description string) string {
	for _, from := range []Texts{EnglishTexts, RussianTexts} {
		for _, pair := range [][2]string{
			{from.Receipt, t.Receipt}, {from.Code, t.Code}, {from.Welcome, t.Welcome},
			{from.Refund, t.Refund}, {from.Reward, t.Reward}, {from.Reversal, t.Reversal},
		} {
			if description == pair[0] {
				return pair[1]
			}
		}
		for _, pair := range [][2]string{{from.Order, t.Order}, {from.Returned, t.Returned}} {
			if id, found := strings.CutPrefix(description, pair[0]+" "); found {
				return pair[1] + " " + id
			}
		}
	}
	return description
}

func (r Rules) validate() error {
	var faults []error
	check := func(ok bool, text string) {
		if !ok {
			faults = append(faults, errors.New(text))
		}
	}
	check(r.Zone != nil, "the programme needs a time zone")
	check(r.Country == "" || r.Country.Known(), "the country of phones is not known")
	check(r.EarnBasisPoints >= 0 && r.EarnBasisPoints <= 10_000, "the percentage is 0 to 100")
	check(r.EarnCap >= 0 && r.EarnCap <= crm.MaxPoints, "the cap of points is out of range")
	check(r.Welcome >= 0 && r.Welcome <= crm.MaxPoints, "the welcome bonus is out of range")
	check(r.CodePoints >= 0 && r.CodePoints <= crm.MaxPoints, "the value of a code is out of range")
	check(r.Claims.Failures >= 0 && r.Claims.PerDay >= 0, "limits of claims must not be negative")
	check(r.PerDay.Receipts >= 0 && r.PerDay.Points >= 0, "limits of a day must not be negative")
	check(r.MaxAge > 0, "the age of a receipt must be positive")
	check(r.ClockSkew >= 0 && r.TillsEast >= 0 && r.TillsWest >= 0 && r.Pending >= 0 && r.Lifetime >= 0 && r.KeepReturned >= 0, "durations must not be negative")
	check(r.Lifetime == 0 || r.Pending < r.Lifetime, "points must live longer than they are pending")
	check(!r.PartialReversal || len(r.forOrder("", 1)) == 0,
		"a partial reversal cannot be mirrored: either partial reversals or award rules on spend")
	return errors.Join(append(faults, validateAwards(r.Awards))...)
}

// earns reports whether a receipt is one that earns: a sale.
func (r Rules) earns(receipt crm.Receipt) bool {
	return receipt.Kind == crm.ReceiptSale || receipt.Kind == crm.ReceiptUnmarked && r.UnmarkedEarns
}

// share is a percentage of a total in roubles, rounded down. A receipt has at
// most 12 digits of kopecks, so the product stays in range.
func share(kopecks, basisPoints int64) int64 { return kopecks * basisPoints / (100 * 10_000) }

// receiptPoints is what a receipt earns, rounded down.
func (r Rules) receiptPoints(receipt crm.Receipt) int64 {
	if !r.earns(receipt) {
		return 0
	}
	points := share(receipt.SumKopecks, r.EarnBasisPoints)
	if r.EarnCap > 0 && points > r.EarnCap {
		return r.EarnCap
	}
	return points
}

// accrual shapes a lot that is earned now.
func (r Rules) accrual(kind crm.PostingKind, points int64, text string, now time.Time) crm.Accrual {
	return crm.Accrual{
		Points: points, Kind: kind, Description: text,
		AvailableFrom: now.Add(r.Pending), ValidUntil: r.validUntil(now),
	}
}

func (r Rules) validUntil(now time.Time) time.Time {
	if r.Lifetime == 0 {
		return crm.Forever
	}
	return crm.DateOf(now.Add(r.Lifetime), r.Zone).End(r.Zone).UTC()
}

// reversal says whether a receipt takes an earlier one back.
func (r Rules) reversal(receipt crm.Receipt) ReverseReceipt {
	if !r.Refunds {
		return ReverseReceipt{}
	}
	refund := receipt.Kind == crm.ReceiptSaleRefund
	return ReverseReceipt{Wanted: refund, Possible: !refund && r.earns(receipt), Description: r.Texts.Refund}
}

// today is the limit of the day that began in the programme's zone.
func (r Rules) today(now time.Time) DayLimit {
	limit, local := r.PerDay, now.In(r.Zone)
	limit.Since = time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, r.Zone)
	return limit
}

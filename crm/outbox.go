package crm

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// anyVendor stands for all vendors where it is not known which one has work.
const anyVendor = ""

// ordered wakes the workers of vendors after an operation that may have put
// errands into the outbox.
func (s *Service) ordered(err error, vendors ...string) {
	if err != nil {
		return
	}
	for _, vendor := range slices.Compact(slices.Sorted(slices.Values(vendors))) {
		s.onOrder(vendor)
	}
}

func vendorsOf(errands []Errand) []string {
	vendors := make([]string, len(errands))
	for i, e := range errands {
		vendors[i] = e.Vendor
	}
	return vendors
}

// ClaimDeliveries hands out deliveries of a vendor that are due; the claim holds
// for the lease. It is what a worker calls; see [Outbox].
func (s *Service) ClaimDeliveries(ctx context.Context, vendor, claim string, limit int, lease time.Duration) ([]Delivery, error) {
	now := s.now()
	return s.backend.ClaimDeliveries(ctx, ClaimRequest{Vendor: vendor, Claim: claim, Limit: limit, Now: now, Until: now.Add(lease)})
}

// Voucher is what a vendor gave for an errand. Its code is money.
type Voucher struct {
	Code, PIN string
	// Until is the last day, "" when the vendor says none.
	Until Date
	// Name, Terms and URL are plain text for the customer; they may be empty.
	Name, Terms, URL string
}

// Outcome is what a bridge found out about a delivery.
type Outcome struct {
	// State is DeliveryDone, DeliveryRejected, DeliveryPending, DeliveryRetry,
	// DeliveryUnknown, or DeliveryNew when it was certainly not sent.
	State DeliveryState
	// Wait is how long nothing is to be done in a state that is not final;
	// WaitForOperator for ever.
	Wait time.Duration
	// VendorRef is the vendor's own name of what it did, "" when it gave none.
	VendorRef string
	// Booked is how many points the vendor moved.
	Booked int64
	// Vouchers that the vendor gave.
	Vouchers []Voucher
	// Reason says why, without personal data; Answer is the vendor's, redacted.
	Reason string
	Answer []byte
}

// WaitForOperator is the Wait of a delivery that only an operator can move on.
const WaitForOperator = time.Duration(1<<63 - 1)

// Settle stores what became of a delivery. The claim must be the one that holds
// it; "" for news from elsewhere: a callback, or an operator, whose name is the
// actor. Effects on ledger and offers happen once, with the final state: points
// that the vendor booked are credited, those that it did not take come back,
// vouchers become offers of the card. Errors: those of [Outbox].SettleDelivery,
// ErrInvalidRecord for an outcome that cannot be.
func (s *Service) Settle(ctx context.Context, d Delivery, claim string, o Outcome, actor string) (Delivery, error) {
	return s.settle(ctx, d, Settlement{Claim: claim, Actor: actor}, o)
}

// Decide is Settle for an operator, who has looked at the delivery: it is stored
// only while the delivery is in the state that was looked at and nobody is at
// work on it (ErrOperationConflict).
func (s *Service) Decide(ctx context.Context, seen Delivery, o Outcome, actor string) (Delivery, error) {
	return s.settle(ctx, seen, Settlement{Expect: seen.State, Actor: actor}, o)
}

func (s *Service) settle(ctx context.Context, d Delivery, settlement Settlement, o Outcome) (Delivery, error) {
	if !o.State.Valid() || o.State == DeliverySending || o.Booked < 0 || o.Booked > MaxPoints {
		return Delivery{}, Fail(ErrInvalidRecord, "no such outcome")
	}
	var err error
	if settlement.Actor, err = cleanText("actor", settlement.Actor, MaxTextRunes); err != nil {
		return Delivery{}, err
	}
	now := s.now()
	settlement.ID, settlement.State, settlement.DueAt, settlement.Now = d.ID, o.State, dueAfter(now, o.Wait), now
	settlement.VendorRef, settlement.Booked = referenceKey(o.VendorRef), o.Booked
	settlement.Reason, settlement.Answer = clip(o.Reason, MaxTextRunes), clipBytes(o.Answer, MaxAnswerBytes)
	if o.State == DeliveryDone {
		settlement.Offers = s.rules.voucherOffers(d, o.Vouchers)
	}
	if o.State.Final() {
		s.rules.effects(d, o, &settlement)
	}
	settled, err := s.backend.SettleDelivery(ctx, settlement)
	if o.State.Final() {
		s.ordered(err, settled.Vendor) // the next one of the line
	}
	return settled, err
}

// effects says what a final state does to the ledger.
func (r Rules) effects(d Delivery, o Outcome, s *Settlement) {
	switch {
	case d.Effect == EffectBook && o.State == DeliveryDone:
		s.Credit = r.accrual(PostingReward, o.Booked, r.Texts.Reward, s.Now)
	case d.Effect == EffectUnbook && o.State == DeliveryDone:
		s.Debit, s.DebitText = o.Booked, r.Texts.Reversal
	case d.Effect == EffectRefund && o.Booked < d.Points:
		// What comes back may be spent at once.
		s.Credit = r.accrual(PostingReversal, d.Points-o.Booked, r.Texts.Reversal, s.Now)
		s.Credit.AvailableFrom = s.Now
	}
}

func dueAfter(now time.Time, wait time.Duration) time.Time {
	if wait >= Forever.Sub(now) {
		return Forever
	}
	return now.Add(max(wait, 0))
}

// voucherOffers shows vouchers to the card that won them.
func (r Rules) voucherOffers(d Delivery, vouchers []Voucher) (offers []Offer) {
	for i, v := range vouchers {
		name := oneLine(v.Name)
		if name == "" {
			name = fmt.Sprintf(r.Texts.Voucher, v.Code)
		}
		offers = append(offers, Offer{
			ID: fmt.Sprintf("voucher-%s-%d", d.ID, i+1), Audience: AudienceCard, Target: d.CardNumber,
			Name: clip(name, MaxTextRunes), Description: clip(r.voucherText(v), maxOfferText),
			StartDate: DateOf(d.CreatedAt, r.Zone), EndDate: r.lastDay(v, d),
		})
	}
	return offers
}

func (r Rules) voucherText(v Voucher) string {
	lines := []string{fmt.Sprintf(r.Texts.Voucher, v.Code)}
	if v.PIN != "" {
		lines = append(lines, fmt.Sprintf(r.Texts.VoucherPIN, v.PIN))
	}
	if v.Until != "" {
		lines = append(lines, fmt.Sprintf(r.Texts.VoucherUntil, v.Until))
	}
	for _, text := range []string{v.URL, v.Terms} {
		if text != "" {
			lines = append(lines, text)
		}
	}
	return oneLine(strings.Join(lines, ". "))
}

// oneLine joins the words of a text by single spaces.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// lastDay is the voucher's, unless it is no day or lies before that of the award:
// vendors print such days, and the customer must see the voucher all the same.
func (r Rules) lastDay(v Voucher, d Delivery) Date {
	day, err := ParseDate(string(v.Until))
	if err != nil || day < DateOf(d.CreatedAt, r.Zone) {
		return ""
	}
	return day
}

// clip shortens a text to a number of characters.
func clip(text string, runes int) string {
	text = strings.ToValidUTF8(text, "�")
	if utf8.RuneCountInString(text) <= runes {
		return text
	}
	return string([]rune(text)[:runes])
}

// clipBytes shortens an answer and makes it UTF-8, as stores keep texts.
func clipBytes(answer []byte, limit int) []byte {
	text := strings.ToValidUTF8(string(answer), "?")
	if len(text) > limit {
		text = strings.ToValidUTF8(text[:limit], "")
	}
	if text == "" {
		return nil
	}
	return []byte(text)
}

// Delivery gives one delivery. ErrDeliveryNotFound.
func (s *Service) Delivery(ctx context.Context, id string) (Delivery, error) {
	if err := identifier("id", id, 26); err != nil {
		return Delivery{}, ErrDeliveryNotFound
	}
	return s.backend.Delivery(ctx, id)
}

// Deliveries gives a page of the outbox, ordered by ID.
func (s *Service) Deliveries(ctx context.Context, q DeliveryQuery) ([]Delivery, error) {
	if q.State != "" && !q.State.Valid() {
		return nil, Fail(ErrInvalidRecord, "unknown state")
	}
	return s.backend.ListDeliveries(ctx, q)
}

// CountDeliveries counts the outbox by vendor and state; see [Outbox].
func (s *Service) CountDeliveries(ctx context.Context, all bool) ([]DeliveryCount, error) {
	return s.backend.CountDeliveries(ctx, all)
}

// KnownReferences gives those of a vendor's references that the outbox knows.
func (s *Service) KnownReferences(ctx context.Context, vendor string, references []string) ([]string, error) {
	keys := make([]string, len(references))
	spelt := map[string]string{}
	for i, reference := range references {
		keys[i] = referenceKey(reference)
		spelt[keys[i]] = reference
	}
	known, err := s.backend.KnownReferences(ctx, vendor, keys)
	for i, key := range known {
		known[i] = spelt[key]
	}
	return known, err
}

// referenceKey is a vendor's reference as it is stored: itself, or its hash when
// it is too long to be kept whole or is no text.
func referenceKey(reference string) string {
	if !utf8.ValidString(reference) {
		return hashed(reference)
	}
	return shortened(reference, MaxReferenceBytes)
}

// Recipients gives the profiles of the customers whom deliveries are for, by the
// numbers of their cards, as they are now. Cards that have no holder any more are
// left out.
func (s *Service) Recipients(ctx context.Context, list ...Delivery) (map[string]Profile, error) {
	numbers := make([]string, len(list))
	for i, d := range list {
		numbers[i] = d.CardNumber
	}
	return s.backend.HoldersOf(ctx, numbers)
}

// Awards are the rules by which reward vendors hear of things.
func (s *Service) Awards() []AwardRule { return s.rules.Awards }

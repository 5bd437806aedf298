package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/outbox"
)

// anyVendor stands for all vendors where it is not known which one has work.
const anyVendor = ""

// ordered wakes the workers of vendors after an operation that may have put
// errands into the outbox.
func (s *Engine) ordered(err error, vendors ...string) {
	if err != nil {
		return
	}
	for _, vendor := range slices.Compact(slices.Sorted(slices.Values(vendors))) {
		s.onOrder(vendor)
	}
}

func vendorsOf(errands []outbox.Message) []string {
	vendors := make([]string, len(errands))
	for i, e := range errands {
		vendors[i] = e.Vendor
	}
	return vendors
}

// ClaimDeliveries hands out deliveries of a vendor that are due; the claim holds
// for the lease. It is what a worker calls; see [Outbox].
func (s *Engine) ClaimDeliveries(ctx context.Context, vendor, claim string, limit int, lease time.Duration) ([]outbox.Delivery, error) {
	now := s.now()
	return s.backend.ClaimDeliveries(ctx, outbox.ClaimRequest{Vendor: vendor, Claim: claim, Limit: limit, Now: now, Until: now.Add(lease)})
}

// Settle stores what became of a delivery. The claim must be the one that holds
// it; "" for news from elsewhere: a callback, or an operator, whose name is the
// actor. Effects on ledger and offers happen once, with the final state: points
// that the vendor booked are credited, those that it did not take come back,
// vouchers become offers of the card. Errors: those of [Outbox].SettleDelivery,
// ErrInvalidRecord for an outcome that cannot be.
func (s *Engine) Settle(ctx context.Context, d outbox.Delivery, claim string, o outbox.Outcome, actor string) (outbox.Delivery, error) {
	return s.settle(ctx, d, outbox.Settlement{Claim: claim, Actor: actor}, o)
}

// Decide is Settle for an operator, who has looked at the delivery: it is stored
// only while the delivery is in the state that was looked at and nobody is at
// work on it (ErrOperationConflict).
func (s *Engine) Decide(ctx context.Context, seen outbox.Delivery, o outbox.Outcome, actor string) (outbox.Delivery, error) {
	return s.settle(ctx, seen, outbox.Settlement{Expect: seen.State, Actor: actor}, o)
}

func (s *Engine) settle(ctx context.Context, d outbox.Delivery, settlement outbox.Settlement, o outbox.Outcome) (outbox.Delivery, error) {
	if !o.State.Valid() || o.State == outbox.StateSending || o.Booked < 0 || o.Booked > crm.MaxPoints {
		return outbox.Delivery{}, crm.Fail(crm.ErrInvalidRecord, "no such outcome")
	}
	var err error
	if settlement.Actor, err = crm.CleanText("actor", settlement.Actor, crm.MaxTextRunes); err != nil {
		return outbox.Delivery{}, err
	}
	if err := s.undoesNoMore(ctx, d, o); err != nil {
		return outbox.Delivery{}, err
	}
	now := s.now()
	settlement.ID, settlement.State, settlement.DueAt, settlement.Now = d.ID, o.State, dueAfter(now, o.Wait), now
	settlement.VendorRef, settlement.Booked = referenceKey(o.VendorRef), o.Booked
	settlement.Reason, settlement.Answer = clip(o.Reason, crm.MaxTextRunes), clipBytes(o.Answer, outbox.MaxAnswerBytes)
	if o.State == outbox.StateDone {
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

// undoesNoMore refuses an undo that books more than its original did, whoever says so.
func (s *Engine) undoesNoMore(ctx context.Context, d outbox.Delivery, o outbox.Outcome) error {
	if d.Reverses == "" || o.State != outbox.StateDone || o.Booked == 0 {
		return nil
	}
	original, err := s.backend.Delivery(ctx, d.Reverses)
	if err != nil {
		return err
	}
	if o.Booked > original.Booked {
		return crm.Fail(crm.ErrInvalidRecord, fmt.Sprintf("an undo books at most what its original booked, %d", original.Booked))
	}
	return nil
}

// effects says what a final state does to the ledger.
func (r Rules) effects(d outbox.Delivery, o outbox.Outcome, s *outbox.Settlement) {
	switch {
	case d.Effect == outbox.EffectBook && o.State == outbox.StateDone:
		s.Credit = r.accrual(crm.PostingReward, o.Booked, r.Texts.Reward, s.Now)
	case d.Effect == outbox.EffectUnbook && o.State == outbox.StateDone:
		s.Debit, s.DebitText = o.Booked, r.Texts.Reversal
	case d.Effect == outbox.EffectRefund && o.Booked < d.Points:
		// What comes back may be spent at once.
		s.Credit = r.accrual(crm.PostingReversal, d.Points-o.Booked, r.Texts.Reversal, s.Now)
		s.Credit.AvailableFrom = s.Now
	}
}

func dueAfter(now time.Time, wait time.Duration) time.Time {
	if wait >= crm.Forever.Sub(now) {
		return crm.Forever
	}
	return now.Add(max(wait, 0))
}

// voucherOffers shows vouchers to the card that won them.
func (r Rules) voucherOffers(d outbox.Delivery, vouchers []outbox.Voucher) (offers []crm.Offer) {
	for i, v := range vouchers {
		name := oneLine(v.Name)
		if name == "" {
			name = fmt.Sprintf(r.Texts.Voucher, v.Code)
		}
		offers = append(offers, crm.Offer{
			ID: fmt.Sprintf("voucher-%s-%d", d.ID, i+1), Audience: crm.AudienceCard, Target: d.CardNumber,
			Name: clip(name, crm.MaxTextRunes), Description: clip(r.voucherText(v), maxOfferText),
			StartDate: crm.DateOf(d.CreatedAt, r.Zone), EndDate: r.lastDay(v, d),
		})
	}
	return offers
}

func (r Rules) voucherText(v outbox.Voucher) string {
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
func (r Rules) lastDay(v outbox.Voucher, d outbox.Delivery) crm.Date {
	day, err := crm.ParseDate(string(v.Until))
	if err != nil || day < crm.DateOf(d.CreatedAt, r.Zone) {
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
func (s *Engine) Delivery(ctx context.Context, id string) (outbox.Delivery, error) {
	if err := crm.CheckKey("id", id, 26); err != nil {
		return outbox.Delivery{}, crm.ErrDeliveryNotFound
	}
	return s.backend.Delivery(ctx, id)
}

// Deliveries gives a page of the outbox, ordered by ID.
func (s *Engine) Deliveries(ctx context.Context, q outbox.Query) ([]outbox.Delivery, error) {
	if q.State != "" && !q.State.Valid() {
		return nil, crm.Fail(crm.ErrInvalidRecord, "unknown state")
	}
	return s.backend.ListDeliveries(ctx, q)
}

// CountDeliveries counts the outbox by vendor and state; see [Outbox].
func (s *Engine) CountDeliveries(ctx context.Context, all bool) ([]outbox.Count, error) {
	return s.backend.CountDeliveries(ctx, all)
}

// KnownReferences gives those of a vendor's references that the outbox knows.
func (s *Engine) KnownReferences(ctx context.Context, vendor string, references []string) ([]string, error) {
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
	return shortened(reference, outbox.MaxReferenceBytes)
}

// Recipients gives the profiles of the customers whom deliveries are for, by the
// numbers of their cards, as they are now. Cards that have no holder any more are
// left out.
func (s *Engine) Recipients(ctx context.Context, list ...outbox.Delivery) (map[string]crm.Profile, error) {
	numbers := make([]string, len(list))
	for i, d := range list {
		numbers[i] = d.CardNumber
	}
	return s.backend.HoldersOf(ctx, numbers)
}

// Awards are the rules by which reward vendors hear of things.
func (s *Engine) Awards() []AwardRule { return s.rules.Awards }

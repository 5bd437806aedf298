package connect

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"koshelek-adapter/crm"
)

// UpdateProfile implements [crm.Program]. What a card without a holder becomes is the
// CRM's to decide.
func (p *Program) UpdateProfile(ctx context.Context, number string, profile crm.Profile) error {
	l, err := p.look(ctx, number, false)
	switch {
	case err != nil:
		return err
	case l.Member.State == crm.CardBlocked:
		return crm.ErrCardBlocked
	}
	return p.update(ctx, l.Member.Ref, profile)
}

func (p *Program) update(ctx context.Context, ref crm.Ref, profile crm.Profile) error {
	return p.replace(ctx, crm.WriteUpdate, profile.Fingerprint(), order{Ref: ref, Profile: &profile})
}

// SetChannels implements [crm.Program]. What a customer allowed is kept here as the
// law's evidence, also where the CRM takes it.
func (p *Program) SetChannels(ctx context.Context, number string, wanted map[crm.Channel]bool, source string) error {
	l, err := p.look(ctx, number, false)
	switch {
	case err != nil:
		return err
	case !l.Member.Profile.HasIdentity():
		return crm.ErrCustomerNotFound
	case len(wanted) == 0:
		return nil
	}
	return p.replace(ctx, crm.WriteChannels, hashed(fmt.Sprint(wanted), source), order{Ref: l.Member.Ref, Wanted: wanted, Source: source})
}

// replace carries out a write of whole values. The same one that is open is joined;
// another one is finished first, so that the last call wins.
func (p *Program) replace(ctx context.Context, w crm.Write, content string, o order) error {
	want := Intent{Slot: string(w) + ":" + o.Ref.Card, Operation: w, Card: o.Ref.Card, Ref: o.Ref.ID, Content: content, Order: o.encode()}
	for {
		in, err := p.hold(ctx, want)
		if err != nil {
			return err
		}
		if in.Content == content {
			return p.replaceHeld(ctx, in, o)
		}
		var before order
		if err := json.Unmarshal(in.Order, &before); err != nil {
			return crm.Wrap(crm.ErrInternal, err)
		}
		if err := p.replaceHeld(ctx, in, before); cannotAsk(err) {
			return err
		}
	}
}

func (p *Program) replaceHeld(ctx context.Context, in Intent, o order) error {
	if in.Operation == crm.WriteChannels {
		_, offers, err := offered[crm.ConnectedConsents](ctx, p, crm.OffersChannels)
		if err == nil && !offers {
			return p.settle(ctx, in, nil)
		}
		if err != nil {
			return p.settle(ctx, in, err)
		}
	}
	_, err := p.carryOut(ctx, in, o)
	return err
}

// SubmitReceipt implements [crm.Program]. FN and I name the receipt here, whatever
// the CRM remembers.
func (p *Program) SubmitReceipt(ctx context.Context, number string, receipt crm.Receipt) (crm.Submitted, error) {
	if !p.options.Receipts {
		return crm.Submitted{}, crm.Fail(crm.ErrNotSupported, "receipts of the wallet are switched off: the tills report them")
	}
	want := Intent{Slot: fmt.Sprintf("receipt:%s:%d", receipt.FN, receipt.I), Operation: crm.WriteReceipt, Card: number, Content: hashed(receipt.Fingerprint())}
	return p.earn(ctx, want, order{Receipt: &receipt}, able[crm.ConnectedReceipts](p), crm.OffersReceipt, func(ctx context.Context, in *Intent, ref crm.Ref) (order, error) {
		return p.receiptByRules(ctx, in, ref, receipt)
	})
}

// RedeemCode implements [crm.Program].
func (p *Program) RedeemCode(ctx context.Context, number, code string) (crm.Submitted, error) {
	want := Intent{Slot: "code:" + hashed(number, code), Operation: crm.WriteCode, Card: number, Content: hashed(code)}
	return p.earn(ctx, want, order{Code: code}, able[crm.ConnectedCodes](p), crm.OffersCode, func(ctx context.Context, in *Intent, _ crm.Ref) (order, error) {
		return p.codeByRules(ctx, in, code)
	})
}

func able[T any](p *Program) bool {
	_, is := p.connector.(T)
	return is
}

// earn carries out what earns points once: as the CRM does it, or else by our own rules
// where the CRM takes points.
func (p *Program) earn(ctx context.Context, want Intent, told order, able bool, offer string, ours prepared) (crm.Submitted, error) {
	about, err := p.described(ctx)
	switch {
	case err != nil:
		return crm.Submitted{}, err
	case able && slices.Contains(about.Offers, offer):
		ours = func(context.Context, *Intent, crm.Ref) (order, error) { return told, nil }
	case p.takesPoints(about):
		want.Operation = crm.WritePoints
	default:
		return crm.Submitted{}, orNotSupported(nil)
	}
	done, _, err := p.once(ctx, want, ours)
	return done, err
}

func (p *Program) takesPoints(about crm.About) bool {
	return able[crm.ConnectedPoints](p) && slices.Contains(about.Offers, crm.OffersPoints)
}

func orNotSupported(err error) error {
	if err != nil {
		return err
	}
	return crm.Fail(crm.ErrNotSupported, "the CRM does not offer it")
}

// earning gives the reference of a card that may earn.
func (p *Program) earning(ctx context.Context, number string) (crm.Ref, error) {
	l, err := p.look(ctx, number, false)
	if err != nil {
		return crm.Ref{}, err
	}
	return l.Member.Ref, l.Member.State.Usable()
}

// prepared gives what the CRM is told for a held intent that is not done.
type prepared func(ctx context.Context, in *Intent, ref crm.Ref) (order, error)

// once carries out what happens once in all for its slot, and tells when it was done.
// What is done is answered so whatever has become of the card.
func (p *Program) once(ctx context.Context, want Intent, prepare prepared) (done crm.Submitted, at time.Time, err error) {
	in, err := p.hold(ctx, want)
	switch {
	case err != nil:
		return done, at, err
	case in.Card != want.Card:
		return done, at, p.notOurs(ctx, in, crm.ErrReceiptTaken)
	case in.Content != want.Content:
		return done, at, p.notOurs(ctx, in, crm.ErrReceiptMismatch)
	case in.State == StateDone:
		return crm.Submitted{Repeated: true, Points: in.Points}, in.UpdatedAt, nil
	}
	ref, err := p.earning(ctx, in.Card)
	if err != nil {
		return done, at, p.settle(ctx, in, err)
	}
	in.Ref = ref.ID
	var o order
	if in.SentAt.IsZero() {
		in.Operation = want.Operation
		o, err = prepare(ctx, &in, ref)
	} else if json.Unmarshal(in.Order, &o) != nil { // it is finished as it was begun
		err = crm.Wrap(crm.ErrUnavailable, errOperator)
	}
	if err != nil || o.Receipt == nil && o.Code == "" && o.Move == nil { // there is nothing to tell
		return done, p.now(), p.settle(ctx, in, err)
	}
	o.Ref = ref
	applied, err := p.carryOut(ctx, in, o)
	return crm.Submitted{Repeated: applied.Repeated, Points: applied.Points}, p.now(), err
}

// notOurs gives back the claim on an open intent of somebody else's content.
func (p *Program) notOurs(ctx context.Context, in Intent, refusal error) error {
	if in.State == StateDone {
		return refusal
	}
	if err := p.store.SaveIntent(ctx, in, true); err != nil {
		return err
	}
	return refusal
}

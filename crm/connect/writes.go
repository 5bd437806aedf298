package connect

import (
	"context"
	"encoding/json"
	"fmt"

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
	_, offers, err := offered[crm.ConnectedReceipts](ctx, p, crm.OffersReceipt)
	if err != nil || !offers {
		return crm.Submitted{}, orNotSupported(err)
	}
	return p.once(ctx, Intent{
		Slot: fmt.Sprintf("receipt:%s:%d", receipt.FN, receipt.I), Operation: crm.WriteReceipt, Card: number, Content: hashed(receipt.Fingerprint()),
	}, order{Receipt: &receipt})
}

// RedeemCode implements [crm.Program].
func (p *Program) RedeemCode(ctx context.Context, number, code string) (crm.Submitted, error) {
	_, offers, err := offered[crm.ConnectedCodes](ctx, p, crm.OffersCode)
	if err != nil || !offers {
		return crm.Submitted{}, orNotSupported(err)
	}
	return p.once(ctx, Intent{
		Slot: "code:" + hashed(number, code), Operation: crm.WriteCode, Card: number, Content: hashed(code),
	}, order{Code: code})
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

// once carries out what happens once in all for its slot. What is done is answered so
// whatever has become of the card.
func (p *Program) once(ctx context.Context, want Intent, o order) (crm.Submitted, error) {
	in, err := p.hold(ctx, want)
	switch {
	case err != nil:
		return crm.Submitted{}, err
	case in.Card != want.Card:
		return crm.Submitted{}, p.notOurs(ctx, in, crm.ErrReceiptTaken)
	case in.Content != want.Content:
		return crm.Submitted{}, p.notOurs(ctx, in, crm.ErrReceiptMismatch)
	case in.State == StateDone:
		return crm.Submitted{Repeated: true, Points: in.Points}, nil
	}
	if o.Ref, err = p.earning(ctx, in.Card); err != nil {
		return crm.Submitted{}, p.settle(ctx, in, err)
	}
	in.Ref = o.Ref.ID
	applied, err := p.carryOut(ctx, in, o)
	return crm.Submitted{Repeated: applied.Repeated, Points: applied.Points}, err
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

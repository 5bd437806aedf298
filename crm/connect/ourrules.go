package connect

import (
	"context"
	"time"

	"koshelek-adapter/crm"
)

// receiptByRules is what our own rules give for a receipt: nothing for one that does not
// earn, or whose sale the till has told the CRM.
func (p *Program) receiptByRules(ctx context.Context, in *Intent, ref crm.Ref, receipt crm.Receipt) (order, error) {
	award, limit, err := p.ours.ReceiptAward(ctx, receipt)
	if err != nil || award.Points == 0 {
		return order{}, err
	}
	if known, err := p.toldByTill(ctx, ref, receipt); err != nil || known {
		return order{}, err
	}
	in.Points, in.UpdatedAt = award.Points, p.now()
	if award.Points, err = p.store.EarnToday(ctx, *in, limit); err != nil || award.Points == 0 {
		in.Points = 0
		return order{}, err
	}
	return order{Move: moveOf(award)}, nil
}

// codeByRules counts the use of a code of ours and gives what it is worth.
func (p *Program) codeByRules(ctx context.Context, in *Intent, code string) (order, error) {
	award, err := p.ours.CodeAward(ctx, code)
	if err != nil {
		return order{}, err
	}
	o := order{Code: code, Move: moveOf(award)}
	counted := *in
	counted.Order, counted.UpdatedAt = o.encode(), p.now()
	if err := p.store.UseCode(ctx, counted, code); err != nil {
		return order{}, err
	}
	*in = counted
	if award.Points == 0 {
		o = order{}
	}
	return o, nil
}

func moveOf(award crm.Accrual) *crm.PointsMove {
	m := &crm.PointsMove{Points: award.Points, Description: award.Description, AvailableFrom: award.AvailableFrom, ValidUntil: award.ValidUntil}
	if m.ValidUntil.Equal(crm.Forever) {
		m.ValidUntil = time.Time{}
	}
	return m
}

// toldByTill reports whether the CRM's history of a receipt's day has lines that stand
// together and add up to its total: the till's own record of the sale.
func (p *Program) toldByTill(ctx context.Context, ref crm.Ref, receipt crm.Receipt) (bool, error) {
	able, offers, err := offered[crm.ConnectedPurchases](ctx, p, crm.OffersPurchases)
	if err != nil || !offers {
		return false, err
	}
	day := crm.DateOf(receipt.At, p.options.Zone)
	var sums []int64 // of the lines up to each one
	for line, err := range walk(ctx, p, readPurchases, func(ctx context.Context, after string) ([]crm.Purchase, string, error) {
		return able.Purchases(ctx, ref, day, day, after, pageSize)
	}) {
		if err != nil {
			return false, err
		}
		if line.Date != day {
			continue
		}
		sums = append(sums, 0)
		for i := range sums {
			if sums[i] += line.AmountKopecks; sums[i] == receipt.SumKopecks {
				return true, nil
			}
		}
	}
	return false, nil
}

var _ crm.Ledger = (*Program)(nil)

// Credit implements [crm.Ledger]. ErrNotSupported: the CRM takes no points.
func (p *Program) Credit(ctx context.Context, t crm.Transaction) (crm.Posting, error) {
	return p.move(ctx, t, crm.PostingGrant, t.Points)
}

// Debit implements [crm.Ledger]. ErrNotSupported: the CRM takes no points.
func (p *Program) Debit(ctx context.Context, t crm.Transaction) (crm.Posting, error) {
	t.AvailableFrom, t.ValidUntil = time.Time{}, time.Time{}
	return p.move(ctx, t, crm.PostingTake, -t.Points)
}

func (p *Program) move(ctx context.Context, t crm.Transaction, kind crm.PostingKind, points int64) (crm.Posting, error) {
	if t.Points <= 0 || t.Points > crm.MaxPoints {
		return crm.Posting{}, crm.Fail(crm.ErrInvalidAmount, "points must be positive")
	}
	if err := crm.CheckKey("key", t.Key, crm.MaxKeyBytes); err != nil {
		return crm.Posting{}, err
	}
	about, err := p.described(ctx)
	if err != nil || !p.takesPoints(about) {
		return crm.Posting{}, orNotSupported(err)
	}
	m := &crm.PointsMove{Points: points, Description: t.Description, AvailableFrom: t.AvailableFrom, ValidUntil: t.ValidUntil}
	want := Intent{Slot: "key:" + hashed(t.Key), Operation: crm.WritePoints, Card: t.CardNumber, Content: hashed(t.CardNumber, string(order{Move: m}.encode()))}
	done, at, err := p.once(ctx, want, func(context.Context, *Intent, crm.Ref) (order, error) { return order{Move: m}, nil })
	switch crm.KindOf(err) {
	case "":
	case crm.ErrReceiptTaken, crm.ErrReceiptMismatch:
		return crm.Posting{}, crm.ErrOperationConflict
	default:
		return crm.Posting{}, err
	}
	return crm.Posting{CardNumber: t.CardNumber, Kind: kind, Points: done.Points, Description: t.Description, At: at}, nil
}

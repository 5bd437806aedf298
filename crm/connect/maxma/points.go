package maxma

import (
	"context"
	"strings"
	"time"

	"koshelek-adapter/crm"
)

// mark is what an adjustment's comment holds, so that it can be found again.
func mark(key string) string { return "(kosh-" + key + ")" }

// Move implements [crm.ConnectedPoints]. The vendor has no key for it: it is sent once.
func (c *Connector) Move(ctx context.Context, key string, ref crm.Ref, m crm.PointsMove) (crm.Applied, error) {
	switch now := time.Now(); {
	case !isCard(ref.Card):
		return crm.Applied{}, crm.ErrCardNotFound
	case m.AvailableFrom.After(now):
		return crm.Applied{}, crm.Fail(crm.ErrNotSupported, "points of MAXMA can be spent at once")
	case m.Points < 0: // the documents do not say that a balance stays above zero
		b, err := c.Balance(ctx, ref)
		if err != nil {
			return crm.Applied{}, notDone(err)
		}
		if b.Available < -m.Points {
			return crm.Applied{}, crm.ErrInsufficientPoints
		}
	}
	adjustment := map[string]any{"amountDelta": m.Points, "comment": strings.TrimSpace(m.Description + " " + mark(key))}
	if m.Points > 0 && !m.ValidUntil.IsZero() && m.ValidUntil.Before(crm.Forever) {
		adjustment["expirationPeriodDays"] = max(1, int(time.Until(m.ValidUntil).Hours()/24+0.5))
	}
	var done struct {
		ClientBonuses *struct{} `json:"clientBonuses"`
	}
	err := c.say(ctx, "adjust-balance", map[string]any{"client": who{Card: ref.Card}, "balanceAdjustment": adjustment}, &done)
	if err == nil && done.ClientBonuses == nil {
		err = crm.Fail(crm.ErrUnavailable, "MAXMA's answer holds no points")
	}
	if err != nil {
		return crm.Applied{}, err
	}
	return crm.Applied{Points: m.Points}, nil
}

// notDone is the error of a question before a write: whatever it was, nothing was done.
func notDone(err error) error {
	if crm.KindOf(err) == crm.ErrUnavailable {
		return crm.Wrap(crm.ErrNotDone, err)
	}
	return err
}

// booked is an entry of a client's history of points. An adjustment's comment has come
// back since 2026, as the vendor's models say; older servers may leave it out.
type booked struct {
	Amount   int64    `json:"amount"`
	Received *remarks `json:"OPERATION_RECEIVED"`
	Recalled *remarks `json:"OPERATION_RECALLED"`
}

type remarks struct {
	Comment string `json:"comment"`
}

// Operation implements [crm.ConnectedLookup]: clients are found by their external ID,
// adjustments by their comment.
func (c *Connector) Operation(ctx context.Context, key string, ref crm.Ref, _ time.Time) (crm.Applied, bool, error) {
	_, err := c.call(ctx, "get-balance", who{ExternalID: externalID(key)})
	if kind := crm.KindOf(err); kind != crm.ErrCardNotFound {
		return crm.Applied{}, err == nil || kind == crm.ErrCardBlocked, unlessBlocked(err)
	}
	if !isCard(ref.Card) {
		return crm.Applied{}, false, nil
	}
	entries, err := history[booked](ctx, c, "get-bonus-history", ref.Card)
	if crm.KindOf(err) == crm.ErrCardNotFound {
		return crm.Applied{}, false, nil
	}
	for _, entry := range entries {
		for _, r := range []*remarks{entry.Received, entry.Recalled} {
			if r != nil && strings.Contains(r.Comment, mark(key)) {
				return crm.Applied{Points: entry.Amount}, true, err
			}
		}
	}
	return crm.Applied{}, false, err
}

func unlessBlocked(err error) error {
	if crm.KindOf(err) == crm.ErrCardBlocked {
		return nil
	}
	return err
}

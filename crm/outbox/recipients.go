package outbox

import (
	"context"
	"time"

	"koshelek-adapter/crm"
)

// recipients are the profiles of those whom the deliveries of one claim are for, by
// the numbers of their cards: one look at the store serves them all.
type recipients struct {
	profiles map[string]crm.Profile
	read     time.Time
}

// readRecipients reads the profiles that the vendor will want. It is only to spare
// later looks, so a store that does not answer is left to those, and so is a vendor
// that panics: guarded asks it again, and reports it.
func (w *Worker) readRecipients(ctx context.Context, list []Delivery) (read recipients) {
	defer func() {
		if recover() != nil {
			read = recipients{}
		}
	}()
	var wanted []Delivery
	for _, d := range list {
		if toSend(d) && w.vendor.WantsRecipient(d) {
			wanted = append(wanted, d)
		}
	}
	if len(wanted) == 0 {
		return recipients{}
	}
	now := w.options.Now()
	profiles, err := w.programme.Recipients(ctx, wanted...)
	if err != nil {
		return recipients{}
	}
	return recipients{profiles, now}
}

// recipient gives the profile of a delivery's customer, at most ProfileFor old; an
// empty one when the card has no holder any more.
func (w *Worker) recipient(ctx context.Context, held claimed) (crm.Profile, error) {
	if profile, known := held.recipients.profiles[held.CardNumber]; known && w.options.Now().Sub(held.recipients.read) < w.options.ProfileFor {
		return profile, nil
	}
	profiles, err := w.programme.Recipients(ctx, held.Delivery)
	if profile, known := profiles[held.CardNumber]; known || err != nil {
		return profile, err
	}
	// A card that was replaced since the claim has no holder, and its deliveries are
	// those of the new card.
	now, err := w.programme.Delivery(ctx, held.ID)
	if err != nil || now.CardNumber == held.CardNumber {
		return crm.Profile{}, err
	}
	profiles, err = w.programme.Recipients(ctx, now)
	return profiles[now.CardNumber], err
}

// toSend tells whether a claimed delivery is to be sent; otherwise the vendor is asked.
func toSend(d Delivery) bool { return d.State == StateSending }

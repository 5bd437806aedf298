package crm

import "time"

// Bonus is the state of a card's points as the customer sees it.
type Bonus struct {
	// Total counts pending points too, Available does not.
	Total, Available int64
	// Lots are what the total is made of, the earliest expiry first.
	Lots []Lot
}

func bonusOf(lots []Lot, now time.Time) (b Bonus) {
	for _, lot := range lots {
		b.Total += lot.Remaining
		if !lot.AvailableFrom.After(now) {
			b.Available += lot.Remaining
		}
		b.add(lot)
	}
	return b
}

// add joins a lot to one before when a customer could not tell them apart.
// Lots come in the order of their expiry, so only the last ones can match.
func (b *Bonus) add(lot Lot) {
	for i := len(b.Lots) - 1; i >= 0 && b.Lots[i].ValidUntil.Equal(lot.ValidUntil); i-- {
		if b.Lots[i].Description == lot.Description {
			b.Lots[i].Remaining += lot.Remaining
			return
		}
	}
	b.Lots = append(b.Lots, lot)
}

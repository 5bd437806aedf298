package maxma

import (
	"slices"
	"time"
)

// Entry is a line of the history of points. [C]
type Entry struct {
	At            time.Time `json:"at"`
	Amount        int64     `json:"amount"`
	Operation     string    `json:"operation"`
	OperationName string    `json:"operationName"`
	Received      *Remarks  `json:"OPERATION_RECEIVED,omitempty"`
	Recalled      *Remarks  `json:"OPERATION_RECALLED,omitempty"`
}

// Remarks are why points were given or taken by hand. [C] That the comment is the one of
// adjust-balance is inferred. [I]
type Remarks struct {
	ActionName string `json:"actionName"`
	Comment    string `json:"comment,omitempty"`
}

func (r *Record) available() (total int64) {
	for _, b := range r.Bonuses {
		total += b.Amount
	}
	return total
}

// spend takes points, those that expire first.
func (r *Record) spend(points int64) {
	for points > 0 {
		taken := min(points, r.Bonuses[0].Amount)
		r.Bonuses[0].Amount -= taken
		if points -= taken; r.Bonuses[0].Amount == 0 {
			r.Bonuses = r.Bonuses[1:]
		}
	}
}

// earn adds points for a number of days, 0 for ever.
func (r *Record) earn(points, days int64, now time.Time) {
	lot := Bonus{Amount: points}
	if days > 0 {
		lot.ExpireAt = now.AddDate(0, 0, int(days)).Format(time.RFC3339)
	}
	r.Bonuses = append(slices.Clone(r.Bonuses), lot)
	slices.SortStableFunc(r.Bonuses, func(a, b Bonus) int {
		switch {
		case a.ExpireAt == b.ExpireAt:
			return 0
		case a.ExpireAt == "" || b.ExpireAt != "" && b.ExpireAt < a.ExpireAt:
			return 1
		}
		return -1
	})
}

// clientBonuses are the points of a client after an operation. [C]
func (r *Record) clientBonuses() map[string]int64 {
	return map[string]int64{"available": r.available(), "pending": r.Pending, "reserved": 0, "total": r.available() + r.Pending}
}

func (s *Simulator) adjustBalance(body []byte) any {
	var q struct {
		Client            who `json:"client"`
		BalanceAdjustment struct {
			AmountDelta          int64  `json:"amountDelta"`
			ExpirationPeriodDays int64  `json:"expirationPeriodDays"`
			Comment              string `json:"comment"`
			Notify               bool   `json:"notify"`
		} `json:"balanceAdjustment"`
	}
	if wrong := read(body, &q); wrong != nil {
		return wrong
	}
	r, a, now := s.find(q.Client), q.BalanceAdjustment, s.Clock.Now()
	entry := Entry{At: now, Amount: a.AmountDelta}
	remarks := &Remarks{ActionName: "API", Comment: a.Comment}
	switch {
	case r == nil || r.Suspended:
		return shown(r)
	case r.available()+a.AmountDelta < 0:
		return failure{6, "incorrect amount of bonuses"} // that it is refused is inferred [I]
	case a.AmountDelta < 0:
		r.Bonuses = slices.Clone(r.Bonuses)
		r.spend(-a.AmountDelta)
		entry.Operation, entry.OperationName, entry.Recalled = "OPERATION_RECALLED", "Recalled", remarks
	default:
		r.earn(a.AmountDelta, a.ExpirationPeriodDays, now)
		entry.Operation, entry.OperationName, entry.Received = "OPERATION_RECEIVED", "Received", remarks
	}
	r.Booked = append([]Entry{entry}, r.Booked...)
	return map[string]any{"clientBonuses": r.clientBonuses()}
}

// page is a part of a history. [C]
type page struct {
	Client     who `json:"client"`
	Pagination struct {
		Limit  int `json:"limit"`
		Offset int `json:"offset"`
	} `json:"pagination"`
}

func history[T any](s *Simulator, body []byte, of func(*Record) []T) any {
	var q page
	if wrong := read(body, &q); wrong != nil {
		return wrong
	}
	r := s.find(q.Client)
	if r == nil || r.Suspended {
		return shown(r)
	}
	if q.Pagination.Limit == 0 {
		q.Pagination.Limit = 20 // [I]
	}
	all := of(r)
	begin := max(0, min(q.Pagination.Offset, len(all)))
	return map[string]any{
		"history":    append([]T{}, all[begin:min(len(all), begin+q.Pagination.Limit)]...),
		"pagination": map[string]int{"total": len(all)},
	}
}

func (s *Simulator) bonusHistory(body []byte) any {
	return history(s, body, func(r *Record) []Entry { return r.Booked })
}

func (s *Simulator) purchaseHistory(body []byte) any {
	return history(s, body, func(r *Record) []Purchase { return r.Bought })
}

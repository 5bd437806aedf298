package qiibee

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"koshelek-adapter/conformance/sim"
)

// shownTransaction renders a transaction as lists do.
func (s *Simulator) shownTransaction(t *transaction) map[string]any {
	token, _ := tokenOf(t.token)
	body := map[string]any{
		"id": strconv.Itoa(t.id), "user_auth_id": t.user, "loyalty_event_type": t.kind, "tx_hash": t.hash,
		"amount": strconv.FormatInt(t.amount, 10), "token": s.shownToken(token), "token_id": t.token,
		"status": t.status, "inserted_at": unix(t.at),
	}
	if t.takes() {
		body["points_burned"] = strconv.FormatInt(t.amount, 10)
	}
	if t.received != 0 {
		body["received"] = json.Number(strconv.FormatInt(t.received, 10))
	}
	return body
}

// listTransactions shows the newest first; whether it shows what has not taken
// effect is a knob. It is of the manual's third edition.
func (s *Simulator) listTransactions(c *sim.Call) sim.Answer {
	limit, offset, fault := page(c)
	if fault != "" {
		return s.fail(http.StatusBadRequest, fault)
	}
	query := c.URL.Query()
	types := append(query["types[]"], query["types"]...)
	user, ofUser := query.Get("user_auth_id"), query.Has("user_auth_id")
	token, ofToken := query.Get("token_id"), query.Has("token_id")
	final := s.Knobs.Is(knobLists, "final")
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []*transaction
	for _, t := range slices.Backward(s.transactions) {
		switch {
		case ofUser && user != t.user,
			len(types) > 0 && !slices.Contains(types, t.kind),
			ofToken && token != strconv.Itoa(t.token),
			final && t.status == statusPending:
		default:
			found = append(found, t)
		}
	}
	rows := []any{}
	for _, t := range cut(found, limit, offset) {
		rows = append(rows, s.shownTransaction(t))
	}
	return sim.OK(map[string]any{"data": map[string]any{"transactions": rows, "total_tx_count": len(found)}})
}

// Transactions returns every accepted transaction as a list would show it,
// oldest first.
func (s *Simulator) Transactions() []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := []map[string]any{}
	for _, t := range s.transactions {
		all = append(all, s.shownTransaction(t))
	}
	return all
}

// unix renders a time as the API does: seconds as a string. [C]
func unix(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

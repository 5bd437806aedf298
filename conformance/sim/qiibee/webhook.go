package qiibee

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"koshelek-adapter/conformance/sim"
)

// announce sends the webhook of a transaction that took effect, or of one that
// took another back. [C, fourth edition]
func (s *Simulator) announce(t *transaction, reverts string) {
	if p, wanted := s.request(t, reverts); wanted {
		s.sender.Send(p)
	}
}

func (s *Simulator) request(t *transaction, reverts string) (sim.Request, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.options.WebhookURL == "" {
		return sim.Request{}, false
	}
	token, _ := tokenOf(t.token)
	hash, amount := t.hash, t.amount
	if t.takes() != (reverts != "") {
		amount = -amount
	}
	body := map[string]any{
		"amount": json.Number(strconv.FormatInt(amount, 10)), "auth_id": t.user, "timestamp": unix(s.Clock.Now()),
		"token_name": token.Name, "token_symbol": token.Symbol, "transaction_type": t.kind,
	}
	if reverts != "" {
		hash = t.reverted
		body["tx_hash_reverted"] = reverts
	}
	body["tx_hash"] = hash
	raw, err := json.Marshal(body)
	if err != nil {
		panic(err) // plain values
	}
	login := base64.StdEncoding.EncodeToString([]byte(s.options.WebhookUser + ":" + s.options.WebhookPassword))
	return sim.Request{ID: hash, URL: s.options.WebhookURL, Body: raw, Header: http.Header{"Authorization": {"Basic " + login}}}, true
}

// mutate lets the webhook's own faults strike. They come before the true one,
// since whoever sends a wrong one does not stop the vendor.
func (s *Simulator) mutate(p sim.Request, struck sim.Struck) []sim.Request {
	requests := []sim.Request{p}
	forge := func(change func(*sim.Request)) {
		forged := p
		forged.Header = p.Header.Clone()
		change(&forged)
		requests = append([]sim.Request{forged}, requests...)
	}
	if struck.Has(faultNoAuth) {
		forge(func(f *sim.Request) { f.Header.Del("Authorization") })
	}
	if struck.Has(faultWrongAuth) {
		forge(func(f *sim.Request) {
			f.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("somebody:else")))
		})
	}
	if struck.Has(faultGarbled) {
		forge(func(f *sim.Request) { f.Body = f.Body[:len(f.Body)/2] })
	}
	return requests
}

// Deliveries returns what became of the webhooks, by tx_hash.
func (s *Simulator) Deliveries() []sim.Delivery { return s.sender.Deliveries() }

// SetWebhook changes where webhooks go; an empty address ends them.
func (s *Simulator) SetWebhook(address, user, password string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.options.WebhookURL, s.options.WebhookUser, s.options.WebhookPassword = address, user, password
}

// Resend sends the webhook of a transaction once more.
func (s *Simulator) Resend(hash string) error {
	t, err := s.find(hash)
	if err != nil {
		return err
	}
	if p, wanted := s.request(t, ""); wanted {
		s.sender.SendNow(s.Clock.Context(), p)
	}
	return nil
}

// Revert takes a transaction back, once, and tells so by webhook.
func (s *Simulator) Revert(hash string) error {
	t, err := s.find(hash)
	if err != nil {
		return err
	}
	s.mu.Lock()
	if t.status != statusSuccess || t.reverted != "" || t.kind == ToOtherBrand {
		s.mu.Unlock()
		return fmt.Errorf("%s cannot be taken back", hash)
	}
	t.reverted = s.hash(-t.id)
	if f := s.funds(account{t.user, t.token}); t.takes() {
		f.have += t.amount
	} else {
		f.have -= t.amount
	}
	s.mu.Unlock()
	s.announce(t, t.hash)
	return nil
}

// find returns a transaction by its tx_hash.
func (s *Simulator) find(hash string) (*transaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.transactions {
		if t.hash == hash {
			return t, nil
		}
	}
	return nil, fmt.Errorf("there is no transaction %q", hash)
}

// Package remotetest is a remote CRM in memory that keeps the contract of package
// crmapi, and can be told to break it.
package remotetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"koshelek-adapter/schema/crmapi"
)

// Secret signs calls of a [Host].
const Secret = "whsec_a29zaGVsZWstcmVtb3RlLWNybS10ZXN0cw=="

// Host is a remote CRM. It is safe for concurrent use; the fields are set before
// it serves.
type Host struct {
	racing atomic.Int32 // calls of a fault with races that have looked
	// Offers are the optional calls; all of them when it is nil.
	Offers []string
	// Fault is what it does wrong, by its name in the code; "" for nothing.
	Fault string
	// Token is asked for as Bearer; "" for none.
	Token string
	// Now is its clock.
	Now func() time.Time
	// Around, when it is set, is given every call, and next serves it.
	Around func(call string, w http.ResponseWriter, r *http.Request, next func(http.ResponseWriter))

	mu        sync.Mutex
	customers []*customer
	cards     map[string]*card
	keys      map[string]kept
	moments   map[string]bool
	calls     map[string]int
	extra     int64
}

type customer struct {
	id      string
	profile crmapi.Profile
	erased  bool
}

type card struct {
	number   string
	holder   *customer
	blocked  bool
	points   int64
	channels map[string]bool
	bought   []crmapi.Purchase
}

// kept is the answer to a write, beside its change.
type kept struct {
	content [32]byte
	answer  any
	points  int64
}

// New makes a host that keeps the contract.
func New() *Host {
	return &Host{Now: time.Now, cards: map[string]*card{}, keys: map[string]kept{}, moments: map[string]bool{}, calls: map[string]int{}}
}

// Calls is how often a call was served.
func (h *Host) Calls(name string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.calls[name]
}

// Cards is how many cards the customers of a phone have, and Customers how many
// these are.
func (h *Host) Cards(phone string) (cards, customers int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	seen := map[*customer]bool{}
	for _, c := range h.cards {
		if c.holder.profile.Phone == phone {
			cards++
			seen[c.holder] = true
		}
	}
	return cards, len(seen)
}

// Block blocks a card.
func (h *Host) Block(number string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.cards[number].blocked = true
}

// Buy stores a line of a card's history.
func (h *Host) Buy(number string, line crmapi.Purchase) {
	h.mu.Lock()
	defer h.mu.Unlock()
	c := h.cards[number]
	c.bought = append(c.bought, line)
	slices.SortStableFunc(c.bought, func(a, b crmapi.Purchase) int { return strings.Compare(b.Day, a.Day) })
}

// refusal is an error of the contract.
type refusal struct {
	status int
	code   string
}

func (r refusal) Error() string { return r.code }

var (
	notFound  = refusal{http.StatusNotFound, "card_not_found"}
	conflict  = refusal{http.StatusUnprocessableEntity, "operation_conflict"}
	malformed = refusal{http.StatusBadRequest, "malformed"}
)

// ServeHTTP implements [http.Handler].
func (h *Host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, call, _ := strings.Cut(r.URL.Path, "/v1/")
	if h.Around == nil {
		h.serve(call, w, r)
		return
	}
	h.Around(call, w, r, func(w http.ResponseWriter) { h.serve(call, w, r) })
}

func (h *Host) serve(call string, w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	answer, err := any(nil), error(refusal{http.StatusUnauthorized, "unauthorized"})
	if h.known(r.Header, body) {
		answer, err = h.answer(call, r.Header.Get(crmapi.HeaderKey), body, h.gone(r.Context()))
	}
	status := http.StatusOK
	if no, is := err.(refusal); is {
		status, answer = no.status, crmapi.Refusal{Code: no.code}
	}
	if h.wrong("refusals-in-200") {
		status = http.StatusOK
	}
	if h.wrong("not-found-without-code") && status == http.StatusNotFound {
		answer = crmapi.Refusal{Code: "nothing_here"}
	}
	text, _ := json.Marshal(answer) // it always can be
	if h.wrong("fractions") {
		text = bytes.ReplaceAll(text, []byte(`"total":`), []byte(`"total":0.5,"whole":`))
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(text) // the caller may be gone
}

func (h *Host) wrong(fault string) bool { return h.Fault == fault }

// known reports whether the caller is the adapter.
func (h *Host) known(head http.Header, body []byte) bool {
	if h.Token != "" && head.Get("Authorization") != "Bearer "+h.Token && !h.wrong("token-not-asked") {
		return false
	}
	if h.wrong("unsigned") && head.Get("webhook-signature") == "" {
		return true
	}
	if h.wrong("any-signature") && head.Get("webhook-signature") != "" {
		return true
	}
	seconds, err := strconv.ParseInt(head.Get("webhook-timestamp"), 10, 64)
	age := h.Now().Sub(time.Unix(seconds, 0))
	if err != nil || age > 5*time.Minute && !h.wrong("old-moments") || age < -5*time.Minute && !h.wrong("future-moments") {
		return false
	}
	if h.wrong("one-signature") && strings.Contains(head.Get("webhook-signature"), " ") {
		return false
	}
	if h.wrong("body-not-signed") {
		return true
	}
	secret, _ := standardwebhooks.NewWebhook(Secret) // it is good
	return secret.VerifyIgnoringTimestamp(body, head) == nil
}

// gone reports, for faults that need it, whether the caller has gone away.
func (h *Host) gone(caller context.Context) bool {
	if !h.wrong("lost-calls-remembered") && !h.wrong("lost-calls-forgotten") {
		return false
	}
	select {
	case <-caller.Done():
		return true
	case <-time.After(500 * time.Millisecond):
		return false
	}
}

// awaitTwin waits, between a racing call's look and its write, until another has
// looked, too.
func (h *Host) awaitTwin() {
	h.racing.Add(1)
	for end := time.Now().Add(10 * time.Second); h.racing.Load() < 2 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
}

// answer serves a call of a caller who is known, one at a time.
func (h *Host) answer(call, key string, body []byte, gone bool) (any, error) {
	if !h.wrong("races") || call != "enroll" {
		h.mu.Lock()
		defer h.mu.Unlock()
	}
	i := slices.IndexFunc(crmapi.Calls(), func(c crmapi.Call) bool { return c.Name == call })
	if i < 0 || !crmapi.Calls()[i].Mandatory && !slices.Contains(h.offers(), call) && !h.wrong("more-than-offered") || h.wrong("offers-without-"+call) {
		return nil, refusal{http.StatusNotFound, "no_such_call"}
	}
	if !h.wrong("races") {
		h.calls[call]++
	}
	if crmapi.Calls()[i].Keyed {
		return h.once(call, key, body, gone)
	}
	return h.do(call, key, body)
}

// once does a write and keeps its answer beside its key.
func (h *Host) once(call, key string, body []byte, gone bool) (any, error) {
	if key == "" {
		return nil, malformed
	}
	if h.wrong("races") {
		return h.do(call, key, body)
	}
	content := sha256.Sum256(body)
	if h.wrong("update-again") && call == "update" {
		h.moments[key] = !h.moments[key]
		if !h.moments[key] {
			return nil, conflict
		}
	}
	if before, has := h.keys[call+key]; has && !h.wrong("keys-forgotten") && !h.wrong(call+"-again") {
		switch {
		case before.content != content && !h.wrong("conflicts-unseen") && !h.wrong(call+"-conflicts-unseen"):
			return nil, conflict
		case h.wrong("repetition-differs") || h.wrong("twins-refused") && call == "enroll":
			return nil, refusal{http.StatusConflict, "number_taken"}
		}
		return before.answer, nil
	}
	if h.wrong("points-twins") && call == "points" {
		h.mu.Unlock()
		h.awaitTwin()
		h.mu.Lock()
	}
	if gone && h.wrong("lost-calls-remembered") {
		h.keys[call+key] = kept{content: content, answer: crmapi.Nothing{}}
		return nil, refusal{http.StatusInternalServerError, "internal"}
	}
	answer, err := h.do(call, key, body)
	if err == nil && !gone {
		points := int64(0)
		if done, is := answer.(crmapi.Applied); is {
			points = *done.Points
			answer = crmapi.Applied{Points: done.Points, Ref: done.Ref, Repeated: true}
			h.keys[call+key] = kept{content, answer, points}
			return done, nil
		}
		h.keys[call+key] = kept{content, answer, points}
	}
	return answer, err
}

func (h *Host) offers() []string {
	if h.Offers != nil {
		return h.Offers
	}
	var all []string
	for _, call := range crmapi.Calls() {
		if !call.Mandatory {
			all = append(all, call.Name)
		}
	}
	return all
}

func (h *Host) about() any {
	offers := h.offers()
	about := crmapi.About{Version: crmapi.Version, Name: "CRM in memory", Offers: &offers, Now: h.Now().Format(time.RFC3339), Writes: map[string]string{}}
	for _, call := range crmapi.Calls() {
		if call.Keyed {
			about.Writes[call.Name] = "keyed"
		}
	}
	switch {
	case h.wrong("clock-off"):
		about.Now = h.Now().Add(-10 * time.Minute).Format(time.RFC3339)
	case h.wrong("searchable-without-lookup"):
		offers = []string{}
		about.Writes["enroll"] = "searchable"
	case h.wrong("no-guarantees"):
		about.Writes = nil
	case h.wrong("version"):
		about.Version = 7
	}
	return about
}

// read decodes a body; unknown fields are ignored.
func (h *Host) read(body []byte, v any) error {
	decoder := json.NewDecoder(bytes.NewReader(body))
	if h.wrong("unknown-fields-refused") {
		decoder.DisallowUnknownFields()
	}
	if decoder.Decode(v) != nil && !h.wrong("torn-bodies-taken") {
		return malformed
	}
	return nil
}

func (h *Host) member(c *card) *crmapi.Member {
	profile := c.holder.profile
	switch {
	case h.wrong("texts-in-ascii"):
		profile.Surname = strings.Map(func(r rune) rune {
			if r > 127 {
				return '?'
			}
			return r
		}, profile.Surname)
	case h.wrong("zeros-cut"):
		return &crmapi.Member{Ref: crmapi.Ref{ID: c.holder.id, Card: strings.TrimLeft(c.number, "0")}, State: "active", Profile: &profile}
	}
	state := "active"
	if c.blocked {
		state = "blocked"
	}
	return &crmapi.Member{Ref: crmapi.Ref{ID: c.holder.id, Card: c.number}, State: state, Profile: &profile}
}

// of gives the card of a reference.
func (h *Host) of(ref crmapi.Ref) (*card, error) {
	c := h.cards[ref.Card]
	if h.wrong("card-alone-unknown") && ref.ID == "" {
		return nil, notFound
	}
	if c == nil && h.wrong("any-card") {
		for _, c = range h.cards {
			return c, nil
		}
	}
	if c == nil || ref.ID != "" && ref.ID != c.holder.id || c.holder.erased {
		return nil, notFound
	}
	return c, nil
}

// holder gives the customer with a phone or an e-mail.
func (h *Host) holder(is func(p crmapi.Profile) bool) *customer {
	i := slices.IndexFunc(h.customers, func(c *customer) bool { return !c.erased && is(c.profile) })
	if i < 0 {
		return nil
	}
	return h.customers[i]
}

func points(n int64) *int64 { return &n }

func ref(n int) string { return fmt.Sprintf("b-%d", n) }

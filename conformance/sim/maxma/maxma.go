// Package maxma simulates MAXMA (CloudLoyalty): clients, points, orders and histories.
// It is built from public documents alone: cloudloyalty/client-go (models.go,
// models_v2.go, client.go, errors.go) and the descriptions of client-php's openapi.yaml
// say what [C] marks, [I] is inferred. What no source describes is refused.
package maxma

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"koshelek-adapter/conformance/sim"
)

// Busy is the fault that answers code 49, "temporarily unavailable", and General code 1;
// nothing is done.
const (
	Busy    = "code_49"
	General = "code_1"
)

// Bonus is points that expire together.
type Bonus struct {
	ExpireAt string `json:"expireAt,omitempty"`
	Amount   int64  `json:"amount"`
}

// Client is a customer as the API shows and takes it. [C]
type Client struct {
	PhoneNumber       string `json:"phoneNumber,omitempty"`
	Card              string `json:"card,omitempty"`
	ExternalID        string `json:"externalId,omitempty"`
	Surname           string `json:"surname,omitempty"`
	Name              string `json:"name,omitempty"`
	PatronymicName    string `json:"patronymicName,omitempty"`
	Gender            int    `json:"gender,omitempty"`
	Birthdate         string `json:"birthdate,omitempty"`
	Email             string `json:"email,omitempty"`
	IsEmailSubscribed *bool  `json:"isEmailSubscribed,omitempty"`
	IsPhoneSubscribed *bool  `json:"isPhoneSubscribed,omitempty"`
}

// Record is a client with what only the vendor changes.
type Record struct {
	Client
	Bonuses   []Bonus
	Pending   int64
	Suspended bool
	// Bought are the purchases, those of tills too, and Booked the history of points.
	Bought []Purchase
	Booked []Entry
}

// Simulator is a simulated MAXMA. It is safe for concurrent use.
type Simulator struct {
	*sim.Stage
	key string
	api http.Handler

	mu      sync.Mutex
	clients []*Record
	orders  map[string]*order
	// verifies is the setting that phones are confirmed by a code.
	verifies bool
}

// New returns a simulator that knows one key. Close ends it.
func New(key string, settings sim.Settings) *Simulator {
	s := &Simulator{key: key}
	s.reset()
	calls := map[string]func([]byte) any{
		"get-balance": s.getBalance, "new-client": s.newClient, "update-client": s.updateClient, "delete-client": s.deleteClient,
		"adjust-balance": s.adjustBalance, "get-bonus-history": s.bonusHistory, "get-purchase-history": s.purchaseHistory,
		"v2/set-order": s.setOrder, "confirm-order": s.confirmOrder, "cancel-order": s.cancelOrder, "get-settings": s.getSettings,
	}
	s.Stage = sim.NewStage(sim.Vendor{
		Name: "maxma", Endpoints: slices.Sorted(maps.Keys(calls)), Faults: []sim.Fault{
			{Name: Busy, Doc: "an error of code 49 in a 200; nothing is done"},
			{Name: General, Doc: "an error of code 1 in a 200; nothing is done, and nobody is told so"},
		},
		Refuse: func(_ *sim.Call, status int, message string) sim.Answer {
			if status == http.StatusUnauthorized {
				status = http.StatusForbidden
			}
			return sim.Answer{Status: status, Body: map[string]any{"errorCode": status, "description": message}}
		},
		State: func() any { return s.Stored() }, Reset: s.reset,
	}, settings)
	mux := http.NewServeMux()
	for name, work := range calls {
		mux.Handle("POST /"+name, s.Endpoint(name, func(c *sim.Call) sim.Answer {
			switch {
			case c.Header.Get("X-Processing-Key") != s.key:
				return sim.Answer{Status: http.StatusForbidden, Body: failure{1, "wrong key"}}
			case c.Struck.Has(Busy):
				return sim.OK(failure{49, "temporarily unavailable"})
			case c.Struck.Has(General):
				return sim.OK(failure{1, "general error"})
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			return sim.OK(work(c.Body))
		}))
	}
	mux.Handle("/", s.NotFound())
	s.api = mux
	return s
}

// Handler serves the API.
func (s *Simulator) Handler() http.Handler { return s.Stage.Handler(s.api) }

// Put stores a client as tills do.
func (s *Simulator) Put(r Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clients = append(s.clients, &r)
}

// Stored gives copies of all clients.
func (s *Simulator) Stored() []Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := []Record{}
	for _, c := range s.clients {
		all = append(all, *c)
	}
	return all
}

// Change changes the client of a card as tills and people do. It reports whether there
// is one.
func (s *Simulator) Change(card string, change func(r *Record)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.find(who{Card: card})
	if r != nil {
		change(r)
	}
	return r != nil
}

// VerifyPhones sets that phones are confirmed by a code.
func (s *Simulator) VerifyPhones(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.verifies = on
}

func (s *Simulator) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clients, s.orders, s.verifies = nil, map[string]*order{}, false
}

// failure is an error in a 200. [C]
type failure struct {
	ErrorCode   int    `json:"errorCode"`
	Description string `json:"description"`
}

// who names a client. [C]
type who struct {
	PhoneNumber string `json:"phoneNumber"`
	Card        string `json:"card"`
	ExternalID  string `json:"externalId"`
}

// phone is a phone as it is compared: tills write it in several spellings [I].
func phone(text string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
	if len(digits) == 11 && digits[0] == '8' {
		digits = "7" + digits[1:]
	}
	return digits
}

func (s *Simulator) find(w who) *Record {
	i := slices.IndexFunc(s.clients, func(r *Record) bool {
		return w.PhoneNumber != "" && phone(r.PhoneNumber) == phone(w.PhoneNumber) || w.Card != "" && r.Card == w.Card || w.ExternalID != "" && r.ExternalID == w.ExternalID
	})
	if i < 0 {
		return nil
	}
	return s.clients[i]
}

// read refuses fields that no source names.
func read(body []byte, into any) any {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return failure{2, "the query cannot be read"} // the code is inferred [I]
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return failure{2, "the query cannot be read"}
	}
	return nil
}

func (s *Simulator) getBalance(body []byte) any {
	var w who
	if wrong := read(body, &w); wrong != nil {
		return wrong
	}
	return shown(s.find(w))
}

// shown is a client with bonuses. [C]
func shown(r *Record) any {
	switch {
	case r == nil:
		return failure{3, "client not found"}
	case r.Suspended:
		return failure{4, "client is suspended"}
	}
	type reply struct {
		Client
		CardString string `json:"cardString,omitempty"`
		Card       any    `json:"card,omitempty"`
		Bonuses    int64  `json:"bonuses"`
		Pending    int64  `json:"pendingBonuses"`
	}
	return map[string]any{"client": reply{Client: r.Client, CardString: r.Client.Card, Bonuses: r.available(), Pending: r.Pending}, "bonuses": append([]Bonus{}, r.Bonuses...)}
}

// taken gives the error of what another client has. [C]
func (s *Simulator) taken(self *Record, c Client) any {
	for _, r := range s.clients {
		switch {
		case r == self:
		case c.PhoneNumber != "" && phone(r.PhoneNumber) == phone(c.PhoneNumber):
			return failure{24, "the phone is another client's"}
		case c.Card != "" && r.Card == c.Card:
			return failure{25, "the card is another client's"}
		case c.ExternalID != "" && r.ExternalID == c.ExternalID:
			return failure{30, "the external ID is another client's"}
		case c.Email != "" && r.Email == c.Email:
			return failure{48, "the e-mail is another client's"}
		}
	}
	return nil
}

// fault checks what the documents say of the fields: a phone begins with a plus [I], a
// card is digits.
func fault(c Client) any {
	digits := func(text string) bool {
		return !slices.ContainsFunc([]byte(text), func(b byte) bool { return b < '0' || b > '9' })
	}
	switch {
	case c.PhoneNumber != "" && (c.PhoneNumber[0] != '+' || !digits(c.PhoneNumber[1:]) || len(c.PhoneNumber) < 8):
		return failure{20, "wrong phone"}
	case len(c.Card) > 19 || !digits(c.Card):
		return failure{2, "wrong card"}
	}
	return nil
}

func (s *Simulator) newClient(body []byte) any {
	var q struct {
		Client Client `json:"client"`
	}
	if wrong := read(body, &q); wrong != nil {
		return wrong
	}
	if q.Client.PhoneNumber == "" {
		return failure{29, "no phone"}
	}
	for _, wrong := range []any{fault(q.Client), s.taken(nil, q.Client)} {
		if wrong != nil {
			return wrong
		}
	}
	r := &Record{Client: q.Client}
	s.clients = append(s.clients, r)
	return shown(r)
}

func (s *Simulator) updateClient(body []byte) any {
	var q struct {
		who
		Client Client `json:"client"`
	}
	if wrong := read(body, &q); wrong != nil {
		return wrong
	}
	r := s.find(q.who)
	if r == nil || r.Suspended {
		return shown(r)
	}
	for _, wrong := range []any{fault(q.Client), s.taken(r, q.Client)} {
		if wrong != nil {
			return wrong
		}
	}
	given, err := json.Marshal(q.Client) // what is empty is not given
	if err == nil {
		err = json.Unmarshal(given, &r.Client)
	}
	if err != nil {
		return failure{2, "the query cannot be read"}
	}
	return shown(r)
}

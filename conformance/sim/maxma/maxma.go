// Package maxma simulates the clients of MAXMA (CloudLoyalty): get-balance, new-client
// and update-client. It is built from public documents alone: cloudloyalty/client-go
// (models.go, client.go) says what [C] marks, [I] is inferred. What no source
// describes is refused.
package maxma

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"sync"

	"koshelek-adapter/conformance/sim"
)

const (
	getBalance   = "get-balance"
	newClient    = "new-client"
	updateClient = "update-client"
)

// Busy is the fault that answers code 49, "temporarily unavailable"; nothing is done.
const Busy = "code_49"

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
}

// Simulator is a simulated MAXMA. It is safe for concurrent use.
type Simulator struct {
	*sim.Stage
	key string
	api http.Handler

	mu      sync.Mutex
	clients []*Record
}

// New returns a simulator that knows one key. Close ends it.
func New(key string, settings sim.Settings) *Simulator {
	s := &Simulator{key: key}
	s.Stage = sim.NewStage(sim.Vendor{
		Name: "maxma", Endpoints: []string{getBalance, newClient, updateClient}, Faults: []sim.Fault{{Name: Busy, Doc: "an error of code 49 in a 200; nothing is done"}},
		Refuse: func(_ *sim.Call, status int, message string) sim.Answer {
			if status == http.StatusUnauthorized {
				status = http.StatusForbidden
			}
			return sim.Answer{Status: status, Body: map[string]any{"errorCode": status, "description": message}}
		},
		State: func() any { return s.Stored() }, Reset: s.reset,
	}, settings)
	mux := http.NewServeMux()
	for name, work := range map[string]func([]byte) any{getBalance: s.getBalance, newClient: s.newClient, updateClient: s.updateClient} {
		mux.Handle("POST /"+name, s.Endpoint(name, func(c *sim.Call) sim.Answer {
			if c.Header.Get("X-Processing-Key") != s.key {
				return sim.Answer{Status: http.StatusForbidden, Body: failure{1, "wrong key"}}
			}
			if c.Struck.Has(Busy) {
				return sim.OK(failure{49, "temporarily unavailable"})
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

func (s *Simulator) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clients = nil
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

func (s *Simulator) find(w who) *Record {
	i := slices.IndexFunc(s.clients, func(r *Record) bool {
		return w.PhoneNumber != "" && r.PhoneNumber == w.PhoneNumber || w.Card != "" && r.Card == w.Card || w.ExternalID != "" && r.ExternalID == w.ExternalID
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
	var total int64
	for _, b := range r.Bonuses {
		total += b.Amount
	}
	type reply struct {
		Client
		CardString string `json:"cardString,omitempty"`
		Card       any    `json:"card,omitempty"`
		Bonuses    int64  `json:"bonuses"`
		Pending    int64  `json:"pendingBonuses"`
	}
	return map[string]any{"client": reply{Client: r.Client, CardString: r.Client.Card, Bonuses: total, Pending: r.Pending}, "bonuses": append([]Bonus{}, r.Bonuses...)}
}

// taken gives the error of what another client has. [C]
func (s *Simulator) taken(self *Record, c Client) any {
	for _, r := range s.clients {
		switch {
		case r == self:
		case c.PhoneNumber != "" && r.PhoneNumber == c.PhoneNumber:
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

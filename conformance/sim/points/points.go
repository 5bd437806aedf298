package points

import (
	"cmp"
	"crypto/rsa"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"koshelek-adapter/conformance/sim"
)

// Kinds of rules.
const (
	Earn = "earn"
	Burn = "burn"
)

// Client is a partner that may call.
type Client struct {
	ID, Secret string
	Keys       map[string]*rsa.PublicKey // by keyId, for signatures
	Scopes     []string                  // of earn, redeem, balance; nil: all. Without one: 401
	Forbidden  bool                      // has a token, but may do nothing: 403
}

// Rule says how points are earned or burnt. [C: not found, inactive or outside
// its period is a 400]
type Rule struct {
	ID     string    `json:"id"`
	Kind   string    `json:"kind"` // Earn or Burn
	Active bool      `json:"active"`
	From   time.Time `json:"from,omitzero"` // inclusive; zero: no beginning
	To     time.Time `json:"to,omitzero"`   // exclusive; zero: no end
	Cap    Amount    `json:"cap,omitempty"` // per user, over all time; 0: none
}

// Options configure a simulator; the zero value serves one client "client" with
// secret "secret" and the rules "earn" and "burn".
type Options struct {
	sim.Settings
	Clients       []Client
	Rules         []Rule
	Users         []string // whom the knob users=listed admits
	EarnPath      string   // default /points/v1/earn
	RedeemPath    string   // default /points/v1/redeem
	OrgID         string   // default "org"
	CallbackHosts []string // "host" or "host:port"; nil: loopback only
}

// Simulator is a simulated Points API. All methods are safe for concurrent use.
type Simulator struct {
	*sim.Stage
	options Options
	tokens  *sim.Tokens
	sender  *sim.Sender
	api     http.Handler

	mu       sync.Mutex
	rules    map[string]Rule
	balances map[string]Amount
	used     map[use]Amount
	requests map[string]*Request // by client and requestId
	order    []*Request
	settled  int // numbers the transactions
}

type use struct{ rule, user string }

// New returns a simulator. Close ends it.
func New(o Options) *Simulator {
	if o.Clients == nil {
		o.Clients = []Client{{ID: "client", Secret: "secret"}}
	}
	if o.Rules == nil {
		o.Rules = []Rule{{ID: "earn", Kind: Earn, Active: true}, {ID: "burn", Kind: Burn, Active: true}}
	}
	o.EarnPath = cmp.Or(o.EarnPath, "/points/v1/earn")
	o.RedeemPath = cmp.Or(o.RedeemPath, "/points/v1/redeem")
	o.OrgID = cmp.Or(o.OrgID, "org")
	s := &Simulator{options: o}
	s.Stage = sim.NewStage(sim.Vendor{
		Name:      "Points API",
		Endpoints: []string{tokenEndpoint, earnEndpoint, redeemEndpoint, balanceEndpoint},
		Outgoing:  []string{callbackEndpoint, settlementEndpoint},
		Faults:    faults(),
		Knobs:     knobs(),
		Actions:   s.actions(),
		Refuse:    refuse,
		State:     s.state,
		Reset:     s.reset,
	}, o.Settings)
	s.tokens = sim.NewTokens(s.Clock, s.Seed, "points")
	s.sender = &sim.Sender{Stage: s.Stage, Endpoint: callbackEndpoint, Hosts: o.CallbackHosts, Mutate: s.mutate,
		Attempts: func() int { return s.Knobs.Count(knobAttempts) },
		Wait:     func(int) time.Duration { return s.Knobs.Duration(knobRetryAfter) }}
	s.reset()
	s.api = s.routes()
	return s
}

// Handler serves the vendor's API and, when there is a control token, the
// control API.
func (s *Simulator) Handler() http.Handler { return s.Stage.Handler(s.api) }

func (s *Simulator) routes() http.Handler {
	posts := map[string]http.Handler{
		tokenPath:            s.Endpoint(tokenEndpoint, s.token),
		s.options.EarnPath:   s.Endpoint(earnEndpoint, s.earn),
		s.options.RedeemPath: s.Endpoint(redeemEndpoint, s.redeem),
	}
	balances := "/latitude-points/orgs/" + s.options.OrgID + "/point-programs/default/balances/"
	balance, unknown := s.Endpoint(balanceEndpoint, s.balance), s.NotFound()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		post, found := posts[r.URL.Path]
		user, isBalance := strings.CutPrefix(r.URL.Path, balances)
		switch {
		case found && r.Method == http.MethodPost:
			post.ServeHTTP(w, r)
		case isBalance && user != "" && r.Method == http.MethodGet:
			balance.ServeHTTP(w, r)
		default:
			unknown.ServeHTTP(w, r)
		}
	})
}

func (s *Simulator) reset() {
	s.mu.Lock()
	s.rules = map[string]Rule{}
	for _, r := range s.options.Rules {
		s.rules[r.ID] = r
	}
	s.balances, s.used = map[string]Amount{}, map[use]Amount{}
	s.requests, s.order, s.settled = map[string]*Request{}, nil, 0
	s.mu.Unlock()
	s.tokens.RevokeAll("")
	s.sender.Reset()
}

// Requests returns every accepted request, oldest first.
func (s *Simulator) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Request, 0, len(s.order))
	for _, r := range s.order {
		all = append(all, *r)
	}
	return all
}

// Deliveries returns what became of the callbacks, by requestId.
func (s *Simulator) Deliveries() []sim.Delivery { return s.sender.Deliveries() }

// Balance returns a user's points.
func (s *Simulator) Balance(user string) Amount {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.balances[user]
}

// Balances returns every user's points.
func (s *Simulator) Balances() map[string]Amount {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.balances)
}

// Grant gives a user points without a request.
func (s *Simulator) Grant(user string, points Amount) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.balances[user] += points
}

// SetRule adds a rule or replaces the one with its id.
func (s *Simulator) SetRule(r Rule) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules[r.ID] = r
}

// RevokeTokens ends every token that was handed out.
func (s *Simulator) RevokeTokens() { s.tokens.RevokeAll("") }

func (s *Simulator) state() any {
	requests, deliveries, balances := s.Requests(), s.Deliveries(), s.Balances()
	s.mu.Lock()
	defer s.mu.Unlock()
	rules := make([]Rule, 0, len(s.rules))
	for _, id := range slices.Sorted(maps.Keys(s.rules)) {
		rules = append(rules, s.rules[id])
	}
	return map[string]any{"rules": rules, "balances": balances, "requests": requests, "callbacks": deliveries}
}

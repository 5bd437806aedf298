package qiibee

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"koshelek-adapter/conformance/sim"
)

// Simulator is a simulated qiibee. All methods are safe for concurrent use.
type Simulator struct {
	*sim.Stage
	options Options
	sender  *sim.Sender
	api     http.Handler

	mu           sync.Mutex
	users        map[string]*user
	userOrder    []*user
	accounts     map[account]*funds
	memberships  map[membership]string // the number
	codes        map[string]*code
	codeOrder    []*code
	references   map[reference]bool
	transactions []*transaction
}

// New returns a simulator. Close ends it.
func New(o Options) *Simulator {
	o = o.orDefaults()
	s := &Simulator{options: o}
	s.Stage = sim.NewStage(sim.Vendor{
		Name: "qiibee", Endpoints: endpoints(), Outgoing: []string{effectEndpoint, webhookEndpoint},
		Faults: faults(), Knobs: knobs(), Actions: s.actions(), Refuse: s.refuse, State: s.state, Reset: s.reset,
	}, o.Settings)
	s.sender = &sim.Sender{Stage: s.Stage, Endpoint: webhookEndpoint, Hosts: o.WebhookHosts, Mutate: s.mutate,
		Attempts: func() int { return 1 + s.Knobs.Count(knobRetries) },
		Wait: func(attempt int) time.Duration { // doubles up to an hour
			return min(time.Hour, s.Knobs.Duration(knobBackoff)<<min(attempt-1, 20))
		}}
	s.reset()
	s.api = s.routes()
	return s
}

// Handler serves the vendor's API below /api/admin and, when there is a control
// token, the control API.
func (s *Simulator) Handler() http.Handler { return s.Stage.Handler(s.api) }

func (s *Simulator) routes() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern, endpoint string, work func(*sim.Call) sim.Answer) {
		method, path, _ := strings.Cut(pattern, " ")
		mux.Handle(method+" /api/admin"+path, s.Endpoint(endpoint, s.keyed(work)))
	}
	handle("POST /users", usersCreate, s.createUser)
	handle("PUT /users/{auth_id}", usersUpdate, s.updateUser)
	handle("PATCH /users/{auth_id}", usersUpdate, s.updateUser)
	handle("GET /users/{auth_id}", usersGet, s.getUser)
	handle("GET /users", usersList, s.listUsers)
	handle("GET /users/{auth_id}/balances", balancesGet, s.getBalances)
	handle("POST /users/{auth_id}/memberships", membershipsSet, s.setMembership)
	handle("GET /users/{auth_id}/memberships", membershipsList, s.listMemberships)
	handle("GET /users/{auth_id}/memberships/{name}", membershipsGet, s.getMembership)
	handle("DELETE /users/{auth_id}/memberships/{name}", membershipsDelete, s.deleteMembership)
	handle("POST /codes", codesCreate, s.createCode)
	handle("POST /transactions", transactionsCreate, s.createTransaction)
	handle("GET /transactions", transactionsList, s.listTransactions)
	mux.Handle("/", s.NotFound())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if trimmed := strings.TrimSuffix(r.URL.EscapedPath(), "/"); trimmed != "" && trimmed != r.URL.EscapedPath() {
			u := *r.URL
			u.Path, u.RawPath = strings.TrimSuffix(u.Path, "/"), strings.TrimSuffix(u.RawPath, "/")
			r = r.Clone(r.Context())
			r.URL = &u
		}
		mux.ServeHTTP(w, r)
	})
}

// keyed asks for the key; the two messages are the manual's. [C]
func (s *Simulator) keyed(work func(*sim.Call) sim.Answer) func(*sim.Call) sim.Answer {
	return func(c *sim.Call) sim.Answer {
		key := c.Header.Get("X-API-KEY")
		switch {
		case key == "" || c.Struck.Has(faultMissingKey):
			return s.fail(http.StatusUnauthorized, "Missing x-api-key header")
		case !slices.Contains(s.options.APIKeys, key):
			return s.fail(http.StatusUnauthorized, "Invalid API Key")
		}
		return work(c)
	}
}

func (s *Simulator) refuse(_ *sim.Call, status int, message string) sim.Answer {
	if status == http.StatusUnauthorized {
		message = "Invalid API Key"
	}
	return s.fail(status, message)
}

// fail words an error in the shape that the knob names, since none is
// documented. [U]
func (s *Simulator) fail(status int, message string) sim.Answer {
	answer := sim.Answer{Status: status}
	switch s.Knobs.Get(knobErrorShape) {
	case "error":
		answer.Body = map[string]any{"error": message}
	case "message":
		answer.Body = map[string]any{"message": message}
	case "errors":
		answer.Body = map[string]any{"errors": []string{message}}
	case "errors.detail":
		answer.Body = map[string]any{"errors": map[string]any{"detail": message}}
	case "detail":
		answer.Body = map[string]any{"detail": message}
	case "text":
		answer.Raw, answer.Type = []byte(message), "text/plain; charset=utf-8"
	}
	return answer
}

func (s *Simulator) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users, s.userOrder = map[string]*user{}, nil
	s.accounts, s.memberships = map[account]*funds{}, map[membership]string{}
	s.codes, s.codeOrder, s.references = map[string]*code{}, nil, map[reference]bool{}
	s.transactions = nil
	s.sender.Reset()
}

func tokenOf(id int) (Token, bool) {
	i := slices.IndexFunc(tokens, func(t Token) bool { return t.ID == id })
	if i < 0 {
		return Token{}, false
	}
	return tokens[i], true
}

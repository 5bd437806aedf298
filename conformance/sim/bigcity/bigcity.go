package bigcity

import (
	"net/http"
	"sync"

	"koshelek-adapter/conformance/sim"
)

// Simulator is a simulated BigCity. All methods are safe for concurrent use.
type Simulator struct {
	*sim.Stage
	options   Options
	companies *sim.Tokens
	customers *sim.Tokens
	api       http.Handler

	mu        sync.Mutex
	byMobile  map[string]int // customer_id
	orders    map[string]*Order
	orderList []*Order
	issued    int // vouchers
	site      map[string]*SiteOrder
	siteList  []*SiteOrder
	envelopes int // counts errors, for the knob "mixed"
}

// New returns a simulator. Close ends it.
func New(o Options) *Simulator {
	if o.Secrets == nil {
		o.Secrets = []string{"secret"}
	}
	s := &Simulator{options: o}
	s.Stage = sim.NewStage(sim.Vendor{
		Name: "BigCity", Endpoints: endpoints(), Outgoing: []string{fulfilmentEndpoint},
		Faults: faults(), Knobs: knobs(), Actions: s.actions(), Refuse: s.refuse, State: s.state, Reset: s.reset,
	}, o.Settings)
	s.companies = sim.NewTokens(s.Clock, s.Seed, "bigcity company")
	s.customers = sim.NewTokens(s.Clock, s.Seed, "bigcity customer")
	s.reset()
	s.api = s.routes()
	return s
}

// Handler serves the vendor's API and, when there is a control token, the
// control API.
func (s *Simulator) Handler() http.Handler { return s.Stage.Handler(s.api) }

func (s *Simulator) routes() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern, endpoint string, work func(*sim.Call) sim.Answer) {
		mux.Handle(pattern, s.Endpoint(endpoint, s.dressed(work)))
	}
	handle("GET /health", healthEndpoint, func(*sim.Call) sim.Answer { return sim.OK(map[string]string{"status": "ok"}) })
	handle("POST /v1/company/auth", companyAuth, s.companyAuth)
	handle("GET /v1/bigcity/rewards", rewardsEndpoint, s.rewards)
	handle("POST /v1/customer/auth", customerAuth, s.customerAuth)
	handle("POST /v1/bigcity/redeemptiononskus", redeemEndpoint, s.redeem)
	handle("GET /api/v1/catalog", catalogEndpoint, s.catalog)
	handle("POST /api/v1/orders", ordersEndpoint, s.placeOrder)
	handle("GET /api/v1/orders/status", statusEndpoint, s.orderStatus)
	mux.Handle("/", s.NotFound())
	return mux
}

func (s *Simulator) reset() {
	s.mu.Lock()
	s.byMobile = map[string]int{}
	s.orders, s.orderList, s.issued = map[string]*Order{}, nil, 0
	s.site, s.siteList, s.envelopes = map[string]*SiteOrder{}, nil, 0
	s.mu.Unlock()
	s.companies.RevokeAll("")
	s.customers.RevokeAll("")
}

// RevokeTokens ends every token, of companies and of customers.
func (s *Simulator) RevokeTokens() {
	s.companies.RevokeAll("")
	s.customers.RevokeAll("")
}

func (s *Simulator) state() any {
	return map[string]any{"orders": s.Orders(), "microsite_orders": s.SiteOrders()}
}

func (s *Simulator) actions() map[string]sim.Action {
	settle := func(status string) func(a sim.Args) (any, error) {
		return func(a sim.Args) (any, error) { return nil, s.Settle(a["order_id"], status) }
	}
	return map[string]sim.Action{
		"revoke_tokens": {Doc: "ends every token", Do: func(sim.Args) (any, error) { s.RevokeTokens(); return nil, nil }},
		"fulfil":        {Args: "order_id", Doc: "fulfils an order of the microsite", Do: settle(Fulfilled)},
		"fail":          {Args: "order_id", Doc: "fails an order of the microsite and reverses its points", Do: settle(Failed)},
		"cancel":        {Args: "order_id", Doc: "cancels an order of the microsite and reverses its points", Do: settle(Cancelled)},
	}
}

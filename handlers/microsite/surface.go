package microsite

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"koshelek-adapter/crm/engine"
	"koshelek-adapter/handlers/entrance"
	wire "koshelek-adapter/schema/microsite"
)

// surface is the microsite's API over one programme.
type surface struct {
	svc     *engine.Engine
	options Options
	pairs   entrance.Pairs
	tokens  tokens
	slots   chan struct{}
}

// step is one part of a call's way; its error ends the call.
type step func(*gin.Context) error

// New makes the surface; every path of it begins with [wire.Prefix]. It is safe
// for concurrent use; the error lists every option that cannot be.
func New(svc *engine.Engine, o Options) (http.Handler, error) {
	o = o.withDefaults()
	if err := o.validate(); err != nil {
		return nil, err
	}
	s := &surface{
		svc: svc, options: o, pairs: entrance.NewPairs(o.Credentials), tokens: newTokens(o),
		slots: make(chan struct{}, o.MaxInFlight),
	}
	dbms := entrance.NewEngine()
	serve := map[string]step{
		"generateOTP": s.generateOTP, "verifyOTP": s.verifyOTP, "getPoints": s.points,
		"redeemOrder": s.redeem, "reverseOrder": s.reverse,
	}
	for _, method := range wire.Methods() {
		way := s.entrance(method.Path)
		if method.Verb == http.MethodPost {
			way = append(way, s.run(s.basic), s.run(s.readBody))
		} else {
			way = append(way, s.run(s.basicOrBearer))
		}
		dbms.Handle(method.Verb, method.Path, append(way, s.occupy, s.limit, s.run(serve[method.OperationID]))...)
	}
	refuse := func(f fault) gin.HandlerFunc { return s.run(func(*gin.Context) error { return f }) }
	dbms.NoRoute(append(s.entrance(routeUnknown), s.run(s.basic), refuse(faultUnknownPath))...)
	dbms.NoMethod(append(s.entrance(routeUnknown), s.run(s.basic), refuse(faultWrongMethod))...)
	return dbms, nil
}

// routeUnknown stands in logs and metrics for every path that is none.
const routeUnknown = "unknown"

// entrance is the way of every call up to signing in.
func (s *surface) entrance(route string) gin.HandlersChain {
	return gin.HandlersChain{s.open(route), s.recovery, s.access, s.recovery}
}

// run makes a step fit for gin.
func (s *surface) run(do step) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := do(c); err != nil {
			c.Abort()
			s.fail(c, err)
		}
	}
}

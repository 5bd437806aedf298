package middleware

import (
	"net/http"
	"net/netip"
	"regexp"
	"strings"

	"github.com/gin-gonic/gin"
)

// Step is one part of the way of a call; its error ends the call.
type Step func(*gin.Context) error

// Endpoint is one method of an API.
type Endpoint struct {
	// Verb and Path, with its parameters as in /v1/card/{cardNumber}.
	Verb, Path string
	// Authenticate lets the call in; nil for everybody.
	Authenticate Step
	// Body is read before the work begins.
	Body bool
	// Stream answers page by page, see [Stream].
	Stream bool
	Serve  Step
}

// API is what the router has to know of an API beside its endpoints.
type API struct {
	// Name stands in the log.
	Name        string
	ContentType string
	// LenientPaths routes a path with a slash too many as the one that is meant.
	LenientPaths bool
	// Refuse says an error, whose kind is a [Fault] or a [crm.Kind]; nil for a kind
	// that it does not know.
	Refuse func(kind, err error) *Refusal
}

// Router brings requests to the endpoints of one API. It is safe for concurrent
// use once all endpoints are there.
type Router struct {
	options     Options
	name        string
	contentType []string
	lenient     bool
	// omitted match the paths of writes whose parameter was left out.
	omitted map[string][]*regexp.Regexp
	refuse  func(kind, err error) *Refusal
	pairs   pairs
	slots   chan struct{}
	engine  *gin.Engine
}

// NewRouter makes a router without endpoints; the options must be valid.
func NewRouter(api API, o Options) *Router {
	return &Router{
		options: o, name: api.Name, contentType: []string{api.ContentType}, lenient: api.LenientPaths, omitted: map[string][]*regexp.Regexp{}, refuse: api.Refuse,
		pairs: newPairs(o.Credentials), slots: make(chan struct{}, o.MaxInFlight), engine: newEngine(o.TrustedProxies),
	}
}

// newEngine makes gin's router, which never redirects, and keeps an escaped
// slash inside a card number from becoming a separator.
func newEngine(proxies []netip.Prefix) *gin.Engine {
	// In debug mode gin prints every route to the standard output. The mode is
	// the process's, so it is left alone where it prints nothing.
	if gin.IsDebugging() {
		gin.SetMode(gin.ReleaseMode)
	}
	engine := gin.New()
	engine.RedirectTrailingSlash = false
	engine.RedirectFixedPath = false
	engine.HandleMethodNotAllowed = true
	engine.UseRawPath = true
	engine.UnescapePathValues = true
	trusted := make([]string, len(proxies))
	for i, proxy := range proxies {
		trusted[i] = proxy.String()
	}
	if err := engine.SetTrustedProxies(trusted); err != nil {
		panic(err) // a netip.Prefix is always one for gin too
	}
	return engine
}

// ServeHTTP implements http.Handler.
func (r *Router) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if r.lenient {
		req = r.meant(req)
	}
	r.engine.ServeHTTP(w, req)
}

// ginPath turns a pattern of a contract into one of gin.
var ginPath = strings.NewReplacer("{", ":", "}", "")

// Handle adds an endpoint.
func (r *Router) Handle(e Endpoint) {
	if e.Verb != http.MethodGet && strings.Contains(e.Path, "{") {
		r.omitted[e.Verb] = append(r.omitted[e.Verb], omitted(e.Path))
	}
	chain := r.begin(r.options.Metrics.route(e.Verb, e.Path), e.Authenticate)
	if e.Body {
		chain = append(chain, r.run(r.readBody))
	}
	chain = append(chain, r.limitInFlight)
	if e.Stream {
		chain = append(chain, r.limitPages)
	} else {
		chain = append(chain, r.limitTime)
	}
	r.engine.Handle(e.Verb, ginPath.Replace(e.Path), append(chain, r.run(e.Serve))...)
}

// HandleUnknown answers every other path and verb, after authentication: nobody
// learns what there is before signing in.
func (r *Router) HandleUnknown(authenticate Step) {
	chain := r.begin(r.options.Metrics.route("", "unknown"), authenticate)
	refuse := func(f Fault) gin.HandlersChain {
		return append(chain[:len(chain):len(chain)], r.run(func(*gin.Context) error { return f }))
	}
	r.engine.NoRoute(refuse(UnknownPath)...)
	r.engine.NoMethod(refuse(WrongMethod)...)
}

// begin is the way of every call up to signing in. Recovery stands in it twice:
// inside the access log, so that the line tells what was answered, and around
// it, should the log itself fail.
func (r *Router) begin(route *route, authenticate Step) gin.HandlersChain {
	chain := gin.HandlersChain{r.open, r.recovery, r.access(route), r.recovery}
	if authenticate != nil {
		chain = append(chain, r.run(authenticate))
	}
	return chain
}

// run makes a step fit for gin.
func (r *Router) run(do Step) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := do(c); err != nil {
			r.fail(c, err)
		}
	}
}

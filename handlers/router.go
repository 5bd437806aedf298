package handlers

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/rs/zerolog"

	"koshelek-adapter/crm/engine"
	"koshelek-adapter/handlers/entrance"
	"koshelek-adapter/schema/koshelek"
)

// surface is the Koshelek API over one programme.
type surface struct {
	svc         *engine.Engine
	options     Options
	metrics     *Metrics
	log         zerolog.Logger
	contentType []string
	pairs       entrance.Pairs
	refusals    map[error]*refusal
	slots       chan struct{}
}

// endpoint is what the router has to know of a method beside its verb and path.
type endpoint struct {
	serve step
	// body is read before the work begins.
	body bool
	// stream answers page by page.
	stream bool
}

// New makes the Koshelek surface. It is safe for concurrent use and keeps
// nothing but its counters; the error lists every option that cannot be.
func New(svc *engine.Engine, o Options) (http.Handler, error) {
	o = o.withDefaults()
	if err := o.validate(); err != nil {
		return nil, err
	}
	s := &surface{
		svc: svc, options: o, metrics: o.Metrics, log: o.Log,
		contentType: []string{"application/json; charset=utf-8"},
		refusals:    refusals(o.Language), slots: make(chan struct{}, o.MaxInFlight),
		pairs: entrance.NewPairs(o.Credentials),
	}
	if o.ContentTypeSemicolon {
		s.contentType[0] += ";"
	}
	return s.router()
}

// endpoints are the methods of the contract by their operation.
func (s *surface) endpoints() map[string]endpoint {
	return map[string]endpoint{
		"findCard":          {serve: s.findCard},
		"reserveCard":       {serve: s.reserveCard},
		"issueReservedCard": {serve: s.issueReservedCard, body: true},
		"getCard":           {serve: s.getCard},
		"updateUser":        {serve: s.updateUser, body: true},
		"setChannels":       {serve: s.setChannels, body: true},
		"listPurchases":     {serve: s.listPurchases, stream: true},
		"listCampaigns":     {serve: s.listCampaigns},
		"listUsers":         {serve: s.listUsers, stream: true},
		"listUsersExtended": {serve: s.listUsersExtended, stream: true},
		"submitQRCode":      {serve: s.submitQRCode, body: true},
		"issueCard":         {serve: s.issueCard, body: true},
		"submitPromoCode":   {serve: s.submitPromoCode, body: true},
	}
}

func (s *surface) router() (http.Handler, error) {
	dbms, endpoints := entrance.NewEngine(), s.endpoints()
	for _, method := range koshelek.Methods() {
		e, known := endpoints[method.OperationID]
		if !known {
			return nil, fmt.Errorf("the contract's method %s has no handler", method.OperationID)
		}
		verbs := []string{method.Verb}
		if s.options.AcceptPut {
			verbs = append(verbs, method.AlsoVerbs...)
		}
		path := s.path(method.Path)
		for _, verb := range verbs {
			dbms.Handle(verb, ginPath.Replace(path), s.chain(s.metrics.route(verb, path), method.Since, e)...)
		}
	}
	unknown := s.metrics.route("", "unknown")
	dbms.NoRoute(append(s.entrance(unknown), s.run(refuse(faultUnknownPath)))...)
	dbms.NoMethod(append(s.entrance(unknown), s.run(refuse(faultWrongMethod)))...)
	return dbms, nil
}

func refuse(f fault) step { return func(*gin.Context) error { return f } }

// ginPath turns a pattern of the contract into one of gin.
var ginPath = strings.NewReplacer("{", ":", "}", "")

// path is the contract's pattern with the configured path of the offers.
func (s *surface) path(pattern string) string {
	if pattern == koshelek.PathCampaigns {
		return strings.TrimSuffix(pattern, DefaultOffersPath) + s.options.OffersPath
	}
	return pattern
}

// entrance is the way of every call, also to paths that do not exist: nobody
// learns what there is before signing in.
func (s *surface) entrance(r *route) gin.HandlersChain {
	return gin.HandlersChain{s.open, s.recovery, s.identify, s.access(r), s.recovery, s.run(s.authenticate)}
}

// chain is the whole way of a call to a method.
func (s *surface) chain(r *route, since koshelek.Version, e endpoint) gin.HandlersChain {
	way := s.entrance(r)
	if e.body {
		way = append(way, s.run(s.readBody))
	}
	way = append(way, s.occupy)
	if e.stream {
		way = append(way, s.limitPages)
	} else {
		way = append(way, s.limit)
	}
	if !s.options.Version.AtLeast(since) {
		return append(way, s.run(refuse(faultNotOffered)))
	}
	return append(way, s.run(e.serve))
}

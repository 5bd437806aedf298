package handlers

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"koshelek-adapter/crm"
	"koshelek-adapter/handlers/middleware"
	"koshelek-adapter/schema/koshelek"
)

// api is the Koshelek API over one programme.
type api struct {
	svc     *crm.Service
	options Options
	router  *middleware.Router
}

// New makes the Koshelek API. It is safe for concurrent use and keeps nothing
// but its counters; the error lists every option that cannot be.
func New(svc *crm.Service, o Options) (http.Handler, error) {
	o = o.withDefaults()
	if err := o.validate(); err != nil {
		return nil, err
	}
	contentType := "application/json; charset=utf-8"
	if o.ContentTypeSemicolon {
		contentType += ";"
	}
	rows := refusals(o)
	a := &api{svc: svc, options: o, router: middleware.NewRouter(middleware.API{
		Name: "koshelek", ContentType: contentType, LenientPaths: o.LenientPaths,
		Refuse: func(kind, _ error) *middleware.Refusal { return rows[kind] },
	}, o.Options)}
	return a.router, a.route()
}

// route adds the methods of the contract.
func (a *api) route() error {
	endpoints := a.endpoints()
	for _, method := range koshelek.Methods() {
		e, known := endpoints[method.OperationID]
		if !known {
			return fmt.Errorf("the contract's method %s has no handler", method.OperationID)
		}
		e.Path, e.Authenticate = a.path(method), a.router.Authenticate
		if !a.options.Version.AtLeast(method.Since) {
			e.Serve = func(*gin.Context) error { return crm.ErrNotSupported }
		}
		verbs := []string{method.Verb}
		if a.options.AcceptPut {
			verbs = append(verbs, method.AlsoVerbs...)
		}
		for _, e.Verb = range verbs {
			a.router.Handle(e)
		}
	}
	a.router.HandleUnknown(a.router.Authenticate)
	return nil
}

// endpoints are the methods of the contract by their operation.
func (a *api) endpoints() map[string]middleware.Endpoint {
	return map[string]middleware.Endpoint{
		"findCard":          {Serve: a.findCard},
		"reserveCard":       {Serve: a.reserveCard},
		"issueReservedCard": {Serve: a.issueReservedCard, Body: true},
		"getCard":           {Serve: a.getCard},
		"updateUser":        {Serve: a.updateUser, Body: true},
		"setChannels":       {Serve: a.setChannels, Body: true},
		"listPurchases":     {Serve: a.listPurchases, Stream: true},
		"listCampaigns":     {Serve: a.listCampaigns},
		"listUsers":         {Serve: a.listUsers, Stream: true},
		"listUsersExtended": {Serve: a.listUsersExtended, Stream: true},
		"submitQRCode":      {Serve: a.submitQRCode, Body: true},
		"issueCard":         {Serve: a.issueCard, Body: true},
		"submitPromoCode":   {Serve: a.submitPromoCode, Body: true},
	}
}

// path is a method's pattern, for the offers with the configured segment.
func (a *api) path(method koshelek.Method) string {
	if method.OperationID == "listCampaigns" {
		return strings.TrimSuffix(method.Path, DefaultOffersPath) + a.options.OffersPath
	}
	return method.Path
}

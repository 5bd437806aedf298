package callbacks

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/rs/zerolog"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/outbox"
	"koshelek-adapter/handlers/middleware"
)

// Options shape the API.
type Options struct {
	// Options are those of every API; each callback has credentials of its own.
	middleware.Options
	// Callbacks are what is served, below the prefixes.
	Callbacks []outbox.Callback
}

// The paths under which everything here is.
const (
	PrefixCallbacks = "/callbacks/"
	PrefixWebhooks  = "/webhooks/"
)

// Serves reports whether a path belongs to this API.
func Serves(path string) bool {
	return strings.HasPrefix(path, PrefixCallbacks) || strings.HasPrefix(path, PrefixWebhooks)
}

// New makes the API. It is safe for concurrent use; the error lists every option
// that cannot be.
func New(o Options) (http.Handler, error) {
	o.Options = o.Options.WithDefaults()
	if err := o.Options.Validate(); err != nil {
		return nil, err
	}
	router := middleware.NewRouter(middleware.API{Name: "callbacks", ContentType: "application/json; charset=utf-8", Refuse: refuse}, o.Options)
	for _, callback := range o.Callbacks {
		var authenticate middleware.Step
		if callback.User != "" || callback.Password != "" {
			authenticate = router.AuthenticateAs(middleware.Credential{User: callback.User, Password: callback.Password})
		}
		router.Handle(middleware.Endpoint{Verb: http.MethodPost, Path: callback.Path, Authenticate: authenticate, Body: true, Serve: take(callback)})
	}
	router.HandleUnknown(nil)
	return router, nil
}

func take(callback outbox.Callback) middleware.Step {
	return func(c *gin.Context) error {
		for _, p := range c.Params {
			c.Request.SetPathValue(p.Key, p.Value)
		}
		if err := callback.Take(c.Request, middleware.Body(c)); err != nil {
			return err
		}
		return middleware.Send(c, body("ok"))
	}
}

func body(text string) []byte { return []byte(`{"status":"` + text + `"}`) }

// row is what a vendor is told of an error: no more than whether it should come
// again.
type row struct {
	status int
	text   string
}

var (
	notFound = row{http.StatusNotFound, "not found"}
	invalid  = row{http.StatusBadRequest, "invalid"}
	conflict = row{http.StatusConflict, "conflict"}
	tryAgain = row{http.StatusServiceUnavailable, "try again"}
)

var rows = map[error]row{
	middleware.UnknownPath:    {http.StatusNotFound, "unknown path"},
	middleware.WrongMethod:    {http.StatusMethodNotAllowed, "wrong method"},
	middleware.Unauthorized:   {http.StatusUnauthorized, "unauthorized"},
	middleware.BodyTooLarge:   {http.StatusRequestEntityTooLarge, "too large"},
	middleware.BodyIncomplete: {http.StatusBadRequest, "incomplete"},
	middleware.ClientGone:     tryAgain,

	crm.ErrDeliveryNotFound: notFound, crm.ErrCustomerNotFound: notFound, crm.ErrCardNotFound: notFound,
	crm.ErrInvalidRecord: invalid, crm.ErrInvalidAmount: invalid,
	crm.ErrOperationConflict: conflict, crm.ErrInsufficientPoints: conflict, crm.ErrCardBlocked: conflict, crm.ErrCardInactive: conflict,
	crm.ErrBusy: tryAgain, crm.ErrUnavailable: tryAgain,
	crm.ErrInternal: {http.StatusInternalServerError, "internal error"},
}

// refuse says an error. A vendor calls by program, so that what does not fit is
// the operator's to look at: a contradiction is an alarm, and so are numbers and words
// that cannot be right.
func refuse(kind, _ error) *middleware.Refusal {
	told, known := rows[kind]
	if !known {
		return nil
	}
	refusal := &middleware.Refusal{
		Status: told.status, Code: kind.Error(), Name: kind.Error(), Level: max(middleware.LevelOf(kind), zerolog.WarnLevel), Body: body(told.text),
	}
	switch {
	case told == conflict, told == invalid:
		refusal.Level = zerolog.ErrorLevel
	case kind == middleware.ClientGone:
		refusal.Level = middleware.LevelOf(kind)
	case kind == middleware.Unauthorized:
		refusal.Challenge = `Basic realm="webhooks", charset="UTF-8"`
	}
	return refusal
}

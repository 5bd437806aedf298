package microsite

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"koshelek-adapter/crm"
	"koshelek-adapter/handlers/middleware"
	wire "koshelek-adapter/schema/microsite"
)

// Program is what a programme must be able to do for the microsite.
type Program interface {
	crm.SignIn
	crm.Orders
}

// api is the microsite's API over one programme.
type api struct {
	program Program
	options Options
	router  *middleware.Router
	tokens  tokens
}

// New makes the API; every path of it begins with [wire.Prefix]. It is safe for
// concurrent use; the error lists every option that cannot be.
func New(program Program, o Options) (http.Handler, error) {
	o = o.withDefaults()
	if err := o.validate(); err != nil {
		return nil, err
	}
	router := middleware.NewRouter(middleware.API{
		Name: "microsite", ContentType: "application/json; charset=utf-8", Refuse: refuser(o.InvalidCustomerStatus),
	}, o.Options)
	a := &api{program: program, options: o, router: router, tokens: newTokens(o)}
	serve := map[string]middleware.Step{
		"generateOTP": a.generateOTP, "verifyOTP": a.verifyOTP, "getPoints": a.points,
		"redeemOrder": a.redeem, "reverseOrder": a.reverse,
	}
	for _, method := range wire.Methods() {
		e := middleware.Endpoint{Verb: method.Verb, Path: method.Path, Authenticate: a.basicOrBearer, Serve: serve[method.OperationID]}
		if method.Verb == http.MethodPost {
			e.Authenticate, e.Body = router.Authenticate, true
		}
		router.Handle(e)
	}
	router.HandleUnknown(router.Authenticate)
	return router, nil
}

// keyClaims is where gin keeps who signed in by token.
const keyClaims = "claims"

// basicOrBearer takes a customer's token too. [C; Basic I]
func (a *api) basicOrBearer(c *gin.Context) error {
	scheme, token, _ := strings.Cut(c.GetHeader("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return a.router.Authenticate(c)
	}
	found, err := a.tokens.read(strings.TrimSpace(token))
	if err != nil {
		return a.router.Unauthenticated(faultBadToken.Because(err))
	}
	c.Set(keyClaims, found)
	return nil
}

// decode reads the body into a request of the schema.
func decode(c *gin.Context, into any) error {
	err := wire.Decode(middleware.Body(c), into)
	if refused, ok := errors.AsType[*wire.DecodeError](err); ok {
		return malformed(refused.Reason)
	}
	return err
}

// mustMarshal is for structs of texts and numbers, which always marshal.
func mustMarshal(value any) []byte {
	body, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return body
}

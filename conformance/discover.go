package conformance

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/document"
	"koshelek-adapter/conformance/inert"
	"koshelek-adapter/schema/koshelek"
)

// DiscoverOptions shape a discovery.
type DiscoverOptions struct {
	// Write lets it reserve numbers, make one customer with a card, and send that
	// card's consents, and a few receipts and codes. Without it every call is one
	// that a host refuses, or that reads.
	Write bool
	// Card is the number of a card that may be read, "" for none.
	Card string
	// Code is a promo code that the made-up customer may use, "" for none. It is of
	// use with Write alone.
	Code string
	// Seed, PhonePrefix, EmailDomain and Clock are as in [Options].
	Seed                     uint64
	PhonePrefix, EmailDomain string
	Clock                    func() time.Time
}

// Discovery is what a host has shown of its choices.
type Discovery struct {
	// Profile says what was found and differs from the contract.
	Profile contract.Profile
	// Learned is every field that was looked for, in the order of the profile.
	Learned []Learned
	// Calls is how many calls were made.
	Calls int
	// Left says what stays at the host.
	Left []string
}

// Learned is what was found of one field of a profile.
type Learned struct {
	Field string
	// Known tells that the host has shown its choice.
	Known bool
	// Says is the choice in words, or why it is not known; How is what showed it.
	Says, How string
}

// Discover looks at a host and writes the profile that fits it. It guesses at
// nothing: what the host does not show stays as in the contract, and is said. The
// errors are those of [Preflight].
func Discover(ctx context.Context, target Target, o DiscoverOptions) (Discovery, error) {
	d, err := newDiscoverer(ctx, target, o)
	if err != nil {
		return Discovery{}, err
	}
	defer d.client.close()
	if err := preflight(ctx, d.client, d.profile, d.maker.prefix, !o.Write); err != nil {
		return Discovery{}, err
	}
	d.wrongCredentials()
	d.baselines()
	if o.Write {
		d.write()
	}
	if d.card != "" {
		d.send(http.MethodGet, d.path("getCard", d.card), "", nil)
		d.send(http.MethodGet, d.path("listPurchases", d.card), "startDate="+d.clock().UTC().AddDate(-1, 0, 0).Format(time.DateOnly), nil)
	}
	for _, look := range []func(){
		d.version, d.verbs, d.reserveForm, d.offersPath, d.promoFields, d.credentials, d.semicolon, d.blocked, d.email, d.channels, d.extraFields, d.connections,
	} {
		if look(); ctx.Err() != nil {
			return Discovery{}, ctx.Err()
		}
	}
	d.names()
	inert.All(&d.result.Learned)
	inert.All(&d.result.Left)
	d.result.Profile, d.result.Calls = d.profile, int(d.client.calls.Load())
	return d.result, nil
}

// discoverer is a discovery at work.
type discoverer struct {
	ctx     context.Context
	o       DiscoverOptions
	client  *client
	maker   *maker
	clock   func() time.Time
	profile contract.Profile
	result  Discovery
	seen    []Exchange
	// unsigned are answers to calls without and with wrong credentials.
	unsigned []Exchange
	// nothing, nobody and badBody are how the host refuses a path that does not
	// exist, a card that does not, and a body that is not JSON.
	nothing, nobody, badBody string
	// card is a card that may be read, "" for none; customer is the one that was
	// made, nil for none.
	card     string
	customer *customer
	// tried are the methods that were really called, with whether they were there.
	tried map[string]bool
	// reserved is the answer that gave a number.
	reserved *Answer
}

func newDiscoverer(ctx context.Context, target Target, o DiscoverOptions) (*discoverer, error) {
	run, err := withDefaults(Options{Seed: o.Seed, PhonePrefix: o.PhonePrefix, EmailDomain: o.EmailDomain, Clock: o.Clock})
	if err != nil {
		return nil, err
	}
	d := &discoverer{ctx: ctx, o: o, clock: run.Clock, profile: contract.DefaultProfile(koshelek.V130), card: o.Card, tried: map[string]bool{}}
	if d.client, err = newClient(target, d.profile.AnswerLimit); err != nil {
		return nil, err
	}
	d.maker, err = newMaker(run, 0)
	d.profile.Name = d.client.base.Host
	return d, err
}

// send makes a call with the right credentials.
func (d *discoverer) send(verb, path, query string, body []byte) Exchange {
	return d.sendAs(verb, path, query, body, basic(d.client.user, d.client.password), true)
}

func (d *discoverer) sendAs(verb, path, query string, body []byte, authorization string, right bool) Exchange {
	request := Request{Method: verb, Path: path, Query: query, Header: http.Header{}, Body: body}
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	if body != nil {
		request.Header.Set("Content-Type", plainContentType)
	}
	e := d.client.do(d.ctx, request, right)
	d.seen = append(d.seen, e)
	return e
}

// doc is the document of an answer, nil for none.
func doc(e Exchange) *document.Value {
	if e.Answer == nil {
		return nil
	}
	v, err := document.Parse(e.Answer.Body)
	if err != nil {
		return nil
	}
	return v
}

// kind is what an answer is, so far as two of them can be told apart: the status
// and the code of a refusal.
func kind(e Exchange) string {
	if e.Answer == nil {
		return "no answer"
	}
	if e.Answer.Status == http.StatusOK {
		return "200"
	}
	return fmt.Sprintf("%d %s", e.Answer.Status, doc(e).Leaf("code"))
}

func (d *discoverer) ok(e Exchange) bool { return statusOf(e) == http.StatusOK }

// note keeps what was found of a field.
func (d *discoverer) note(field string, known bool, says, how string, args ...any) {
	d.result.Learned = append(d.result.Learned, Learned{Field: field, Known: known, Says: says, How: fmt.Sprintf(how, args...)})
}

func (d *discoverer) left(what string, args ...any) {
	d.result.Left = append(d.result.Left, fmt.Sprintf(what, args...))
}

// wrongCredentials sees how the host refuses.
func (d *discoverer) wrongCredentials() {
	search := "msisdn=" + d.maker.phone()
	for _, authorization := range []string{"", basic(d.client.user, "not the password")} {
		d.unsigned = append(d.unsigned, d.sendAs(http.MethodGet, "/v1/card", search, nil, authorization, false))
	}
}

// baselines learns how the host refuses, so that refusals can be told apart.
func (d *discoverer) baselines() {
	d.nothing = kind(d.send(http.MethodGet, "/v1/nothing-of-the-kind", "", nil))
	d.nobody = kind(d.send(http.MethodGet, d.path("getCard", d.maker.number()), "", nil))
	for _, verb := range []string{http.MethodPost, http.MethodPut} {
		answer := kind(d.send(verb, d.path("updateUser", d.maker.number()), "", []byte(`{`)))
		if d.badBody == "" || !d.absent(answer) {
			d.badBody = answer
		}
	}
}

func (d *discoverer) path(methodID, number string) string {
	m, _ := d.profile.Method(methodID)
	return strings.Replace(m.Path, "{cardNumber}", url.PathEscape(number), 1)
}

// absent reports whether a refusal says that there is no such method.
func (d *discoverer) absent(answer string) bool {
	return answer == d.nothing || strings.HasPrefix(answer, "404 ") || strings.HasPrefix(answer, "405 ") || strings.HasPrefix(answer, "501 ")
}

// blind reports whether the host refuses everything in one way, so that nothing
// can be learnt from refusals.
func (d *discoverer) blind() bool { return d.nothing == d.nobody && d.nothing == d.badBody }

// credentials finds out how wrong credentials are answered.
func (d *discoverer) credentials() {
	const field = "unauthorizedStatus"
	without, wrong := statusOf(d.unsigned[0]), statusOf(d.unsigned[1])
	how := fmt.Sprintf("a search without credentials was answered %d, one with a wrong password %d", without, wrong)
	switch {
	case without != wrong || without != http.StatusUnauthorized && without != http.StatusUnprocessableEntity:
		d.note(field, false, "a profile can say 401 or 422 for both, and nothing else", "%s", how)
	default:
		d.profile.UnauthorizedStatus = without
		d.note(field, true, fmt.Sprintf("wrong credentials are answered %d", without), "%s", how)
	}
}

// semicolon looks at Content-Type of every answer.
func (d *discoverer) semicolon() {
	with, without := 0, 0
	for _, e := range d.seen {
		if !e.Authorized || e.Answer == nil || len(e.Answer.Body) == 0 {
			continue
		}
		switch e.Answer.Header.Get("Content-Type") {
		case plainContentType:
			without++
		case plainContentType + ";":
			with++
		}
	}
	how := fmt.Sprintf("of the answers %d end Content-Type with a semicolon and %d do not", with, without)
	switch {
	case with > 0 && without == 0:
		d.profile.Semicolon = contract.SemicolonAlways
		d.note("semicolon", true, "always", "%s", how)
	case with+without == 0:
		d.note("semicolon", false, "no answer has Content-Type: "+plainContentType, "%s", how)
	default:
		d.note("semicolon", true, map[bool]string{true: "never; the profile need not say so", false: "now and then: either"}[with == 0], "%s", how)
	}
}

func (d *discoverer) blocked() {
	d.note("blocked", false, "error, until you say otherwise", "nobody outside can block a card; name a blocked one in data.blocked and look at the rule blocked.find")
}

// email sees what an e-mail address counts beside a phone that nobody has.
func (d *discoverer) email() {
	const field = "email"
	if d.customer == nil {
		d.note(field, false, "either, until a customer is made", "let the discovery write")
		return
	}
	query := url.Values{"msisdn": {d.freshPhone()}, "email": {d.customer.email}}
	e := d.send(http.MethodGet, "/v1/card", query.Encode(), nil)
	const how = "a phone that nobody has was looked for beside the e-mail address of the made-up customer"
	switch {
	case doc(e).Leaf("card", "cardNumber") == d.customer.number:
		d.profile.Email = contract.EmailIdentity
		d.note(field, true, "identity: "+emailRisk, how)
	case d.ok(e) && len(e.Answer.Body) == 0:
		d.profile.Email = contract.EmailHint
		d.note(field, true, "hint: nobody is found", how)
	case statusOf(e) == http.StatusUnprocessableEntity:
		d.profile.Email = contract.EmailRefuse
		d.note(field, true, "refuse: the search is refused", how)
	default:
		d.note(field, false, "the answer is none of nobody, 422 and the card", how)
	}
}

// connections looks how many connections the calls needed.
func (d *discoverer) connections() {
	made, calls := d.client.connections.Load(), d.client.calls.Load()
	how := fmt.Sprintf("%d calls, made one after the other, needed %d connections", calls, made)
	switch {
	case made == 0:
		d.note("connections", false, "they were not seen", "%s", how)
	case 2*made > calls:
		d.profile.Connections = contract.ConnectionsClosed
		d.note("connections", true, "closed after every answer", "%s", how)
	default:
		d.note("connections", true, "kept", "%s", how)
	}
}

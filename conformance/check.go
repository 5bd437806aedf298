package conformance

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/inert"
)

// checkFunc carries out the check of one rule. It returns when the rule holds.
// Otherwise it stops, as a Go test does with FailNow: with a *broken when the rule
// does not hold, with a *lacking when the run cannot check it, and with any other
// error when something that it builds on went wrong.
type checkFunc func(c *check)

// stop is the panic that ends a check; attempt turns it back into its error.
type stop struct{ error }

// stopIf ends a check with an error when something holds.
func stopIf(holds bool, err error) {
	if holds {
		panic(stop{err})
	}
}

// attempt carries out steps and returns why they stopped, nil when they did not. A
// fault of the suite itself stops them too: the program may be judging other hosts.
func attempt(steps func()) (err error) {
	defer func() {
		switch fault := recover().(type) {
		case nil:
		case stop:
			err = fault.error
		default:
			err = notReady("the suite has a fault here, please report it: %v", fault)
		}
	}()
	steps()
	return nil
}

// broken is a rule that does not hold.
type broken struct{ wrong string }

func (b *broken) Error() string { return b.wrong }

// lacking is what the partner has to supply.
type lacking struct{ what string }

func (l *lacking) Error() string { return l.what }

// unready is a preparation that failed.
type unready struct {
	why string
	// record is the call that failed, for a preparation that other checks need,
	// too.
	record *record
	// hangs tells that it is the whole host that does not answer.
	hangs bool
}

func (u *unready) Error() string { return u.why }

func notReady(format string, args ...any) error { return &unready{why: fmt.Sprintf(format, args...)} }

// check is one rule's check at work.
type check struct {
	*run
	rule    contract.Rule
	records []*record
	// quiet is how many calls were made and not recorded.
	quiet int
	// note is what a check that passed has to say.
	note string
	// presumed is the method that the excuse presumes to be absent, "" for none.
	presumed string
}

// record is a call with what was thought of it.
type record struct {
	title           string
	exchange        Exchange
	curlAuth        string
	wrong, expected string
	// bytes is the length of the answer's body when it was shortened.
	bytes int
}

// checkOf is the check of a rule before it was carried out.
func checkOf(rule contract.Rule) Check {
	return Check{
		Rule: rule.ID, Text: rule.Text, Mark: string(rule.Mark), Source: rule.Source, Since: rule.Since.String(),
		Severity: string(rule.Severity), Methods: slices.Clone(rule.Methods),
	}
}

func (r *run) check(rule ruled) Check {
	result, started := checkOf(rule.Rule), r.options.Clock()
	r.progress.began(r.scene, &result)
	c := &check{run: r, rule: rule.Rule}
	err := c.silent(attempt(func() { c.carryOut(rule, &result) }))
	c.settle(&result, err)
	result.Took = Duration(r.options.Clock().Sub(started))
	r.progress.ended(r.scene, &result)
	return result
}

// errDisabled is the error of a rule that the profile does not ask for.
type errDisabled struct{ why string }

func (e *errDisabled) Error() string { return e.why }

func (c *check) carryOut(rule ruled, result *Check) {
	if why, ok := c.profile.Applies(c.rule); !ok {
		panic(stop{&errDisabled{why}})
	}
	if c.untrusted && c.rule.Scenario() != contract.ScenarioTLS {
		panic(stop{notReady("no call was made, for the certificate is not good; to go on, trust its authority, or tell the run not to look at it")})
	}
	stopIf(c.options.ReadOnly && c.rule.Writes, &lacking{"it writes, and this run is read-only"})
	stopIf(!c.profile.Has(c.rule.Needs), &lacking{"supply data." + c.rule.Needs + " in the profile: " + supply[c.rule.Needs]})
	stopIf(c.client.silence.hangs() && rule.phase() != summing, notReady(hostHangs))
	if c.rule.EveryAnswer() {
		c.tally.result(c, result)
		return
	}
	rule.check(c)
}

// supply says in words what a part of the profile's data is.
var supply = map[string]string{
	contract.NeedsCard:          "a card with its holder's phone and e-mail address",
	contract.NeedsBlocked:       "a blocked card and its holder's phone, and e-mail address if there is one",
	contract.NeedsSeveral:       "the phone of a customer with several cards, and the number of the card that stands for him",
	contract.NeedsHistory:       "the number of a card with purchases on two days or more",
	contract.NeedsPool:          "numbers that were handed over to Koshelek and not issued",
	contract.NeedsPlastic:       "numbers of active cards that nobody has registered",
	contract.NeedsPromoCode:     "a promo code that many cards may use once each",
	contract.NeedsLimitedCodes:  "three promo codes that few cards may use together, and in codeUses how many cards",
	contract.NeedsExpiredCode:   "a promo code whose time is over",
	contract.NeedsUpcomingCode:  "a promo code whose time has not come",
	contract.NeedsPersonalOffer: "the number of a card and the id of an offer that only it has",
}

// settle turns the error of a check into its outcome.
func (c *check) settle(result *Check, err error) {
	var wrong *broken
	var missing *lacking
	var off *errDisabled
	var silent *noAnswer
	switch {
	case err == nil:
		result.Outcome, result.Message = Pass, c.note
	case errors.As(err, &off):
		result.Outcome, result.Message = Disabled, off.why
	case errors.As(err, &missing):
		result.Outcome, result.Message = Skip, missing.what
	case c.ctx.Err() != nil:
		result.Outcome, result.Message = Error, "the run was ended"
	case errors.As(err, &wrong), errors.As(err, &silent):
		result.Outcome, result.Message = c.weight(), err.Error()
	default:
		result.Outcome, result.Message = Error, err.Error()
	}
	if c.excuse(result); result.Broke() {
		result.Excuse = c.wouldExcuse()
		result.presumed, result.deviation = c.presumed, c.deviation()
	}
	if result.Broke() || result.Outcome == Error {
		result.symptom = c.symptomOf(err)
	}
	c.keep(result)
	inert.All(result)
}

// weight is what the broken rule counts.
func (c *check) weight() Outcome {
	if c.options.Strict {
		return Fail
	}
	return weigh(c.rule.Severity)
}

// excuse makes a warning of a failure that the partner knows of.
func (c *check) excuse(result *Check) {
	i := slices.IndexFunc(c.profile.Deviations, func(d contract.Deviation) bool { return d.Rule == c.rule.ID })
	if i < 0 {
		return
	}
	d := c.profile.Deviations[i]
	note := DeviationNote{Rule: d.Rule, Reason: d.Reason, State: "not judged"}
	if result.Outcome == Pass {
		note.State = "unneeded"
	}
	until := ""
	if !d.Lasts() {
		note.Until = d.Until.Format(time.DateOnly)
		until = " until " + note.Until
	}
	if result.Broke() {
		note.State = "expired"
		if !d.Over(c.options.Clock()) {
			note.State, result.Outcome = "active", Warn
			result.Message += " (known" + until + ": " + d.Reason + ")"
		} else {
			result.Outcome = c.weight()
			result.Message += " (was excused" + until + ": " + d.Reason + ")"
		}
	}
	c.report.Deviations = append(c.report.Deviations, note)
}

// Steps of a check that are kept.
const (
	mostSteps = 12
	lastSteps = 8
	mostWrong = 24
)

// keep puts the check's calls into the result: of very many the first ones, the
// last ones and some of those with something wrong.
func (c *check) keep(result *Check) {
	for i, rec := range c.records {
		between := len(c.records) > mostSteps && i >= mostSteps-lastSteps && i < len(c.records)-lastSteps
		if between && (rec.wrong == "" || len(result.Steps) >= mostWrong) {
			result.Left++
			continue
		}
		result.Steps = append(result.Steps, c.step(rec))
	}
	result.Left += c.quiet
}

// noAnswer is a call that got no answer.
type noAnswer struct{ trouble error }

func (n *noAnswer) Error() string { return "no answer came: " + n.trouble.Error() }

func (n *noAnswer) Unwrap() error { return n.trouble }

// call is a call to make. Auth is nil for the right credentials.
type call struct {
	title  string
	method string
	path   string
	query  string
	header http.Header
	body   []byte
	auth   *auth
	// slow calls do not count for timing: the request itself is large.
	slow bool
	// outside calls are not held to the rules on every answer.
	outside bool
}

// auth is another way to sign in than the right one.
type auth struct {
	// values of the Authorization header; none for no header.
	values []string
	// curl are the options that make curl sign in like that.
	curl string
}

// reply is the answer to a call.
type reply struct {
	Exchange
	*examination
	check  *check
	record *record
}

// send makes a call, keeps it, and judges the answer by the rules on every
// answer. It stops with a *noAnswer when none came.
func (c *check) send(out call) *reply { return c.received(out, c.exchange(out)) }

// exchange makes a call without keeping it. It may be called by many at once.
func (c *check) exchange(out call) Exchange {
	request, authorized := c.prepared(out)
	return c.client.do(c.ctx, request, authorized)
}

// prepared is the request of a call, and whether it has the right credentials.
func (c *check) prepared(out call) (request Request, authorized bool) {
	query, body := c.profile.Spell(out.method, out.path, out.query, out.body)
	request = Request{Method: out.method, Path: out.path, Query: query, Header: out.header.Clone(), Body: body}
	if request.Header == nil {
		request.Header = http.Header{}
	}
	if out.body != nil && request.Header.Get("Content-Type") == "" {
		request.Header.Set("Content-Type", plainContentType)
	}
	if out.auth == nil {
		return c.authorized(request), true
	}
	if request.Header["Authorization"] = out.auth.values; out.auth.values == nil {
		request.Header.Del("Authorization")
	}
	return request, false
}

func (c *check) received(out call, e Exchange) *reply {
	rec := &record{title: out.title, exchange: e, curlAuth: `-u "$KOSHELEK_USER:$KOSHELEK_PASSWORD"`}
	if out.auth != nil {
		rec.curlAuth = out.auth.curl
	}
	rec.shorten()
	c.records = append(c.records, rec)
	x := examine(c.profile, e)
	if !out.outside {
		c.tally.add(c, out, x, rec)
	}
	if e.Answer == nil {
		rec.wrong = "no answer came"
		panic(stop{&noAnswer{e.Trouble}})
	}
	if e.Answer.Long {
		panic(stop{tooLong(x)})
	}
	return &reply{Exchange: e, examination: x, check: c, record: rec}
}

// mostKept is how much of a body is kept while a check goes on.
const mostKept = 64 << 10

// shorten lets go of what no report shows.
func (r *record) shorten() {
	if r.exchange.Answer == nil || len(r.exchange.Answer.Body) <= mostKept {
		return
	}
	answer := *r.exchange.Answer
	r.bytes, answer.Body = len(answer.Body), bytes.Clone(answer.Body[:mostKept])
	r.exchange.Answer = &answer
}

// tooLong is the error of an answer of which only the beginning was read. Lists of
// all users may well be so long; nothing else is.
func tooLong(x *examination) error {
	what := fmt.Sprintf("an answer is longer than %d MiB, and the suite reads no more of one", maxAnswer>>20)
	if x.known && (x.method.ID == "listUsers" || x.method.ID == "listUsersExtended") {
		return &lacking{what + ": judge a test installation that has fewer users"}
	}
	return notReady("%s", what)
}

// expect notes what the rule wants of this answer, and stops with a *broken when
// it is not so.
func (r *reply) expect(ok bool, expected, wrong string, args ...any) {
	r.record.expected = expected
	if ok {
		return
	}
	r.record.wrong = fmt.Sprintf(wrong, args...)
	panic(stop{&broken{r.record.title + ": " + r.record.wrong + "; expected " + expected}})
}

func (r *reply) ok() bool { return r.Answer.Status == http.StatusOK }

// taken expects that the call was processed.
func (r *reply) taken() {
	r.expect(r.ok(), "status 200", "the status is %d%s", r.Answer.Status, r.said())
}

// refused expects that the call was refused, inside the contract.
func (r *reply) refused() {
	r.expect(r.Answer.Status == http.StatusUnprocessableEntity, "status 422", "the status is %d", r.Answer.Status)
}

// done expects a processed call that has nothing to tell.
func (r *reply) done() {
	r.taken()
	r.expect(len(r.Answer.Body) == 0, "status 200 and a body of no bytes", "the body has %d bytes", len(r.Answer.Body))
}

// said is the code of an error, for a message.
func (r *reply) said() string {
	if code := r.code(); code != "" {
		return ", code " + shorten(code)
	}
	return ""
}

// code is the code of an error, "" for none.
func (r *reply) code() string { return r.doc.Leaf("code") }

// number is the number of the card in the answer, "" for none.
func (r *reply) number() string { return identifier(r.doc.Leaf("card", "cardNumber")) }

// hasCard expects the card with a number.
func (r *reply) hasCard(number string) {
	r.taken()
	r.expect(r.number() == number, "the card "+r.check.show(number), "%s is answered", r.cardSaid())
}

func (r *reply) cardSaid() string {
	switch number := r.number(); {
	case number != "":
		return "another card, " + r.check.show(number)
	case len(r.Answer.Body) == 0:
		return "an empty body"
	}
	return "no card"
}

// noCard expects that no card is answered, whatever else is.
func (r *reply) noCard() {
	shown := strings.Contains(string(r.Answer.Body), `"`+r.check.profile.FieldName("card.cardNumber")+`"`)
	r.expect(r.number() == "" && !shown, "no card", "a card is answered")
}

// nobody expects that a search finds nobody: 200 and a body of no bytes.
func (r *reply) nobody() {
	r.noCard()
	r.done()
}

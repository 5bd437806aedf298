// Package remotecrm judges a CRM team's own service, which answers the contract of
// package crmapi, from outside: it calls it as the adapter does, with the adapter's
// own connector, and with calls that the adapter never makes.
package remotecrm

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"path"
	"slices"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/language"
	"koshelek-adapter/crm"
	"koshelek-adapter/crm/connect/remote"
)

// ErrUnreachable is the error of a service that does not answer ping as the
// contract says: nothing can be judged.
var ErrUnreachable = errors.New("the service does not answer ping")

// Options say which service is judged, and how.
type Options struct {
	// Remote are the adapter's settings of the service.
	Remote remote.Options
	// PhonePrefix and NumberPrefix begin the phones (11 digits) and card numbers (13
	// digits) of the run's customers; "" for 7000 and 29.
	PhonePrefix, NumberPrefix string
	// Only are patterns of rules, as of package path; empty for all.
	Only []string
	// Language is that of the messages.
	Language language.Language
	// Twins is how many calls are made at one moment; 0 for 20.
	Twins int
	// Seed makes the customers; 0 for a new one.
	Seed uint64
}

// Result is a rule and how the service kept it.
type Result struct {
	Rule, Text string
	Severity   contract.Severity
	Outcome    conformance.Outcome
	// Message says what is wrong, or why the rule was not checked.
	Message string
}

// Report is what a run found.
type Report struct {
	About   crm.About
	Verdict conformance.Verdict
	Results []Result
	// Losses are what the wallet's users do without, one sentence for each call that
	// is not offered.
	Losses []string
	Seed   uint64
}

// Run judges a service; each result is shown as it comes. It makes customers of its
// own and erases them in the end when the service can.
func Run(ctx context.Context, o Options, show func(Result)) (Report, error) {
	r, err := newRun(ctx, o)
	if err != nil {
		return Report{}, err
	}
	defer func() { _ = r.crm.Close() }()
	r.about, err = r.crm.Describe(ctx)
	if err != nil {
		return Report{}, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	report := Report{About: r.about, Seed: r.Seed}
	for _, rule := range rules() {
		if !r.wants(rule.id) {
			continue
		}
		result := r.judge(rule)
		report.Results = append(report.Results, result)
		show(result)
		if err := ctx.Err(); err != nil {
			return report, err
		}
	}
	if len(report.Results) == 0 {
		return report, errors.New("no rule is left to check")
	}
	r.cleanUp()
	report.Verdict = verdict(report.Results, len(o.Only) > 0)
	for _, l := range losses() {
		if !slices.Contains(r.about.Offers, l.offer) {
			report.Losses = append(report.Losses, l.offer+": "+r.say(l.text))
		}
	}
	return report, nil
}

// Rules lists the rules' IDs.
func Rules() []string {
	var ids []string
	for _, rule := range rules() {
		ids = append(ids, rule.id)
	}
	return ids
}

func verdict(results []Result, partial bool) conformance.Verdict {
	has := func(o conformance.Outcome) bool {
		return slices.ContainsFunc(results, func(r Result) bool { return r.Outcome == o })
	}
	switch {
	case has(conformance.Fail):
		return conformance.NotConformant
	case has(conformance.Error), partial:
		return conformance.NoVerdict
	case has(conformance.Warn):
		return conformance.ConformantWithWarnings
	}
	return conformance.Conformant
}

// text is a sentence in both languages.
type text struct{ en, ru string }

// rule is what a service is held to.
type rule struct {
	id       string
	severity contract.Severity
	// offer is the call without which the rule says nothing; "" for none.
	offer string
	text  text
	check func(c *check)
}

type run struct {
	Options
	ctx    context.Context
	crm    *remote.Connector
	raw    *http.Client
	secret *standardwebhooks.Webhook
	about  crm.About
	next   uint64
	made   []crm.Ref
}

func newRun(ctx context.Context, o Options) (*run, error) {
	connector, err := remote.Open(o.Remote)
	if err != nil {
		return nil, err
	}
	secret, err := remote.ParseSecret(o.Remote.Secrets[0])
	if err != nil {
		return nil, err
	}
	if o.Seed == 0 {
		var random [8]byte
		_, _ = rand.Read(random[:]) // it never fails
		o.Seed = binary.BigEndian.Uint64(random[:]) % 1_000_000
	}
	if o.Twins == 0 {
		o.Twins = 20
	}
	defaultTo(&o.PhonePrefix, conformance.DefaultPhonePrefix)
	defaultTo(&o.NumberPrefix, "29")
	secure := &tls.Config{MinVersion: tls.VersionTLS12}
	if o.Remote.Certificate != nil {
		secure.Certificates = []tls.Certificate{*o.Remote.Certificate}
	}
	if len(o.Remote.CA) > 0 {
		secure.RootCAs = x509.NewCertPool()
		secure.RootCAs.AppendCertsFromPEM(o.Remote.CA) // the connector took it
	}
	return &run{Options: o, ctx: ctx, crm: connector, secret: secret, raw: &http.Client{
		Transport:     &http.Transport{TLSClientConfig: secure, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

func defaultTo(value *string, fallback string) {
	if *value == "" {
		*value = fallback
	}
}

func (r *run) say(t text) string {
	if r.Language == language.Russian {
		return t.ru
	}
	return t.en
}

func (r *run) wants(id string) bool {
	return len(r.Only) == 0 || slices.ContainsFunc(r.Only, func(pattern string) bool {
		matches, err := path.Match(pattern, id)
		return err == nil && matches || pattern+"." == id[:min(len(pattern)+1, len(id))]
	})
}

// limit bounds one check: a service that hangs must not hold the run.
const limit = time.Minute

func (r *run) judge(rule rule) (result Result) {
	result = Result{Rule: rule.id, Text: r.say(rule.text), Severity: rule.severity, Outcome: conformance.Pass}
	if rule.offer != "" && !slices.Contains(r.about.Offers, rule.offer) {
		result.Outcome, result.Message = conformance.Disabled, r.say(text{"the service does not offer " + rule.offer, "сервис не предлагает " + rule.offer})
		return result
	}
	ctx, cancel := context.WithTimeout(r.ctx, limit)
	defer cancel()
	c := &check{run: r, ctx: ctx, rule: rule}
	defer func() {
		switch end := recover().(type) {
		case nil:
		case stop:
			result.Outcome, result.Message = end.outcome, end.message
			if end.outcome == conformance.Fail && rule.severity == contract.Minor {
				result.Outcome = conformance.Warn
			}
		default:
			panic(end)
		}
	}()
	rule.check(c)
	return result
}

// cleanUp erases the customers of the run. What stays is the team's test data.
func (r *run) cleanUp() {
	if !slices.Contains(r.about.Offers, crm.OffersErase) {
		return
	}
	for _, ref := range r.made {
		ctx, cancel := context.WithTimeout(r.ctx, 5*time.Second)
		_ = r.crm.Erase(ctx, ref)
		cancel()
	}
}

// guarantee is what the service promises of a write.
func (r *run) guarantee(w crm.Write) crm.Guarantee {
	if g, has := r.about.Writes[w]; has {
		return g
	}
	return crm.GuaranteeNone
}

// loss is what the wallet's users do without when a call is not offered.
type loss struct {
	offer string
	text  text
}

func losses() []loss {
	return []loss{
		{"balance", text{"cards are shown without points", "карты показываются без баллов"}},
		{"channels", text{"what a customer allows is kept by the adapter alone; your mailings do not hear of it", "согласия хранит только адаптер, ваши рассылки о них не узнают"}},
		{"purchases", text{"there is no history of purchases", "истории покупок нет"}},
		{"offers", text{"only offers that the operator has imported are shown", "показываются только предложения, которые загрузил оператор"}},
		{"members", text{"Koshelek's lists have only customers who came through the adapter", "в списках Кошелька только клиенты, которые пришли через адаптер"}},
		{"receipt", text{"receipts cannot be sent in", "отправить чек нельзя"}},
		{"code", text{"promo codes cannot be entered", "ввести промокод нельзя"}},
		{"points", text{"the operator cannot credit or take points", "оператор не может начислить или списать баллы"}},
		{"lookup", text{"a write whose answer was lost is repeated if you remember its key, else it stays unknown until an operator decides", "запись, ответ на которую потерян, повторяется, если вы помните её ключ, иначе решает оператор"}},
		{"erase", text{"a customer's data is erased at the adapter only; in the CRM by hand", "данные клиента стираются только в адаптере, в CRM — вручную"}},
	}
}

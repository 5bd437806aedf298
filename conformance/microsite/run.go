package microsite

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/inert"
	"koshelek-adapter/version"
)

// Rule is what a host is held to.
type Rule struct {
	// ID is stable: the scenario, a dot, and the rule.
	ID string
	// Text says in words what a good host does.
	Text string
	// Inferred rules are not in BigCity's documents, but nothing else is safe.
	Inferred bool
	check    func(*check)
}

// Rules lists every rule in the order in which they are checked.
func Rules() []Rule {
	return slices.Concat(accessRules(), otpRules(), tokenRules(), orderRules(), reversalRules(), answerRules())
}

// run is a run at work.
type run struct {
	ctx     context.Context
	target  Target
	options Options
	client  *http.Client
	calls   atomic.Int64
	orders  int
	// last is the last answer; wrong is the first one that broke each of the rules
	// on every answer. No other answer is kept.
	last  reply
	wrong map[string]wrongAnswer
}

// Run judges a host. What the host does wrong is never an error, but stands in
// the report. It makes its calls one after the other, but for the checks on calls
// at one moment.
func Run(ctx context.Context, target Target, o Options) (conformance.Report, error) {
	o, err := o.withDefaults()
	if err != nil {
		return conformance.Report{}, err
	}
	r := &run{ctx: ctx, target: target, options: o, client: newClient(target), wrong: map[string]wrongAnswer{}}
	defer r.client.CloseIdleConnections()
	if probe := r.exchange(request{verb: http.MethodGet, path: pathPoints + "?customer_id=" + o.Unknown}); probe.trouble != nil {
		return conformance.Report{}, fmt.Errorf("%w: %w", ErrUnreachable, probe.trouble)
	}
	report := conformance.Report{
		Schema: conformance.ReportSchema, Suite: version.Number, Target: conformance.TargetInfo{URL: target.URL},
		Profile: "microsite", Version: "1.0", Seed: o.Seed, Only: o.Only, Started: o.Clock().UTC(), Verdict: conformance.Conformant,
	}
	for _, rule := range Rules() {
		if !o.wants(rule.ID) {
			continue
		}
		r.judge(&report, rule)
		if err := ctx.Err(); err != nil {
			return conformance.Report{}, err
		}
	}
	if report.Counts.Total() == 0 {
		return conformance.Report{}, errors.Join(ErrOptions, errors.New("no rule is left to check"))
	}
	report.Took, report.Requests = conformance.Duration(o.Clock().Sub(report.Started)), int(r.calls.Load())
	report.TestData.Cleanup = []string{"Every order that was redeemed was reversed; orders and their postings stay in the ledger."}
	inert.All(&report)
	return report, nil
}

func newClient(t Target) *http.Client {
	transport := t.Transport
	if transport == nil {
		own := http.DefaultTransport.(*http.Transport).Clone()
		own.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: t.Insecure}
		own.MaxResponseHeaderBytes = 64 << 10
		transport = own
	}
	return &http.Client{
		Transport: transport, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func (o Options) wants(id string) bool {
	if len(o.Only) == 0 {
		return true
	}
	return slices.ContainsFunc(o.Only, func(only string) bool {
		return only == id || strings.HasSuffix(only, ".") && strings.HasPrefix(id, only)
	})
}

// judge checks one rule and adds it to the report.
func (r *run) judge(report *conformance.Report, rule Rule) {
	scenario, _, _ := strings.Cut(rule.ID, ".")
	last := len(report.Scenarios) - 1
	if last < 0 || report.Scenarios[last].ID != scenario {
		report.Scenarios = append(report.Scenarios, conformance.ScenarioResult{ID: scenario, Title: titles[scenario]})
		last++
	}
	result := conformance.Check{Rule: rule.ID, Text: rule.Text, Mark: "C", Source: "Bigcity Rewards Microsite", Since: "1.0", Severity: "must"}
	if rule.Inferred {
		result.Mark = "I"
	}
	started := r.options.Clock()
	c := &check{run: r}
	result.Outcome, result.Message = c.carryOut(rule)
	result.Took, result.Steps = conformance.Duration(r.options.Clock().Sub(started)), c.steps
	report.Scenarios[last].Checks = append(report.Scenarios[last].Checks, result)
	switch result.Outcome {
	case conformance.Pass:
		report.Counts.Pass++
	case conformance.Skip:
		report.Counts.Skip++
	case conformance.Fail:
		report.Counts.Fail++
		report.Verdict = conformance.NotConformant
	default:
		report.Counts.Error++
		report.Verdict = conformance.NotConformant
	}
}

// titles name the scenarios.
var titles = map[string]string{
	"access": "Who may call", "otp": "One-time passwords", "token": "Tokens and points", "order": "Redeeming an order",
	"reversal": "Reversing an order", "answer": "Every answer",
}

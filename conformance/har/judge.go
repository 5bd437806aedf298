package har

import (
	"errors"
	"io"
	"regexp"
	"strings"
	"time"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/inert"
)

// ErrNothingJudged is the error of an archive without a call that could be judged.
var ErrNothingJudged = errors.New("no call of the Koshelek API could be judged")

// Options shape a judgement.
type Options struct {
	Profile contract.Profile
	// Host leaves out calls to other hosts, as name or name:port; "" takes all.
	Host string
	// Strict counts a broken minor rule as a failure, too.
	Strict bool
}

// Result is the judgement of an archive. Its JSON form is stable.
type Result struct {
	Profile string `json:"profile"`
	// Entries are all, Judged those that were held to the rules, Ignored those to
	// other paths or hosts.
	Entries int `json:"entries"`
	Judged  int `json:"judged"`
	Ignored int `json:"ignored"`
	// Unjudged are calls of the API that could not be judged, with the reason.
	Unjudged []Unjudged `json:"unjudged"`
	// Fails and Warns count findings.
	Fails int `json:"fails"`
	Warns int `json:"warns"`
	// Broken are the findings, 1,000 at most.
	Broken []Broken `json:"broken"`
}

// Unjudged is a call that could not be judged.
type Unjudged struct {
	Entry int    `json:"entry"`
	Why   string `json:"why"`
}

// Broken is a rule that an answer broke. Nothing in it is personal: values of
// the query are left out, long numbers are masked.
type Broken struct {
	Entry    int                 `json:"entry"`
	Call     string              `json:"call"`
	Status   int                 `json:"status"`
	Rule     string              `json:"rule"`
	Outcome  conformance.Outcome `json:"outcome"`
	Wrong    string              `json:"wrong"`
	Expected string              `json:"expected"`
	// Known is the reason for which the profile excuses the rule, "" for none.
	// Excuse is the line of a profile that would make a choice of it, when there is
	// one beside a deviation.
	Known  string `json:"known,omitempty"`
	Excuse string `json:"excuse,omitempty"`
}

// most is how many findings and unjudged calls are kept in full.
const most = 1000

// Conformant reports whether nothing failed.
func (r Result) Conformant() bool { return r.Fails == 0 }

// Judge reads an archive and holds its answers to the rules. Errors are those of
// the file, and ErrNothingJudged.
func Judge(archive io.Reader, o Options) (Result, error) {
	result := Result{Profile: o.Profile.Name, Unjudged: []Unjudged{}, Broken: []Broken{}}
	err := Read(archive, func(e Entry) error {
		result.entry(e, o)
		return nil
	})
	if err == nil && result.Judged == 0 {
		err = ErrNothingJudged
	}
	inert.All(&result)
	return result, err
}

func (r *Result) entry(e Entry, o Options) {
	r.Entries++
	switch {
	case e.Why != "" && (e.Ours || e.Host == ""):
		if len(r.Unjudged) < most {
			r.Unjudged = append(r.Unjudged, Unjudged{e.Index, e.Why})
		}
		return
	case !e.Ours || !o.names(e.Host):
		r.Ignored++
		return
	}
	r.Judged++
	for _, finding := range conformance.Judge(o.Profile, e.Exchange) {
		outcome := finding.Outcome()
		if o.Strict {
			outcome = conformance.Fail
		}
		reason, known := o.excuses(finding.Rule)
		if known {
			outcome, finding.Excuse = conformance.Warn, ""
		}
		if outcome == conformance.Fail {
			r.Fails++
		} else {
			r.Warns++
		}
		if len(r.Broken) < most {
			call := e.Exchange.Request
			r.Broken = append(r.Broken, Broken{
				Entry: e.Index, Call: call.Method + " " + redact(call.Path, call.Query), Status: e.Exchange.Answer.Status,
				Rule: finding.Rule, Outcome: outcome, Wrong: finding.Wrong, Expected: finding.Expected,
				Known: reason, Excuse: finding.Excuse,
			})
		}
	}
}

// excuses gives the reason for which the profile excuses a rule today.
func (o Options) excuses(rule string) (reason string, known bool) {
	for _, d := range o.Profile.Deviations {
		if d.Rule == rule && !d.Over(time.Now()) {
			return d.Reason, true
		}
	}
	return "", false
}

func (o Options) names(host string) bool {
	name, _, _ := strings.Cut(host, ":")
	return o.Host == "" || strings.EqualFold(o.Host, host) || strings.EqualFold(o.Host, name)
}

var longNumber = regexp.MustCompile(`\d{6,}`)

// redact takes what is personal out of an address.
func redact(path, query string) string {
	path = longNumber.ReplaceAllStringFunc(path, func(number string) string {
		return number[:2] + "***" + number[len(number)-2:]
	})
	if query == "" {
		return path
	}
	var names []string
	for pair := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(pair, "=")
		names = append(names, longNumber.ReplaceAllString(name, "***")+"=…")
	}
	return path + "?" + strings.Join(names, "&")
}

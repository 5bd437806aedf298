package conformance

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"koshelek-adapter/conformance/contract"
)

// Preflight makes the first calls to a host and tells why nothing of it could be
// judged; nil when a run may begin. A host that merely has faults may be judged:
// one call that is answered is enough. The error is a *Mistake, ErrTarget, or the
// context's. It writes nothing at a good host; at one that refuses everything it
// may reserve a number.
func Preflight(ctx context.Context, target Target, profile contract.Profile) error {
	c, err := newClient(target, profile.AnswerLimit)
	if err != nil {
		return err
	}
	defer c.close()
	return preflight(ctx, c, profile, DefaultPhonePrefix, false)
}

// preflight makes the first calls of a run. A certificate that is not good is no
// mistake when the run has it to judge; reach then sees to it that no call is made.
func (r *run) preflight() error {
	err := preflight(r.ctx, r.client, r.profile, r.options.PhonePrefix, r.options.ReadOnly)
	var m *Mistake
	if rule, known := RuleByID("tls.certificate"); known && errors.As(err, &m) && m.Kind == MistakeCertificate && r.options.wants(rule) {
		return nil
	}
	return err
}

// preflightCheck makes the first calls.
type preflightCheck struct {
	*client
	profile contract.Profile
	// limit is how long a call waits. A host may start slowly, so it is longer than
	// an answer may take, but somebody may be waiting for the mistake to be told.
	limit time.Duration
}

func preflight(ctx context.Context, c *client, profile contract.Profile, prefix string, readOnly bool) error {
	p := &preflightCheck{client: c, profile: profile, limit: min(c.http.Timeout, max(2*profile.AnswerLimit, 10*time.Second))}
	calls := p.calls(prefix, readOnly)
	var answers []Exchange
	for i, call := range calls {
		e := p.call(ctx, call, p.password)
		if err := ctx.Err(); err != nil {
			return err
		}
		answers = append(answers, e)
		switch {
		case p.unanswered(e):
			m := p.trouble(ctx, e)
			if m.final() || i == 1 && p.unanswered(answers[0]) { // one silence may be a fault, two are a mistake
				return m
			}
		case p.isHTTPS(ctx, e.Answer):
			return speaksHTTPS()
		case e.Answer.Status < http.StatusBadRequest:
			return nil
		}
	}
	if p.hears(ctx, calls, answers) {
		return nil
	}
	return refusal(answers)
}

// unanswered tells that no answer came, or one that did not end in time: its body
// may drip for ever.
func (p *preflightCheck) unanswered(e Exchange) bool {
	return e.Answer == nil || e.Answer.Cut && isTimeout(e.Trouble)
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// calls are those of which a good host answers the first with 200, and a faulty
// one some. The last one is enough for hosts on which nobody is an error.
func (p *preflightCheck) calls(prefix string, readOnly bool) []Request {
	search := func(phone string) Request {
		query, _ := p.profile.Spell("GET", "/v1/card", "msisdn="+phone, nil)
		return Request{Method: "GET", Path: "/v1/card", Query: query}
	}
	nobody := prefix + strings.Repeat("0", max(phoneDigits-len(prefix), 0))
	calls := []Request{search(nobody), {Method: "GET", Path: "/v1/card/990000000000000000"}}
	if known := p.profile.Data.Card; known != nil {
		calls = append(calls, search(known.Phone))
	}
	if m, known := p.profile.Method("reserveCard"); known && !readOnly {
		calls = append(calls, Request{Method: m.Verb, Path: m.Path})
	}
	return calls
}

func (p *preflightCheck) call(ctx context.Context, request Request, password string) Exchange {
	ctx, cancel := context.WithTimeout(ctx, p.limit)
	defer cancel()
	request.Header = http.Header{"Authorization": {basic(p.user, password)}}
	return p.do(ctx, request, password == p.password)
}

// hears tells whether a host that refuses everything takes the credentials: then it
// answers wrong ones otherwise, and can be judged. 401, 403 and 429 need no
// comparison, and wrong passwords may lock the login; nor does 5xx when a call was
// among the refused ones that asks for nobody who does not exist.
func (p *preflightCheck) hears(ctx context.Context, calls []Request, answers []Exchange) bool {
	for i, right := range answers[:2] {
		if a := right.Answer; a != nil && (unauthorized(a.Status) || a.Status == http.StatusTooManyRequests ||
			a.Status >= http.StatusInternalServerError && len(calls) > 2) {
			continue
		}
		wrong := p.call(ctx, calls[i], p.password+"-wrong")
		if !alike(right.Answer, wrong.Answer) {
			return true
		}
	}
	return false
}

func unauthorized(status int) bool {
	return status == http.StatusUnauthorized || status == http.StatusForbidden
}

// alike compares two answers without what changes from call to call.
func alike(a, b *Answer) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return a.Status == b.Status && (a.Status != http.StatusUnprocessableEntity || bytes.Equal(a.Body, b.Body))
}

// refusal says what answers mean that are all refusals.
func refusal(answers []Exchange) *Mistake {
	status := 0
	for _, e := range answers {
		if e.Answer != nil {
			status = e.Answer.Status
			break
		}
	}
	switch {
	case unauthorized(status) || status == http.StatusUnprocessableEntity:
		return &Mistake{MistakeCredentials, fmt.Sprintf("the host refuses the login and password (%d)", status), "check both"}
	case status == http.StatusTooManyRequests:
		return &Mistake{MistakeBusy, "the host answers every call with 429 (too many calls)", "lift its limit for this test, or wait until it lets calls through again"}
	case status >= http.StatusInternalServerError:
		return &Mistake{MistakeFailing, fmt.Sprintf("the host answers every call with an error of its own (%d)", status), "look into its log, or that of the proxy before it"}
	case status == http.StatusNotFound:
		return &Mistake{MistakeElsewhere, "the host answers every call with 404", "check host, port and path of the address; the calls add /v1/… themselves"}
	}
	return &Mistake{MistakeRefused, fmt.Sprintf("the host answers every call with %d", status), "check that the address is that of the API"}
}

// final tells that further calls would meet the same.
func (m *Mistake) final() bool { return m.Kind != MistakeSilent && m.Kind != MistakeProtocol }

// trouble says why no answer came.
func (p *preflightCheck) trouble(ctx context.Context, e Exchange) *Mistake {
	var name *net.DNSError
	var dial *net.OpError
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	err := e.Trouble
	switch {
	case errors.As(err, &certificate):
		return distrust(certificate, p.roots != nil)
	case errors.As(err, &name):
		return &Mistake{MistakeName, "nobody knows the host name " + p.base.Hostname(), "check its spelling, and this machine's name service"}
	case errors.Is(err, http.ErrSchemeMismatch):
		return speaksHTTP()
	case errors.As(err, &record):
		return &Mistake{MistakeHTTP, "the address says https, and nobody speaks TLS there", "give the host's HTTPS port"}
	case errors.As(err, &dial) && dial.Op == "dial":
		return p.nobody(err)
	case errors.As(err, &dial) && dial.Op == "remote error":
		return &Mistake{MistakeProtocol, "the host refuses the TLS connection (" + dial.Err.Error() + ")", "look into its log"}
	case p.speaksTLS(ctx):
		return speaksHTTPS()
	case p.base.Scheme == "https" && strings.HasPrefix(p.greeting(ctx), "HTTP/1."):
		return speaksHTTP()
	case isTimeout(err):
		return &Mistake{MistakeSilent, fmt.Sprintf("the host takes the connection and gives no whole answer within %s", p.limit), "look whether it hangs, and whether the port is the right one"}
	case strings.Contains(err.Error(), "response headers exceeded"):
		return &Mistake{MistakeProtocol, fmt.Sprintf("the headers of the host's answers are longer than %d KiB, and the suite reads no more", maxHeader>>10), "look into its log, or that of the proxy before it"}
	case strings.Contains(err.Error(), "malformed HTTP") || p.base.Scheme == "http" && !strings.HasPrefix("HTTP/1.", p.greeting(ctx)):
		return &Mistake{MistakeProtocol, "what answers there does not speak HTTP/1.1", "check the port"}
	}
	return &Mistake{MistakeSilent, "the host ends the connection without an answer", "look into its log, or that of the proxy before it; check the port"}
}

func (p *preflightCheck) nobody(err error) *Mistake {
	wrong := "nobody listens at " + p.address()
	if !errors.Is(err, syscall.ECONNREFUSED) && isTimeout(err) {
		wrong = fmt.Sprintf("no connection to %s comes about within %s", p.address(), min(dialLimit, p.limit))
	}
	return &Mistake{MistakeNobody, wrong, "start the host, and check its name, its port and the firewalls between"}
}

// distrust says why a certificate is not trusted. given tells that the run was
// given authorities of its own.
func distrust(err *tls.CertificateVerificationError, given bool) *Mistake {
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &unknown) && given:
		return &Mistake{MistakeAuthority, "none of the given authorities has signed the host's certificate", "give the certificate of the one that did"}
	case errors.As(err, &unknown):
		return &Mistake{MistakeAuthority, "nobody knows the authority of the host's certificate", "give the authority's certificate"}
	}
	return &Mistake{MistakeCertificate, "the host's certificate is not good, for " + certificateFault(err), "give the host another one"}
}

func speaksHTTP() *Mistake {
	return &Mistake{MistakeHTTP, "the address says https, and the host speaks plain HTTP there", "give its HTTPS port, or the address with http://"}
}

func speaksHTTPS() *Mistake {
	return &Mistake{MistakeHTTPS, "the address says http, and the host speaks HTTPS there", "begin it with https://"}
}

// isHTTPS recognizes the two ways in which servers send callers of HTTP to HTTPS:
// a redirect, and 400 from the port of HTTPS itself.
func (p *preflightCheck) isHTTPS(ctx context.Context, a *Answer) bool {
	if p.base.Scheme != "http" {
		return false
	}
	to, err := url.Parse(a.Header.Get("Location"))
	if a.Status/100 == 3 && err == nil && to.Scheme == "https" {
		return true
	}
	return a.Status == http.StatusBadRequest && p.speaksTLS(ctx)
}

// speaksTLS tries whether the port that was given for HTTP is one of HTTPS.
func (p *preflightCheck) speaksTLS(ctx context.Context) bool {
	if p.base.Scheme != "http" || p.transport == nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, min(dialLimit, p.limit))
	defer cancel()
	dialer := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true, ServerName: p.base.Hostname(), MinVersion: tls.VersionTLS10}} // nothing is sent
	connection, err := dialer.DialContext(ctx, "tcp", p.address())
	if err != nil {
		return false
	}
	_ = connection.Close() // nothing was sent on it
	return true
}

// greeting is how the host's first bytes begin when it is called by plain HTTP,
// with a call that holds nothing: "HTTP/1." when it speaks that, less when it
// hangs up. Some servers say nothing to a TLS handshake, and some protocols greet
// before they are called, which the client of HTTP takes for a connection that
// was closed.
func (p *preflightCheck) greeting(ctx context.Context) string {
	if p.transport == nil {
		return ""
	}
	limit := min(dialLimit, p.limit)
	connection, err := (&net.Dialer{Timeout: limit}).DialContext(ctx, "tcp", p.address())
	if err != nil {
		return ""
	}
	defer func() { _ = connection.Close() }() // the answer has been read
	_ = connection.SetDeadline(time.Now().Add(limit))
	if _, err := fmt.Fprintf(connection, "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", p.base.Host); err != nil {
		return ""
	}
	first := make([]byte, len("HTTP/1."))
	n, _ := io.ReadFull(connection, first)
	return string(first[:n])
}

// addedPath is the path that the calls add themselves, when the address ends with
// it or with more.
func addedPath(base *url.URL) bool {
	path := strings.Trim(base.Path, "/")
	return path == "v1" || strings.HasPrefix(path, "v1/") || strings.Contains(path, "/v1/") || strings.HasSuffix(path, "/v1")
}

// patience is how long one call may take.
func patience(t Target, limit time.Duration) time.Duration {
	if t.Patience > 0 {
		return t.Patience
	}
	return max(4*limit, 20*time.Second)
}

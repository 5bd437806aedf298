package sms

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Gateway describes an operator's HTTP gateway. URL, headers and body are
// templates: see the package's names in braces.
type Gateway struct {
	// URL is absolute, http or https.
	URL string
	// Method is POST unless it is set; GET sends no body.
	Method string
	// Headers are lines of the form "Name: value".
	Headers []string
	// Body and its content type; JSON, form, XML or plain text.
	Body, ContentType string
	// Text of the message; {code} and {minutes} are put in first.
	Text string
	// Secret is what the gateway knows us by.
	Secret string
	// Expect must be found in the answer, since many gateways answer a refusal
	// with 200; nil for any answer.
	Expect *regexp.Regexp
	// Timeout bounds a call.
	Timeout time.Duration
	// CodeLifetime is what {minutes} tells.
	CodeLifetime time.Duration
	// TLS is for tests and private authorities; nil for the system's.
	TLS *tls.Config
}

// Defaults of a Gateway.
const (
	DefaultText    = "Your code is {code}. It is valid for {minutes} minutes. Do not tell it to anybody."
	DefaultTimeout = 5 * time.Second
)

// maxAnswerBytes is as much of an answer as is looked at.
const maxAnswerBytes = 64 << 10

// HTTP is a sender over a gateway. It is safe for concurrent use.
type HTTP struct {
	gateway Gateway
	escape  func(string) string
	client  *http.Client
}

// NewHTTP makes a sender; the error lists everything that cannot be.
func NewHTTP(g Gateway) (*HTTP, error) {
	if g.Method == "" {
		g.Method = http.MethodPost
	}
	if g.Text == "" {
		g.Text = DefaultText
	}
	if g.Timeout <= 0 {
		g.Timeout = DefaultTimeout
	}
	if g.ContentType == "" {
		g.ContentType = "application/json"
	}
	escape, typeFault := escapeFor(g.ContentType)
	if err := errors.Join(g.faults(), typeFault); err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = g.TLS
	if transport.TLSClientConfig == nil {
		transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	return &HTTP{gateway: g, escape: escape, client: &http.Client{
		Transport: transport,
		// A message that went to another address may have gone to anybody.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

func (g Gateway) faults() error {
	var faults []error
	address, err := url.Parse(fill(g.URL, sample, inURL))
	if err != nil || address.Host == "" || address.Scheme != "https" && address.Scheme != "http" {
		faults = append(faults, errors.New("the URL of the gateway is not an absolute http or https URL"))
	}
	if g.Method != http.MethodGet && g.Method != http.MethodPost && g.Method != http.MethodPut {
		faults = append(faults, errors.New("the method of the gateway is GET, POST or PUT"))
	}
	if !strings.Contains(g.Text, "{code}") {
		faults = append(faults, errors.New("the text of the message has no {code}"))
	}
	for _, line := range g.Headers {
		if name, value, found := strings.Cut(line, ":"); !found || strings.TrimSpace(name) == "" || strings.ContainsAny(value, "\r\n") {
			faults = append(faults, errors.New("a header of the gateway is not of the form Name: value"))
		}
	}
	everything := g.URL + g.Body + strings.Join(g.Headers, "\n")
	if !strings.Contains(everything, "{phone}") || !strings.Contains(everything, "{text}") && !strings.Contains(everything, "{code}") {
		faults = append(faults, errors.New("the templates of the gateway need {phone}, and {text} or {code}"))
	}
	for _, match := range placeholder.FindAllStringSubmatch(everything+g.Text, -1) {
		if !slices.Contains(names, match[1]) {
			faults = append(faults, fmt.Errorf("{%s} is not a name of the gateway's templates", match[1]))
		}
	}
	return errors.Join(faults...)
}

// sample stands in while a template is checked.
var sample = values{"phone": "79990000000", "text": "text", "code": "000000", "minutes": "5", "secret": "secret"}

// SendCode hands a code over to the gateway, once: what became of a call that got
// no answer nobody knows, and a second message would confuse. An answer other
// than 2xx, and one without what is expected, is an error.
func (h *HTTP) SendCode(ctx context.Context, phone, code string) error {
	ctx, cancel := context.WithTimeout(ctx, h.gateway.Timeout)
	defer cancel()
	request, err := h.request(ctx, phone, code)
	if err != nil {
		return errors.New("sms: the request to the gateway cannot be made")
	}
	response, err := h.client.Do(request)
	if err != nil {
		return quiet(ctx, err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxAnswerBytes))
	switch {
	case err != nil:
		return quiet(ctx, err)
	case response.StatusCode < 200 || response.StatusCode > 299:
		return fmt.Errorf("sms: the gateway answered with status %d", response.StatusCode)
	case h.gateway.Expect != nil && !h.gateway.Expect.Match(answer):
		return errors.New("sms: the gateway's answer is not what is expected")
	}
	return nil
}

func (h *HTTP) request(ctx context.Context, phone, code string) (*http.Request, error) {
	g := h.gateway
	v := values{
		"phone": phone, "code": code, "secret": g.Secret,
		"minutes": strconv.Itoa(int((g.CodeLifetime + time.Minute - 1) / time.Minute)),
	}
	v["text"] = fill(g.Text, values{"code": code, "minutes": v["minutes"]}, asItIs)
	var body io.Reader
	if g.Method != http.MethodGet {
		body = strings.NewReader(fill(g.Body, v, h.escape))
	}
	request, err := http.NewRequestWithContext(ctx, g.Method, fill(g.URL, v, inURL), body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		request.Header.Set("Content-Type", g.ContentType)
	}
	for _, line := range g.Headers {
		name, value, _ := strings.Cut(line, ":")
		request.Header.Set(strings.TrimSpace(name), inHeader(fill(strings.TrimSpace(value), v, asItIs)))
	}
	return request, nil
}

// quiet says what happened without the address, which may hold phone and code.
func quiet(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("sms: the gateway did not answer: %w", ctx.Err())
	}
	var unreached *url.Error
	if errors.As(err, &unreached) {
		err = unreached.Err
	}
	return fmt.Errorf("sms: the gateway cannot be reached: %T", err)
}

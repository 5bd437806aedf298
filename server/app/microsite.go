package app

import (
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"koshelek-adapter/config"
	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/sms"
	"koshelek-adapter/handlers/microsite"
	"koshelek-adapter/handlers/middleware"
	wire "koshelek-adapter/schema/microsite"
)

// tokenSecretFile keeps the secret of the microsite's tokens in the data
// directory.
const tokenSecretFile = "microsite-token-secret"

// login is what customers need to sign in at the microsite; the zero value is
// for a program without one.
type login struct {
	secret string
	rules  engine.CodeRules
}

// newLogin makes ready what the microsite's customers sign in with.
func newLogin(p *program, cfg *config.Config) (login, error) {
	m := cfg.Microsite
	if !m.Enabled() {
		return login{}, nil
	}
	secret, err := tokenSecret(cfg)
	if err != nil {
		return login{}, err
	}
	// One secret, two keys: a token can never be taken for the hash of a code.
	key, err := hkdf.Key(sha256.New, []byte(secret), nil, "one-time codes", sha256.Size)
	if err != nil {
		return login{}, err
	}
	sender, err := newSender(p, m)
	if err != nil {
		return login{}, err
	}
	const attempts = 3 // the contract's
	return login{secret: secret, rules: engine.CodeRules{
		Key: key, Sender: sender, Lifetime: m.OTPLifetime,
		Limits: engine.CodeLimits{
			MaxAttempts: attempts, MaxSends: int64(m.OTPPerHour), MaxFailures: int64(m.OTPFailures), Window: time.Hour,
		},
	}}, nil
}

// codes adds the one-time codes to the programme.
func (l login) codes(o *engine.Options) { o.Codes = l.rules }

func tokenSecret(cfg *config.Config) (string, error) {
	if cfg.Microsite.TokenSecret.IsSet() {
		return cfg.Microsite.TokenSecret.Reveal(), nil
	}
	if err := onePassword(cfg, "ADAPTER_MICROSITE_TOKEN_SECRET"); err != nil {
		return "", err
	}
	secret, _, err := keptPassword(filepath.Join(cfg.DataDir, tokenSecretFile))
	if err != nil {
		return "", fmt.Errorf("the secret of the microsite's tokens: %w", err)
	}
	return secret, nil
}

func newSender(p *program, m config.Microsite) (engine.CodeSender, error) {
	if m.SMS.Console {
		return sms.NewConsole(p.stdout), nil
	}
	gateway := sms.Gateway{
		URL: m.SMS.URL, Method: m.SMS.Method, Headers: m.SMS.HeaderLines(), Body: m.SMS.Body, ContentType: m.SMS.ContentType,
		Text: m.SMS.Text, Secret: m.SMS.Secret.Reveal(), Timeout: m.SMS.Timeout, CodeLifetime: m.OTPLifetime,
	}
	if m.SMS.Expect != "" {
		expect, err := regexp.Compile(m.SMS.Expect)
		if err != nil {
			return nil, config.Faults{{Variable: "ADAPTER_MICROSITE_SMS_EXPECT", Message: "not a regular expression"}}
		}
		gateway.Expect = expect
	}
	sender, err := sms.NewHTTP(gateway)
	if err != nil {
		return nil, config.Faults{{Variable: "ADAPTER_MICROSITE_SMS_URL", Message: err.Error()}}
	}
	return sender, nil
}

// addMicrosite gives the microsite's API its own listener, or a place beside
// Koshelek's, which it answers with.
func (s *service) addMicrosite(koshelek http.Handler, l login, cert certificate) (http.Handler, error) {
	m := s.cfg.Microsite
	if !m.Enabled() {
		return koshelek, nil
	}
	var pairs []middleware.Credential
	for _, pair := range m.Pairs() {
		pairs = append(pairs, middleware.Credential{User: pair.User, Password: pair.Password.Reveal()})
	}
	options := microsite.Options{
		Options:     s.middleware("microsite", pairs),
		CustomersBy: crm.IdentifiedBy(m.CustomerID), InvalidCustomerStatus: m.InvalidCustomerStatus, ReplayStatus: m.ReplayStatus,
		TokenSecret: []byte(l.secret), TokenLifetime: m.TokenLifetime, Issuer: m.TokenIssuer, Audience: m.TokenAudience,
		Zone: s.cfg.TimeZone.Location(), Country: crm.Country(s.cfg.PhoneCountry),
	}
	if m.SMS.Console {
		s.log.Warn().Msg("microsite.codes_are_printed")
	}
	able, ok := s.programme.Program.(microsite.Program)
	if !ok {
		return nil, config.Faults{{Variable: "ADAPTER_MICROSITE_USER", Message: "the programme that ADAPTER_DATABASE names has no signing in and no orders for the microsite"}}
	}
	api, err := microsite.New(able, options)
	if err != nil {
		return nil, err
	}
	if m.Listen == "" {
		return beside(api, koshelek), nil
	}
	s.rewards, err = listen(newServer(s.cfg, api, cert, s.held, s.log), m.Listen)
	return koshelek, err
}

// beside serves the microsite's paths by one handler and the others by another.
func beside(rewards, rest http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, wire.Prefix) {
			rewards.ServeHTTP(w, r)
			return
		}
		rest.ServeHTTP(w, r)
	})
}

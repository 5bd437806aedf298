package qiibee

import (
	"fmt"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"koshelek-adapter/config/setting"
	"koshelek-adapter/crm/outbox"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

// Name is the vendor's, in deliveries, errors and metrics.
const Name = "qiibee"

// Error is what every call returns that fails.
type Error = vendorhttp.Error

// Settings say how to reach the vendor, and what of its webhooks is booked.
type Settings struct {
	URL             string         `default:"https://bwaapi.qiibee.com/api/admin" desc:"base address of the qiibee API; the sandbox is https://bwaapi-sandbox.qiibee.com/api/admin"`
	APIKey          setting.Secret `split_words:"true" file:"true" desc:"key of the qiibee API, which is used when it is set"`
	SettleAfter     time.Duration  `split_words:"true" default:"10s" min:"1ms" desc:"wait after a transaction was accepted, or its answer was lost, before the user's transactions are asked for it"`
	AbsentAfter     time.Duration  `split_words:"true" default:"10m" min:"1ms" desc:"a transaction that is not listed for so long after it was sent was not made, and is sent once more"`
	WebhookUser     string         `split_words:"true" file:"true" desc:"login with which qiibee calls this server's /webhooks/qiibee; served when the password is set"`
	WebhookPassword setting.Secret `split_words:"true" file:"true" desc:"its password, 12 characters or more"`
	WebhookBook     bool           `split_words:"true" default:"false" desc:"book transactions that qiibee reports and this server did not order (made in qiibee's own app) on our ledger too"`
	WebhookToken    string         `split_words:"true" desc:"symbol or name of the token whose transactions are booked; a webhook that names another one, or any while this is not set, is refused"`
	Rate            int            `default:"0" min:"0" desc:"calls a second at most; 0 for no limit"`
}

// Enabled reports whether qiibee is used.
func (s Settings) Enabled() bool { return s.APIKey.IsSet() }

// CallsPerSecond limits the calls; 0 for no limit.
func (s Settings) CallsPerSecond() int { return s.Rate }

// Check reports what is wrong with the settings by the names of their variables.
func (s Settings) Check(allowHTTP bool, fault func(name, message string)) {
	fault("URL", vendorhttp.CheckBase(s.URL, s.Enabled(), allowHTTP))
	if strings.ContainsAny(s.APIKey.Reveal(), "\r\n") {
		fault("API_KEY", "holds an end of line; the key alone is allowed")
	}
	fault("WEBHOOK_USER", setting.BadUser(s.WebhookUser))
	fault("WEBHOOK_PASSWORD", setting.BadPassword(s.WebhookPassword))
	fault("WEBHOOK_USER", setting.Needed(s.WebhookUser, s.WebhookPassword.IsSet(), "ADAPTER_QIIBEE_WEBHOOK_PASSWORD"))
}

// knownUsers is how many users are remembered to exist at the vendor.
const knownUsers = 100_000

// Open makes the vendor; nothing is called yet.
func (s Settings) Open(o vendorhttp.Options) (outbox.Vendor, error) {
	users, err := lru.New[string, struct{}](knownUsers)
	if err != nil {
		return nil, fmt.Errorf("qiibee: the memory of users: %w", err)
	}
	return &Vendor{client: New(s, o), settings: s, users: users}, nil
}

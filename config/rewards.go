package config

import (
	"net/url"
	"strings"
	"time"
)

// Outbox says how reward vendors are told what they must hear; it is the same for each of them, apart from its rate.
type Outbox struct {
	Concurrency  int           `default:"8" min:"1" max:"256" desc:"deliveries to one reward vendor at work at once; up to four times as many wait in memory; of both, a killed process leaves in doubt what must not be sent twice"`
	Timeout      time.Duration `default:"30s" min:"1s" max:"10m" desc:"time for one delivery with all its calls"`
	Poll         time.Duration `default:"1s" min:"10ms" desc:"how often the outbox is looked at for deliveries of other processes and for those that are due again"`
	BackoffFirst time.Duration `split_words:"true" default:"2s" min:"1ms" desc:"wait before a delivery that was certainly not done is sent again; it doubles each time"`
	BackoffMost  time.Duration `split_words:"true" default:"10m" min:"1ms" desc:"longest wait before a delivery is sent again"`
	BreakerDelay time.Duration `split_words:"true" default:"15s" min:"1ms" desc:"how long a vendor that failed five times in a row is left alone"`
	AllowHTTP    bool          `split_words:"true" default:"false" desc:"let addresses of vendors begin with http:// beyond this machine"`
}

// Points is the Points API (ABC Loyalty). It is used when ADAPTER_POINTS_TOKEN_URL is set.
type Points struct {
	TokenURL       string        `split_words:"true" desc:"address of the Points API's token endpoint; the Points API is used when it is set"`
	EarnURL        string        `split_words:"true" desc:"address of its earn call"`
	RedeemURL      string        `split_words:"true" desc:"address of its redeem call"`
	BalanceURL     string        `split_words:"true" desc:"address before /latitude-points of its balance call, for outbox balance"`
	OrgID          string        `split_words:"true" desc:"organisation in the address of the balance call"`
	BalancePath    string        `split_words:"true" desc:"where the number stands in the answer of the balance call, such as data.points.0.value; the usual places when not set"`
	ClientID       string        `split_words:"true" file:"true" desc:"client id at the Points API"`
	ClientSecret   Secret        `split_words:"true" file:"true" desc:"client secret at the Points API"`
	CallbackURL    string        `split_words:"true" desc:"public address of this server's /callbacks/points, to which the Points API posts results"`
	CallbackSecret Secret        `split_words:"true" file:"true" desc:"text of 16 characters or more from which the unguessable part of callback addresses is made; keep it while results are awaited"`
	CallbackWait   time.Duration `split_words:"true" default:"24h" min:"1ms" desc:"how long a result may take before the delivery counts as unknown"`
	SignKey        Secret        `split_words:"true" file:"true" desc:"RSA private key in PEM that signs earn and redeem; unsigned when not set"`
	SignKeyID      string        `split_words:"true" desc:"name of that key at the Points API"`
	SignStrip      string        `split_words:"true" desc:"beginning of the path that is left out of what is signed, where a gateway strips it"`
	SignBackdate   time.Duration `split_words:"true" default:"5s" min:"0s" desc:"how far the time of a signature lies in the past, because a time in the future is refused"`
	Rate           int           `default:"0" min:"0" desc:"calls a second at most; 0 for no limit"`
}

// Enabled reports whether the Points API is used.
func (p Points) Enabled() bool { return p.TokenURL != "" }

// Qiibee is the qiibee Loyalty API. It is used when ADAPTER_QIIBEE_API_KEY is set.
type Qiibee struct {
	URL             string        `default:"https://bwaapi.qiibee.com/api/admin" desc:"base address of the qiibee API; the sandbox is https://bwaapi-sandbox.qiibee.com/api/admin"`
	APIKey          Secret        `split_words:"true" file:"true" desc:"key of the qiibee API, which is used when it is set"`
	SettleAfter     time.Duration `split_words:"true" default:"10s" min:"1ms" desc:"wait after a transaction was accepted, or its answer was lost, before the user's transactions are asked for it"`
	AbsentAfter     time.Duration `split_words:"true" default:"10m" min:"1ms" desc:"a transaction that is not listed for so long after it was sent was not made, and is sent once more"`
	WebhookUser     string        `split_words:"true" file:"true" desc:"login with which qiibee calls this server's /webhooks/qiibee; served when the password is set"`
	WebhookPassword Secret        `split_words:"true" file:"true" desc:"its password, 12 characters or more"`
	WebhookBook     bool          `split_words:"true" default:"false" desc:"book transactions that qiibee reports and this server did not order (made in qiibee's own app) on our ledger too"`
	Rate            int           `default:"0" min:"0" desc:"calls a second at most; 0 for no limit"`
}

// Enabled reports whether qiibee is used.
func (q Qiibee) Enabled() bool { return q.APIKey.IsSet() }

// BigCity is the BigCity Rewards API. It is used when ADAPTER_BIGCITY_SECRET is set.
type BigCity struct {
	URL          string `default:"https://api.bigcity.in/v1" desc:"base address of the BigCity Rewards API"`
	Secret       Secret `file:"true" desc:"company secret of the BigCity Rewards API, which is used when it is set"`
	MobileDigits int    `split_words:"true" default:"10" min:"4" max:"15" desc:"how many of a phone's last digits BigCity is given as mobile number"`
	TimeZone     Zone   `split_words:"true" default:"Asia/Kolkata" desc:"IANA time zone in which BigCity writes the end of its tokens"`
	Rate         int    `default:"0" min:"0" desc:"calls a second at most; 0 for no limit"`
}

// Enabled reports whether BigCity is used.
func (b BigCity) Enabled() bool { return b.Secret.IsSet() }

// rewardRules are what tags cannot say of the groups above.
var rewardRules = []rule{
	{on: "ADAPTER_OUTBOX_BACKOFF_MOST", reads: []string{"ADAPTER_OUTBOX_BACKOFF_FIRST"}, broken: func(c *Config) string {
		if c.Outbox.BackoffMost < c.Outbox.BackoffFirst {
			return c.Outbox.BackoffMost.String() + " is shorter than ADAPTER_OUTBOX_BACKOFF_FIRST; at least that is allowed"
		}
		return ""
	}},
	{on: "ADAPTER_POINTS_TOKEN_URL", broken: func(c *Config) string { return c.vendorURL(c.Points.TokenURL, c.pointsSet()) }},
	{on: "ADAPTER_POINTS_EARN_URL", broken: func(c *Config) string { return c.vendorURL(c.Points.EarnURL, false) }},
	{on: "ADAPTER_POINTS_REDEEM_URL", broken: func(c *Config) string { return c.vendorURL(c.Points.RedeemURL, false) }},
	{on: "ADAPTER_POINTS_BALANCE_URL", broken: func(c *Config) string { return c.vendorURL(c.Points.BalanceURL, false) }},
	{on: "ADAPTER_POINTS_CALLBACK_URL", broken: func(c *Config) string { return c.vendorURL(c.Points.CallbackURL, c.Points.Enabled()) }},
	{on: "ADAPTER_POINTS_CLIENT_ID", broken: func(c *Config) string {
		return needed(c.Points.ClientID, c.Points.Enabled(), "ADAPTER_POINTS_TOKEN_URL")
	}},
	{on: "ADAPTER_POINTS_CLIENT_SECRET", broken: func(c *Config) string {
		return needed(c.Points.ClientSecret.Reveal(), c.Points.Enabled(), "ADAPTER_POINTS_TOKEN_URL")
	}},
	{on: "ADAPTER_POINTS_CALLBACK_SECRET", broken: func(c *Config) string {
		if text := c.Points.CallbackSecret.Reveal(); text != "" && len(text) < 16 {
			return "too short; 16 characters or more are allowed"
		}
		return needed(c.Points.CallbackSecret.Reveal(), c.Points.Enabled(), "ADAPTER_POINTS_TOKEN_URL")
	}},
	{on: "ADAPTER_POINTS_SIGN_KEY_ID", broken: func(c *Config) string {
		return needed(c.Points.SignKeyID, c.Points.SignKey.IsSet(), "ADAPTER_POINTS_SIGN_KEY")
	}},
	{on: "ADAPTER_POINTS_ORG_ID", broken: func(c *Config) string {
		return needed(c.Points.OrgID, c.Points.BalanceURL != "", "ADAPTER_POINTS_BALANCE_URL")
	}},
	{on: "ADAPTER_QIIBEE_URL", broken: func(c *Config) string { return c.vendorURL(c.Qiibee.URL, c.Qiibee.Enabled()) }},
	{on: "ADAPTER_QIIBEE_WEBHOOK_USER", broken: func(c *Config) string { return badUser(c.Qiibee.WebhookUser) }},
	{on: "ADAPTER_QIIBEE_WEBHOOK_USER", reads: []string{"ADAPTER_QIIBEE_WEBHOOK_PASSWORD"}, broken: func(c *Config) string {
		return needed(c.Qiibee.WebhookUser, c.Qiibee.WebhookPassword.IsSet(), "ADAPTER_QIIBEE_WEBHOOK_PASSWORD")
	}},
	{on: "ADAPTER_QIIBEE_WEBHOOK_PASSWORD", broken: func(c *Config) string { return badPassword(c.Qiibee.WebhookPassword) }},
	{on: "ADAPTER_BIGCITY_URL", broken: func(c *Config) string { return c.vendorURL(c.Bigcity.URL, c.Bigcity.Enabled()) }},
}

// pointsSet reports that something of the Points API is set, so the rest is missed.
func (c *Config) pointsSet() bool {
	return c.Points.EarnURL != "" || c.Points.RedeemURL != "" || c.Points.ClientSecret.IsSet()
}

// needed is for a text that goes with another variable.
func needed(text string, wanted bool, with string) string {
	if wanted && strings.TrimSpace(text) == "" {
		return "missing; it is needed with " + with
	}
	return ""
}

// vendorURL checks an address; it does not quote it, since it may hold a key.
func (c *Config) vendorURL(text string, wanted bool) string {
	if text == "" && !wanted {
		return ""
	}
	address, err := url.Parse(text)
	switch {
	case text == "":
		return "missing; it is needed with the other settings of this vendor"
	case err != nil, address.Host == "", address.User != nil, address.Fragment != "":
		return "is not an address such as https://api.example.com/v1"
	case address.Scheme == "https", address.Scheme == "http" && (c.Outbox.AllowHTTP || loopback(address.Hostname())):
		return ""
	}
	return "does not begin with https://; http:// is allowed for this machine, and with ADAPTER_OUTBOX_ALLOW_HTTP"
}

func loopback(host string) bool { return host == "localhost" || host == "127.0.0.1" || host == "::1" }

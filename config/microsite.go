package config

import (
	"regexp"
	"strings"
	"time"

	"koshelek-adapter/config/setting"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

// Values of ADAPTER_MICROSITE_CUSTOMER_ID.
const (
	CustomerByCard  = "card"
	CustomerByPhone = "phone"
	CustomerByID    = "customer"
)

// Microsite holds the settings of the API that Bigcity's rewards microsite calls. It is served when ADAPTER_MICROSITE_PASSWORD is set. Most
// are switches over points that its documents leave open.
type Microsite struct {
	User                  string        `file:"true" desc:"login of Bigcity's rewards microsite"`
	Password              Secret        `file:"true" desc:"its password, 12 characters or more; the microsite's API under /api/v1/ is served when it is set"`
	UserNext              string        `split_words:"true" file:"true" desc:"login of a second live pair, to change the password without an outage; the same login when not set"`
	PasswordNext          Secret        `split_words:"true" file:"true" desc:"password of the second live pair, 12 characters or more"`
	Listen                string        `desc:"address of the microsite's API alone as host:port; beside Koshelek's on ADAPTER_LISTEN when not set"`
	CustomerID            string        `split_words:"true" default:"card" allowed:"card|phone|customer" desc:"what a customer types as Customer Unique ID: the number of a card, the registered phone, or the customer's id of this program"`
	InvalidCustomerStatus int           `split_words:"true" default:"404" allowed:"404|400|200" desc:"status of generate-otp for an unknown customer"`
	ReplayStatus          int           `split_words:"true" default:"409" allowed:"409|200" desc:"status of an order that was redeemed before with the very same details; its points are never taken twice"`
	PartialReversal       bool          `split_words:"true" default:"false" desc:"take a reversal of fewer points than the order took, too"`
	ReturnedDays          int           `split_words:"true" default:"14" min:"0" max:"3650" desc:"how many days points are good at least that come back from a reversed order"`
	TokenSecret           Secret        `split_words:"true" file:"true" desc:"text of 32 characters or more that signs the customers' tokens (HS256) and hashes the codes; when not set, one is generated at the first start and kept in the data directory, which is for one process only"`
	TokenLifetime         time.Duration `split_words:"true" default:"1h" min:"1s" max:"24h" desc:"how long a customer stays signed in"`
	TokenIssuer           string        `split_words:"true" default:"koshelek-adapter" desc:"issuer in the tokens"`
	TokenAudience         string        `split_words:"true" default:"rewards-microsite" desc:"audience in the tokens"`
	OTPLifetime           time.Duration `split_words:"true" default:"5m" min:"1s" max:"5m" desc:"how long a one-time password is good"`
	OTPPerHour            int           `split_words:"true" default:"5" min:"1" max:"100" desc:"one-time passwords that a customer is sent within an hour"`
	OTPFailures           int           `split_words:"true" default:"10" min:"3" max:"100" desc:"wrong one-time passwords that a customer may type within an hour, over all that were sent; three at each"`
	SMS                   SMS
}

// SMS says how one-time passwords reach the customers' phones.
type SMS struct {
	URL         string        `split_words:"true" file:"true" desc:"address of the SMS gateway with {phone}, {text}, {code}, {minutes}, {secret} where they belong (docs/microsite.md)"`
	Method      string        `split_words:"true" default:"POST" allowed:"GET|POST|PUT" desc:"method of the call to the gateway; GET sends no body"`
	Headers     string        `split_words:"true" file:"true" desc:"headers of the call, one Name: value a line or separated by |"`
	ContentType string        `split_words:"true" default:"application/json" desc:"type of the body: JSON, form, XML or plain text; values are escaped for it"`
	Body        string        `split_words:"true" file:"true" desc:"body of the call, such as {\"to\":\"{phone}\",\"text\":\"{text}\"}"`
	Text        string        `split_words:"true" desc:"the message with {code} and {minutes}; an English one when not set"`
	Secret      Secret        `split_words:"true" file:"true" desc:"what {secret} stands for"`
	Expect      string        `split_words:"true" desc:"regular expression that the gateway's answer must match; any 2xx answer is good when not set"`
	Timeout     time.Duration `split_words:"true" default:"5s" min:"10ms" max:"1m" desc:"time for the gateway to answer; shorter than ADAPTER_REQUEST_TIMEOUT"`
	Console     bool          `split_words:"true" default:"false" desc:"development only: print one-time passwords to the standard output instead of sending them"`
}

// Enabled reports whether the microsite's API is served.
func (m Microsite) Enabled() bool { return m.Password.IsSet() }

// Pairs returns the live pairs, the first one and the next.
func (m Microsite) Pairs() []Credential {
	pairs := []Credential{{User: m.User, Password: m.Password}}
	if m.PasswordNext.IsSet() {
		user := m.UserNext
		if user == "" {
			user = m.User
		}
		pairs = append(pairs, Credential{User: user, Password: m.PasswordNext})
	}
	return pairs
}

// HeaderLines returns the headers of the call to the gateway.
func (s SMS) HeaderLines() []string {
	var lines []string
	for line := range strings.FieldsFuncSeq(s.Headers, func(r rune) bool { return r == '\n' || r == '\r' || r == '|' }) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// micrositeRules are what tags cannot say of the group above.
var micrositeRules = []rule{
	{on: "ADAPTER_MICROSITE_USER", broken: func(c *Config) string { return setting.BadUser(c.Microsite.User) }},
	{on: "ADAPTER_MICROSITE_USER", reads: []string{"ADAPTER_MICROSITE_PASSWORD"}, broken: func(c *Config) string {
		return setting.Needed(c.Microsite.User, c.Microsite.Enabled(), "ADAPTER_MICROSITE_PASSWORD")
	}},
	{on: "ADAPTER_MICROSITE_PASSWORD", broken: func(c *Config) string {
		if c.Microsite.User != "" && !c.Microsite.Enabled() {
			return "missing; it is needed with ADAPTER_MICROSITE_USER"
		}
		return setting.BadPassword(c.Microsite.Password)
	}},
	{on: "ADAPTER_MICROSITE_USER_NEXT", broken: func(c *Config) string { return setting.BadUser(c.Microsite.UserNext) }},
	{on: "ADAPTER_MICROSITE_PASSWORD_NEXT", broken: func(c *Config) string { return setting.BadPassword(c.Microsite.PasswordNext) }},
	{on: "ADAPTER_MICROSITE_LISTEN", broken: func(c *Config) string {
		if c.Microsite.Listen == "" {
			return ""
		}
		return badAddress(c.Microsite.Listen)
	}},
	{on: "ADAPTER_MICROSITE_TOKEN_SECRET", broken: func(c *Config) string {
		if text := c.Microsite.TokenSecret.Reveal(); text != "" && len(text) < 32 {
			return "too short; 32 characters or more are allowed"
		}
		return ""
	}},
	{on: "ADAPTER_MICROSITE_SMS_URL", reads: []string{"ADAPTER_MICROSITE_PASSWORD", "ADAPTER_MICROSITE_SMS_CONSOLE"}, broken: badSender},
	{on: "ADAPTER_MICROSITE_SMS_EXPECT", broken: func(c *Config) string {
		if _, err := regexp.Compile(c.Microsite.SMS.Expect); err != nil {
			return "not a regular expression; one of Go's syntax is allowed"
		}
		return ""
	}},
	{on: "ADAPTER_MICROSITE_SMS_TIMEOUT", reads: []string{"ADAPTER_REQUEST_TIMEOUT"}, broken: func(c *Config) string {
		if c.Microsite.Enabled() && c.Microsite.SMS.URL != "" && c.Microsite.SMS.Timeout >= c.RequestTimeout {
			return c.Microsite.SMS.Timeout.String() + " is too long; less than ADAPTER_REQUEST_TIMEOUT is allowed"
		}
		return ""
	}},
}

// badSender wants exactly one way for one-time passwords. It does not quote the address, which may hold a key.
func badSender(c *Config) string {
	m := c.Microsite
	switch {
	case m.SMS.Console && m.SMS.URL != "":
		return "set together with ADAPTER_MICROSITE_SMS_CONSOLE; one of the two is allowed"
	case m.Enabled() && !m.SMS.Console && m.SMS.URL == "":
		return "missing; the microsite's API needs a way to send one-time passwords: this, or for development ADAPTER_MICROSITE_SMS_CONSOLE=true"
	}
	if m.SMS.URL == "" {
		return ""
	}
	return vendorhttp.CheckURL(strings.NewReplacer("{", "", "}", "").Replace(m.SMS.URL), c.Outbox.AllowHTTP)
}

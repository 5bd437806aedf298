package qiibee

import (
	"cmp"

	"koshelek-adapter/conformance/sim"
)

// Token is a kind of points (erc20) or of collectibles (erc721).
type Token struct {
	ID                          int
	Address, Name, Symbol, Type string
}

// Provider is a miles programme that points can be exchanged for.
type Provider struct {
	ImplementationName, Name string
	Digits                   int  // of a membership number
	Luhn                     bool // whether they end in a check digit
	Rate                     int  // miles for a point
}

// Exchange lets points of one brand become points of another, one way only.
type Exchange struct {
	From, To        int // token ids
	Onramp, Offramp int // received = floor(amount × Offramp ÷ Onramp)
}

// Options configure a simulator; the zero value knows the key "key" and campaign 1.
type Options struct {
	sim.Settings
	APIKeys   []string
	Campaigns []int

	WebhookURL                   string   // empty: no webhook
	WebhookUser, WebhookPassword string   // of its Basic auth
	WebhookHosts                 []string // "host" or "host:port"; nil: loopback only
}

func (o Options) orDefaults() Options {
	if o.APIKeys == nil {
		o.APIKeys = []string{"key"}
	}
	if o.Campaigns == nil {
		o.Campaigns = []int{1}
	}
	o.WebhookUser = cmp.Or(o.WebhookUser, "webhook")
	o.WebhookPassword = cmp.Or(o.WebhookPassword, "webhook")
	return o
}

// What there is at the vendor: the points 12, a collectible 13, a partner's points
// 14, Etihad and Miles & More, and reward type 10.
var (
	tokens = []Token{
		{ID: 12, Address: "0x0c", Name: "Sample Points", Symbol: "SMP", Type: "erc20"},
		{ID: 13, Address: "0x0d", Name: "Sample Badge", Symbol: "SMB", Type: "erc721"},
		{ID: 14, Address: "0x0e", Name: "Partner Points", Symbol: "PRT", Type: "erc20"},
	}
	providers = []Provider{
		{ImplementationName: "etihad", Name: "Etihad", Digits: 12, Rate: 10},
		{ImplementationName: "miles_and_more", Name: "Miles and More", Digits: 15, Luhn: true, Rate: 2},
	}
	rewardTypes = []int{10}
	exchanges   = []Exchange{{From: 12, To: 14, Onramp: 3, Offramp: 2}}
)

package points

import (
	"time"

	"koshelek-adapter/config/setting"
	"koshelek-adapter/crm/outbox"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

// Name is the vendor's, in deliveries, errors and metrics.
const Name = "points"

// Error is what every call returns that fails.
type Error = vendorhttp.Error

// Settings say how to reach the vendor. Addresses are given per integration and have no defaults; an earn, redeem or balance address that is
// empty switches its call off.
type Settings struct {
	TokenURL       string         `split_words:"true" desc:"address of the Points API's token endpoint; the Points API is used when it is set"`
	EarnURL        string         `split_words:"true" desc:"address of its earn call"`
	RedeemURL      string         `split_words:"true" desc:"address of its redeem call"`
	BalanceURL     string         `split_words:"true" desc:"address before /latitude-points of its balance call, for outbox balance"`
	OrgID          string         `split_words:"true" desc:"organisation in the address of the balance call"`
	BalancePath    string         `split_words:"true" desc:"where the number stands in the answer of the balance call, such as data.points.0.value; the usual places when not set"`
	ClientID       string         `split_words:"true" file:"true" desc:"client id at the Points API"`
	ClientSecret   setting.Secret `split_words:"true" file:"true" desc:"client secret at the Points API"`
	CallbackURL    string         `split_words:"true" desc:"public address of this server's /callbacks/points, to which the Points API posts results"`
	CallbackSecret setting.Secret `split_words:"true" file:"true" desc:"text of 16 characters or more from which the unguessable part of callback addresses is made; keep it while results are awaited"`
	CallbackWait   time.Duration  `split_words:"true" default:"24h" min:"1ms" desc:"how long a result may take before the delivery counts as unknown"`
	SignKey        setting.Secret `split_words:"true" file:"true" desc:"RSA private key in PEM that signs earn and redeem; unsigned when not set"`
	SignKeyID      string         `split_words:"true" desc:"name of that key at the Points API"`
	SignStrip      string         `split_words:"true" desc:"beginning of the path that is left out of what is signed, where a gateway strips it"`
	SignBackdate   time.Duration  `split_words:"true" default:"5s" min:"0s" desc:"how far the time of a signature lies in the past, because a time in the future is refused"`
	Rate           int            `default:"0" min:"0" desc:"calls a second at most; 0 for no limit"`
}

// Enabled reports whether the Points API is used.
func (s Settings) Enabled() bool { return s.TokenURL != "" }

// CallsPerSecond limits the calls; 0 for no limit.
func (s Settings) CallsPerSecond() int { return s.Rate }

// Check reports what is wrong with the settings by the names of their variables.
func (s Settings) Check(allowHTTP bool, fault func(name, message string)) {
	used := s.Enabled()
	fault("TOKEN_URL", vendorhttp.CheckBase(s.TokenURL, s.EarnURL != "" || s.RedeemURL != "" || s.ClientSecret.IsSet(), allowHTTP))
	for name, address := range map[string]string{"EARN_URL": s.EarnURL, "REDEEM_URL": s.RedeemURL} {
		if address != "" {
			fault(name, vendorhttp.CheckURL(address, allowHTTP))
		}
	}
	fault("BALANCE_URL", vendorhttp.CheckBase(s.BalanceURL, false, allowHTTP))
	fault("CALLBACK_URL", vendorhttp.CheckBase(s.CallbackURL, used, allowHTTP))
	fault("CLIENT_ID", setting.Needed(s.ClientID, used, "ADAPTER_POINTS_TOKEN_URL"))
	fault("CLIENT_SECRET", setting.Needed(s.ClientSecret.Reveal(), used, "ADAPTER_POINTS_TOKEN_URL"))
	fault("CALLBACK_SECRET", setting.Needed(s.CallbackSecret.Reveal(), used, "ADAPTER_POINTS_TOKEN_URL"))
	if text := s.CallbackSecret.Reveal(); text != "" && len(text) < 16 {
		fault("CALLBACK_SECRET", "too short; 16 characters or more are allowed")
	}
	if _, err := s.signer(time.Now); err != nil {
		fault("SIGN_KEY", err.Error())
	}
	fault("SIGN_KEY_ID", setting.Needed(s.SignKeyID, s.SignKey.IsSet(), "ADAPTER_POINTS_SIGN_KEY"))
	fault("ORG_ID", setting.Needed(s.OrgID, s.BalanceURL != "", "ADAPTER_POINTS_BALANCE_URL"))
}

// Open makes the vendor; nothing is called yet.
func (s Settings) Open(o vendorhttp.Options) (outbox.Vendor, error) {
	client, err := New(s, o)
	if err != nil {
		return nil, err
	}
	return &Vendor{client: client, settings: s}, nil
}

// signer is nil when requests are not signed.
func (s Settings) signer(now func() time.Time) (*Signer, error) {
	if !s.SignKey.IsSet() || s.SignKeyID == "" {
		return nil, nil
	}
	key, err := ParsePrivateKey([]byte(s.SignKey.Reveal()))
	if err != nil {
		return nil, err
	}
	return NewSigner(s.SignKeyID, key, SignerOptions{BackDate: s.SignBackdate, Strip: s.SignStrip, Now: now})
}

package points

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"koshelek-adapter/crm/bridge/wire"
)

// Vendor is the name of this vendor in errors and metrics.
const Vendor = "points"

// Error is what every call returns that fails.
type Error = wire.Error

// Config says how to reach the vendor. Addresses are given per integration and
// have no defaults; one that is empty switches its call off.
type Config struct {
	// TokenURL is the whole address of the token endpoint; see TokenURL.
	TokenURL string
	// ClientID and ClientSecret come from the organisation's owner.
	ClientID     string
	ClientSecret wire.Secret
	// EarnURL and RedeemURL are whole addresses.
	EarnURL, RedeemURL string
	// BalanceURL is the address before /latitude-points, and OrgID the organisation.
	BalanceURL, OrgID string
	// BalancePath leads to the number in the answer, for example "data.points.0.value".
	// When empty, the usual places are tried and exactly one of them must have it.
	BalancePath string
	// Signer signs earn and redeem when set.
	Signer *Signer
	// TokenMargin is how long before its end a token is renewed; 1 minute when 0.
	TokenMargin time.Duration
	// Retry is for the token and the balance; earn and redeem are sent once a call.
	Retry wire.Retry
	// HTTP is the transport's; its Now is the client's clock.
	HTTP wire.Options
}

// TokenURL is where a Keycloak realm of partners gives out tokens.
func TokenURL(authURL string) string {
	return wire.Base(authURL) + "/realms/partner/protocol/openid-connect/token"
}

func (c Config) validate() error {
	var faults []error
	if c.ClientID == "" || c.ClientSecret.Reveal() == "" {
		faults = append(faults, errors.New("points: client id and secret are needed"))
	}
	addresses := map[string]string{"token": c.TokenURL, "earn": c.EarnURL, "redeem": c.RedeemURL, "balance": c.BalanceURL}
	for _, name := range []string{"token", "earn", "redeem", "balance"} {
		address := addresses[name]
		if address == "" && name != "token" {
			continue
		}
		if reason := wire.CheckURL(address, c.HTTP); reason != "" {
			faults = append(faults, fmt.Errorf("points: %s URL: %s", name, reason))
		}
	}
	if c.BalanceURL != "" {
		if _, ok := wire.Segment(c.OrgID); !ok {
			faults = append(faults, errors.New("points: the balance needs an organisation id"))
		}
		if strings.Contains(c.BalanceURL, "?") {
			faults = append(faults, errors.New("points: balance URL: no query is possible"))
		}
	}
	return errors.Join(faults...)
}

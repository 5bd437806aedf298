package app

import (
	"net/url"
	"strings"

	"koshelek-adapter/config"
	"koshelek-adapter/crm/bridge/bigcity"
	"koshelek-adapter/crm/bridge/points"
	"koshelek-adapter/crm/bridge/qiibee"
	"koshelek-adapter/crm/bridge/wire"
	"koshelek-adapter/crm/outbox"
	"koshelek-adapter/crm/reward"
)

func openPoints(cfg *config.Config) (*reward.Points, error) {
	p := cfg.Points
	signer, err := pointsSigner(p)
	if err != nil {
		return nil, vendorFault("ADAPTER_POINTS_SIGN_KEY", err)
	}
	client, err := points.New(points.Config{
		TokenURL: p.TokenURL, ClientID: p.ClientID, ClientSecret: wire.NewSecret(p.ClientSecret.Reveal()),
		EarnURL: p.EarnURL, RedeemURL: p.RedeemURL, BalanceURL: p.BalanceURL, OrgID: p.OrgID, BalancePath: p.BalancePath,
		Signer: signer, HTTP: wireOptions(cfg),
	})
	if err != nil {
		return nil, vendorFault("ADAPTER_POINTS_TOKEN_URL", err)
	}
	return reward.NewPoints(client, reward.PointsOptions{
		ClientID: p.ClientID, CallbackURL: p.CallbackURL, CallbackSecret: p.CallbackSecret.Reveal(), CallbackWait: p.CallbackWait,
	}), nil
}

func pointsSigner(p config.Points) (*points.Signer, error) {
	if !p.SignKey.IsSet() {
		return nil, nil // no key, no signature
	}
	key, err := points.ParsePrivateKey([]byte(p.SignKey.Reveal()))
	if err != nil {
		return nil, err
	}
	options := points.SignerOptions{BackDate: p.SignBackdate}
	if p.SignBackdate == 0 {
		options.BackDate = -1 // none
	}
	if p.SignStrip != "" {
		options.Target = func(u *url.URL) string { return strings.TrimPrefix(u.RequestURI(), p.SignStrip) }
	}
	return points.NewSigner(p.SignKeyID, key, options)
}

func openQiibee(cfg *config.Config) (*reward.Qiibee, error) {
	q := cfg.Qiibee
	client, err := qiibee.New(qiibee.Config{BaseURL: q.URL, APIKey: wire.NewSecret(q.APIKey.Reveal()), HTTP: wireOptions(cfg)})
	if err != nil {
		return nil, vendorFault("ADAPTER_QIIBEE_URL", err)
	}
	// What was claimed may still wait in memory for a while before it is sent.
	absent := q.AbsentAfter + outbox.LongestWait(cfg.Outbox.Timeout)
	return reward.NewQiibee(client, reward.QiibeeOptions{SettleAfter: q.SettleAfter, AbsentAfter: absent}), nil
}

func openBigCity(cfg *config.Config) (*reward.BigCity, error) {
	b := cfg.Bigcity
	client, err := bigcity.New(bigcity.Config{
		BaseURL: b.URL, Secret: wire.NewSecret(b.Secret.Reveal()), Zone: b.TimeZone.Location(), MobileDigits: b.MobileDigits, HTTP: wireOptions(cfg),
	})
	if err != nil {
		return nil, vendorFault("ADAPTER_BIGCITY_URL", err)
	}
	return reward.NewBigCity(client, reward.BigCityOptions{MobileDigits: b.MobileDigits, Zone: b.TimeZone.Location()}), nil
}

package remote

import (
	"context"
	"crypto/tls"
	"fmt"
	"os"

	"koshelek-adapter/config/setting"
	"koshelek-adapter/crm"
	"koshelek-adapter/crm/connect/connector"
)

// Settings are those of ADAPTER_CRM=http:https://host/path.
type Settings struct {
	Secret     setting.Secret `file:"true" desc:"secret that signs each call of the CRM: whsec_ and the Base64 of 24 bytes or more (openssl rand -base64 24)"`
	SecretNext setting.Secret `split_words:"true" file:"true" desc:"second secret, which signs besides while the first is changed"`
	Token      setting.Secret `file:"true" desc:"token that is sent as Bearer; none when not set"`
	User       string         `file:"true" desc:"login that is sent as Basic when there is no token"`
	Password   setting.Secret `file:"true" desc:"its password"`
	CA         string         `desc:"file with the authorities, in PEM, that sign the CRM's certificate; the machine's when not set"`
	Cert       string         `desc:"file with our certificate, in PEM, for a CRM that asks for one"`
	Key        string         `desc:"file with its private key, in PEM"`
	AllowHTTP  bool           `split_words:"true" default:"false" desc:"let the address begin with http:// on another machine: customers' data can be read on the way"`
}

// Check implements [connector.Settings].
func (s Settings) Check(rest string, fault func(name, message string)) {
	if _, err := (Options{URL: rest, AllowHTTP: s.AllowHTTP}).base(); err != nil {
		fault("", err.Error())
	}
	if _, err := ParseSecret(s.Secret.Reveal()); err != nil {
		fault("SECRET", err.Error())
	}
	if s.SecretNext.IsSet() {
		if _, err := ParseSecret(s.SecretNext.Reveal()); err != nil {
			fault("SECRET_NEXT", err.Error())
		}
	}
	fault("USER", setting.BadUser(s.User))
	fault("USER", setting.Needed(s.User, s.Password.IsSet(), "ADAPTER_CRM_HTTP_PASSWORD"))
	fault("CERT", setting.Needed(s.Cert, s.Key != "", "ADAPTER_CRM_HTTP_KEY"))
	fault("KEY", setting.Needed(s.Key, s.Cert != "", "ADAPTER_CRM_HTTP_CERT"))
}

// Open implements [connector.Settings].
func (s Settings) Open(_ context.Context, rest string, o connector.Options) (crm.Connector, error) {
	options := Options{
		URL: rest, AllowHTTP: s.AllowHTTP, Secrets: []string{s.Secret.Reveal()},
		Token: s.Token.Reveal(), User: s.User, Password: s.Password.Reveal(), Zone: o.Zone, InFlight: o.InFlight,
	}
	if s.SecretNext.IsSet() {
		options.Secrets = append(options.Secrets, s.SecretNext.Reveal())
	}
	if s.CA != "" {
		pem, err := os.ReadFile(s.CA)
		if err != nil {
			return nil, fmt.Errorf("the CRM's authorities: %w", err)
		}
		options.CA = pem
	}
	if s.Cert != "" {
		pair, err := tls.LoadX509KeyPair(s.Cert, s.Key)
		if err != nil {
			return nil, fmt.Errorf("our certificate for the CRM: %w", err)
		}
		options.Certificate = &pair
	}
	return Open(options)
}

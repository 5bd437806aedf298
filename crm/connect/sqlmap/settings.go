package sqlmap

import (
	"cmp"
	"context"

	"koshelek-adapter/config/setting"
	"koshelek-adapter/crm"
	"koshelek-adapter/crm/connect/connector"
)

// Settings are the connections; the mapping's file follows the scheme:
// ADAPTER_CRM=sql:crm.toml.
type Settings struct {
	Read  setting.Secret `file:"true" desc:"connection to the database of ADAPTER_CRM=sql:FILE for reads, of a user who can only read; it may be a replica: user:password@tcp(host:3306)/database or postgres://user:password@host/database"`
	Write setting.Secret `file:"true" desc:"connection to its primary for writes, and for the reads that decide them; not set for a CRM that is only read"`
}

// Check implements [connector.Settings].
func (s Settings) Check(rest string, fault func(name, message string)) {
	if rest == "" {
		fault("", "names no file; sql:FILE is allowed, such as sql:/etc/koshelek-adapter/crm.toml")
	} else if _, err := load(rest); err != nil {
		fault("", "does not name a mapping: "+err.Error())
	}
	if !s.Read.IsSet() && !s.Write.IsSet() {
		fault("READ", "missing; it is needed with ADAPTER_CRM=sql:FILE")
	}
}

// Open implements [connector.Settings].
func (s Settings) Open(ctx context.Context, rest string, o connector.Options) (crm.Connector, error) {
	c, err := Open(ctx, rest, Options{
		Read: cmp.Or(s.Read.Reveal(), s.Write.Reveal()), Write: s.Write.Reveal(), Zone: o.Zone, Country: o.Country, Log: o.Log,
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

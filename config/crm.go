package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"koshelek-adapter/crm/connect/connectors"
)

// CRM says how the CRM that ADAPTER_CRM names is used.
type CRM struct {
	Fresh        time.Duration `default:"30s" min:"0s" max:"1h" desc:"how long the CRM's last answer about a card is shown without asking it again; 0s for never"`
	Stale        time.Duration `default:"24h" min:"0s" max:"720h" desc:"how old the CRM's last answer about a card may be that is shown while the CRM cannot be asked; 0s for never"`
	ReadTimeout  time.Duration `split_words:"true" default:"3s" min:"1ms" max:"1m" desc:"time for one question to the CRM, its repetition included; within ADAPTER_REQUEST_TIMEOUT"`
	WriteTimeout time.Duration `split_words:"true" default:"5s" min:"1ms" max:"1m" desc:"time for one change in the CRM; within ADAPTER_REQUEST_TIMEOUT"`
	InFlight     int           `split_words:"true" default:"32" min:"1" max:"1000" desc:"calls of the CRM at work at once; what comes beside them is answered as busy"`
	BreakerDelay time.Duration `split_words:"true" default:"15s" min:"1ms" max:"10m" desc:"how long a CRM that fails is left alone"`
	Receipts     bool          `default:"false" desc:"whether the CRM is told of receipts that customers scan; the tills report the same sales, so that both would earn unless the CRM tells them apart"`
	// Registry has the settings of every connector.
	connectors.Registry
}

// crmFaults are what is wrong with ADAPTER_CRM and the settings of its connector.
func (c *Config) crmFaults(note func(variable, message string)) {
	const name = prefix + "_CRM"
	crm := c.Store.CRM
	if crm.Reveal() == "" {
		return
	}
	for _, named := range []struct {
		variable string
		set      bool
	}{{prefix + "_CARD_FROM_PHONE", c.Card.FromPhone}, {prefix + "_AWARDS", c.Awards != ""}, {prefix + "_MICROSITE_PASSWORD", c.Microsite.Enabled()}} {
		if named.set {
			note(named.variable, "needs the built-in engine; it cannot be used with "+name)
		}
	}
	all := c.CRM.All()
	used, known := all[crm.Scheme()]
	if !known && !slices.Contains(c.schemes, crm.Scheme()) {
		note(name, fmt.Sprintf("names no connector that this build knows; SCHEME:REST is allowed, with one of the schemes %s", strings.Join(slices.Sorted(maps.Keys(all)), ", ")))
		return
	}
	if known {
		used.Check(crm.Rest(), func(behind, message string) {
			if behind == "" {
				note(name, message)
				return
			}
			note(name+"_"+strings.ToUpper(crm.Scheme())+"_"+behind, message)
		})
	}
}

package config

import (
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

// rewardRules are what tags cannot say of the outbox.
var rewardRules = []rule{
	{on: "ADAPTER_OUTBOX_BACKOFF_MOST", reads: []string{"ADAPTER_OUTBOX_BACKOFF_FIRST"}, broken: func(c *Config) string {
		if c.Outbox.BackoffMost < c.Outbox.BackoffFirst {
			return c.Outbox.BackoffMost.String() + " is shorter than ADAPTER_OUTBOX_BACKOFF_FIRST; at least that is allowed"
		}
		return ""
	}},
}

// vendorFaults are what the vendors say of their settings, by the names of the variables.
func (c *Config) vendorFaults(note func(variable, message string)) {
	for _, v := range c.Registry.All() {
		v.Check(c.Outbox.AllowHTTP, func(name, message string) { note(prefix+"_"+strings.ToUpper(v.Name)+"_"+name, message) })
	}
}

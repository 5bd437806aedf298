package conformance

import (
	"fmt"
	"net/http"
	"sync/atomic"

	"koshelek-adapter/conformance/inert"
)

// cleanUp undoes what the API can undo: it denies every channel of the run's
// customers, so that nobody writes to them.
func (r *run) cleanUp() {
	if r.options.ReadOnly || !r.profile.Offers("setChannels") {
		return
	}
	c := &check{run: r}
	var denied atomic.Int64
	sideBySide(r.fixtures.made, r.options.Parallel, func(p *customer) {
		e := c.exchange(c.channelsCall("", p.number, nil, []string{"sms", "email", "call", "push"}))
		if e.Answer != nil && e.Answer.Status == http.StatusOK {
			denied.Add(1)
		}
	})
	r.fixtures.denied = int(denied.Load())
}

// finish sums the run up.
func (r *run) finish() {
	r.cleanUp()
	p := r.report
	p.order()
	p.explain()
	r.settleExcuses()
	for _, s := range p.Scenarios {
		for _, c := range s.Checks {
			p.Counts.Add(c.Outcome)
		}
	}
	p.Rules, p.Judged = len(Rules()), p.Counts.Pass+p.Counts.Fail+p.Counts.Warn
	p.Verdict = p.verdict()
	p.Took = Duration(r.options.Clock().Sub(p.Started))
	p.Requests = int(r.client.calls.Load())
	p.Timings = r.tally.timings()
	r.describeTestData()
	// The checks are fit to be shown since they ended; observers may hold them.
	for _, part := range []*[]string{&p.Notes, &p.TestData.Used, &p.TestData.PassedOver, &p.TestData.Cleanup} {
		inert.All(part)
	}
	inert.All(&p.Causes)
	inert.All(&p.Target)
	inert.All(&p.Deviations)
}

// Add counts a check.
func (c *Counts) Add(o Outcome) {
	switch o {
	case Pass:
		c.Pass++
	case Fail:
		c.Fail++
	case Warn:
		c.Warn++
	case Skip:
		c.Skip++
	case Disabled:
		c.Disabled++
	case Error:
		c.Error++
	}
}

// describeTestData says what the run leaves at the host. The API has no call
// that removes anything.
func (r *run) describeTestData() {
	d := &r.report.TestData
	if r.options.ReadOnly {
		d.Cleanup = []string{"The run was read-only and left nothing."}
		return
	}
	d.Cleanup = append(d.Cleanup,
		fmt.Sprintf("%d customers with phones %s… and e-mail addresses @%s stay, with %d cards: the API has no call that removes them.", d.Customers, d.PhonePrefix, d.EmailDomain, d.Cards))
	if d.Reserved > 0 {
		d.Cleanup = append(d.Cleanup, fmt.Sprintf("%d reserved numbers run out by themselves.", d.Reserved))
	}
	if d.Receipts > 0 {
		d.Cleanup = append(d.Cleanup, fmt.Sprintf("%d made-up receipts (fiscal drives 9999…) were sent for those cards.", d.Receipts))
	}
	if r.fixtures.denied > 0 {
		d.Cleanup = append(d.Cleanup, fmt.Sprintf("All channels of %d of the customers were denied at the end, so that nobody writes to them.", r.fixtures.denied))
	}
	d.Cleanup = append(d.Cleanup, "No card was touched that the run did not make or that the profile does not name.")
}

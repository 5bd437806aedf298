package crmtest

import (
	"fmt"
	"slices"
)

// crashCase is a kind of write that has to survive a crash.
type crashCase struct {
	method string
	// prepare makes what the write needs.
	prepare func(b *bench)
	// write makes the call and gives what a repeated call has to answer too.
	write func(b *bench) (answer any, err error)
	// again tells that the same call sent again succeeds and changes nothing.
	again bool
}

func crashChecks() []Check {
	var checks []Check
	for _, c := range slices.Concat(crashCardCases(), crashPointCases(), crashOutboxCases()) {
		promise := "Once " + c.method + " has returned nil, it survives a crash."
		if c.again {
			promise += " The same call sent again after the crash changes nothing."
		}
		checks = append(checks, check("Crash/"+c.method, promise, c.judge))
	}
	return append(checks, check("Crash/many-at-once", "Once a call has returned nil it survives a crash, also when many were made at once.", crashAfterMany))
}

func (c crashCase) judge(b *bench) {
	c.prepare(b)
	before := b.state()
	first, err := c.write(b)
	b.must(c.method, err)
	written := b.state()
	b.holds(before.changes(written) != "", c.method, "a change that can be seen, since nothing else can survive", nil)
	b.crash()
	b.unchanged(c.method+", then a crash", written)
	if !c.again {
		return
	}
	repeats(b, c.method+", a crash, then the same call again", first, func() (any, error) { return c.write(b) })
}

func crashAfterMany(b *bench) {
	for i := range 4 {
		b.card(i)
	}
	for range 2 {
		results := race(racers, func(i int) (string, error) {
			_, err := b.Grant(b.ctx, b.movement(cardName(i%4), fmt.Sprintf("gift-%d", i), 1))
			return "", err
		})
		tally(b, "32 grants at once, each with a key of its own, sent before and after a crash", results, all)
		written := b.state()
		b.crash()
		b.unchanged("32 grants at once, then a crash", written)
	}
	for i := range 4 {
		b.balance("eight grants of 1, sent before and after a crash", cardName(i), racers/4)
	}
	b.adds("32 grants at once and a crash", "card-0", "card-1", "card-2", "card-3")
}

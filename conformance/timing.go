package conformance

import (
	"fmt"
	"time"

	"koshelek-adapter/conformance/contract"
)

func timingRules() []ruled {
	rule := func(id, text string, severity contract.Severity) contract.Rule {
		return contract.Rule{ID: id, Text: text, Severity: severity, Mark: inferred, Source: fromGuess, Since: v100}
	}
	return []ruled{
		row(rule("timing.each", "Every answer arrives within the limit.", contract.Major),
			func(c *check) {
				slow := c.tally.slow
				stopIf(slow == nil, &lacking{"no call was made"})
				if slow.exchange.Took <= c.profile.AnswerLimit {
					return
				}
				shown := *slow
				shown.wrong, shown.expected = "it took "+Duration(slow.exchange.Took).String(), "an answer within "+Duration(c.profile.AnswerLimit).String()
				c.records = []*record{&shown}
				panic(stop{&broken{"an answer took " + Duration(slow.exchange.Took).String() + "; the limit is " + Duration(c.profile.AnswerLimit).String()}})
			},
			fault("answers-late", "A card is shown after the limit")),
		row(rule("timing.first", "The very first answer arrives within the limit: nothing has to warm up.", contract.Major),
			func(c *check) {
				if took := Duration(c.client.first.Load()); took > Duration(c.profile.AnswerLimit) {
					panic(stop{&broken{"the first answer of the run took " + took.String() + "; the limit is " + Duration(c.profile.AnswerLimit).String()}})
				}
			},
			fault("first-answer-late", "The first answer of all takes long")),
		row(rule("timing.usual", "Nineteen of twenty answers arrive within a quarter of the limit.", contract.Minor),
			func(c *check) {
				var took []time.Duration
				for _, some := range c.tally.took {
					took = append(took, some...)
				}
				stopIf(len(took) == 0, &lacking{"no call was made"})
				if p95, limit := timing("", took).P95, Duration(c.profile.AnswerLimit/4); p95 > limit {
					panic(stop{&broken{fmt.Sprintf("one of twenty answers takes %s or longer; a quarter of the limit is %s", p95, limit)}})
				}
			},
			fault("answers-slowly", "Every answer takes a third of the limit")),
		row(rule("timing.keep-alive", "A connection can be used for more than one call.", contract.Minor),
			func(c *check) {
				const enough = 10
				connections, calls := c.client.connections.Load(), c.client.calls.Load()
				stopIf(c.tally.single < enough || connections == 0, &lacking{"too few calls were made to see it"})
				stopIf(connections > calls/2, &broken{"most calls needed a connection of their own"})
			},
			fault("closes-every-connection", "Every connection is closed after one answer")),
	}
}

package conformance

import (
	"fmt"
	"time"

	"koshelek-adapter/conformance/contract"
)

func timingRules() []ruled {
	return []ruled{
		{
			Rule: contract.Rule{ID: "timing.each", Text: "Every answer arrives within the limit.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Major},
			check: func(c *check) {
				slow := c.tally.slow
				if slow == nil {
					panic(stop{&lacking{"no call was made"}})
				}
				if slow.exchange.Took <= c.profile.AnswerLimit {
					return
				}
				shown := *slow
				shown.wrong, shown.expected = "it took "+Duration(slow.exchange.Took).String(), "an answer within "+Duration(c.profile.AnswerLimit).String()
				c.records = []*record{&shown}
				panic(stop{&broken{"an answer took " + Duration(slow.exchange.Took).String() + "; the limit is " + Duration(c.profile.AnswerLimit).String()}})
			},
			faults: []Fault{{Name: "answers-late", Breaks: "A card is shown after the limit"}},
		},
		{
			Rule: contract.Rule{ID: "timing.first", Text: "The very first answer arrives within the limit: nothing has to warm up.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Major},
			check: func(c *check) {
				if took := Duration(c.client.first.Load()); took > Duration(c.profile.AnswerLimit) {
					panic(stop{&broken{"the first answer of the run took " + took.String() + "; the limit is " + Duration(c.profile.AnswerLimit).String()}})
				}
			},
			faults: []Fault{{Name: "first-answer-late", Breaks: "The first answer of all takes long"}},
		},
		{
			Rule: contract.Rule{ID: "timing.usual", Text: "Nineteen of twenty answers arrive within a quarter of the limit.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Minor},
			check: func(c *check) {
				var took []time.Duration
				for _, some := range c.tally.took {
					took = append(took, some...)
				}
				if len(took) == 0 {
					panic(stop{&lacking{"no call was made"}})
				}
				if p95, limit := timing("", took).P95, Duration(c.profile.AnswerLimit/4); p95 > limit {
					panic(stop{&broken{fmt.Sprintf("one of twenty answers takes %s or longer; a quarter of the limit is %s", p95, limit)}})
				}
			},
			faults: []Fault{{Name: "answers-slowly", Breaks: "Every answer takes a third of the limit"}},
		},
		{
			Rule: contract.Rule{ID: "timing.keep-alive", Text: "A connection can be used for more than one call.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Minor},
			check: func(c *check) {
				const enough = 10
				connections, calls := c.client.connections.Load(), c.client.calls.Load()
				if c.tally.single < enough || connections == 0 {
					panic(stop{&lacking{"too few calls were made to see it"}})
				}
				if connections > calls/2 {
					panic(stop{&broken{"most calls needed a connection of their own"}})
				}
			},
			faults: []Fault{{Name: "closes-every-connection", Breaks: "Every connection is closed after one answer"}},
		},
	}
}

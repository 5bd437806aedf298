package conformance

import "maps"

// checkFuncs are the checks by rule. The rules on every answer have none: they
// are judged on each exchange.
var checkFuncs = merged(
	tlsChecks, authChecks, findChecks, reserveChecks, issueChecks, poolChecks, typedChecks, blockedChecks, severalChecks,
	holderChecks, channelChecks, balanceChecks, historyChecks, offerChecks, receiptChecks, promoChecks, userChecks,
	pathChecks, bodyChecks, injectionChecks, repeatChecks, raceChecks, timingChecks,
)

func merged(groups ...map[string]checkFunc) map[string]checkFunc {
	all := map[string]checkFunc{}
	for _, group := range groups {
		maps.Copy(all, group)
	}
	return all
}

// all carries out expectations until one does not hold.
func all(expectations ...func() error) error {
	for _, expectation := range expectations {
		if err := expectation(); err != nil {
			return err
		}
	}
	return nil
}

// expecting sends a call and expects something of its answer.
func (c *check) expecting(out call, want func(*reply) error) error {
	r, err := c.send(out)
	if err != nil {
		return err
	}
	return want(r)
}

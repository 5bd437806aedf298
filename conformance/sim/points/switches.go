package points

import (
	"errors"
	"time"

	"koshelek-adapter/conformance/sim"
)

// Endpoints, as rules name them.
const (
	tokenEndpoint      = "token"
	earnEndpoint       = "earn"
	redeemEndpoint     = "redeem"
	balanceEndpoint    = "balance"
	callbackEndpoint   = "callback"
	settlementEndpoint = "settlement"
)

const (
	faultTokenOver  = "token_over"
	faultEarly      = "callback_before_answer"
	faultLate       = "settles_late"
	faultFails      = "settlement_fails"
	faultCorrupt    = "corrupt"
	faultForged     = "forged"
	faultContradict = "contradict"
)

const standardLate = 10 * time.Minute

func faults() []sim.Fault {
	callback, settlement := []string{callbackEndpoint}, []string{settlementEndpoint}
	const ways = "json, empty, huge, client, user, rule, request, action, point or status"
	return append(sim.SenderFaults(callbackEndpoint),
		sim.Fault{Name: faultTokenOver, Endpoints: []string{earnEndpoint, redeemEndpoint, balanceEndpoint},
			Doc: "the token ends just before this call"},
		sim.Fault{Name: faultEarly, Endpoints: []string{earnEndpoint, redeemEndpoint},
			Doc: "settles at once and sends the callback before the 202"},
		sim.Fault{Name: faultLate, Endpoints: settlement, Value: "a duration of the simulator's clock; 10m",
			Doc: "settles so much later"}.Checked(sim.Duration),
		sim.Fault{Name: faultFails, Endpoints: settlement, Value: "the errorMessage; Unexpected Error",
			Doc: "nothing moves, the callback says failed"}.Checked(anyText),
		sim.Fault{Name: faultCorrupt, Endpoints: callback, Value: ways + "; json", Doc: "the callback is spoilt"}.Checked(checkCorruption),
		sim.Fault{Name: faultForged, Endpoints: callback, Value: ways + "; json",
			Doc: "a spoilt callback comes before the true one"}.Checked(checkCorruption),
		sim.Fault{Name: faultContradict, Endpoints: callback, Doc: "a second callback says the opposite of the first"},
	)
}

func anyText(v string) error {
	if len(v) > 1000 {
		return errors.New("too long")
	}
	return nil
}

const (
	knobTokenTTL     = "token_ttl"
	knobOneToken     = "login_kills_old_token"
	knobSettleAfter  = "settle_after"
	knobAcceptBody   = "accept_body"
	knobRepeat       = "repeated_request"
	knobUsers        = "users"
	knobAttempts     = "callback_attempts"
	knobRetryAfter   = "callback_retry_after"
	knobSignature    = "signature"
	knobSignatureAge = "signature_max_age"
	knobBalanceShape = "balance_shape"
	knobUnknownUser  = "unknown_user"
)

func knobs() []sim.Knob {
	return []sim.Knob{
		sim.Length(knobTokenTTL, "how long a token lasts", 30*time.Minute),
		sim.Choice(knobOneToken, "a new token ends the client's older ones", "no", "yes"),
		sim.Length(knobSettleAfter, "from the 202 to the settlement", 20*time.Millisecond),
		sim.Choice(knobAcceptBody, "the body of a 202", "empty", "object", "json"),
		sim.Choice(knobRepeat, "a requestId that was used before: 409, or 202 without a second effect", "409", "accept"),
		sim.Choice(knobUsers, "who may be named: anybody, or only Options.Users", "any", "listed"),
		sim.Count(knobAttempts, "how often a callback is tried until a 2xx", 1, 1),
		sim.Length(knobRetryAfter, "wait before the next try", time.Second),
		sim.Choice(knobSignature, "off: not looked at; optional: checked when present; required", "off", "optional", "required"),
		sim.Length(knobSignatureAge, "how old `created` may be; 0s: any age", 0),
		sim.Choice(knobBalanceShape, "the balance's answer; two holds two numbers that differ",
			"balance", "data.balance", "point", "points", "amount", "text", "two", "none"),
		sim.Choice(knobUnknownUser, "balance of a user without points: zero, or 404", "zero", "404"),
	}
}

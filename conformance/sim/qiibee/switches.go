package qiibee

import (
	"time"

	"koshelek-adapter/conformance/sim"
)

// Endpoints, as rules name them.
const (
	usersCreate        = "users_create"
	usersUpdate        = "users_update"
	usersGet           = "users_get"
	usersList          = "users_list"
	balancesGet        = "balances"
	membershipsSet     = "memberships_set"
	membershipsList    = "memberships_list"
	membershipsGet     = "memberships_get"
	membershipsDelete  = "memberships_delete"
	codesCreate        = "codes"
	transactionsCreate = "transactions_create"
	transactionsList   = "transactions_list"
	effectEndpoint     = "effect"
	webhookEndpoint    = "webhook"
)

func endpoints() []string {
	return []string{usersCreate, usersUpdate, usersGet, usersList, balancesGet, membershipsSet, membershipsList, membershipsGet,
		membershipsDelete, codesCreate, transactionsCreate, transactionsList}
}

const (
	faultMissingKey = "missing_key_401"
	faultLate       = "effect_late"
	faultFails      = "effect_fails"
	faultNoAuth     = "without_auth"
	faultWrongAuth  = "wrong_auth"
	faultGarbled    = "garbled"
)

func faults() []sim.Fault {
	effect, webhook := []string{effectEndpoint}, []string{webhookEndpoint}
	return append(sim.SenderFaults(webhookEndpoint),
		sim.Fault{Name: faultMissingKey, Endpoints: endpoints(), Doc: "401 with the message of a missing key"},
		sim.Fault{Name: faultLate, Endpoints: effect, Value: "a duration of the simulator's clock; 10m",
			Doc: "the transaction takes effect so much later"}.Checked(sim.Duration),
		sim.Fault{Name: faultFails, Endpoints: effect, Doc: "the transaction was accepted and fails; what it reserved is free again"},
		sim.Fault{Name: faultNoAuth, Endpoints: webhook, Doc: "a webhook without Authorization comes before the true one"},
		sim.Fault{Name: faultWrongAuth, Endpoints: webhook, Doc: "a webhook with a wrong password comes before the true one"},
		sim.Fault{Name: faultGarbled, Endpoints: webhook, Doc: "half a webhook comes before the true one"},
	)
}

const (
	knobErrorShape  = "error_shape"
	knobAcceptBody  = "accept_body"
	knobEffectAfter = "effect_after"
	knobLists       = "list_shows"
	knobReferences  = "reference_scope"
	knobTokenID     = "token_id"
	knobRetries     = "webhook_retries"
	knobBackoff     = "webhook_backoff"
)

func knobs() []sim.Knob {
	return []sim.Knob{
		sim.Choice(knobErrorShape, "how an error is worded", "error", "message", "errors", "errors.detail", "detail", "text"),
		sim.Choice(knobAcceptBody, "the body of a 202", "empty", "object", "json"),
		sim.Length(knobEffectAfter, "from the 202 to the effect", 20*time.Millisecond),
		sim.Choice(knobLists, "which transactions lists show: all, or only those that are decided", "all", "final"),
		sim.Choice(knobReferences, "what a reference_id is unique in", "global", "campaign"),
		sim.Choice(knobTokenID, "the id of a token in answers", "number", "string", "absent"),
		sim.Count(knobRetries, "how often a webhook is tried again", 13, 0),
		sim.Length(knobBackoff, "wait before the first retry; it doubles up to an hour", time.Second),
	}
}

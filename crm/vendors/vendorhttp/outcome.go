package vendorhttp

import (
	"encoding/json"
	"errors"

	"koshelek-adapter/crm/outbox"
)

// Failed is what an error means for a delivery: the state that the vendor's
// connector gives it, why, for how long to wait, and whether the vendor is down,
// which one that refuses a request is not.
func Failed(state outbox.State, err error) outbox.Outcome {
	out := outbox.Outcome{State: state, Reason: err.Error()}
	if e, ok := errors.AsType[*Error](err); ok {
		out.Wait = e.RetryAfter
		out.Down = state != outbox.StateRejected && Down(err)
		if e.Record != nil {
			out.Answer = e.Record.JSON()
		}
	}
	return out
}

// NeverDone reports that a repetition would be refused too: the vendor refused what
// the request says, or this side did.
func NeverDone(err error) bool { return errors.Is(err, Rejected) || errors.Is(err, Invalid) }

// JSON is the record as the outbox keeps it, nil when there is none.
func (r Record) JSON() []byte {
	if r.Status == 0 {
		return nil
	}
	text, err := json.Marshal(r)
	if err != nil {
		return nil // strings and numbers always marshal
	}
	return text
}

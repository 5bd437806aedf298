package reward

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/bridge"
	"koshelek-adapter/crm/bridge/wire"
)

// done, pending, rejected and unknown are outcomes of a vendor's word.
func done(booked int64, ref string, r wire.Record) bridge.Outcome {
	return bridge.Outcome{Outcome: crm.Outcome{State: crm.DeliveryDone, Booked: booked, VendorRef: ref, Answer: kept(&r)}}
}

func pending(wait time.Duration, r wire.Record) bridge.Outcome {
	return bridge.Outcome{Outcome: crm.Outcome{State: crm.DeliveryPending, Wait: wait, Answer: kept(&r)}}
}

func rejected(reason string) bridge.Outcome {
	return bridge.Outcome{Outcome: crm.Outcome{State: crm.DeliveryRejected, Reason: reason}}
}

func unknown(wait time.Duration, reason string) bridge.Outcome {
	return bridge.Outcome{Outcome: crm.Outcome{State: crm.DeliveryUnknown, Wait: wait, Reason: reason}}
}

// kept is what is stored of an answer.
func kept(r *wire.Record) []byte {
	if r == nil || r.Status == 0 {
		return nil
	}
	text, err := json.Marshal(r)
	if err != nil {
		return nil // strings and numbers always marshal
	}
	return text
}

// again is the outcome of a failure after which the delivery is sent again.
func again(err error) bridge.Outcome {
	out := failure(err)
	out.State = crm.DeliveryRetry
	return out
}

// failure is an outcome without a state: why, for how long to wait, and whether
// the vendor is down.
func failure(err error) bridge.Outcome {
	out := bridge.Outcome{Outcome: crm.Outcome{Reason: err.Error()}}
	var e *wire.Error
	if !errors.As(err, &e) {
		return out
	}
	out.Wait, out.Answer = e.RetryAfter, kept(e.Record)
	switch e.Kind {
	case wire.Unavailable, wire.RateLimited, wire.Unauthorized, wire.Forbidden, wire.Redirected:
		out.Down = true
	}
	return out
}

// refusedHere reports a request that this side would not send: it never will be.
func refusedHere(err error) bool { return errors.Is(err, wire.Invalid) }

// params reads the parameters of an action; a key that nobody knows is a fault.
func params(raw json.RawMessage, into any) error {
	if len(raw) == 0 {
		raw = json.RawMessage("{}")
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("its parameters: %w", err)
	}
	return nil
}

// frozen is a payload for the outbox.
func frozen(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // payloads are plain structs
	}
	return raw
}

// thaw reads a payload that frozen made.
func thaw[P any](d crm.Delivery) (p P, err error) {
	if err := json.Unmarshal(d.Payload, &p); err != nil {
		return p, fmt.Errorf("the payload of the delivery cannot be read: %w", err)
	}
	return p, nil
}

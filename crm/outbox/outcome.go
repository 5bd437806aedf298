package outbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"koshelek-adapter/crm"
)

// Rejected is the outcome of a delivery that was not done and never will be.
func Rejected(reason string) Outcome {
	return Outcome{Outcome: crm.Outcome{State: crm.DeliveryRejected, Reason: reason}}
}

// Unknown is the outcome of a delivery that may have been done; the vendor is asked
// after the wait, which may be crm.WaitForOperator.
func Unknown(wait time.Duration, reason string) Outcome {
	return Outcome{Outcome: crm.Outcome{State: crm.DeliveryUnknown, Wait: wait, Reason: reason}}
}

// Params reads the parameters of an action; a key that nobody knows is a fault.
func Params(raw json.RawMessage, into any) error {
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

// Payload is what an action needs, as the outbox keeps it: of a plain struct.
func Payload(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // payloads are plain structs
	}
	return raw
}

// PayloadOf reads what [Payload] made.
func PayloadOf[P any](d crm.Delivery) (p P, err error) {
	if err := json.Unmarshal(d.Payload, &p); err != nil {
		return p, fmt.Errorf("the payload of the delivery cannot be read: %w", err)
	}
	return p, nil
}

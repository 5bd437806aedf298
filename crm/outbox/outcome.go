package outbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"koshelek-adapter/crm"
)

// Voucher is what a vendor gave for a message. Its code is money.
type Voucher struct {
	Code, PIN string
	// Until is the last day, "" when the vendor says none.
	Until crm.Date
	// Name, Terms and URL are plain text for the customer; they may be empty.
	Name, Terms, URL string
}

// Outcome is what was found out about a delivery.
type Outcome struct {
	// State is StateDone, StateRejected, StatePending, StateRetry, StateUnknown, or
	// StateNew when it was certainly not sent.
	State State
	// Wait is how long nothing is to be done in a state that is not final;
	// WaitForOperator for ever.
	Wait time.Duration
	// VendorRef is the vendor's own name of what it did, "" when it gave none.
	VendorRef string
	// Booked is how many points the vendor moved.
	Booked int64
	// Vouchers that the vendor gave.
	Vouchers []Voucher
	// Reason says why, without personal data; Answer is the vendor's, redacted.
	Reason string
	Answer []byte
	// Down tells that the vendor could not be reached or did not serve: there is no
	// point in sending it the next delivery at once.
	Down bool
}

// WaitForOperator is the Wait of a delivery that only an operator can move on.
const WaitForOperator = time.Duration(1<<63 - 1)

// Rejected is the outcome of a delivery that was not done and never will be.
func Rejected(reason string) Outcome {
	return Outcome{State: StateRejected, Reason: reason}
}

// Unknown is the outcome of a delivery that may have been done; the vendor is asked
// after the wait, which may be WaitForOperator.
func Unknown(wait time.Duration, reason string) Outcome {
	return Outcome{State: StateUnknown, Wait: wait, Reason: reason}
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
func PayloadOf[P any](d Delivery) (p P, err error) {
	if err := json.Unmarshal(d.Payload, &p); err != nil {
		return p, fmt.Errorf("the payload of the delivery cannot be read: %w", err)
	}
	return p, nil
}

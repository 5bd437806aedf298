package outbox

import "context"

// Store keeps what reward vendors must hear. Messages come with the requests of
// other operations (a receipt, a code, a take) and are stored in the same
// transaction, each once for its Key; those of an operation that is repeated or
// refused are not stored. A delivery belongs to the card and the customer of the
// operation; the card follows a replacement.
type Store interface {
	// ClaimDeliveries hands out up to Limit deliveries of a vendor that are due to
	// a worker; nobody else is given one before Until, when they are due again. To
	// be sent, and from then on in StateSending with one more attempt: those in
	// StateNew and StateRetry that are due and, unless they are AtMostOnce, those
	// in StateSending whose claim is over. To be asked about, and left in their
	// state: those in StateUnknown and StatePending that are due. They fill
	// half of the Limit at most, but one place always. An AtMostOnce delivery in
	// StateSending whose claim is over becomes StateUnknown.
	//
	// The order of a customer's deliveries to one vendor is kept, and so is that
	// of a card without a holder: none is sent while an older one waits to be sent
	// or is being sent, or Holds and is not final.
	ClaimDeliveries(ctx context.Context, r ClaimRequest) ([]Delivery, error)

	// SettleDelivery stores what became of a delivery, with its effects on ledger
	// and offers, in one transaction, and ends its claim. With a Claim only who
	// holds it may, and with Expect only while the delivery is in that state and
	// held by nobody (crm.ErrOperationConflict); StateNew takes the attempt of a
	// delivery back that is being sent. A
	// delivery that is final already stays as it is: the same final state again
	// (and the same Booked) is the same success, another one is
	// crm.ErrOperationConflict. A VendorRef belongs to one delivery of a vendor:
	// crm.ErrOperationConflict. The effects happen once, whoever settles, however
	// often, whatever the card's state, and to the card that the delivery belongs
	// to by then. crm.ErrDeliveryNotFound.
	SettleDelivery(ctx context.Context, s Settlement) (Delivery, error)

	// Delivery gives one delivery. crm.ErrDeliveryNotFound.
	Delivery(ctx context.Context, id string) (Delivery, error)

	// KnownReferences gives those of a vendor's references that belong to a
	// delivery.
	KnownReferences(ctx context.Context, vendor string, references []string) ([]string, error)

	// ListDeliveries gives up to Limit deliveries that fit, ordered by ID,
	// beginning after one.
	ListDeliveries(ctx context.Context, q Query) ([]Delivery, error)

	// CountDeliveries counts by vendor and state, in their alphabetical order; of
	// all deliveries, or of those that are not final.
	CountDeliveries(ctx context.Context, all bool) ([]Count, error)
}

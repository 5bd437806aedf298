package crm

import (
	"context"
	"time"
)

// Connector is what the product needs of a CRM that a retailer already has.
// Package connect makes a [Program] of it: numbers, links between cards and the
// CRM's customers, the intents of writes, consents, the identity of receipts and
// codes, and the outbox are kept there, so that a connector only translates.
//
// All methods are safe for concurrent use and obey the context. Phones are
// digits with the country code, e-mails lower case; identifiers that a connector
// answers with are compared byte by byte and never trusted for the search alone.
//
// Three kinds of failure must be told apart. A refusal is an error of the [Kind]
// that stands with the method: the CRM has decided, nothing was changed.
// ErrNotDone says that the CRM surely did nothing: the connection was refused, or
// it answered that it is too busy or closed. Anything else (a time-out, a torn or
// unreadable answer) is ErrUnavailable: the outcome is unknown.
type Connector interface {
	// Describe tells what the CRM is and what it promises. It is asked at the start,
	// by doctor, and as the probe of readiness.
	Describe(ctx context.Context) (About, error)

	// Find gives the customers whom the phone or the e-mail names, at most ten, each
	// once, with all their cards as separate members. None is an empty list, and
	// only on the CRM's own fresh word: a second card is issued on it.
	Find(ctx context.Context, by Identity) ([]Member, error)

	// Member gives one customer's card. ErrCardNotFound.
	Member(ctx context.Context, ref Ref) (Member, error)

	// Enroll makes a card of Number for the customer of the profile, who is made
	// when there is none. Errors: ErrNumberTaken (the number is another's card),
	// ErrPhoneTaken and ErrEmailTaken (another customer has it; nothing is made),
	// ErrCardBlocked, ErrAmbiguous, ErrInvalidProfile.
	Enroll(ctx context.Context, e Enrollment) (Member, error)

	// Update stores the fields that are not empty; the others stay. Errors:
	// ErrCardNotFound, ErrCardBlocked, ErrPhoneTaken, ErrEmailTaken,
	// ErrInvalidProfile.
	Update(ctx context.Context, key string, ref Ref, profile Profile) error

	// Close releases connections.
	Close() error
}

// ErrNotDone says that a [Connector] surely changed nothing, and the same call may be sent
// again. Surfaces never see it: to them it is ErrUnavailable.
const ErrNotDone Kind = "not_done"

// What a [Connector] may be able to do besides; asked for once, by type assertion
// and [About].Offers. What is missing is kept here where that can serve, else the
// method of the contract is not offered.
type (
	// ConnectedBalances knows points.
	ConnectedBalances interface {
		// Balance gives the points of a card. ErrCardNotFound, ErrCardBlocked.
		Balance(ctx context.Context, ref Ref) (PointsBalance, error)
	}
	// ConnectedConsents knows what customers allow.
	ConnectedConsents interface {
		// SetChannels stores what a customer allows (true) and forbids; a channel that is
		// not named stays as it is. ErrCardNotFound.
		SetChannels(ctx context.Context, key string, ref Ref, wanted map[Channel]bool) error
	}
	// ConnectedPurchases knows what was bought.
	ConnectedPurchases interface {
		// Purchases gives a page of at most limit lines between two days, both included,
		// newest day first, beginning after the cursor ("" for the first page); next is ""
		// when there are no more. ErrCardNotFound.
		Purchases(ctx context.Context, ref Ref, from, to Date, after string, limit int) (lines []Purchase, next string, err error)
	}
	// ConnectedOffers knows offers.
	ConnectedOffers interface {
		// Offers gives what is open to a card today. ErrCardNotFound.
		Offers(ctx context.Context, ref Ref) ([]Offer, error)
	}
	// ConnectedDirectory knows all customers.
	ConnectedDirectory interface {
		// Members gives a page of at most limit customers with a card, beginning after
		// the cursor ("" for the first page); next is "" when there are no more. The cards
		// of one customer stand together.
		Members(ctx context.Context, after string, limit int) (members []Member, next string, err error)
	}
	// ConnectedReceipts books fiscal receipts.
	ConnectedReceipts interface {
		// Receipt books one for a card. Errors: those of [Program].SubmitReceipt.
		Receipt(ctx context.Context, key string, ref Ref, receipt Receipt) (Applied, error)
	}
	// ConnectedCodes knows promo codes.
	ConnectedCodes interface {
		// Redeem uses one for a card. Errors: those of [Program].RedeemCode.
		Redeem(ctx context.Context, key string, ref Ref, code string) (Applied, error)
	}
	// ConnectedPoints books points by hand.
	ConnectedPoints interface {
		// Move credits points (positive) or takes them (negative). Errors: those of
		// [Ledger].
		Move(ctx context.Context, key string, ref Ref, m PointsMove) (Applied, error)
	}
	// ConnectedLookup finds writes again.
	ConnectedLookup interface {
		// Operation tells what became of a write by its key. Done is false when the CRM
		// surely never did it.
		Operation(ctx context.Context, key string, ref Ref, since time.Time) (applied Applied, done bool, err error)
	}
	// ConnectedErasure forgets customers.
	ConnectedErasure interface {
		// Erase removes the personal data of a customer; one who is not there is a
		// success.
		Erase(ctx context.Context, ref Ref) error
	}
)

// Ref names a customer's card to the CRM.
type Ref struct {
	// ID is the CRM's own name of the customer, at most 128 bytes; "" where only the
	// card is known.
	ID string
	// Card is the number that the till scans.
	Card string
}

// Member is a customer with one card.
type Member struct {
	Ref
	State   CardState
	Profile Profile
	// Barcode is what is drawn when it differs from the number; empty for the
	// programme's rule.
	BarcodeNumber string
	BarcodeType   BarcodeType
	IssuedAt      time.Time
	// Balance is set when it came without another call.
	Balance *PointsBalance
}

// Enrollment is what a card is made of.
type Enrollment struct {
	// Key is the same for each repetition of one enrollment, and no other's.
	Key     string
	Number  CardNumber
	Profile Profile
}

// PointsBalance is a card's points as the CRM has them.
type PointsBalance struct {
	// Total counts pending points too, Available does not. Neither is negative.
	Total, Available int64
	// Lots may be empty, and may add up to less than the total.
	Lots []Lot
}

// PointsMove is points to credit (positive) or to take (negative).
type PointsMove struct {
	Points      int64
	Description string
	// AvailableFrom and ValidUntil shape a credit; zero for the CRM's own rule.
	AvailableFrom, ValidUntil time.Time
}

// Applied is the CRM's word for a write that was done.
type Applied struct {
	// Points that were credited; negative when they were taken.
	Points int64
	// Repeated tells that it had been done before.
	Repeated bool
	// Ref is the CRM's own name of the booking, at most 128 bytes.
	Ref string
}

// Guarantee is what makes a repeated write safe.
type Guarantee string

// The guarantees, from the weakest.
const (
	// GuaranteeNone: it can be neither repeated nor surely looked up. It is sent at most
	// once; after a lost answer a look-up may confirm it, else it is unknown until an
	// operator decides.
	GuaranteeNone Guarantee = "none"
	// GuaranteeSearchable: [ConnectedLookup] surely tells whether it was done.
	GuaranteeSearchable Guarantee = "searchable"
	// GuaranteeNatural: the same content again changes nothing.
	GuaranteeNatural Guarantee = "natural"
	// GuaranteeKeyed: the CRM remembers the key.
	GuaranteeKeyed Guarantee = "keyed"
)

// Write names a method of a connector that changes something.
type Write string

// The writes.
const (
	WriteEnroll   Write = "enroll"
	WriteUpdate   Write = "update"
	WriteChannels Write = "channels"
	WriteReceipt  Write = "receipt"
	WriteCode     Write = "code"
	WritePoints   Write = "points"
)

// Offer names of [About]: the optional interfaces by what they do.
const (
	OffersBalance   = "balance"
	OffersChannels  = "channels"
	OffersPurchases = "purchases"
	OffersOffers    = "offers"
	OffersMembers   = "members"
	OffersReceipt   = "receipt"
	OffersCode      = "code"
	OffersPoints    = "points"
	OffersLookup    = "lookup"
	OffersErase     = "erase"
)

// About is what a CRM says of itself.
type About struct {
	// Name is shown to operators.
	Name string
	// Offers names what is offered beside the mandatory calls. A connector whose type
	// has a method that is not named here is never asked by it.
	Offers []string
	// Writes tells the guarantee of each write; one that is missing is GuaranteeNone.
	Writes map[Write]Guarantee
	// Now is the CRM's clock; zero when it does not say.
	Now time.Time
	// PerSecond and InFlight limit the calls; 0 for no limit of the CRM's own.
	PerSecond float64
	InFlight  int
	// Notes are what an operator should know, one sentence each.
	Notes []string
}

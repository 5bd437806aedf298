package crm

import (
	"context"
	"iter"
)

// Program is a loyalty programme: what [Service] needs of the system that keeps
// customers, cards and points. Package engine is the one that comes with the
// product; a retailer's own is connected by implementing this interface.
//
// All methods are safe for concurrent use. Nobody knows whether an answer
// arrives, so the same call may come again at any time, late, out of order, or
// at the same moment as its twin: a repetition is told by its meaning (no call
// carries a key), has the same answer as the first one and changes nothing more.
// What was answered with nil survives a crash.
//
// Arguments are normalised by Service: phones are digits with the country code,
// e-mails lower case, card numbers pass [ParseCardNumber]. Text is kept exactly
// and compared byte by byte.
//
// Errors are of a [Kind]; the ones that a method may give beside ErrUnavailable,
// ErrBusy and ErrInternal stand with it. ErrUnavailable says that the outcome is
// not known: the call may have been carried out, and is sent again. A context
// that is over before the call begins gives an error and changes nothing. "No
// card" is said only when it is known: a programme that cannot be asked now
// gives ErrUnavailable, since the customer would get a second card.
type Program interface {
	// Find gives every customer whom the phone or the e-mail names, each with all
	// cards, blocked ones too; at most one by phone and one by e-mail. A customer
	// without cards is listed. No match is an empty list, not an error; an empty
	// field matches nobody.
	Find(ctx context.Context, by Identity) ([]Match, error)

	// Reserve gives a free number that nobody else is given for an hour at least.
	// Afterwards it is free again, unless IssueReserved made a card of it.
	// ErrPoolEmpty.
	Reserve(ctx context.Context) (number string, err error)

	// Issue gives the customer of the profile's phone or e-mail a card and answers
	// with it; one who has cards is answered with the one that PickCard picks. A
	// customer who is not known is made, never a second one for a phone or an
	// e-mail, also when two calls race. The fields of the profile that are not
	// empty are stored; but a customer who was found by e-mail keeps the phone that
	// is stored. An e-mail is typed by anybody: beside a phone that nobody has it
	// must not open the account of a customer who has another phone (contract:
	// "Identity"). A welcome, if the programme has one, is given once per phone.
	// Errors: ErrAmbiguous (phone and e-mail of two customers), ErrCardBlocked
	// (every card of the customer is), ErrPoolEmpty.
	Issue(ctx context.Context, profile Profile) (Card, error)

	// IssueReserved makes a card of exactly this number, which is reserved, free,
	// handed over to Koshelek, or a card without a holder, and gives it to the
	// customer of the profile as Issue does, who may so have several. Of two
	// customers who want one number at the same moment one gets it. The same
	// profile for the same number again is the same success.
	// Errors: ErrNumberUnknown, ErrNumberTaken, ErrAmbiguous, ErrCardBlocked.
	IssueReserved(ctx context.Context, number string, profile Profile) (Card, error)

	// Card gives one card, blocked or not, and its open lots, the earliest expiry
	// first. ErrCardNotFound.
	Card(ctx context.Context, number string) (Statement, error)

	// UpdateProfile stores the fields that are not empty for the card's holder; the
	// others stay. A card without a holder is given to the customer of the
	// profile's phone or e-mail, who is made when there is none.
	// Errors: ErrCardNotFound, ErrCardBlocked, ErrPhoneTaken (also when the e-mail
	// is taken, too), ErrEmailTaken and, without a holder, ErrAmbiguous, ErrNoIdentity
	// and ErrCardBlocked (every card of the customer is), ErrTooManyAttempts.
	UpdateProfile(ctx context.Context, number string, profile Profile) error

	// SetChannels records what the card's holder allows (true) and forbids; a
	// channel that is not named stays as it is. The source says where the consent
	// was given. Consent can be withdrawn for a blocked card, too.
	// Errors: ErrCardNotFound, ErrCustomerNotFound (a card without a holder).
	SetChannels(ctx context.Context, number string, wanted map[Channel]bool, source string) error

	// Purchases walks through the lines of a card between two days, both included,
	// newest day first and in one stable order. It ends with the first error.
	// ErrCardNotFound.
	Purchases(ctx context.Context, number string, from, to Date) iter.Seq2[Purchase, error]

	// Offers gives what is open to the card today. ErrCardNotFound.
	Offers(ctx context.Context, number string) ([]Offer, error)

	// Customers walks through every customer with a phone and a card that is not
	// blocked, ordered by phone, with the card that PickCard picks. It ends with
	// the first error.
	Customers(ctx context.Context) iter.Seq2[Holder, error]

	// SubmitReceipt books a fiscal receipt for a card. FN and I name a receipt: the
	// same card with the same content again is the same success, Repeated, without
	// a second award, also at the same moment. Only sales earn; the programme
	// decides how much, how old a receipt may be and what a refund takes back.
	// Errors: ErrReceiptFuture, ErrReceiptTooOld, ErrReceiptTaken (another card),
	// ErrReceiptMismatch (same card, other content), ErrReceiptLimit, ErrReceiptForeign,
	// ErrCardNotFound, ErrCardBlocked, ErrCardInactive.
	SubmitReceipt(ctx context.Context, number string, receipt Receipt) (Submitted, error)

	// RedeemCode uses a promo code, as [NormalizeCode] writes it, for a card. The
	// same card again is the same success without a second award or use; of a
	// limited number of uses never more succeed, also at the same moment.
	// Errors: ErrCodeUnknown, ErrCodeNotStarted, ErrCodeExpired, ErrCodeUsedUp,
	// ErrCardNotFound, ErrCardBlocked, ErrCardInactive.
	RedeemCode(ctx context.Context, number, code string) (Submitted, error)

	// Ping reports whether the programme can be used now, for readiness probes.
	Ping(ctx context.Context) error
}

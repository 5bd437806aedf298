package engine

import (
	"context"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/outbox"
)

// Store remembers. Every method is one business operation in one
// transaction: it happens wholly or not at all, and once it has returned nil
// it survives a crash. All methods are safe for concurrent use, and each may
// be called again with the same request at any time, also at the same moment.
//
// Text is kept exactly: identifiers (numbers, phones, codes, keys) differ when
// one byte differs, whatever their case or trailing spaces; names keep every
// character of Unicode. A value is stored whole or refused, never shortened.
//
// A context that is over before the call begins gives an error and changes
// nothing. Requests are normalised by [Engine]; times come with the request,
// so a Store needs no clock. Errors are of a [Kind]; a store that cannot be
// reached gives ErrUnavailable, and then the operation may have happened.
//
// Package storetest has a check for each promise below.
type Store interface {
	Cards
	Numbers
	Holders
	Ledger
	Promotions
	Records
	Listings
	outbox.Store
	Customers
	OneTimeCodes
	Orders
	// Ping reports whether the store can be reached now, for readiness probes.
	Ping(ctx context.Context) error
	// Close releases the store; operations under way end first.
	Close() error
}

// Cards finds and issues cards.
type Cards interface {
	// FindCards gives every customer who has the phone or the email, each with
	// all cards; a customer without cards is listed too. No match is an empty
	// list, not an error. Empty fields match nobody.
	FindCards(ctx context.Context, by crm.Identity) ([]crm.Match, error)

	// Card gives one card; ErrCardNotFound.
	Card(ctx context.Context, number string) (crm.Card, error)

	// Issue gives the customer of the profile's phone or email a card and
	// answers with it. A customer who has cards keeps them: the answer is the
	// one that PickCard picks, and Number stays unused. Otherwise Number becomes
	// the card (it leaves the pool if it was there). A customer is made when
	// none matches, never a second one for a phone or email, also when the call
	// races its twin. The profile's fields that are not empty are stored; but a
	// customer who was found by email keeps the phone that is stored, since the
	// call proves only its own. Email says whether an email beside a phone that
	// nobody has names its customer; where it is left out, the same call again, and
	// FindCards with the same phone and email, find the phone's customer alone. Welcome is credited with the first card that is
	// made for the customer's phone, as it is stored then, and never again for
	// that phone, whoever holds it.
	// Errors: ErrAmbiguous (phone and email of two customers), ErrCardBlocked
	// (all cards of the customer are), ErrNumberTaken (Number is a card),
	// ErrPoolEmpty (a card would have to be made and Number is empty).
	Issue(ctx context.Context, r IssueRequest) (Issued, error)

	// IssueReserved makes a card of exactly this number, which must be in the
	// pool (free, reserved or handed over) or be a card without a holder, and
	// gives it to the customer of the profile like Issue, who may so have
	// several. The number leaves the pool; of two calls for one number one wins.
	// The same profile for the same number again is the same success and changes
	// nothing, also after the profile was updated.
	// Errors: ErrNumberUnknown, ErrNumberTaken, ErrAmbiguous, ErrCardBlocked.
	IssueReserved(ctx context.Context, r IssueRequest) (crm.Card, error)

	// SetCardState blocks, unblocks or rests a card and leaves a line in the
	// audit log; setting the state that it has changes nothing. ErrCardNotFound.
	SetCardState(ctx context.Context, r StateChange) error

	// ReplaceCard gives what belongs to a card to a new number: the holder, the
	// balance with its open lots (a transfer in both ledgers), segments, offers
	// for the card, purchases, and the receipts and codes that it has used, so
	// that none counts twice. The new card is inactive when the old one was, else
	// active; the old one stays, blocked, empty and without a holder. The new
	// number leaves the pool, with the barcode that it has there. The same pair
	// again is the same success and changes nothing. It leaves a line in the
	// audit log of both cards. While the old one is blocked its number is issued
	// to nobody, also when a call is repeated that once issued it.
	// Errors: ErrCardNotFound, ErrNumberTaken (the new number is a card),
	// ErrOperationConflict (another number has replaced the card), ErrCardBlocked
	// (a blocked card without a holder, so that nobody inherits an erased one).
	ReplaceCard(ctx context.Context, r Replacement) (crm.Card, error)

	// ImportCards stores cards with their holders and opening balances, each
	// row wholly or not at all, and reports the refused rows by their index. A
	// card that exists is updated (barcode, state, and its holder's profile where
	// the row is not empty), and its balance is not touched, so that an import may
	// run twice. Rows are refused with ErrAmbiguous (phone and email of two
	// customers), ErrNumberTaken (phone or email of a customer who is not the
	// card's holder), ErrNoIdentity (a profile without phone and email for a card
	// without a holder).
	ImportCards(ctx context.Context, rows []CardRecord, now time.Time) ([]crm.RowError, error)
}

// Numbers keeps the pool of free card numbers.
type Numbers interface {
	// AddNumbers puts numbers into the pool and gives back those that were new:
	// a number that is in the pool or is a card stays as it is and is left out.
	AddNumbers(ctx context.Context, r PoolRequest) ([]crm.CardNumber, error)

	// LeaseNumbers gives up to Count numbers that are free at Now and holds
	// them until Until: nobody else is given one before. Fewer, or none, means
	// that there are no more.
	LeaseNumbers(ctx context.Context, r LeaseRequest) ([]crm.CardNumber, error)

	// ReleaseNumbers frees numbers that were leased until exactly Until and
	// were not used; others are left alone.
	ReleaseNumbers(ctx context.Context, numbers []string, until time.Time) error

	// CountNumbers tells the level of the pool at a time.
	CountNumbers(ctx context.Context, now time.Time) (crm.PoolLevel, error)
}

// Holders keeps customers and what they allow.
type Holders interface {
	// Holder gives the profile of the card's customer, empty when it has none.
	// ErrCardNotFound.
	Holder(ctx context.Context, number string) (crm.Profile, error)

	// HoldersOf gives what Holder would for each of the cards that have a holder, by
	// their numbers, which may repeat. The other ones are left out.
	HoldersOf(ctx context.Context, numbers []string) (map[string]crm.Profile, error)

	// UpdateProfile stores the fields that are not empty for the card's holder;
	// the others stay. A card without a holder is given to the customer of the
	// profile's phone or email, who is made when there is none; purchases that were
	// stored before, or are of a day before Claims.Day, are not shown then (neither
	// when IssueReserved gives it). A store that counts what Claims limits refuses
	// with ErrTooManyAttempts.
	// Errors: ErrCardNotFound, ErrCardBlocked, ErrPhoneTaken (also when both
	// are), ErrEmailTaken, and, for a card without a holder, ErrAmbiguous, ErrNoIdentity
	// and ErrCardBlocked (all cards of the customer are).
	UpdateProfile(ctx context.Context, r ProfileUpdate) error

	// SetChannels appends to the log of consents what changes by this call; a
	// channel that has the wanted state already gets no second line, also when
	// the call races its twin. A blocked card may do this: consent can always
	// be withdrawn. A card without a holder has nobody to consent:
	// ErrCustomerNotFound. ErrCardNotFound.
	SetChannels(ctx context.Context, r ChannelsUpdate) error

	// Consents gives the log of the card's holder, oldest first. ErrCardNotFound.
	Consents(ctx context.Context, number string) ([]Consent, error)

	// ListHolders gives up to limit customers who have a phone and a card that
	// is not blocked, with the card that PickCard picks, ordered by phone,
	// beginning after the given phone.
	ListHolders(ctx context.Context, after string, limit int) ([]crm.Holder, error)

	// Erase removes the personal data of the customer everywhere. Cards
	// stay without a holder and blocked, so that nobody inherits them; their
	// purchases and the offers for one of them go, their postings stay, consents stay as
	// evidence that no longer names anybody. Nothing remembers that the phone had
	// its welcome, either. It leaves a line in the audit log.
	// ErrCustomerNotFound.
	Erase(ctx context.Context, r EraseRequest) (Erasure, error)
}

// Ledger keeps points: append-only postings, and lots that are spent in the
// order of their expiry; of one expiry the first to become available comes
// first, then the oldest. Nothing ever makes a balance negative.
type Ledger interface {
	// Statement gives the card and its open lots at a time, the earliest expiry
	// first. ErrCardNotFound.
	Statement(ctx context.Context, number string, now time.Time) (crm.Statement, error)

	// Grant credits one lot, once for its key. The same content is the same card,
	// direction, points and description; the times and the actor of a repetition
	// do not matter. A grant with an actor leaves a line in the card's audit log.
	// Errors: ErrCardNotFound, ErrCardBlocked, ErrOperationConflict.
	Grant(ctx context.Context, m Movement) (crm.Posting, error)

	// Take spends available points, earliest expiry first; pending and expired
	// points do not count. A take with an actor leaves a line in the card's audit
	// log. Errors: ErrCardNotFound, ErrCardBlocked,
	// ErrCardInactive, ErrInsufficientPoints (and nothing is taken),
	// ErrOperationConflict.
	Take(ctx context.Context, m Movement) (crm.Posting, error)

	// ExpirePoints books up to limit lots that are over at a time and tells how
	// many it booked. A lot is booked once, also by two processes.
	ExpirePoints(ctx context.Context, now time.Time, limit int) (int, error)

	// Postings gives up to limit postings of a card, newest first, beginning
	// before the posting with the given ID ("" for the newest). ErrCardNotFound.
	Postings(ctx context.Context, number, before string, limit int) ([]crm.Posting, error)

	// Verify recomputes up to limit cards in the order of their numbers,
	// beginning after the given one. It gives those that differ and the last
	// number that it looked at, "" when there are no more.
	Verify(ctx context.Context, after string, limit int) (bad []Discrepancy, last string, err error)
}

// Promotions takes receipts and promo codes.
type Promotions interface {
	// SubmitReceipt stores the receipt for the card and credits Award with it.
	// The same card with the same receipt again is the same success without a
	// second award, also at the same moment; Repeated tells so. With TooOld set
	// only such a repeat succeeds, anything else gives ErrReceiptTooOld.
	// With Reverse.Wanted it takes back the newest sale of the card with the same
	// total, not after it, that nothing has taken back yet; with Reverse.Possible the
	// receipt itself is taken back when a refund of it came first, so that the end
	// does not depend on the order of the two: what the sale earned
	// goes as far as it is there (first what is left of the sale's own points, then
	// what may be spent, then what is pending; of each the earliest expiry first),
	// Points tells how much, and every errand that the sale ordered and that has an
	// Undo is answered by one that undoes it and names it in Reverses. Without such
	// a sale the receipt is stored and does nothing.
	// A refund that took nothing back, and that nothing needs, is taken over by another
	// card that sends it with Reverse.Wanted, so that nobody protects a sale by it.
	// Errors: ErrReceiptTaken (another card), ErrReceiptMismatch (same card,
	// other content), ErrReceiptLimit, ErrCardNotFound, ErrCardBlocked, ErrCardInactive.
	SubmitReceipt(ctx context.Context, r ReceiptSubmission) (crm.Submitted, error)

	// RedeemCode counts one use of the code and credits its points to the card.
	// The same card, or another one of its holder, again is the same success without
	// a second credit or use. A code is never used more often than its limit, also in
	// a race. A store that counts Failures refuses with ErrTooManyAttempts.
	// Errors: ErrCodeUnknown, ErrCodeUsedUp, ErrCodeExpired, ErrCodeNotStarted,
	// ErrCardNotFound, ErrCardBlocked, ErrCardInactive.
	RedeemCode(ctx context.Context, r CodeSubmission) (crm.Submitted, error)

	// PutCodes stores codes; one that exists gets the new limits and window and
	// keeps its count of uses; a new one begins with the given count.
	PutCodes(ctx context.Context, codes []PromoCode) error

	// Code gives one code with its count of uses. ErrCodeUnknown.
	Code(ctx context.Context, code string) (PromoCode, error)
}

// Records keeps what is shown besides: purchases and offers.
type Records interface {
	// PutPurchases stores lines, tells how many were new, and reports the
	// refused ones by index: those of an unknown card. A line with the same card
	// and Ref is the same line and is replaced.
	PutPurchases(ctx context.Context, lines []crm.Purchase) (added int, refused []crm.RowError, err error)

	// Purchases gives up to Limit lines of a card between two days, both
	// included, newest day first and in one stable order, beginning after a
	// cursor. ErrCardNotFound.
	Purchases(ctx context.Context, q PurchaseQuery) ([]crm.Purchase, error)

	// PutOffers stores offers; one with the same ID is replaced.
	PutOffers(ctx context.Context, offers []crm.Offer) error

	// EndOffer makes a day the last one of an offer that would last longer, and
	// tells whether there is such an offer at all.
	EndOffer(ctx context.Context, id string, last crm.Date) (found bool, err error)

	// Offers gives the offers that are open to the card on a day: for all, for
	// one of its segments, or for itself; ordered by end (open ends last) and ID.
	// ErrCardNotFound.
	Offers(ctx context.Context, number string, day crm.Date) ([]crm.Offer, error)

	// SetSegments replaces the segments of a card. ErrCardNotFound.
	SetSegments(ctx context.Context, number string, segments []string) error
}

// Listings walk through everything a page at a time, for exports. Each gives up
// to limit records in the ascending order of their keys, compared byte by byte,
// beginning after the given one ("" for the first); fewer than limit means that
// there are no more. What is stored meanwhile may or may not be seen, and
// nothing is seen twice.
type Listings interface {
	// ListCards gives cards with their holders, ordered by number.
	ListCards(ctx context.Context, after string, limit int) ([]crm.Holder, error)

	// ListCustomers gives every customer who holds a card, blocked or not, with
	// the card that PickCard picks, ordered by its CustomerID.
	ListCustomers(ctx context.Context, after string, limit int) ([]crm.Holder, error)

	// ListPurchases gives lines of all cards, ordered by card and then by Ref,
	// beginning after the line of a card with a Ref.
	ListPurchases(ctx context.Context, card, ref string, limit int) ([]crm.Purchase, error)

	// ListPostings gives postings of all cards, ordered by ID.
	ListPostings(ctx context.Context, after string, limit int) ([]crm.Posting, error)

	// ListCodes gives promo codes with their counts of uses, ordered by code.
	ListCodes(ctx context.Context, after string, limit int) ([]PromoCode, error)

	// ListOffers gives offers, open or not, ordered by ID.
	ListOffers(ctx context.Context, after string, limit int) ([]crm.Offer, error)

	// ListNumbers gives the numbers of the pool, ordered by number.
	ListNumbers(ctx context.Context, after string, limit int) ([]PooledNumber, error)

	// AuditLog gives the last lines, limit at most, about a card's number or a
	// customer's ID, or about everything for "", oldest first.
	AuditLog(ctx context.Context, subject string, limit int) ([]AuditLine, error)
}

package engine

import (
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/outbox"
)

// IssueRequest asks for a card.
type IssueRequest struct {
	// Profile is normalised and has an identity.
	Profile crm.Profile
	// Number is the number to use; IssueReserved reads its number alone.
	Number crm.CardNumber
	// Email says what the e-mail of the profile is worth.
	Email crm.EmailTrust
	// Claims limits who takes a card without a holder.
	Claims Claims
	// Welcome is credited once per phone; zero Points for none.
	Welcome crm.Accrual
	// Registered tells that an import of customers asks: as long as nothing was done
	// with the card, an import of cards may give its customer another number.
	Registered bool
	Now        time.Time
}

// Issued is the answer to Issue.
type Issued struct {
	Card crm.Card
	// Created tells that the card was made by this call, or by an earlier run of
	// it whose answer was lost: Number is used.
	Created bool
}

// StateChange is an operator's change of a card.
type StateChange struct {
	CardNumber string
	State      crm.CardState
	// Actor and Reason stand in the audit log and hold no personal data.
	Actor  string
	Reason string
	Now    time.Time
}

// Replacement gives what belongs to a card to a new number.
type Replacement struct {
	// CardNumber is the old card, New the number that takes its place.
	CardNumber string
	New        crm.CardNumber
	// Drawn tells that nobody asked for New: the answer for a card that was replaced
	// before is then its successor.
	Drawn bool
	// Actor and Reason stand in the audit log and hold no personal data.
	Actor  string
	Reason string
	Now    time.Time
}

// CardRecord is a row of an import of cards.
type CardRecord struct {
	crm.CardNumber
	State crm.CardState
	// Holder may be empty: a card that nobody has registered.
	Holder crm.Profile
	// Balance is credited once, when the card is new, as one lot.
	Balance int64
	// Stated tells that the balance was given, if only as zero.
	Stated   bool
	IssuedAt time.Time
}

// PoolRequest adds numbers to the pool.
type PoolRequest struct {
	Numbers []crm.CardNumber
	// ReservedUntil holds the numbers from the start; zero for free ones. It is
	// Forever for numbers that were handed over to Koshelek, which issues them
	// without asking.
	ReservedUntil time.Time
	Now           time.Time
}

// LeaseRequest asks for free numbers.
type LeaseRequest struct {
	Count      int
	Now, Until time.Time
}

// PooledNumber is a number of the pool.
type PooledNumber struct {
	crm.CardNumber
	// ReservedUntil is when the number is free again: a time that is over for a
	// free one, Forever for one that was handed over to Koshelek.
	ReservedUntil time.Time
}

// ProfileUpdate changes the holder of a card.
type ProfileUpdate struct {
	CardNumber string
	Profile    crm.Profile
	// Email says what the e-mail is worth when the card has no holder.
	Email crm.EmailTrust
	// Claims limits who takes a card without a holder.
	Claims Claims
	Now    time.Time
}

// ChannelsUpdate allows and denies channels; a channel stands in one map entry
// only, so it cannot be in both.
type ChannelsUpdate struct {
	CardNumber string
	Wanted     map[crm.Channel]bool
	// Source is where the consent came from, for the record.
	Source string
	Now    time.Time
}

// Consent is one line of the log that the law asks for (152-FZ).
type Consent struct {
	Channel crm.Channel
	Allowed bool
	Source  string
	At      time.Time
}

// EraseRequest removes a customer's personal data.
type EraseRequest struct {
	Phone string
	// CustomerID names the customer in place of the phone; "" for by phone.
	CustomerID string
	// Actor stands in the audit log and holds no personal data.
	Actor string
	Now   time.Time
}

// Erasure is what was removed and kept.
type Erasure struct {
	CustomerID string
	// Fields are the names of the profile's fields that held something.
	Fields []string
	// Cards are the numbers of the cards that lost their holder.
	Cards []string
	// Consents is how many lines of the log stay as evidence.
	Consents int
	// Purchases is how many lines of history were removed.
	Purchases int
}

// AuditLine is one line of the log of what operators did. It holds no personal
// data.
type AuditLine struct {
	At time.Time
	// Actor did it, Subject is a card's number or a customer's ID.
	Actor, Action, Subject, Detail string
}

// ReceiptSubmission is a receipt that a card sends.
type ReceiptSubmission struct {
	CardNumber string
	Receipt    crm.Receipt
	Award      crm.Accrual
	// TooOld tells that the programme takes this receipt no more, unless it has
	// taken it before.
	TooOld bool
	// PerDay limits what the card earns by receipts.
	PerDay DayLimit
	// Reverse makes the receipt take back an earlier one.
	Reverse ReverseReceipt
	// Messages are stored with the receipt.
	Messages []outbox.Message
	Now      time.Time
}

// DayLimit is how much a card earns by receipts from a moment on: by Receipts sales at
// most, and Points at most, to which the last award is cut; zero for no limit. A sale
// beyond the first is ErrReceiptLimit.
type DayLimit struct {
	Receipts, Points int64
	Since            time.Time
}

// CodeSubmission is a promo code that a card sends.
type CodeSubmission struct {
	CardNumber string
	Code       string
	// Award shapes the lot; its Points are used when the code has none of its own.
	Award crm.Accrual
	// Failures is how many codes and claims of cards may fail for the customer within
	// FailureWindow; zero for no limit.
	Failures int64
	// Messages are stored with the use of the code.
	Messages []outbox.Message
	Now      time.Time
}

// PromoCode is a code that gives points.
type PromoCode struct {
	// Code is upper case without spaces at its ends, at most MaxPromoCodeBytes.
	Code string
	// Points that the code gives; zero for the programme's usual value.
	Points int64
	// StartsAt and EndsAt are the window: from, and the first moment after.
	StartsAt, EndsAt time.Time
	// MaxUses by all cards together; zero for no limit. Used is filled by the Store; it is
	// kept of a code that is stored for the first time.
	MaxUses, Used int64
	Description   string
}

// PurchaseQuery selects lines of history.
type PurchaseQuery struct {
	CardNumber string
	From, To   crm.Date
	// After is the last line of the page before, nil for the first page.
	After *crm.Purchase
	Limit int
}

package connect

import (
	"context"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// Store remembers what connect keeps beside the CRM. Every method is one
// transaction, may be called again with the same arguments, and is safe for
// concurrent use; after nil its change survives a crash. A store that cannot be
// reached gives crm.ErrUnavailable. Package sqldb implements it.
type Store interface {
	// PutLink stores what is known of a card, in place of what was known, and takes
	// its number out of the pool. An Enrolled of zero, and a nil Balance, leave those
	// that are stored.
	PutLink(ctx context.Context, l Link) error
	// Link gives what is known of a card. crm.ErrCardNotFound.
	Link(ctx context.Context, number string) (Link, error)
	// LinksOf gives the cards of a phone or, without one, of an e-mail.
	LinksOf(ctx context.Context, by crm.Identity) ([]Link, error)
	// ListLinks gives up to limit links that have a phone, ordered by phone and
	// number, beginning after a link.
	ListLinks(ctx context.Context, after Link, limit int) ([]Link, error)
	// DropLinks makes everything that is known of the CRM's customer, or of the card
	// where the reference has no ID, older than a moment. It stays good enough for
	// a CRM that is down.
	DropLinks(ctx context.Context, ref crm.Ref, at time.Time) error
	// ForgetLink removes what is known of a card.
	ForgetLink(ctx context.Context, number string) error

	// PooledNumber gives a number of the pool, reserved, handed over or not.
	// crm.ErrNumberUnknown.
	PooledNumber(ctx context.Context, number string) (crm.CardNumber, error)
	// DropNumber takes a number out of the pool.
	DropNumber(ctx context.Context, number string) error
	// OffersFor gives the offers that are open on a day to a card, or to all.
	OffersFor(ctx context.Context, number string, day crm.Date) ([]crm.Offer, error)

	// BeginIntent stores an intent that nobody has begun and claims it, or claims the
	// open one of its slot when nobody is at work on it, and gives it as it is then.
	// Whose claim it has tells the three outcomes apart: ours with our ID, ours with
	// another ID, and somebody else's (or that of an intent that is done).
	BeginIntent(ctx context.Context, in Intent, now time.Time) (Intent, error)
	// SaveIntent stores an intent that is claimed by its Claim; with release the claim
	// ends. crm.ErrOperationConflict: somebody else has claimed it since.
	SaveIntent(ctx context.Context, in Intent, release bool) error
	// EndIntent is SaveIntent for one whose end is known: done, or not done at all.
	// What is done and nobody need join is removed, as is what was not done; the use of
	// a code that the latter had counted is given back.
	EndIntent(ctx context.Context, in Intent) error
	// UseCode saves a claimed intent and counts one use of a promo code of ours, once
	// for the intent's ID. Errors: crm.ErrCodeUnknown, crm.ErrCodeNotStarted,
	// crm.ErrCodeExpired, crm.ErrCodeUsedUp.
	UseCode(ctx context.Context, in Intent, code string) error
	// EarnToday saves a claimed intent of a receipt with the points that the limit
	// leaves of its own, and gives them; 0 for none of a limit.
	// crm.ErrReceiptLimit: the day's receipts are spent.
	EarnToday(ctx context.Context, in Intent, limit engine.DayLimit) (points int64, err error)
	// DueIntents claims up to limit open intents that are due.
	DueIntents(ctx context.Context, claim string, now, until time.Time, limit int) ([]Intent, error)
	// Intent gives one intent. crm.ErrDeliveryNotFound.
	Intent(ctx context.Context, id string) (Intent, error)
	// Intents gives up to limit intents in a state ("" for any) ordered by ID,
	// beginning after one; of one card when it is not "".
	Intents(ctx context.Context, state State, card, after string, limit int) ([]Intent, error)
	// CountIntents counts intents by their states, with the oldest of each.
	CountIntents(ctx context.Context) (map[State]Counted, error)

	// ForgetPerson removes links and open intents of a phone, and takes the card's
	// number out of what is kept as evidence. It gives the links that were there.
	ForgetPerson(ctx context.Context, phone, person string) ([]Link, error)

	// Ping reports whether the store can be reached now.
	Ping(ctx context.Context) error
}

// Link is what is known of a card: the CRM's customer, and its last answers.
type Link struct {
	// Member is the last answer; its Balance is nil.
	Member crm.Member
	// SeenAt is when it was asked for.
	SeenAt time.Time
	// Balance is the last one, nil when none is known; BalanceAt as SeenAt.
	Balance   *crm.PointsBalance
	BalanceAt time.Time
	// DroppedAt: what was seen before is not fresh any more.
	DroppedAt time.Time
	// EnrolledAt is when the card was made through us, zero for others.
	EnrolledAt time.Time
}

// State is how far an intent has got.
type State string

// The states of an intent.
const (
	// StateOpen: somebody is at work on it, or will be.
	StateOpen State = "open"
	// StateUnknown: it was sent, its answer was lost, and only an operator can tell.
	StateUnknown State = "unknown"
	// StateDone: the CRM has done it.
	StateDone State = "done"
)

// Intent is a write that the CRM is to be told of.
type Intent struct {
	// ID is ours, at most 26 bytes. It is the key under which the CRM is told.
	ID string
	// Slot names what is written, at most 96 bytes, so that only one intent for it is
	// open. Of operations that happen once in all, it stays when they are done.
	Slot      string
	Operation crm.Write
	// Card and Ref say of what.
	Card, Ref string
	// Person stands for the phone or the e-mail of an enrollment, so that it can be
	// erased.
	Person string
	// Content tells this content from another, at most 64 bytes.
	Content string
	// Order is what the CRM is told, as JSON: at most 8 KiB.
	Order []byte
	State State
	// Claim is whose work it is until DueAt; "" when nobody's, and then DueAt is when
	// it is due.
	Claim    string
	DueAt    time.Time
	Attempts int64
	// SentAt is when the CRM was told last without a known end; zero for never, or
	// when that surely did nothing.
	SentAt time.Time
	// Points and Booking are the CRM's answer.
	Points  int64
	Booking string
	// Reason says why it is where it is, without personal data.
	Reason               string
	CreatedAt, UpdatedAt time.Time
}

// Kept reports whether a done intent is kept: what happens once in all, and consents
// as the law's evidence.
func (in Intent) Kept() bool { return in.Once() || in.Operation == crm.WriteChannels }

// Once reports whether the operation happens once in all for its slot.
func (in Intent) Once() bool {
	switch in.Operation {
	case crm.WriteReceipt, crm.WriteCode, crm.WritePoints:
		return true
	}
	return false
}

// Counted is how many intents are in a state, and when the oldest was begun.
type Counted struct {
	Count  int64
	Oldest time.Time
}

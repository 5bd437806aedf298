package crm

import "time"

// PostingKind says why points moved.
type PostingKind string

// The kinds of postings.
const (
	PostingReceipt  PostingKind = "receipt"  // earned by a cash receipt
	PostingCode     PostingKind = "code"     // earned by a promo code
	PostingWelcome  PostingKind = "welcome"  // given once per phone
	PostingGrant    PostingKind = "grant"    // given by an operator or an import
	PostingTake     PostingKind = "take"     // spent or taken by an operator
	PostingExpiry   PostingKind = "expiry"   // went with the validity of their lot
	PostingReward   PostingKind = "reward"   // booked at a reward vendor first
	PostingReversal PostingKind = "reversal" // takes back, or gives back, what an earlier posting moved
	PostingTransfer PostingKind = "transfer" // moved to or from the card that a replacement named
	PostingOrder    PostingKind = "order"    // spent on a vendor's order
	PostingReturn   PostingKind = "return"   // given back because the order failed
)

// Valid reports whether the kind is one of the known.
func (k PostingKind) Valid() bool {
	switch k {
	case PostingReceipt, PostingCode, PostingWelcome, PostingGrant, PostingTake, PostingExpiry, PostingReward,
		PostingReversal, PostingTransfer, PostingOrder, PostingReturn:
		return true
	}
	return false
}

// MaxPoints limits one movement, so that sums stay far from the edge of int64.
const MaxPoints int64 = 1_000_000_000_000

// Forever is the ValidUntil of points that never expire.
var Forever = time.UnixMilli(253402300799999).UTC() // the last moment of the year 9999

// Accrual is points to be credited as one lot.
type Accrual struct {
	// Points are positive; zero means nothing is credited.
	Points      int64
	Kind        PostingKind
	Description string
	// AvailableFrom is when the points may be spent; until then they are pending.
	AvailableFrom time.Time
	// ValidUntil is the first moment at which they are gone; Forever for never.
	ValidUntil time.Time
}

// Posting is one line of the append-only ledger. A card's postings add up to
// its balance.
type Posting struct {
	// ID grows with time and is unique.
	ID         string
	CardNumber string
	Kind       PostingKind
	// Points are positive when credited, negative when taken.
	Points      int64
	Description string
	At          time.Time
}

// Lot is points of one origin that are not all spent yet.
type Lot struct {
	Description string
	// Remaining is what is left of the lot, in points.
	Remaining     int64
	AvailableFrom time.Time
	ValidUntil    time.Time
}

// Statement is a card with the lots that are neither spent nor expired.
type Statement struct {
	Card Card
	Lots []Lot
}

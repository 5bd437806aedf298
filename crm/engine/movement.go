package engine

import (
	"time"

	"koshelek-adapter/crm/outbox"
)

// Movement is an operator's or a surface's change of a balance.
type Movement struct {
	// Key makes the movement happen once: the same key with the same content
	// gives the first answer, with another content ErrOperationConflict.
	Key        string
	CardNumber string
	// Points are positive for both directions.
	Points      int64
	Description string
	// AvailableFrom and ValidUntil shape the lot of a grant; a take ignores them.
	AvailableFrom time.Time
	ValidUntil    time.Time
	Actor         string
	// Messages are stored with a take.
	Messages []outbox.Message
	Now      time.Time
}

// Discrepancy is a card whose balance is not what its postings add up to, or
// whose open lots do not.
type Discrepancy struct {
	CardNumber string
	Balance    int64
	Postings   int64
	Lots       int64
}

// ReverseReceipt says that a receipt takes back an earlier one.
type ReverseReceipt struct {
	// Wanted makes a receipt the refund of the newest sale of the same card with
	// the same total, not after it, that nothing has reversed yet. Without such a
	// sale the receipt is stored and does nothing.
	Wanted bool
	// Possible lets a receipt that earns be taken back by a refund that came first.
	Possible bool
	// Description is what the customer reads beside the points that go.
	Description string
}

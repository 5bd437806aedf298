// Package journalcrm is an example of a partner's own CRM behind the adapter:
// the whole of [engine.Store] in plain Go, with the standard library alone. Read
// it beside the promises in package crm; each file keeps those of one part.
//
//	crm.go         opening, closing, and the way of every call
//	journal.go     what makes a change survive a crash
//	state.go       what is remembered, and the steps that several calls share
//	cards.go       find and issue cards
//	numbers.go     the pool of free numbers
//	holders.go     profiles, consents, erasure
//	ledger.go      points
//	promotions.go  receipts and promo codes
//	records.go     purchases and offers
//	rewards.go     one-time codes, and orders of a rewards vendor
//
// All state is in maps behind one lock. A call that changes something takes the
// lock, checks everything, changes the maps, appends itself to the journal (its
// name and its request, one line of JSON), waits for the disk, and only then
// answers and lets go of the lock. So calls happen one after another, nobody
// sees what a crash could still undo, and "twice at the same moment" is "twice".
//
// Open builds the maps again by making every call of the journal once more.
// That works because the calls decide nothing by chance: times come with the
// requests, IDs from a counter, and maps are walked in the order of their keys.
//
// Command cmd/adapter is the adapter built with it; it serves this CRM with
// ADAPTER_DATABASE=journal:data/crm.journal.
//
// It is meant for reading, for trials, and for a programme of a shop: every
// change waits for the disk alone, and everything is in memory.
package journalcrm

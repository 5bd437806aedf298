// Package storetest holds every [engine.Store] of ours to its contract: a check
// for every promise that stands in the comments of the interface, for what must
// hold when 32 callers come at once, for odd and long texts, and for a crash
// right after a call returned nil.
//
// Each check is a subtest that is named after the method that it is about, so
// one part can be run by itself:
//
//	go test ./crm/engine/storetest -run 'TestContract/.*/IssueReserved'
//
// A failure tells the promise in words, the last calls, what was wanted and what
// came instead. A refused call is always looked at from both sides: it gives
// the promised kind of error, and everything that can be read is afterwards as
// it was before.
//
// Every check opens one store of its own and works with times that it brings
// along. TestFaults tests the tests: it breaks a good store in one way at a time.
//
// What cannot be seen through the interface cannot be judged here: a customer
// who has no card at all, since every way to make a customer gives them one.
package storetest

import (
	"slices"
	"testing"

	"koshelek-adapter/crm/engine"
)

// Store is one fresh, empty store.
type Store struct {
	// Backend is the store under test.
	Backend engine.Store
	// Crash abandons the backend without a clean close where possible and opens
	// the same data again. It may also be called after Backend.Close.
	Crash func(t testing.TB) engine.Store
	// Spoil adds a point to the balance of a card behind the ledger's back, so
	// that Verify has something to find. It is optional: without it nobody can
	// see whether Verify would find anything.
	Spoil func(t testing.TB, number string)
}

// Opener opens a fresh, empty store and registers its own cleanup with
// t.Cleanup. It is safe for concurrent use.
type Opener func(t testing.TB) *Store

// Check is one promise of the contract with the steps that judge it.
type Check struct {
	// Name is stable: the method or the theme, a slash, and the case.
	Name string
	// Promise says in words what a good backend does.
	Promise string
	steps   func(*bench)
	// faults are ways to break the promise, all of which the steps must notice.
	faults faults
}

// Run opens one store and reports to t when the promise is broken.
func (c Check) Run(t testing.TB, open Opener) {
	t.Helper()
	b := newBench(t, c.Promise, open)
	defer func() {
		fault := recover()
		if failed, is := fault.(unexpected); is {
			b.hopeless("no error", outcome(failed.err))
		} else if fault != nil {
			panic(fault)
		}
	}()
	c.steps(b)
}

// Checks gives every check, in a stable order.
func Checks() []Check {
	return slices.Concat(
		findChecks(), stateChecks(), cardChecks(), issueChecks(), welcomeChecks(), reservedChecks(), replaceChecks(), importChecks(),
		numberChecks(), profileChecks(), channelChecks(), holderListChecks(), eraseChecks(),
		grantChecks(), takeChecks(), postingChecks(), receiptChecks(), refundChecks(), codeChecks(),
		purchaseChecks(), offerChecks(), listingChecks(), oneTimeCodeChecks(), redeemChecks(), reverseChecks(),
		errandChecks(), claimChecks(), claimOrderChecks(), settleChecks(), effectChecks(), deliveryChecks(),
		readChecks(), writeChecks(), lifeChecks(), identifierChecks(), textChecks(), longTextChecks(),
	)
}

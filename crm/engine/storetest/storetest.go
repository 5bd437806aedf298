package storetest

import (
	"context"
	"slices"
	"testing"

	"koshelek-adapter/crm/engine"
)

// TB is the part of testing.TB that a check needs, so that checks can also be
// judged without a *testing.T.
type TB interface {
	// Helper marks a helper, as testing.TB does.
	Helper()
	// Errorf reports a broken promise and goes on.
	Errorf(format string, args ...any)
	// Fatalf reports a broken promise and ends the check.
	Fatalf(format string, args ...any)
	// Cleanup runs a function after the check.
	Cleanup(func())
	// TempDir gives a folder that goes with the check.
	TempDir() string
	// Context ends with the check.
	Context() context.Context
	// Logf writes a line beside a failure.
	Logf(format string, args ...any)
	// Name is the name of the check.
	Name() string
}

// Store is one fresh, empty store.
type Store struct {
	// Backend is the store under test.
	Backend engine.Store
	// Crash abandons the backend without a clean close where possible and opens
	// the same data again. It may also be called after Backend.Close.
	Crash func(t TB) engine.Store
	// Spoil adds a point to the balance of a card behind the ledger's back, so
	// that Verify has something to find. It is optional: without it nobody can
	// see whether Verify would find anything.
	Spoil func(t TB, number string)
}

// Opener opens a fresh, empty store and registers its own cleanup with
// t.Cleanup. It is safe for concurrent use.
type Opener func(t TB) *Store

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
func (c Check) Run(t TB, open Opener) {
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

// Run judges a backend: each check is a parallel subtest of t.
func Run(t *testing.T, open Opener) {
	t.Helper()
	for _, check := range Checks() {
		t.Run(check.Name, func(t *testing.T) {
			t.Parallel()
			check.Run(t, open)
		})
	}
}

// Package storetest is the contract of [engine.Store] as a test that anybody can
// run: a check for every promise that stands in the comments of the interface,
// for what must hold when 32 callers come at once, for odd and long texts, and
// for a crash right after a call returned nil.
//
// A team that stores the programme in its own CRM writes one test:
//
//	func TestBackend(t *testing.T) {
//		storetest.Run(t, func(t storetest.TB) *storetest.Store {
//			path := filepath.Join(t.TempDir(), "crm.db")
//			open := func(t storetest.TB) engine.Store {
//				backend, err := mycrm.Open(t.Context(), path)
//				if err != nil {
//					t.Fatalf("the store does not open: %v", err)
//				}
//				t.Cleanup(func() { _ = backend.Close() })
//				return backend
//			}
//			return &storetest.Store{Backend: open(t), Crash: open}
//		})
//	}
//
// Each check is a subtest that is named after the method that it is about, so
// one part can be run by itself:
//
//	go test -race -run 'TestBackend/IssueReserved' .
//	go test -race -run 'TestBackend/Race' .
//
// A failure tells the promise in words, the last calls, what was wanted and what
// came instead. A refused call is always looked at from both sides: it gives
// the promised kind of error, and everything that can be read is afterwards as
// it was before.
//
// Every check opens one store of its own, works with times that it brings
// along, and needs no network, no clock and no order among the checks. They
// run in parallel: an [Opener] is called by several goroutines at once and
// gives each caller an empty store.
//
// Crash should leave the old backend as a killed process would, without Close,
// and open the same data again. Spoil is optional: it changes a balance behind
// the ledger's back, and only with it can anybody see whether Verify finds that.
//
// What cannot be seen through the interface cannot be judged here: a customer
// who has no card at all, since every way to make a customer gives them one.
package storetest

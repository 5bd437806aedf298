package crmtest_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/crmtest"
)

// mutant is a good backend that breaks one promise.
type mutant struct {
	// name says what is broken.
	name string
	// caughtBy is the check that has to fail.
	caughtBy string
	// spoil replaces methods of the good backend.
	spoil func(h *hooks)
}

// TestMutants tests the tests: each mutant is caught by the check of the
// promise that it breaks, and that check does not accuse the good backend.
func TestMutants(t *testing.T) {
	checks := map[string]crmtest.Check{}
	for _, check := range crmtest.Checks() {
		checks[check.Name] = check
	}
	var good sync.Map // the verdict on the unmutated backend, by check
	for _, m := range allMutants() {
		t.Run(strings.ReplaceAll(m.name, " ", "-"), func(t *testing.T) {
			t.Parallel()
			check, known := checks[m.caughtBy]
			if !known {
				t.Fatalf("there is no check %q", m.caughtBy)
			}
			once, _ := good.LoadOrStore(m.caughtBy, sync.OnceValue(func() crmtest.Verdict { return crmtest.Judge(check, openSQLite) }))
			if verdict := once.(func() crmtest.Verdict)(); verdict.Failed {
				t.Errorf("%s accuses the good backend:\n%s", m.caughtBy, strings.Join(verdict.Messages, "\n"))
			}
			mustCatch(t, check, m)
		})
	}
}

// mustCatch looks that a check fails for a mutant, and tells its promise.
func mustCatch(t *testing.T, check crmtest.Check, m mutant) {
	t.Helper()
	verdict := crmtest.Judge(check, m.open)
	if !verdict.Failed {
		t.Fatalf("the mutant passes %s: %s", check.Name, check.Promise)
	}
	tells := func(text string) bool { return strings.HasPrefix(text, "broken promise: "+check.Promise) }
	if !slices.ContainsFunc(verdict.Messages, tells) {
		t.Errorf("%s fails without telling the promise:\n%s", check.Name, strings.Join(verdict.Messages, "\n"))
	}
	t.Log(verdict.Messages[0])
}

// open opens a good store and spoils its backend, after a crash too.
func (m mutant) open(t crmtest.TB) *crmtest.Store {
	t.Helper()
	store := openSQLite(t)
	spoilt := func(good crm.Backend) crm.Backend {
		h := &hooks{Backend: good}
		m.spoil(h)
		return h
	}
	crash := store.Crash
	store.Backend = spoilt(store.Backend)
	store.Crash = func(t crmtest.TB) crm.Backend { return spoilt(crash(t)) }
	return store
}

func allMutants() []mutant {
	return slices.Concat(
		operatorMutants(), findMutants(), issueMutants(), reservedMutants(), importMutants(), numberMutants(),
		holderMutants(), channelMutants(), eraseMutants(),
		movementMutants(), ledgerMutants(), receiptMutants(), codeMutants(), recordMutants(),
		codeSendMutants(), codeUseMutants(), orderMutants(), reversalMutants(), rewardRaceMutants(),
		textMutants(), storeMutants(), raceMutants(), racePromotionMutants(),
		errandMutants(), refundMutants(), claimMutants(), claimOrderMutants(), settleMutants(), effectMutants(), outboxListMutants(), raceOutboxMutants(),
	)
}

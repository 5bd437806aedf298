package connect_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/connect"
	"koshelek-adapter/crm/connect/connecttest"
	"koshelek-adapter/crm/outbox"
	"koshelek-adapter/crm/sqldb/sqldbtest"
)

func TestIssueFindShowUpdate(t *testing.T) {
	h := newHouse(t, "")
	s := h.service()
	_, found, err := s.FindCard(t.Context(), crm.Search{Phone: anna})
	require.NoError(t, err)
	require.False(t, found)
	card, err := s.Issue(t.Context(), crm.Profile{Phone: anna, FirstName: "Анна"})
	require.NoError(t, err)
	require.Equal(t, crm.CardActive, card.State)
	require.Equal(t, crm.EAN13, card.BarcodeType)
	again, err := s.Issue(t.Context(), crm.Profile{Phone: anna, FirstName: "Анна"})
	require.NoError(t, err)
	require.Equal(t, card.CardNumber, again.CardNumber)
	same, found, err := s.FindCard(t.Context(), crm.Search{Phone: anna})
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, card.CardNumber, same.CardNumber)
	require.NoError(t, s.UpdateProfile(t.Context(), card.Number, crm.Profile{Surname: "Каренина"}))
	shown, bonus, err := s.Card(t.Context(), card.Number)
	require.NoError(t, err)
	require.Equal(t, card.Number, shown.Number)
	require.Zero(t, bonus.Total)
	require.Len(t, h.crm.Stored(), 1)
	require.Equal(t, crm.Profile{Phone: anna, FirstName: "Анна", Surname: "Каренина"}, h.crm.Stored()[0].Profile)
	_, _, err = s.Card(t.Context(), "2900000000000")
	require.ErrorIs(t, err, crm.ErrCardNotFound)
	level, err := h.PoolLevel(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 7, level.Reserved, "the number of the card has left the pool")
}

func TestIssueStoresWhatIsNew(t *testing.T) {
	h := newHouse(t, "")
	h.crm.Put(crm.Profile{Phone: anna, FirstName: "Анна", Email: "old@example.com"}, "4600000000015", crm.CardActive, 70)
	card, err := h.Issue(t.Context(), crm.Profile{Phone: anna, Email: "new@example.com"})
	require.NoError(t, err)
	require.Equal(t, "4600000000015", card.Number)
	require.Equal(t, "new@example.com", h.crm.Stored()[0].Profile.Email)
	_, err = h.Issue(t.Context(), crm.Profile{Phone: anna, Email: "new@example.com"})
	require.NoError(t, err)
	require.Equal(t, 1, h.crm.Calls("update"), "what is known is not written")
}

// TestRace: twenty calls for one phone, over two servers of one store, make one card.
func TestRace(t *testing.T) {
	for _, engine := range []string{"sqlite", "mariadb"} {
		t.Run(engine, func(t *testing.T) {
			var url string
			if engine == "mariadb" {
				url = sqldbtest.MariaDB(t)
			} else {
				url = sqldbtest.SQLite(t)
			}
			one := newHouse(t, url)
			servers := []*house{one}
			if engine == "mariadb" { // a SQLite file is one server's
				servers = append(servers, neighbour(t, url, one.crm, one.clock))
			}
			one.crm.Lag(5)
			var running sync.WaitGroup
			numbers := make([]string, 20)
			for i := range numbers {
				running.Go(func() {
					card, err := servers[i%len(servers)].Issue(t.Context(), crm.Profile{Phone: anna})
					assert.NoError(t, err)
					numbers[i] = card.Number
				})
			}
			running.Wait()
			require.Len(t, one.crm.Stored(), 1)
			for _, number := range numbers {
				require.Equal(t, one.crm.Stored()[0].Card, number)
			}
		})
	}
}

// TestLostAnswer: whatever becomes of one enrollment, its repetition ends with one card
// as soon as the CRM's guarantee allows; without one an operator decides.
func TestLostAnswer(t *testing.T) {
	for _, g := range []crm.Guarantee{crm.GuaranteeKeyed, crm.GuaranteeNatural, crm.GuaranteeSearchable, crm.GuaranteeNone} {
		for name, fault := range map[string]connecttest.Fault{"refused": connecttest.Refused, "before": connecttest.CutBefore, "after": connecttest.CutAfter} {
			for _, by := range []string{"wallet", "worker"} {
				t.Run(string(g)+" "+name+" "+by, func(t *testing.T) {
					h := newHouse(t, "")
					h.crm.Promise(g)
					h.crm.Fail(always(fault, "enroll"))
					_, err := h.Issue(t.Context(), crm.Profile{Phone: anna})
					if err != nil { // a repetition may have found it
						require.Equal(t, crm.ErrUnavailable, crm.KindOf(err))
					}
					h.crm.Fail(nil)
					stuck := g == crm.GuaranteeNone && fault == connecttest.CutBefore
					if by == "worker" {
						h.clock.forward(time.Hour)
						_, err := h.FinishDue(t.Context())
						require.NoError(t, err)
					}
					h.clock.forward(time.Hour) // the CRM is surely not at work on it any more
					card, err := h.Issue(t.Context(), crm.Profile{Phone: anna})
					if stuck {
						require.Equal(t, crm.ErrUnavailable, crm.KindOf(err))
						card = h.decide(t)
					} else {
						require.NoError(t, err)
					}
					require.Len(t, h.crm.Stored(), 1)
					require.Equal(t, h.crm.Stored()[0].Card, card.Number)
					open, err := h.CountDeliveries(t.Context(), true)
					require.NoError(t, err)
					require.Empty(t, open)
				})
			}
		}
	}
}

// decide is what an operator does about the one intent that is unknown: it was looked
// up in the CRM, and was not done.
func (h *house) decide(t *testing.T) crm.Card {
	list, err := h.Deliveries(t.Context(), outbox.Query{State: outbox.StateUnknown, Limit: 10})
	require.NoError(t, err)
	require.Len(t, list, 1)
	_, err = h.Decide(t.Context(), list[0], outbox.Outcome{State: outbox.StateRejected}, "olga")
	require.NoError(t, err)
	card, err := h.Issue(t.Context(), crm.Profile{Phone: anna})
	require.NoError(t, err)
	return card
}

// TestKilled: a server that ended in the middle leaves its claim; nobody makes a second
// card before it is over, nor after.
func TestKilled(t *testing.T) {
	h := newHouse(t, "", func(o *connect.Options) { o.WriteTimeout = time.Millisecond })
	h.crm.Fail(always(connecttest.Hang, "enroll"))
	_, err := h.Issue(t.Context(), crm.Profile{Phone: anna})
	require.Equal(t, crm.ErrUnavailable, crm.KindOf(err))
	h.crm.Fail(nil)
	card, err := h.Issue(t.Context(), crm.Profile{Phone: anna})
	require.NoError(t, err)
	require.Len(t, h.crm.Stored(), 1)
	require.Equal(t, h.crm.Stored()[0].Card, card.Number)
}

func TestNumbersThatTheCRMHas(t *testing.T) {
	h := newHouse(t, "")
	number, err := h.Reserve(t.Context())
	require.NoError(t, err)
	h.crm.Put(crm.Profile{Phone: boris}, number, crm.CardActive, 0)
	_, err = h.IssueReserved(t.Context(), number, crm.Profile{Phone: anna})
	require.ErrorIs(t, err, crm.ErrNumberTaken)
	_, err = h.IssueReserved(t.Context(), "2900000000001", crm.Profile{Phone: anna})
	require.ErrorIs(t, err, crm.ErrNumberUnknown)
	other, err := h.Reserve(t.Context())
	require.NoError(t, err)
	for range 2 {
		card, err := h.IssueReserved(t.Context(), other, crm.Profile{Phone: anna})
		require.NoError(t, err)
		require.Equal(t, other, card.Number)
	}
	_, err = h.IssueReserved(t.Context(), other, crm.Profile{Phone: boris})
	require.ErrorIs(t, err, crm.ErrNumberTaken)
	require.Len(t, h.crm.Stored(), 2)
}

// TestRepeatedAtOnce: a CRM that takes repetitions is told again before the wallet
// hears of a lost answer.
func TestRepeatedAtOnce(t *testing.T) {
	for _, fault := range []connecttest.Fault{connecttest.CutBefore, connecttest.CutAfter} {
		h := newHouse(t, "")
		h.crm.Fail(once("enroll", fault))
		card, err := h.Issue(t.Context(), crm.Profile{Phone: anna})
		require.NoError(t, err)
		h.crm.Fail(once("receipt", fault))
		done, err := h.SubmitReceipt(t.Context(), card.Number, receiptOf(1))
		require.NoError(t, err)
		require.EqualValues(t, 100, done.Points)
		require.Len(t, h.crm.Stored(), 1)
		require.EqualValues(t, 100, h.crm.Stored()[0].Balance.Total)
	}
}

// TestSearchedLater: a CRM that can be asked may still be at work when a call's time is
// over, so that it is not asked at once.
func TestSearchedLater(t *testing.T) {
	h := newHouse(t, "")
	h.crm.Promise(crm.GuaranteeSearchable)
	h.crm.Fail(once("enroll", connecttest.CutBefore))
	for range 2 {
		_, err := h.Issue(t.Context(), crm.Profile{Phone: anna})
		require.Equal(t, crm.ErrUnavailable, crm.KindOf(err))
		require.Zero(t, h.crm.Calls("lookup"))
	}
	h.clock.forward(2 * time.Minute)
	_, err := h.Issue(t.Context(), crm.Profile{Phone: anna})
	require.NoError(t, err)
	require.Equal(t, 1, h.crm.Calls("lookup"))
}

// TestThePhoneOfAnotherNow: who gives a phone up keeps the card, also when it was made
// a moment ago; the phone's next owner gets one of his own.
func TestThePhoneOfAnotherNow(t *testing.T) {
	h := newHouse(t, "")
	first, err := h.Issue(t.Context(), crm.Profile{Phone: anna})
	require.NoError(t, err)
	require.NoError(t, h.UpdateProfile(t.Context(), first.Number, crm.Profile{Phone: boris}))
	matches, err := h.Find(t.Context(), crm.Identity{Phone: anna})
	require.NoError(t, err)
	require.Empty(t, matches)
	second, err := h.Issue(t.Context(), crm.Profile{Phone: anna})
	require.NoError(t, err)
	require.NotEqual(t, first.Number, second.Number)
}

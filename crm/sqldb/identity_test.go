package sqldb_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/sqldb/sqldbtest"
)

// bothEngines runs a test over an empty store of each engine.
func bothEngines(t *testing.T, run func(t *testing.T, store engine.Store)) {
	t.Helper()
	t.Parallel()
	for name, driver := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, sqldbtest.Open(t, driver))
		})
	}
}

// engines are the drivers of the databases that tests run on.
var engines = map[string]string{"sqlite": "sqlite", "mariadb": "mysql"}

// office is the engine under a service, which hides what both have.
type office struct{ *engine.Engine }

// front is what Koshelek meets, and the engine under it.
type front struct {
	*crm.Service
	office
}

// programme is a service over an engine that trust e-mails so far.
func programme(t *testing.T, store engine.Store, trust crm.EmailTrust) front {
	t.Helper()
	template, err := crm.ParseNumberTemplate("29##########{ean}", crm.BarcodeRule{Pattern: "{number}", Type: "EAN_13"})
	require.NoError(t, err)
	e, err := engine.New(store, engine.Options{
		Rules:    engine.Rules{MaxAge: time.Hour, Zone: time.UTC, Texts: engine.EnglishTexts, Email: trust},
		Template: template, Barcode: crm.BarcodeRule{Pattern: "{number}", Type: "EAN_13"}, ReserveFor: time.Hour,
	})
	require.NoError(t, err)
	service, err := crm.NewService(e, crm.Options{Zone: time.UTC, Email: trust})
	require.NoError(t, err)
	return front{service, office{e}}
}

// TestTypedEmailOpensNoAccount: a phone that nobody has and a stranger's e-mail
// never give the stranger's card, by whatever way, nor change the stranger; and
// the same calls again say the same (contract: "Identity").
func TestTypedEmailOpensNoAccount(t *testing.T) {
	bothEngines(t, func(t *testing.T, store engine.Store) {
		ctx := t.Context()
		e := programme(t, store, crm.EmailHints)
		owner, err := e.Issue(ctx, crm.Profile{Phone: "79210000001", Email: "anna@example.com", Surname: "Petrova"})
		require.NoError(t, err)
		number, err := e.Reserve(ctx)
		require.NoError(t, err)
		unheld := "2900000000001"
		_, err = store.ImportCards(ctx, []engine.CardRecord{{CardNumber: crm.CardNumber{Number: unheld}, State: crm.CardActive}}, time.Now())
		require.NoError(t, err)
		thief := func(phone string) crm.Profile {
			return crm.Profile{Phone: phone, Email: "anna@example.com", Surname: "Thief", Sex: "MALE"}
		}
		for range 2 {
			issued, err := e.Issue(ctx, thief("79210000002"))
			require.NoError(t, err)
			assert.NotEqual(t, owner.Number, issued.Number)
			reserved, err := e.IssueReserved(ctx, number, thief("79210000003"))
			require.NoError(t, err)
			assert.NotEqual(t, owner.CustomerID, reserved.CustomerID)
			for phone, want := range map[string]string{"79210000002": issued.Number, "79210000003": number} {
				found, has, err := e.FindCard(ctx, crm.Search{Phone: phone, Email: "anna@example.com"})
				require.NoError(t, err)
				require.True(t, has)
				assert.Equal(t, want, found.Number)
			}
		}
		require.NoError(t, e.UpdateProfile(ctx, unheld, thief("79210000004")))
		claimed, err := store.Card(ctx, unheld)
		require.NoError(t, err)
		assert.NotEqual(t, owner.CustomerID, claimed.CustomerID)

		_, has, err := e.FindCard(ctx, crm.Search{Phone: "79210000009", Email: "anna@example.com"})
		require.NoError(t, err)
		assert.False(t, has, "a phone that nobody has hides the card of the e-mail's customer, who has another one")
		found, has, err := e.FindCard(ctx, crm.Search{Email: "anna@example.com"})
		require.NoError(t, err)
		assert.True(t, has)
		assert.Equal(t, owner.Number, found.Number)
		holder, err := store.Holder(ctx, owner.Number)
		require.NoError(t, err)
		assert.Equal(t, crm.Profile{Phone: "79210000001", Email: "anna@example.com", Surname: "Petrova"}, holder)

		// What was left out of one profile is still a conflict for everybody else.
		_, err = e.Issue(ctx, crm.Profile{Phone: "79210000005"})
		require.NoError(t, err)
		_, err = e.Issue(ctx, thief("79210000005"))
		require.ErrorIs(t, err, crm.ErrAmbiguous)
	})
}

// TestEmailOfCustomerWithoutPhone: an old plastic customer is found by the e-mail
// and gets the phone, unless name or day of birth speak against it.
func TestEmailOfCustomerWithoutPhone(t *testing.T) {
	bothEngines(t, func(t *testing.T, store engine.Store) {
		ctx := t.Context()
		e := programme(t, store, crm.EmailHints)
		old, err := e.Issue(ctx, crm.Profile{Email: "old@example.com", Surname: "Orlova", BirthDate: "1970-01-02"})
		require.NoError(t, err)

		_, has, err := e.FindCard(ctx, crm.Search{Phone: "79220000001", Email: "old@example.com", BirthDate: "1980-01-02"})
		require.NoError(t, err)
		assert.False(t, has, "another day of birth")
		other, err := e.Issue(ctx, crm.Profile{Phone: "79220000002", Email: "old@example.com", Surname: "Sidorova"})
		require.NoError(t, err)
		assert.NotEqual(t, old.Number, other.Number, "another name")

		found, has, err := e.FindCard(ctx, crm.Search{Phone: "79220000003", Email: "old@example.com", BirthDate: "1970-01-02"})
		require.NoError(t, err)
		require.True(t, has)
		assert.Equal(t, old.Number, found.Number)
		same, err := e.Issue(ctx, crm.Profile{Phone: "79220000003", Email: "old@example.com", Surname: "ORLOVA"})
		require.NoError(t, err)
		assert.Equal(t, old.Number, same.Number)
		_, has, err = e.FindCard(ctx, crm.Search{Phone: "79220000001", Email: "old@example.com"})
		require.NoError(t, err)
		assert.False(t, has, "the customer has a phone now")
	})
}

// TestEmailTrust: the switch says what a stranger's e-mail does.
func TestEmailTrust(t *testing.T) {
	bothEngines(t, func(t *testing.T, store engine.Store) {
		ctx := t.Context()
		owner, err := programme(t, store, crm.EmailHints).Issue(ctx, crm.Profile{Phone: "79230000001", Email: "anna@example.org"})
		require.NoError(t, err)
		stranger := crm.Profile{Phone: "79230000002", Email: "anna@example.org"}

		refuses := programme(t, store, crm.EmailConflicts)
		_, _, err = refuses.FindCard(ctx, crm.Search{Phone: stranger.Phone, Email: stranger.Email})
		require.ErrorIs(t, err, crm.ErrAmbiguous)
		_, err = refuses.Issue(ctx, stranger)
		require.ErrorIs(t, err, crm.ErrAmbiguous)

		trusts := programme(t, store, crm.EmailIdentifies)
		found, has, err := trusts.FindCard(ctx, crm.Search{Phone: stranger.Phone, Email: stranger.Email})
		require.NoError(t, err)
		assert.True(t, has)
		assert.Equal(t, owner.Number, found.Number)
		issued, err := trusts.Issue(ctx, stranger)
		require.NoError(t, err)
		assert.Equal(t, owner.Number, issued.Number)
	})
}

// TestTypedEmailRaces: many phones claim one e-mail at the same moment, each
// twice. Each phone has one card of its own, and one of them has the e-mail.
func TestTypedEmailRaces(t *testing.T) {
	bothEngines(t, func(t *testing.T, store engine.Store) {
		ctx := t.Context()
		e := programme(t, store, crm.EmailHints)
		const phones, twins = 6, 3
		var mu sync.Mutex
		cards := map[string]map[string]bool{} // by phone
		var group sync.WaitGroup
		for i := range phones * twins {
			group.Go(func() {
				phone := fmt.Sprintf("7924000000%d", i%phones)
				card, err := e.Issue(ctx, crm.Profile{Phone: phone, Email: "wanted@example.com"})
				if !assert.NoError(t, err) {
					return
				}
				mu.Lock()
				defer mu.Unlock()
				if cards[phone] == nil {
					cards[phone] = map[string]bool{}
				}
				cards[phone][card.Number] = true
			})
		}
		group.Wait()
		all := map[string]bool{}
		for phone, numbers := range cards {
			assert.Len(t, numbers, 1, phone)
			for number := range numbers {
				all[number] = true
			}
		}
		assert.Len(t, all, phones)
	})
}

// TestBlockedCustomerClaimsNoCard: somebody whose cards are all blocked gets no
// active one by registering a card that nobody holds.
func TestBlockedCustomerClaimsNoCard(t *testing.T) {
	bothEngines(t, func(t *testing.T, store engine.Store) {
		ctx := t.Context()
		e := programme(t, store, crm.EmailHints)
		card, err := e.Issue(ctx, crm.Profile{Phone: "79250000001"})
		require.NoError(t, err)
		require.NoError(t, e.SetCardState(ctx, card.Number, crm.CardBlocked, "operator", "fraud"))
		_, err = store.ImportCards(ctx, []engine.CardRecord{{CardNumber: crm.CardNumber{Number: "2900000000018"}, State: crm.CardActive}}, time.Now())
		require.NoError(t, err)
		require.ErrorIs(t, e.UpdateProfile(ctx, "2900000000018", crm.Profile{Phone: "79250000001"}), crm.ErrCardBlocked)
	})
}

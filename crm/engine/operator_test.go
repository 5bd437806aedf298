package engine_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// Refusals name rows by their place in the caller's file, whether a rule of the
// programme refuses them or the store.
func TestImportRefusesByTheCallersIndex(t *testing.T) {
	s := newShop(t)
	row := func(number string, holder crm.Profile) engine.CardRecord {
		return engine.CardRecord{CardNumber: crm.CardNumber{Number: number}, Holder: holder, Balance: 10}
	}
	rows := []engine.CardRecord{
		row("a/b", crm.Profile{}),                                                             // 0: a rule
		row("1", crm.Profile{Phone: "8 921 666 88 99"}),                                       // 1: good
		row("2", crm.Profile{Phone: "12"}),                                                    // 2: a rule
		row("3", crm.Profile{Email: "boris@example.com"}),                                     // 3: good
		row("4", crm.Profile{Phone: anna, Email: "boris@example.com"}),                        // 4: the store, two customers
		{CardNumber: crm.CardNumber{Number: "5"}, State: "lost"},                              // 5: a rule
		row("6", crm.Profile{}),                                                               // 6: good, without a holder
		row("1", crm.Profile{Email: "boris@example.com"}),                                     // 7: the store, another holder
		{CardNumber: crm.CardNumber{Number: "7"}, Balance: -1},                                // 8: a rule
		{CardNumber: crm.CardNumber{Number: "8", BarcodeNumber: "1", BarcodeType: crm.EAN13}}, // 9: a rule
	}
	refused, err := s.ImportCards(t.Context(), rows)
	require.NoError(t, err)
	require.ElementsMatch(t, []int{0, 2, 4, 5, 7, 8, 9}, indices(refused))
	for _, r := range refused {
		require.Error(t, r.Err)
		require.NotEqual(t, crm.ErrInternal, crm.KindOf(r.Err))
	}
	card, bonus, err := s.Card(t.Context(), "1")
	require.NoError(t, err)
	assert.Equal(t, int64(10), bonus.Total)
	assert.Equal(t, crm.CardActive, card.State)
	assert.Equal(t, opening, card.IssuedAt)
	assert.Equal(t, crm.CardNumber{Number: "1", BarcodeNumber: "1", BarcodeType: crm.Code128}, card.CardNumber)
	holder, err := s.Holder(t.Context(), "1")
	require.NoError(t, err)
	assert.Equal(t, anna, holder.Phone)

	_, err = s.ImportCards(t.Context(), rows)
	require.NoError(t, err)
	require.Equal(t, int64(10), s.balance("1"), "an import may run twice")
}

func TestPutPurchasesRefusesByTheCallersIndex(t *testing.T) {
	s := newShop(t)
	card := s.card(anna)
	line := func(number, ref string, day crm.Date) crm.Purchase {
		return crm.Purchase{CardNumber: number, Ref: ref, Date: day, Item: "Tea"}
	}
	lines := []crm.Purchase{
		line(card.Number, "", "2026-09-06"), line(card.Number, "1", "2026-09-06"), line("unknown", "1", "2026-09-06"),
		line(card.Number, "2", "06.09.2026"), line(card.Number, "2", "2026-09-06"), line("unknown", "2", "2026-09-06"),
		line("a/b", "1", "2026-09-06"), line(card.Number, strings.Repeat("r", crm.MaxKeyBytes+1), "2026-09-06"),
		{CardNumber: card.Number, Ref: "3", Date: "2026-09-06", Item: strings.Repeat("x", crm.MaxTextRunes+1)},
	}
	added, refused, err := s.PutPurchases(t.Context(), "", lines)
	require.NoError(t, err)
	require.Equal(t, engine.Counts{engine.RowNew: 2}, added)
	require.ElementsMatch(t, []int{0, 2, 3, 5, 6, 7, 8}, indices(refused))
	added, _, err = s.PutPurchases(t.Context(), "", lines)
	require.NoError(t, err)
	require.Equal(t, engine.Counts{engine.RowUnchanged: 2}, added, "an import may run twice")
}

func TestAddNumbersRefusesByTheCallersIndex(t *testing.T) {
	s := newShop(t)
	added, refused, err := s.AddNumbers(t.Context(), numbers("1", "", "2", "a b", "1", "anonymous"), false)
	require.NoError(t, err)
	require.Equal(t, 2, added)
	require.Equal(t, []int{1, 3, 5}, indices(refused))
	level := s.level()
	require.Equal(t, crm.PoolLevel{Free: 2}, level)
}

func TestPutOffersRefusesByTheCallersIndex(t *testing.T) {
	s := newShop(t)
	_, refused, err := s.PutOffers(t.Context(), "", []crm.Offer{
		{Audience: crm.AudienceAll}, {ID: "1", Audience: crm.AudienceAll}, {ID: "2", Audience: "friends"}, {ID: "3", Audience: crm.AudienceCard},
		{ID: "4", Audience: crm.AudienceAll, StartDate: "2026-09-07", EndDate: "2026-09-06"}, {ID: "5", Audience: crm.AudienceAll, EndDate: "soon"},
		{ID: "6", Audience: crm.AudienceAll, Name: strings.Repeat("x", crm.MaxTextRunes+1)}, {ID: strings.Repeat("7", 65), Audience: crm.AudienceAll},
	})
	require.NoError(t, err)
	require.Equal(t, []int{0, 2, 3, 4, 5, 6, 7}, indices(refused))
}

// A movement may be sent again on another day, when the programme's rules give
// its points another end: it is still the same movement.
func TestMovementsHappenOnce(t *testing.T) {
	s := newShop(t)
	card := s.card(anna)
	grant := crm.Transaction{Key: "g", CardNumber: card.Number, Points: 30, Description: " Gift ", Actor: "operator"}
	first, err := s.Credit(t.Context(), grant)
	require.NoError(t, err)
	s.clock.forward(48 * time.Hour)
	again, err := s.Credit(t.Context(), grant)
	require.NoError(t, err)
	require.Equal(t, first, again)
	take := crm.Transaction{Key: "t", CardNumber: card.Number, Points: 120}
	spent, err := s.Debit(t.Context(), take)
	require.NoError(t, err)
	require.Equal(t, int64(-120), spent.Points)
	_, err = s.Debit(t.Context(), take)
	require.NoError(t, err)
	require.Equal(t, int64(10), s.balance(card.Number))
	take.Points = 1
	_, err = s.Debit(t.Context(), take)
	require.ErrorIs(t, err, crm.ErrOperationConflict)
	take.Key, take.Points = "t2", 11
	_, err = s.Debit(t.Context(), take)
	require.ErrorIs(t, err, crm.ErrInsufficientPoints)
}

func TestMovementsAreChecked(t *testing.T) {
	s := newShop(t)
	card := s.card(anna)
	good := crm.Transaction{Key: "k", CardNumber: card.Number, Points: 1}
	for name, c := range map[string]struct {
		spoil func(*crm.Transaction)
		kind  crm.Kind
	}{
		"no points":       {func(m *crm.Transaction) { m.Points = 0 }, crm.ErrInvalidAmount},
		"negative points": {func(m *crm.Transaction) { m.Points = -5 }, crm.ErrInvalidAmount},
		"too many points": {func(m *crm.Transaction) { m.Points = crm.MaxPoints + 1 }, crm.ErrInvalidAmount},
		"no key":          {func(m *crm.Transaction) { m.Key = "" }, crm.ErrInvalidRecord},
		"a long key":      {func(m *crm.Transaction) { m.Key = strings.Repeat("k", crm.MaxKeyBytes+1) }, crm.ErrInvalidRecord},
		"a bad number":    {func(m *crm.Transaction) { m.CardNumber = "a/b" }, crm.ErrInvalidCardNumber},
		"a bad text":      {func(m *crm.Transaction) { m.Description = "a\x07" }, crm.ErrInvalidProfile},
	} {
		m := good
		c.spoil(&m)
		_, err := s.Credit(t.Context(), m)
		assert.Equal(t, c.kind, crm.KindOf(err), name)
		_, err = s.Debit(t.Context(), m)
		assert.Equal(t, c.kind, crm.KindOf(err), name)
	}
	require.Equal(t, int64(100), s.balance(card.Number))
}

// Expiry is booked in batches, each lot once, and the ledger adds up after it.
func TestExpirePointsInBatches(t *testing.T) {
	s := newShop(t)
	const lots = 450 // more than two batches
	var rows []engine.CardRecord
	for i := range lots {
		rows = append(rows, engine.CardRecord{CardNumber: crm.CardNumber{Number: fmt.Sprint(i)}})
	}
	refused, err := s.ImportCards(t.Context(), rows)
	require.NoError(t, err)
	require.Empty(t, refused)
	for i, row := range rows {
		_, err := s.Credit(t.Context(), crm.Transaction{Key: row.Number, CardNumber: row.Number, Points: int64(i + 1), ValidUntil: opening.Add(time.Hour)})
		require.NoError(t, err)
	}
	s.clock.forward(time.Hour)
	booked, err := s.ExpirePoints(t.Context())
	require.NoError(t, err)
	require.Equal(t, lots, booked)
	booked, err = s.ExpirePoints(t.Context())
	require.NoError(t, err)
	require.Zero(t, booked)
	bad, err := s.Verify(t.Context(), func(d engine.Discrepancy) { t.Errorf("%+v", d) })
	require.NoError(t, err)
	require.Zero(t, bad)
}

// audited gives a page of discrepancies at a time.
type audited struct {
	engine.Store
	t     *testing.T
	pages map[string][]engine.Discrepancy
	fail  string
}

func (a audited) Verify(_ context.Context, after string, _ int) ([]engine.Discrepancy, string, error) {
	if after == a.fail {
		return nil, "", errStore
	}
	bad, known := a.pages[after]
	require.True(a.t, known, "there is no page after %q", after)
	return bad, map[string]string{"": "m", "m": "z", "z": ""}[after], nil
}

// A verification looks at every page, also behind one without a discrepancy.
func TestVerifyOverPages(t *testing.T) {
	first, last := engine.Discrepancy{CardNumber: "a", Balance: 1}, engine.Discrepancy{CardNumber: "zz", Lots: 2}
	store := audited{t: t, pages: map[string][]engine.Discrepancy{"": {first}, "m": nil, "z": {last}}, fail: "never"}
	var told []engine.Discrepancy
	tell := func(d engine.Discrepancy) { told = append(told, d) }
	count, err := shopOver(t, store).Verify(t.Context(), tell)
	require.NoError(t, err)
	require.Equal(t, 2, count)
	require.Equal(t, []engine.Discrepancy{first, last}, told)
	store.fail = "m"
	count, err = shopOver(t, store).Verify(t.Context(), tell)
	require.ErrorIs(t, err, errStore)
	require.Equal(t, 1, count)
}

func TestPostings(t *testing.T) {
	s := newShop(t)
	card := s.card(anna)
	_, err := s.Credit(t.Context(), crm.Transaction{Key: "k", CardNumber: card.Number, Points: 3})
	require.NoError(t, err)
	newest, err := s.Postings(t.Context(), card.Number, "", 1)
	require.NoError(t, err)
	require.Equal(t, crm.PostingGrant, newest[0].Kind)
	older, err := s.Postings(t.Context(), card.Number, newest[0].ID, 5)
	require.NoError(t, err)
	require.Len(t, older, 1)
	require.Equal(t, crm.PostingWelcome, older[0].Kind)
}

func TestChannels(t *testing.T) {
	s := newShop(t)
	card := s.card(anna)
	set := func(allow, deny []string) {
		require.NoError(t, s.SetChannels(t.Context(), card.Number, allow, deny, "app"))
	}
	set([]string{"sms", "email", "telegram", "SMS"}, []string{"email", "fax"})
	set([]string{"sms"}, nil)
	set(nil, []string{"sms"})
	log, err := s.Consents(t.Context(), card.Number)
	require.NoError(t, err)
	at := func(channel crm.Channel, allowed bool) engine.Consent {
		return engine.Consent{Channel: channel, Allowed: allowed, Source: "app", At: opening}
	}
	require.ElementsMatch(t, []engine.Consent{at("sms", true), at("email", false)}, log[:2], "deny wins, unknown ones are ignored")
	require.Equal(t, []engine.Consent{at("sms", false)}, log[2:])
}

func TestEraseByPhone(t *testing.T) {
	s := newShop(t)
	card := s.card(anna)
	_, err := s.Erase(t.Context(), "12", "operator")
	require.ErrorIs(t, err, crm.ErrInvalidPhone)
	erased, err := s.Erase(t.Context(), "+7 921 666-88-99", "operator")
	require.NoError(t, err)
	require.Equal(t, []string{card.Number}, erased.Cards)
	_, err = s.Erase(t.Context(), anna, "operator")
	require.ErrorIs(t, err, crm.ErrCustomerNotFound)
	back := s.card(anna)
	require.NotEqual(t, card.Number, back.Number)
	require.Equal(t, int64(100), s.balance(back.Number), "nothing remembers the first welcome")
}

func TestNumbersFromOutsideAreChecked(t *testing.T) {
	s := newShop(t)
	bad := "getAllUsers"
	for name, err := range map[string]error{
		"Card":          second(s.Card(t.Context(), bad)),
		"UpdateProfile": s.UpdateProfile(t.Context(), bad, crm.Profile{}),
		"SetChannels":   s.SetChannels(t.Context(), bad, nil, nil, ""),
		"SetCardState":  s.SetCardState(t.Context(), bad, crm.CardActive, "", ""),
		"SetSegments":   s.SetSegments(t.Context(), bad, nil, ""),
		"Offers":        last(s.Offers(t.Context(), bad)),
		"Consents":      last(s.Consents(t.Context(), bad)),
		"Holder":        last(s.Holder(t.Context(), bad)),
		"Postings":      last(s.Postings(t.Context(), bad, "", 1)),
	} {
		assert.ErrorIs(t, err, crm.ErrInvalidCardNumber, name)
	}
	card := s.card(anna)
	require.ErrorIs(t, s.SetCardState(t.Context(), card.Number, "lost", "", ""), crm.ErrInvalidRecord)
	require.ErrorIs(t, s.SetSegments(t.Context(), card.Number, []string{""}, ""), crm.ErrInvalidRecord)
	require.NoError(t, s.Ping(t.Context()))
}

func last[A any](_ A, err error) error           { return err }
func second[A, B any](_ A, _ B, err error) error { return err }

package connect_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/connect"
	"koshelek-adapter/crm/connect/connecttest"
	"koshelek-adapter/crm/engine"
)

const annasCard = "4600000000015"

// withAnna is a house whose CRM has a customer of its own.
func withAnna(t *testing.T, options ...func(*connect.Options)) *house {
	h := newHouse(t, "", options...)
	h.crm.Put(crm.Profile{Phone: anna, Email: "anna@example.com"}, annasCard, crm.CardActive, 70)
	return h
}

func TestFreshAndStale(t *testing.T) {
	h := withAnna(t)
	show := func() crm.Card {
		statement, err := h.Card(t.Context(), annasCard)
		require.NoError(t, err)
		return statement.Card
	}
	require.EqualValues(t, 70, show().Balance)
	asked := h.crm.Calls("member")
	h.clock.forward(30*time.Second - time.Millisecond)
	show()
	require.Equal(t, asked, h.crm.Calls("member"), "fresh")
	h.crm.SetState(annasCard, crm.CardBlocked)
	require.Equal(t, crm.CardActive, show().State)
	h.clock.forward(time.Millisecond)
	require.Equal(t, crm.CardBlocked, show().State, "no longer hidden than it is fresh")

	h.crm.Fail(always(connecttest.Refused))
	h.clock.forward(24*time.Hour - time.Millisecond)
	require.Equal(t, crm.CardBlocked, show().State, "stale")
	require.Positive(t, h.stale.Load())
	matches, err := h.Find(t.Context(), crm.Identity{Phone: anna})
	require.NoError(t, err)
	require.Equal(t, crm.CardBlocked, matches[0].Cards[0].State)
	h.clock.forward(time.Millisecond)
	_, err = h.Card(t.Context(), annasCard)
	require.Equal(t, crm.ErrUnavailable, crm.KindOf(err))
}

func TestCacheIsOff(t *testing.T) {
	h := withAnna(t, func(o *connect.Options) { o.Fresh, o.Stale = -1, -1 })
	for range 2 {
		_, err := h.Card(t.Context(), annasCard)
		require.NoError(t, err)
	}
	require.Equal(t, 2, h.crm.Calls("member"))
	h.crm.Fail(always(connecttest.Refused))
	_, err := h.Card(t.Context(), annasCard)
	require.Equal(t, crm.ErrUnavailable, crm.KindOf(err))
}

func TestOwnWritesAndNewsDropWhatIsKnown(t *testing.T) {
	h := withAnna(t)
	balance := func() int64 {
		statement, err := h.Card(t.Context(), annasCard)
		require.NoError(t, err)
		return statement.Card.Balance
	}
	require.EqualValues(t, 70, balance())
	h.clock.forward(time.Second)
	_, err := h.SubmitReceipt(t.Context(), annasCard, receiptOf(1))
	require.NoError(t, err)
	h.clock.forward(time.Millisecond)
	require.EqualValues(t, 170, balance())
	h.clock.forward(time.Second)
	ref := h.crm.Put(crm.Profile{Phone: anna}, annasCard+"1", crm.CardActive, 5)
	require.EqualValues(t, 170, balance())
	require.NoError(t, h.Changed(t.Context(), crm.Ref{ID: ref.ID}))
	h.clock.forward(time.Millisecond)
	require.EqualValues(t, 5, balance())
}

// TestCRMHangs: a known card is shown when the time for reads is over, and at once
// when the breaker is open.
func TestCRMHangs(t *testing.T) {
	h := withAnna(t, func(o *connect.Options) { o.ReadTimeout, o.Fresh = 5*time.Millisecond, -1 })
	_, err := h.Card(t.Context(), annasCard)
	require.NoError(t, err)
	h.crm.Fail(always(connecttest.Hang))
	for range 5 {
		_, err = h.Card(t.Context(), annasCard)
		require.NoError(t, err)
	}
	require.True(t, h.Down())
	asked := h.crm.Calls("member")
	_, err = h.Card(t.Context(), annasCard)
	require.NoError(t, err)
	require.Equal(t, asked, h.crm.Calls("member"))
	_, err = h.Issue(t.Context(), crm.Profile{Phone: boris})
	require.Equal(t, crm.ErrUnavailable, crm.KindOf(err))
}

// TestRefusalsAreNoFailures of the CRM.
func TestRefusalsAreNoFailures(t *testing.T) {
	h := newHouse(t, "")
	for range 20 {
		_, err := h.Card(t.Context(), annasCard)
		require.ErrorIs(t, err, crm.ErrCardNotFound)
	}
	require.False(t, h.Down())
}

// liar is a CRM that answers something else than it was asked.
type liar struct {
	*connecttest.Memory
	find   func([]crm.Member) []crm.Member
	member func(*crm.Member)
	// scattered has the directory give the cards of one customer apart.
	scattered bool
}

func (l liar) Members(ctx context.Context, after string, limit int) ([]crm.Member, string, error) {
	members, next, err := l.Memory.Members(ctx, after, limit)
	if l.scattered {
		slices.SortStableFunc(members, func(a, b crm.Member) int { return len(a.Card) - len(b.Card) })
	}
	return members, next, err
}

func (l liar) Find(ctx context.Context, by crm.Identity) ([]crm.Member, error) {
	found, err := l.Memory.Find(ctx, by)
	if l.find != nil {
		found = l.find(found)
	}
	return found, err
}

func (l liar) Member(ctx context.Context, ref crm.Ref) (crm.Member, error) {
	m, err := l.Memory.Member(ctx, ref)
	if l.member != nil {
		l.member(&m)
	}
	return m, err
}

// over is a programme over another connector, with the house's store.
func (h *house) over(c crm.Connector) *connect.Program {
	numbers, err := engine.New(h.store, engine.Options{Rules: engine.Rules{MaxAge: time.Hour, Zone: time.UTC, Texts: engine.EnglishTexts}, ReserveFor: time.Hour})
	require.NoError(h.t, err)
	p, err := connect.New(c, h.store, numbers, connect.Options{Clock: h.clock.read, Fresh: -1, Stale: -1})
	require.NoError(h.t, err)
	return p
}

func TestAnswersThatWereNotAskedFor(t *testing.T) {
	h := withAnna(t)
	h.crm.Put(crm.Profile{Phone: boris}, "4600000000022", crm.CardActive, 5)
	stranger := func(m *crm.Member) { m.Card = "4600000000022" }
	for name, member := range map[string]func(*crm.Member){
		"another card":          stranger,
		"a state that is none":  func(m *crm.Member) { m.State = "gold" },
		"a number that is none": func(m *crm.Member) { m.Card = "a/b" },
	} {
		_, err := h.over(liar{Memory: h.crm, member: member}).Card(t.Context(), annasCard)
		assert.Equal(t, crm.ErrUnavailable, crm.KindOf(err), name)
	}
	everybody := func([]crm.Member) []crm.Member { return h.crm.Stored() }
	found, err := h.over(liar{Memory: h.crm, find: everybody}).Find(t.Context(), crm.Identity{Phone: anna})
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Equal(t, annasCard, found[0].Cards[0].Number)
	twins := func(found []crm.Member) []crm.Member {
		twin := found[0]
		twin.ID, twin.Card = "C999999", "4600000000039"
		return append(found, twin)
	}
	_, err = h.over(liar{Memory: h.crm, find: twins}).Find(t.Context(), crm.Identity{Phone: anna})
	require.ErrorIs(t, err, crm.ErrAmbiguous)
	_, err = h.over(liar{Memory: h.crm, find: twins}).Issue(t.Context(), crm.Profile{Phone: anna})
	require.ErrorIs(t, err, crm.ErrAmbiguous)
	spelt := func(found []crm.Member) []crm.Member {
		found[0].Profile.Phone = "8 (921) 666-88-99"
		return found
	}
	found, err = h.over(liar{Memory: h.crm, find: spelt}).Find(t.Context(), crm.Identity{Phone: anna})
	require.NoError(t, err)
	require.Len(t, found, 1, "another spelling of the phone")
}

func TestBalancesAsLots(t *testing.T) {
	h := withAnna(t)
	day := opening.AddDate(0, 1, 0)
	for name, c := range map[string]struct {
		b           crm.PointsBalance
		total, free int64
		lots        int
	}{
		"no lots":                      {crm.PointsBalance{Total: 10, Available: 10}, 10, 10, 1},
		"pending":                      {crm.PointsBalance{Total: 10, Available: 4}, 10, 4, 1},
		"lots":                         {crm.PointsBalance{Total: 10, Available: 10, Lots: []crm.Lot{{Remaining: 3, ValidUntil: day}}}, 10, 10, 2},
		"lots of more than there are":  {crm.PointsBalance{Total: 2, Available: 2, Lots: []crm.Lot{{Remaining: 3, ValidUntil: day}}}, 2, 2, 1},
		"below zero":                   {crm.PointsBalance{Total: -5, Available: -5}, 0, 0, 0},
		"a lot that is over":           {crm.PointsBalance{Total: 3, Available: 3, Lots: []crm.Lot{{Remaining: 3, ValidUntil: opening}}}, 3, 3, 1},
		"more available than in total": {crm.PointsBalance{Total: 1, Available: 3}, 3, 3, 1},
	} {
		p := h.over(liar{Memory: h.crm, member: func(m *crm.Member) { m.Balance = &c.b }})
		s, err := crm.NewService(p, crm.Options{Zone: time.UTC, Clock: h.clock.read})
		require.NoError(t, err)
		_, bonus, err := s.Card(t.Context(), annasCard)
		require.NoError(t, err, name)
		assert.Equal(t, c.total, bonus.Total, name)
		assert.Equal(t, c.free, bonus.Available, name)
		assert.Len(t, bonus.Lots, c.lots, name)
	}
}

func TestWritesByCapability(t *testing.T) {
	h := withAnna(t)
	require.NoError(t, h.SetChannels(t.Context(), annasCard, map[crm.Channel]bool{crm.ChannelSMS: true}, "wallet"))
	require.Equal(t, map[crm.Channel]bool{crm.ChannelSMS: true}, h.crm.Allowed(annasCard))
	h.crm.PutCode("SPRING", 50)
	for i := range 2 {
		done, err := h.RedeemCode(t.Context(), annasCard, "SPRING")
		require.NoError(t, err)
		require.Equal(t, crm.Submitted{Points: 50, Repeated: i > 0}, done)
		done, err = h.SubmitReceipt(t.Context(), annasCard, receiptOf(1))
		require.NoError(t, err)
		require.Equal(t, crm.Submitted{Points: 100, Repeated: i > 0}, done)
	}
	_, err := h.RedeemCode(t.Context(), annasCard, "AUTUMN")
	require.ErrorIs(t, err, crm.ErrCodeUnknown)
	other := receiptOf(1)
	other.SumKopecks++
	_, err = h.SubmitReceipt(t.Context(), annasCard, other)
	require.ErrorIs(t, err, crm.ErrReceiptMismatch)
	h.crm.Put(crm.Profile{Phone: boris}, "4600000000022", crm.CardInactive, 5)
	_, err = h.SubmitReceipt(t.Context(), "4600000000022", receiptOf(2))
	require.ErrorIs(t, err, crm.ErrCardInactive)
	h.crm.SetState("4600000000022", crm.CardActive)
	h.clock.forward(time.Hour)
	_, err = h.SubmitReceipt(t.Context(), "4600000000022", receiptOf(1))
	require.ErrorIs(t, err, crm.ErrReceiptTaken)
	require.ErrorIs(t, h.UpdateProfile(t.Context(), annasCard, crm.Profile{Phone: boris}), crm.ErrPhoneTaken)
	kept, err := h.store.Intents(t.Context(), connect.StateDone, annasCard, "", 10)
	require.NoError(t, err)
	require.Len(t, kept, 3, "the consent, the code and the receipt")
}

func TestWhatIsNotOffered(t *testing.T) {
	h := withAnna(t, func(o *connect.Options) { o.Receipts = false })
	h.crm.Offer()
	require.NoError(t, h.store.PutOffers(t.Context(), []crm.Offer{{ID: "coffee", Audience: crm.AudienceAll, Name: "Coffee"}}))
	offers, err := h.Offers(t.Context(), annasCard)
	require.NoError(t, err)
	require.Len(t, offers, 1, "those that were imported here")
	require.NoError(t, h.SetChannels(t.Context(), annasCard, map[crm.Channel]bool{crm.ChannelSMS: true}, "wallet"))
	require.Empty(t, h.crm.Allowed(annasCard), "kept here alone")
	_, err = h.RedeemCode(t.Context(), annasCard, "SPRING")
	require.ErrorIs(t, err, crm.ErrNotSupported)
	_, err = h.SubmitReceipt(t.Context(), annasCard, receiptOf(1))
	require.ErrorIs(t, err, crm.ErrNotSupported)
	for _, err := range h.Purchases(t.Context(), annasCard, "2026-01-01", "2026-12-31") {
		require.ErrorIs(t, err, crm.ErrNotSupported)
	}
	_, err = h.Find(t.Context(), crm.Identity{Phone: anna})
	require.NoError(t, err)
	var phones []string
	for holder, err := range h.Customers(t.Context()) {
		require.NoError(t, err)
		phones = append(phones, holder.Profile.Phone)
	}
	require.Equal(t, []string{anna}, phones, "those who came through us")
}

func TestListsOfTheCRM(t *testing.T) {
	h := withAnna(t)
	for i := range 1201 {
		h.crm.PutPurchase(annasCard, crm.Purchase{Ref: string(rune(i)), Date: crm.DateOf(opening.AddDate(0, 0, -i%300), time.UTC), Item: "Coffee"})
	}
	var days []crm.Date
	for line, err := range h.Purchases(t.Context(), annasCard, "2020-01-01", "2026-12-31") {
		require.NoError(t, err)
		days = append(days, line.Date)
	}
	require.Len(t, days, 1201)
	require.True(t, slices.IsSortedFunc(days, func(a, b crm.Date) int { return -cmpDates(a, b) }))
	h.crm.Put(crm.Profile{Phone: anna}, annasCard+"1", crm.CardActive, 5)
	h.crm.Put(crm.Profile{Phone: boris}, "4600000000022", crm.CardBlocked, 5)
	h.crm.Put(crm.Profile{Phone: "79210000001"}, "4600000000046", crm.CardActive, 5)
	n := 0
	for holder, err := range h.over(liar{Memory: h.crm, scattered: true}).Customers(t.Context()) {
		require.NoError(t, err)
		require.NotEmpty(t, holder.Card.Number)
		n++
	}
	require.Equal(t, 2, n, "once each, also of a CRM that scatters cards")
	n = 0
	for holder, err := range h.Customers(t.Context()) {
		require.NoError(t, err)
		require.NotEqual(t, boris, holder.Profile.Phone)
		n++
	}
	require.Equal(t, 2, n)
}

func cmpDates(a, b crm.Date) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func TestErase(t *testing.T) {
	h := withAnna(t)
	_, err := h.Find(t.Context(), crm.Identity{Phone: anna})
	require.NoError(t, err)
	require.NoError(t, h.SetChannels(t.Context(), annasCard, map[crm.Channel]bool{crm.ChannelSMS: true}, "wallet"))
	erased, err := h.Erase(t.Context(), anna)
	require.NoError(t, err)
	require.Equal(t, connect.Erased{Cards: []string{annasCard}, AtCRM: true}, erased)
	_, err = h.store.Link(t.Context(), annasCard)
	require.ErrorIs(t, err, crm.ErrCardNotFound)
	left, err := h.store.Intents(t.Context(), "", "", "", 10)
	require.NoError(t, err)
	require.Len(t, left, 1, "the consent, as evidence")
	require.NotContains(t, string(left[0].Order)+left[0].Slot+left[0].Card, annasCard)
	_, err = h.Erase(t.Context(), anna)
	require.ErrorIs(t, err, crm.ErrCustomerNotFound)
}

// deafToEmail is a CRM that cannot search by e-mail.
type deafToEmail struct{ *connecttest.Memory }

func (d deafToEmail) Find(ctx context.Context, by crm.Identity) ([]crm.Member, error) {
	return d.Memory.Find(ctx, crm.Identity{Phone: by.Phone})
}

// TestFindByEmailThatTheCRMCannotSearch: a card that was seen here is found by its e-mail
// as long as the CRM says that it has it.
func TestFindByEmailThatTheCRMCannotSearch(t *testing.T) {
	h := newHouse(t, "")
	p := h.over(deafToEmail{h.crm})
	ref := h.crm.Put(crm.Profile{Phone: anna, Email: "anna@example.com"}, annasCard, crm.CardActive, 0)
	byMail := crm.Identity{Email: "anna@example.com"}
	found, err := p.Find(t.Context(), byMail)
	require.NoError(t, err)
	require.Empty(t, found, "nobody has seen it")
	_, err = p.Find(t.Context(), crm.Identity{Phone: anna})
	require.NoError(t, err)
	for _, by := range []crm.Identity{byMail, {Phone: boris, Email: byMail.Email}, {Phone: anna, Email: byMail.Email}} {
		found, err = p.Find(t.Context(), by)
		require.NoError(t, err)
		require.Len(t, found, 1)
		require.True(t, found[0].ByEmail)
		require.Equal(t, by.Phone == anna, found[0].ByPhone)
		require.Len(t, found[0].Cards, 1)
	}
	require.NoError(t, h.crm.Update(t.Context(), "k", ref, crm.Profile{Email: "new@example.com"}))
	found, err = p.Find(t.Context(), byMail)
	require.NoError(t, err)
	require.Empty(t, found, "it has another by now")
	h.crm.Fail(always(connecttest.Refused))
	_, err = p.Find(t.Context(), crm.Identity{Email: "new@example.com"})
	require.Equal(t, crm.ErrUnavailable, crm.KindOf(err), "nobody is never said without the CRM's word")
}

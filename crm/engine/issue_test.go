package engine_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

func TestIssueTwiceIsOneCardAndOneNumber(t *testing.T) {
	s := newShop(t, poolAlone)
	s.stock("1", "2", "3")
	first := s.card("+7 (921) 666-88-99")
	require.Equal(t, first, s.card("8 921 666 88 99"))
	require.Equal(t, int64(100), s.balance(first.Number), "one welcome")

	// The number that was not used goes to the next ones.
	second, third := s.card(boris), s.card("79050000000")
	require.Len(t, map[string]bool{first.Number: true, second.Number: true, third.Number: true}, 3)
	require.Equal(t, crm.PoolLevel{}, s.level())
}

func TestIssueAtTheSameMoment(t *testing.T) {
	s := newShop(t)
	shops := []*shop{s, s.twin(2), s.twin(3), s.twin(4)}
	cards := make(chan crm.Card, 40)
	for i := range cap(cards) {
		go func() {
			card, err := shops[i%len(shops)].Issue(t.Context(), crm.Profile{Phone: anna})
			assert.NoError(t, err)
			cards <- card
		}()
	}
	first := <-cards
	for range cap(cards) - 1 {
		require.Equal(t, first.Number, (<-cards).Number)
	}
	require.Equal(t, int64(100), s.balance(first.Number))
}

// A refusal puts the number back, too.
func TestRefusedIssueWastesNoNumber(t *testing.T) {
	s := newShop(t, poolAlone)
	s.stock("1", "2", "3")
	card := s.card(anna)
	_, err := s.Issue(t.Context(), crm.Profile{Email: "boris@example.com"})
	require.NoError(t, err)
	_, err = s.Issue(t.Context(), crm.Profile{Phone: anna, Email: "boris@example.com"})
	require.ErrorIs(t, err, crm.ErrAmbiguous)
	require.NoError(t, s.SetCardState(t.Context(), card.Number, crm.CardBlocked, "operator", "lost"))
	_, err = s.Issue(t.Context(), crm.Profile{Phone: anna})
	require.ErrorIs(t, err, crm.ErrCardBlocked)
	require.Contains(t, []string{"1", "2", "3"}, s.card(boris).Number)
}

// lost answers an Issue as if the connection broke after it was done.
type lost struct{ engine.Store }

func (l lost) Issue(ctx context.Context, r engine.IssueRequest) (engine.Issued, error) {
	if _, err := l.Store.Issue(ctx, r); err != nil {
		return engine.Issued{}, err
	}
	return engine.Issued{}, crm.ErrUnavailable
}

// When nobody knows whether a number was used, it is not used again.
func TestLostAnswerKeepsTheNumber(t *testing.T) {
	good := newShop(t, poolAlone)
	good.stock("1", "2")
	bad := shopOver(t, lost{good.backend}, poolAlone)
	_, err := bad.Issue(t.Context(), crm.Profile{Phone: anna})
	require.ErrorIs(t, err, crm.ErrUnavailable)
	next := reserve(bad)
	card, found, err := good.FindCard(t.Context(), crm.Search{Phone: anna})
	require.NoError(t, err)
	require.True(t, found)
	require.NotEqual(t, next, card.Number)
}

// imported takes each number away, a few times, before it can be issued.
type imported struct {
	engine.Store
	times int
}

func (i *imported) Issue(ctx context.Context, r engine.IssueRequest) (engine.Issued, error) {
	if i.times > 0 {
		i.times--
		row := engine.CardRecord{CardNumber: r.Number, State: crm.CardActive, IssuedAt: r.Now}
		if _, err := i.ImportCards(ctx, []engine.CardRecord{row}, r.Now); err != nil {
			return engine.Issued{}, err
		}
	}
	return i.Store.Issue(ctx, r)
}

func TestIssueTakesTheNextNumberWhenOneIsTaken(t *testing.T) {
	base := newShop(t)
	s := shopOver(t, &imported{base.backend, 5})
	card := s.card(anna)
	require.NotEmpty(t, card.CustomerID)
	_, err := shopOver(t, &imported{base.backend, 100}).Issue(t.Context(), crm.Profile{Phone: boris})
	require.ErrorIs(t, err, crm.ErrNumberTaken, "it does not try for ever")
}

func TestNumberFromPhone(t *testing.T) {
	s := newShop(t, func(o *engine.Options) { o.Rules.NumberFromPhone = true })
	card := s.card("+7 921 666-88-99")
	require.Equal(t, crm.CardNumber{Number: anna, BarcodeNumber: anna, BarcodeType: crm.Code128}, card.CardNumber)
	require.Equal(t, card, s.card(anna))
	byEmail, err := s.Issue(t.Context(), crm.Profile{Email: "boris@example.com"})
	require.NoError(t, err)
	require.True(t, s.options.Template.Matches(byEmail.Number), "without a phone the number is one of ours")

	options := s.options
	options.Barcode.Type = crm.EAN13
	_, err = engine.New(s.backend, options)
	require.ErrorContains(t, err, "CODE_128", "a phone is no EAN")
}

func TestIssueReserved(t *testing.T) {
	s := newShop(t)
	number := reserve(s)
	profile := crm.Profile{Phone: anna, FirstName: " Anna "}
	card, err := s.IssueReserved(t.Context(), number, profile)
	require.NoError(t, err)
	require.Equal(t, number, card.Number)
	again, err := s.IssueReserved(t.Context(), number, crm.Profile{Phone: "8 921 666 88 99", FirstName: "Anna"})
	require.NoError(t, err, "the same profile, written in another way")
	require.Equal(t, card, again)
	_, err = s.IssueReserved(t.Context(), number, crm.Profile{Phone: boris})
	require.ErrorIs(t, err, crm.ErrNumberTaken)
	_, err = s.IssueReserved(t.Context(), "29-no-such", profile)
	require.ErrorIs(t, err, crm.ErrNumberUnknown)
	_, err = s.IssueReserved(t.Context(), "anonymous", profile)
	require.ErrorIs(t, err, crm.ErrInvalidCardNumber)
	_, err = s.IssueReserved(t.Context(), number, crm.Profile{FirstName: "Anna"})
	require.ErrorIs(t, err, crm.ErrNoIdentity)
	require.Equal(t, int64(100), s.balance(number))
}

func TestFindCard(t *testing.T) {
	s := newShop(t)
	card := s.card(anna)
	_, err := s.Issue(t.Context(), crm.Profile{Email: "boris@example.com", BirthDate: "1990-05-17"})
	require.NoError(t, err)
	for name, c := range map[string]struct {
		search crm.Search
		kind   crm.Kind
		found  bool
	}{
		"phone":                                  {crm.Search{Phone: "+7 921 666-88-99"}, "", true},
		"email":                                  {crm.Search{Email: " BORIS@example.com "}, "", true},
		"one of the two":                         {crm.Search{Phone: anna, Email: "nobody@example.com"}, "", true},
		"nobody":                                 {crm.Search{Phone: boris}, "", false},
		"a birth date alone":                     {crm.Search{BirthDate: "1990-05-17"}, crm.ErrNoIdentity, false},
		"nothing":                                {crm.Search{Phone: " "}, crm.ErrNoIdentity, false},
		"two customers":                          {crm.Search{Phone: anna, Email: "boris@example.com"}, crm.ErrAmbiguous, false},
		"two, and the birth date of the email's": {crm.Search{Phone: anna, Email: "boris@example.com", BirthDate: "1990-05-17"}, crm.ErrAmbiguous, false},
		"a bad phone":                            {crm.Search{Phone: "12"}, crm.ErrInvalidPhone, false},
		"a bad birth date":                       {crm.Search{Phone: anna, BirthDate: "17.05.1990"}, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			_, found, err := s.FindCard(t.Context(), c.search)
			require.Equal(t, c.kind, crm.KindOf(err))
			require.Equal(t, c.found, found)
		})
	}
	require.NoError(t, s.UpdateProfile(t.Context(), card.Number, crm.Profile{BirthDate: "1985-01-01"}))
	settled, found, err := s.FindCard(t.Context(), crm.Search{Phone: anna, Email: "boris@example.com", BirthDate: "1985-01-01"})
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, card.Number, settled.Number)
}

func TestBlockedCardIsRefusedOrShownAsInactive(t *testing.T) {
	s := newShop(t)
	card := s.card(anna)
	require.NoError(t, s.SetCardState(t.Context(), card.Number, crm.CardBlocked, "operator", "lost"))
	_, found, err := s.FindCard(t.Context(), crm.Search{Phone: anna})
	require.ErrorIs(t, err, crm.ErrCardBlocked)
	require.False(t, found)
	_, _, err = s.Card(t.Context(), card.Number)
	require.ErrorIs(t, err, crm.ErrCardBlocked)
	_, err = s.Offers(t.Context(), card.Number)
	require.ErrorIs(t, err, crm.ErrCardBlocked)

	shown := shopOver(t, s.backend)
	shown.shown.ShowBlocked = true
	shown.serve()
	got, found, err := shown.FindCard(t.Context(), crm.Search{Phone: anna})
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, crm.CardInactive, got.State)
	got, _, err = shown.Card(t.Context(), card.Number)
	require.NoError(t, err)
	require.Equal(t, crm.CardInactive, got.State)
}

func TestNewServiceTellsEveryFault(t *testing.T) {
	_, err := engine.New(nil, engine.Options{Rules: engine.Rules{EarnBasisPoints: -1}})
	require.ErrorContains(t, err, "percentage")
	require.ErrorContains(t, err, "time zone")
	require.ErrorContains(t, err, "reservation must last")
}

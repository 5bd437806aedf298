package engine_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// outbox is a sender that remembers what a phone was sent last.
type sentCodes struct {
	mutex sync.Mutex
	codes map[string]string
	fails error
}

// SendCode implements engine.CodeSender.
func (o *sentCodes) SendCode(_ context.Context, phone, code string) error {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if o.codes == nil {
		o.codes = map[string]string{}
	}
	o.codes[phone] = code
	return o.fails
}

func (o *sentCodes) last(phone string) string {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.codes[phone]
}

var codeLimits = engine.CodeLimits{MaxAttempts: 3, MaxSends: 5, MaxFailures: 10, Window: time.Hour}

func withCodes(sender engine.CodeSender) func(*engine.Options) {
	return func(o *engine.Options) {
		o.Codes = engine.CodeRules{Key: make([]byte, 32), Sender: sender, Lifetime: 5 * time.Minute, Limits: codeLimits}
	}
}

// known parses an identifier that has to be one.
func known(t *testing.T, by crm.IdentifiedBy, text string) crm.Identifier {
	t.Helper()
	who, err := crm.ParseIdentifier(by, text, crm.DefaultCountry)
	require.NoError(t, err)
	return who
}

func TestParseIdentifier(t *testing.T) {
	for text, want := range map[string]crm.Identifier{
		" 2918 5381-A ":   {By: crm.ByCard, ID: "29185381-A"},
		"8 921 666-88-99": {By: crm.ByPhone, ID: anna},
		"01JABC":          {By: crm.ByCustomer, ID: "01JABC"},
	} {
		got, err := crm.ParseIdentifier(want.By, text, crm.DefaultCountry)
		require.NoError(t, err, text)
		assert.Equal(t, want, got)
	}
	for _, bad := range []struct {
		by   crm.IdentifiedBy
		text string
	}{
		{crm.ByCard, ""}, {crm.ByCard, "  "}, {crm.ByCard, "a/b"}, {crm.ByCard, "anonymous"}, {crm.ByPhone, "12"}, {crm.ByPhone, "abc"},
		{crm.ByCustomer, ""}, {crm.ByCustomer, "a\x00"}, {crm.ByCustomer, "this is far too long for an ID of a customer"},
	} {
		_, err := crm.ParseIdentifier(bad.by, bad.text, crm.DefaultCountry)
		assert.ErrorIs(t, err, crm.ErrCustomerNotFound, bad.text)
	}
	_, err := crm.ParseIdentifier("shoe size", "42", crm.DefaultCountry)
	assert.ErrorIs(t, err, crm.ErrInternal)
}

func TestLogin(t *testing.T) {
	sender := &sentCodes{}
	s := newShop(t, withCodes(sender))
	card := s.card(anna)
	for by, text := range map[crm.IdentifiedBy]string{crm.ByCard: card.Number, crm.ByPhone: anna, crm.ByCustomer: card.CustomerID} {
		who := known(t, by, text)
		reference, err := s.SendOneTimeCode(t.Context(), who)
		require.NoError(t, err)
		code := sender.last(anna)
		assert.Regexp(t, `^[0-9]{6}$`, code)
		assert.NotContains(t, reference, code)
		_, err = s.UseOneTimeCode(t.Context(), who, reference, "x"+code)
		require.ErrorIs(t, err, crm.ErrCodeWrong)
		account, err := s.UseOneTimeCode(t.Context(), who, reference, code)
		require.NoError(t, err)
		assert.Equal(t, crm.Account{Identifier: who, CustomerID: card.CustomerID, Phone: anna, Card: account.Card, Available: 100}, account)
		assert.Equal(t, card.Number, account.Card.Number)
		_, err = s.UseOneTimeCode(t.Context(), who, reference, code)
		assert.ErrorIs(t, err, crm.ErrCodeWrong)
	}
}

func TestCodesDiffer(t *testing.T) {
	sender := &sentCodes{}
	s := newShop(t, withCodes(sender), func(o *engine.Options) { o.Codes.Limits.MaxSends = 1000 })
	who := known(t, crm.ByCard, s.card(anna).Number)
	codes, references := map[string]bool{}, map[string]bool{}
	for range 50 {
		reference, err := s.SendOneTimeCode(t.Context(), who)
		require.NoError(t, err)
		codes[sender.last(anna)], references[reference] = true, true
	}
	assert.Greater(t, len(codes), 45)
	assert.Len(t, references, 50)
}

func TestCodeEnds(t *testing.T) {
	sender := &sentCodes{}
	s := newShop(t, withCodes(sender))
	who := known(t, crm.ByCard, s.card(anna).Number)
	reference, err := s.SendOneTimeCode(t.Context(), who)
	require.NoError(t, err)
	s.clock.forward(5 * time.Minute)
	_, err = s.UseOneTimeCode(t.Context(), who, reference, sender.last(anna))
	assert.ErrorIs(t, err, crm.ErrCodeOver)
}

func TestWhoMayNotLogIn(t *testing.T) {
	sender := &sentCodes{}
	s := newShop(t, withCodes(sender))
	emailOnly, err := s.Issue(t.Context(), crm.Profile{Email: "no-phone@example.com"})
	require.NoError(t, err)
	_, err = s.ImportCards(t.Context(), []engine.CardRecord{{CardNumber: crm.CardNumber{Number: "unheld"}}})
	require.NoError(t, err)
	inactive, blocked := s.card(anna), s.card(boris)
	require.NoError(t, s.SetCardState(t.Context(), inactive.Number, crm.CardInactive, "test", ""))
	require.NoError(t, s.SetCardState(t.Context(), blocked.Number, crm.CardBlocked, "test", ""))
	for _, number := range []string{"nobody", "unheld", emailOnly.Number, inactive.Number, blocked.Number} {
		who := known(t, crm.ByCard, number)
		_, err := s.SendOneTimeCode(t.Context(), who)
		assert.ErrorIs(t, err, crm.ErrCustomerNotFound, number)
		_, err = s.UseOneTimeCode(t.Context(), who, "any", "123456")
		assert.ErrorIs(t, err, crm.ErrCodeWrong, "says no more than a wrong code")
	}
	assert.Empty(t, sender.codes)
	for by, nobody := range map[crm.IdentifiedBy]string{crm.ByPhone: "79990000000", crm.ByCustomer: "nobody"} {
		_, err := s.SendOneTimeCode(t.Context(), known(t, by, nobody))
		assert.ErrorIs(t, err, crm.ErrCustomerNotFound)
	}
}

func TestSenderThatFails(t *testing.T) {
	sender := &sentCodes{fails: errors.New("gateway down")}
	s := newShop(t, withCodes(sender))
	who := known(t, crm.ByCard, s.card(anna).Number)
	for range codeLimits.MaxSends {
		_, err := s.SendOneTimeCode(t.Context(), who)
		require.ErrorIs(t, err, crm.ErrUnavailable)
		require.NotContains(t, err.Error(), sender.last(anna))
	}
	_, err := s.SendOneTimeCode(t.Context(), who)
	assert.ErrorIs(t, err, crm.ErrTooManyCodes, "what may have arrived counts")
}

func TestWithoutCodes(t *testing.T) {
	s := newShop(t)
	who := known(t, crm.ByCard, s.card(anna).Number)
	_, err := s.SendOneTimeCode(t.Context(), who)
	assert.ErrorIs(t, err, crm.ErrUnavailable)
	_, err = s.UseOneTimeCode(t.Context(), who, "any", "123456")
	assert.ErrorIs(t, err, crm.ErrUnavailable)
}

func TestCodeRulesMustBeComplete(t *testing.T) {
	s := newShop(t)
	for _, rules := range []engine.CodeRules{
		{Key: make([]byte, 31), Sender: &sentCodes{}, Lifetime: time.Minute, Limits: codeLimits},
		{Key: make([]byte, 32), Lifetime: time.Minute, Limits: codeLimits},
		{Key: make([]byte, 32), Sender: &sentCodes{}, Limits: codeLimits},
		{Key: make([]byte, 32), Sender: &sentCodes{}, Lifetime: time.Minute},
	} {
		options := s.options
		options.Codes = rules
		_, err := engine.New(s.backend, options)
		assert.Error(t, err)
	}
}

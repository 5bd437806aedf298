package maxma

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance/sim"
	"koshelek-adapter/conformance/sim/maxma"
	"koshelek-adapter/crm"
	"koshelek-adapter/crm/connect/connector"
)

func house(t *testing.T) (*Connector, *maxma.Simulator) {
	s := maxma.New("key", sim.Settings{Seed: 1})
	server := httptest.NewServer(s.Handler())
	t.Cleanup(func() { server.Close(); s.Close() })
	return New(server.URL, "key", connector.Options{InFlight: 8}), s
}

func enrollment(n int) crm.Enrollment {
	return crm.Enrollment{Key: fmt.Sprint("k", n), Number: crm.CardNumber{Number: fmt.Sprintf("29%011d", n)}, Profile: crm.Profile{
		Phone: fmt.Sprintf("7900%07d", n), Email: fmt.Sprintf("a%d@example.com", n), Surname: "Иванов", FirstName: "Пётр", Sex: "m", BirthDate: "1980-02-29",
	}}
}

func TestEveryCall(t *testing.T) {
	c, s := house(t)
	ctx := t.Context()
	_, err := c.Describe(ctx)
	require.NoError(t, err)
	e := enrollment(1)
	found, err := c.Find(ctx, crm.Identity{Phone: e.Profile.Phone})
	require.NoError(t, err)
	assert.Empty(t, found)
	for range 2 {
		made, err := c.Enroll(ctx, e)
		require.NoError(t, err)
		assert.Equal(t, e.Profile, made.Profile)
		assert.Equal(t, e.Number.Number, made.Card)
	}
	assert.Len(t, s.Stored(), 1)
	ref := crm.Ref{Card: e.Number.Number}
	require.NoError(t, c.Update(ctx, "u", ref, crm.Profile{Surname: "Сидоров"}))
	require.NoError(t, c.SetChannels(ctx, "c", ref, map[crm.Channel]bool{crm.ChannelEmail: false, crm.ChannelSMS: true, crm.ChannelPush: true}))
	stored := s.Stored()[0]
	assert.Equal(t, "Сидоров", stored.Surname)
	assert.Equal(t, "Пётр", stored.Name)
	assert.False(t, *stored.IsEmailSubscribed)
	assert.True(t, *stored.IsPhoneSubscribed)

	for name, c2 := range map[string]struct {
		change func(e *crm.Enrollment)
		kind   crm.Kind
	}{
		"number": {func(e *crm.Enrollment) { e.Number.Number = ref.Card }, crm.ErrNumberTaken},
		"e-mail": {func(e *crm.Enrollment) { e.Profile.Email = "a1@example.com" }, crm.ErrEmailTaken},
		"phone":  {func(e *crm.Enrollment) { e.Profile.Phone = "79000000001" }, crm.ErrPhoneTaken},
		"digits": {func(e *crm.Enrollment) { e.Number.Number = "A1" }, crm.ErrInvalidCardNumber},
	} {
		other := enrollment(2)
		c2.change(&other)
		_, err := c.Enroll(ctx, other)
		assert.Equal(t, c2.kind, crm.KindOf(err), name)
	}
	_, err = c.Member(ctx, crm.Ref{Card: "404"})
	assert.Equal(t, crm.ErrCardNotFound, crm.KindOf(err))

	s.Put(maxma.Record{Client: maxma.Client{PhoneNumber: "+79000000003", Card: "3"}, Pending: 5, Bonuses: []maxma.Bonus{{ExpireAt: "2030-01-01T00:00:00+03:00", Amount: 7}, {Amount: 3}}})
	b, err := c.Balance(ctx, crm.Ref{Card: "3"})
	require.NoError(t, err)
	assert.Equal(t, int64(15), b.Total)
	assert.Equal(t, int64(10), b.Available)
	assert.Len(t, b.Lots, 3)
	assert.True(t, b.Lots[0].ValidUntil.Equal(time.Date(2029, 12, 31, 21, 0, 0, 0, time.UTC)))
	s.Put(maxma.Record{Client: maxma.Client{PhoneNumber: "+79000000004", Card: "4"}, Suspended: true})
	_, err = c.Find(ctx, crm.Identity{Phone: "79000000004"})
	assert.Equal(t, crm.ErrCardBlocked, crm.KindOf(err))
	s.Put(maxma.Record{Client: maxma.Client{PhoneNumber: "+79000000005"}})
	given, err := c.Enroll(ctx, enrollment(5))
	require.NoError(t, err, "a client without a card is given it")
	assert.Equal(t, enrollment(5).Number.Number, given.Card)
}

func TestRacesMakeOneClient(t *testing.T) {
	c, s := house(t)
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			made, err := c.Enroll(context.WithoutCancel(t.Context()), enrollment(1))
			assert.NoError(t, err)
			assert.Equal(t, enrollment(1).Number.Number, made.Card)
		})
	}
	wait.Wait()
	assert.Len(t, s.Stored(), 1)
}

// What is unknown is said to be, and the repetition finds what was done.
func TestFaults(t *testing.T) {
	for fault, want := range map[string]struct {
		kind crm.Kind
		done bool
	}{
		maxma.Busy: {crm.ErrNotDone, false}, sim.Status401: {crm.ErrNotDone, false}, sim.Status429: {crm.ErrNotDone, false}, sim.Status500: {crm.ErrUnavailable, false},
		sim.HTML502: {crm.ErrUnavailable, false}, sim.CutBefore: {crm.ErrUnavailable, false}, sim.Redirect301: {crm.ErrUnavailable, false},
		sim.LostAnswer: {crm.ErrUnavailable, true}, sim.ResetAnswer: {crm.ErrUnavailable, true}, sim.Status500After: {crm.ErrUnavailable, true}, sim.HTML502After: {crm.ErrUnavailable, true},
		sim.EmptyAnswer: {crm.ErrUnavailable, true}, sim.TruncatedAnswer: {crm.ErrUnavailable, true}, sim.HugeAnswer: {crm.ErrUnavailable, true},
	} {
		t.Run(fault, func(t *testing.T) {
			c, s := house(t)
			_, err := s.Faults.Add(sim.Next(fault, "new-client"))
			require.NoError(t, err)
			_, err = c.Enroll(t.Context(), enrollment(1))
			assert.Equal(t, want.kind, crm.KindOf(err))
			assert.Equal(t, want.done, len(s.Stored()) == 1)
			assert.NotContains(t, fmt.Sprint(err), "79000000001")
			_, err = c.Enroll(t.Context(), enrollment(1))
			require.NoError(t, err)
			assert.Len(t, s.Stored(), 1)
			_, err = s.Faults.Add(sim.Next(fault, "get-balance"))
			require.NoError(t, err)
			_, err = c.Find(t.Context(), crm.Identity{Phone: "79000000009"})
			assert.Error(t, err, "nobody is not said without the vendor's word")
		})
	}
}

func TestAnswersAboutSomebodyElse(t *testing.T) {
	for name, body := range map[string]string{
		"another": `{"client":{"phoneNumber":"+79000000002","cardString":"2"},"bonuses":[]}`, "no client": `{}`, "HTML": `<html>`, "wrong type": `{"client":[]}`, "unknown code": `{"errorCode":77}`,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }))
		c := New(server.URL, "key", connector.Options{})
		_, err := c.Find(t.Context(), crm.Identity{Phone: "79000000001"})
		assert.Equal(t, crm.ErrUnavailable, crm.KindOf(err), name)
		_, err = c.Member(t.Context(), crm.Ref{Card: "1"})
		assert.Equal(t, crm.ErrUnavailable, crm.KindOf(err), name)
		server.Close()
	}
}

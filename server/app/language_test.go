package app_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/sqldb"
	"koshelek-adapter/server/app"
)

// TestWalletReadsRussian: also what an English server stored.
func TestWalletReadsRussian(t *testing.T) {
	env := environment(t, "ADAPTER_EARN_WELCOME=5", "ADAPTER_KOSHELEK_LANGUAGE=en")
	english := start(t, env)
	_, text := english.call("POST", "/v1/card/anonymous", `{"phone":"79216668899"}`)
	number := numberOf(text)
	_, text = english.call("GET", "/v1/card/"+number, "")
	assert.Contains(t, text, `"description":"Welcome bonus"`)
	require.Equal(t, app.ExitOK, english.end())
	env["ADAPTER_KOSHELEK_LANGUAGE"] = ""
	russian := start(t, env)
	_, text = russian.call("GET", "/v1/card/"+number, "")
	assert.Contains(t, text, `"description":"Приветственные баллы"`)
	_, text = russian.call("GET", "/v1/card/404", "")
	assert.Equal(t, `{"code":"201","description":"Такой карты нет"}`, text)
}

func numberOf(answer string) string {
	_, rest, _ := strings.Cut(answer, `"cardNumber":"`)
	number, _, _ := strings.Cut(rest, `"`)
	return number
}

// busyExpiry is a store at whose end expired points are still being booked.
type busyExpiry struct {
	engine.Store
	begun  chan struct{}
	booked *bool
	closed *bool
}

func (s busyExpiry) ExpirePoints(ctx context.Context, _ time.Time, _ int) (int, error) {
	close(s.begun)
	<-ctx.Done()
	time.Sleep(50 * time.Millisecond) // time for a server that does not wait to close the store
	*s.booked = !*s.closed
	return 0, ctx.Err()
}

func (s busyExpiry) Close() error {
	*s.closed = true
	return s.Store.Close()
}

// TestStoreIsClosedLast: not while points are still being booked.
func TestStoreIsClosedLast(t *testing.T) {
	begun := make(chan struct{})
	var booked, closed bool
	env := environment(t)
	env["ADAPTER_DATABASE"] = "busy:" + env["ADAPTER_DATA_DIR"] + "/adapter.db"
	server := start(t, env, app.WithStore("busy", func(ctx context.Context, rest string) (engine.Store, error) {
		store, err := sqldb.Open(ctx, "sqlite:"+rest, sqldb.Options{})
		return busyExpiry{store, begun, &booked, &closed}, err
	}))
	<-begun
	require.Equal(t, app.ExitOK, server.end())
	assert.True(t, closed)
	assert.True(t, booked, "the store was open until the booking had ended")
}

package handlers_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/schema/koshelek"
)

// populate imports customers with cards.
func (h *fixture) populate(t testing.TB, n int) {
	t.Helper()
	rows := make([]engine.CardRecord, n)
	for i := range rows {
		number := fmt.Sprintf("C-%06d", i)
		rows[i] = engine.CardRecord{
			CardNumber: crm.CardNumber{Number: number, BarcodeNumber: number, BarcodeType: crm.Code128},
			Holder:     crm.Profile{Phone: fmt.Sprintf("7900%07d", i), Surname: "Иванов"},
		}
	}
	refused, err := h.svc.ImportCards(context.Background(), rows)
	require.NoError(t, err)
	require.Empty(t, refused)
}

func TestLongLists(t *testing.T) {
	const n = 1203
	everywhere(t, func(t *testing.T, h *fixture) {
		h.populate(t, n)
		var phones []string
		h.good(t, get, "/v1/card/getAllUsers", "").into(&phones)
		require.Len(t, phones, n)
		assert.Equal(t, "79000000000", phones[0])
		assert.Equal(t, "79000001202", phones[n-1])
		var users []koshelek.UserParams
		h.good(t, get, "/v1/card/getAllUsersExtended", "").into(&users)
		require.Len(t, users, n)

		lines := make([]crm.Purchase, n)
		for i := range lines {
			lines[i] = crm.Purchase{CardNumber: "C-000000", Ref: fmt.Sprint(i), Date: "2026-09-01", Item: "Coffee", QuantityMilli: 1000}
		}
		_, _, err := h.svc.PutPurchases(context.Background(), "", lines)
		require.NoError(t, err)
		var purchases []koshelek.Purchase
		h.good(t, get, "/v1/card/C-000000/purchases?startDate=2026-09-01", "").into(&purchases)
		assert.Len(t, purchases, n)
	})
}

// TestListCutOff lets the store fail after the first page: nobody may take what
// came for the whole list.
func TestListCutOff(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		h.populate(t, 700)
		for _, path := range []string{"/v1/card/getAllUsers", "/v1/card/getAllUsersExtended"} {
			lines := h.logs.count()
			resp, err := h.server.Client().Do(h.request(get, path, ""))
			require.NoError(t, err)
			_, err = io.ReadAll(resp.Body)
			assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
			require.NoError(t, resp.Body.Close())
			line := h.logs.line(t, lines+1)
			assert.Equal(t, "902", line["code"])
			assert.Equal(t, "warn", line["level"])
		}
		assert.InDelta(t, 0, h.metric(t, "adapter_koshelek_requests_in_flight"), 0)
	}, withHooks(&hooked{holders: func(after string) error {
		if after == "" {
			return nil
		}
		return crm.Wrap(crm.ErrUnavailable, errors.New("gone"))
	}}))
}

// TestReadersThatStandStill hold no place among the calls at work.
func TestReadersThatStandStill(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		h.populate(t, 1203)
		release := make(chan struct{})
		var ended sync.WaitGroup
		for range 2 { // more than may be at work
			writing := make(chan struct{})
			ended.Go(func() {
				h.handler.ServeHTTP(&standingStill{ResponseRecorder: httptest.NewRecorder(), writing: writing, release: release}, h.request(get, "/v1/card/getAllUsers", ""))
			})
			<-writing
		}
		h.good(t, get, "/v1/card/123", "").refused("201")
		close(release)
		ended.Wait()
		assert.InDelta(t, 0, h.metric(t, "adapter_koshelek_requests_in_flight"), 0)
	}, func(p *plan) { p.handlers.MaxInFlight = 1 })
}

// standingStill is a client that does not read on before it is let.
type standingStill struct {
	*httptest.ResponseRecorder
	writing, release chan struct{}
	once             sync.Once
}

func (w *standingStill) Write(p []byte) (int, error) {
	w.once.Do(func() { close(w.writing) })
	<-w.release
	return w.ResponseRecorder.Write(p)
}

func TestListFailsAtOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		h.good(t, get, "/v1/card/getAllUsers", "").refused("902")
	}, withHooks(&hooked{holders: func(string) error { return crm.ErrUnavailable }}))
}

// deadlines records what a handler asks of the connection.
type deadlines struct {
	*httptest.ResponseRecorder
	set     []time.Time
	flushes int
}

func (d *deadlines) SetWriteDeadline(at time.Time) error { d.set = append(d.set, at); return nil }
func (d *deadlines) Flush()                              { d.flushes++ }

func TestPagesExtendTheDeadline(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		h.populate(t, 1203)
		writer := &deadlines{ResponseRecorder: httptest.NewRecorder()}
		start := time.Now()
		h.handler.ServeHTTP(writer, h.request(get, "/v1/card/getAllUsers", ""))
		assert.Equal(t, http.StatusOK, writer.Code)
		assert.Equal(t, 3, writer.flushes)
		require.Len(t, writer.set, 3)
		for _, at := range writer.set {
			assert.True(t, at.After(start.Add(time.Minute)), "more than a page may take to fetch")
		}
	})
}

// brokenWriter is a client that stops reading after a while.
type brokenWriter struct {
	*httptest.ResponseRecorder
	left int
}

func (w *brokenWriter) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		return 0, errors.New("broken pipe")
	}
	return w.ResponseRecorder.Write(p)
}

func TestReaderGone(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		h.populate(t, 1203)
		for _, limit := range []int{0, 8000, 16000} {
			lines := h.logs.count()
			writer := &brokenWriter{httptest.NewRecorder(), limit}
			assert.PanicsWithValue(t, http.ErrAbortHandler, func() {
				h.handler.ServeHTTP(writer, h.request(get, "/v1/card/getAllUsers", ""))
			})
			assert.Equal(t, "client_gone", h.logs.line(t, lines+1)["error"])
		}
	})
}

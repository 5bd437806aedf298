package vendorhttp_test

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/vendors/vendorhttp"
)

var quick = vendorhttp.Retry{Delay: time.Millisecond, MaxDelay: 4 * time.Millisecond}

// repeat asks a server that gives one status after the other.
func repeat(ctx context.Context, t *testing.T, retry vendorhttp.Retry, header string, statuses ...int) (calls int, err error) {
	t.Helper()
	var n atomic.Int32
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		at := min(int(n.Add(1)), len(statuses)) - 1
		w.Header().Set("Retry-After", header)
		w.WriteHeader(statuses[at])
	})
	c := vendorhttp.New("vendor", vendorhttp.Options{Retry: retry})
	_, err = vendorhttp.Repeat(ctx, c, func(ctx context.Context) (*vendorhttp.Answer, error) {
		return c.Do(ctx, vendorhttp.Request{Call: "list", Method: http.MethodGet, URL: server.URL})
	})
	return int(n.Load()), err
}

func TestRepeatMendsWhatCanBeMended(t *testing.T) {
	calls, err := repeat(context.Background(), t, quick, "", 500, 429, 200)
	require.NoError(t, err)
	assert.Equal(t, 3, calls)

	calls, err = repeat(context.Background(), t, quick, "", 503)
	require.ErrorIs(t, err, vendorhttp.Unavailable)
	assert.Equal(t, 4, calls)

	for _, status := range []int{301, 400, 401, 403, 404, 409, 422} {
		calls, err = repeat(context.Background(), t, quick, "", status)
		require.Error(t, err)
		assert.Equal(t, 1, calls, "%d", status)
	}
	calls, _ = repeat(context.Background(), t, vendorhttp.Retry{Attempts: 1}, "", 503)
	assert.Equal(t, 1, calls)
}

func TestRepeatLeavesALongWaitToTheCaller(t *testing.T) {
	calls, err := repeat(context.Background(), t, quick, "3600", 429)
	assert.Equal(t, 1, calls)
	assert.Equal(t, time.Hour, failure(t, err).RetryAfter)
}

func TestRepeatStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	calls := 0
	_, err := vendorhttp.Repeat(ctx, vendorhttp.New("vendor", vendorhttp.Options{Retry: vendorhttp.Retry{Delay: time.Hour, MaxDelay: 2 * time.Hour}}), func(context.Context) (int, error) {
		calls++
		time.AfterFunc(5*time.Millisecond, cancel)
		return 0, &vendorhttp.Error{Vendor: "vendor", Call: "list", Kind: vendorhttp.Unavailable, Status: 503}
	})
	assert.Equal(t, 1, calls)
	assert.Equal(t, 503, failure(t, err).Status, "the last error, not the context's")
}

func TestRepeatDoesNotTouchForeignErrors(t *testing.T) {
	calls := 0
	odd := errors.New("odd")
	_, err := vendorhttp.Repeat(context.Background(), vendorhttp.New("vendor", vendorhttp.Options{Retry: quick}), func(context.Context) (int, error) { calls++; return 0, odd })
	assert.ErrorIs(t, err, odd)
	assert.Equal(t, 1, calls)
}

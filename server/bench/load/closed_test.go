package load

import (
	"context"
	"errors"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestClosedKeepsConnectionsBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{answer: func(int64) (int, string) {
			time.Sleep(10 * time.Millisecond)
			return http.StatusOK, "fine"
		}}
		r := Closed(t.Context(), f.target(), same(nil), 3, time.Second)
		assert.Equal(t, 300, r.Requests)
		assert.InDelta(t, 300, r.Rate(), 0.1)
		assert.Empty(t, r.Fault())
	})
}

// No answer counts as good that is not.
func TestFailuresAreTold(t *testing.T) {
	slow := func(status int, body string) func(int64) (int, string) {
		return func(int64) (int, string) {
			time.Sleep(time.Millisecond)
			return status, body
		}
	}
	refuse := func([]byte) error { return errors.New("implausible") }
	for name, c := range map[string]struct {
		answer func(int64) (int, string)
		want   func([]byte) error
		told   string
	}{
		"status": {slow(422, `{"code":"901"}`), nil, `status 422: {"code":"901"}`},
		"body":   {slow(200, "odd"), refuse, "implausible"},
		"framing": {slow(200, "x\r\nHTTP/1.1"), func(body []byte) error {
			if string(body) != "x\r\nHTTP/1.1" {
				return errors.New("cut short")
			}
			return errors.New("whole")
		}, "whole"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := Closed(t.Context(), (&fake{answer: c.answer}).target(), same(c.want), 2, 10*time.Millisecond)
				assert.Zero(t, r.Requests)
				assert.Positive(t, r.Failures)
				assert.Contains(t, r.Fault(), c.told)
			})
		})
	}
}

func TestAServerThatIsAwayIsAFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		away := Target{Dial: func(context.Context) (net.Conn, error) { return nil, errors.New("refused") }}
		r := Closed(t.Context(), away, same(nil), 1, 100*time.Millisecond)
		assert.Contains(t, r.Fault(), "refused")
		assert.Less(t, r.Failures, 20, "it must not spin")
	})
}

func TestNothingAnsweredIsAFault(t *testing.T) {
	assert.NotEmpty(t, Throughput{Elapsed: time.Second}.Fault())
	assert.Zero(t, Throughput{}.Rate())
}

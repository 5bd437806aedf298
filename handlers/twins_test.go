package handlers_test

import (
	"context"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/engine"
)

// twins makes the same call many times at once.
func twins(n int, call func(i int) reply) []reply {
	replies := make([]reply, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			replies[i] = call(i)
		})
	}
	close(start)
	wg.Wait()
	return replies
}

func TestTwinsHaveOneEffect(t *testing.T) {
	const n = 8
	everywhere(t, func(t *testing.T, h *fixture) {
		_, _, err := h.svc.PutCodes(context.Background(), "", []engine.PromoCode{{Code: "ONCE", Points: 10, MaxUses: 1}})
		require.NoError(t, err)
		var number string
		for _, reply := range twins(n, func(int) reply { return h.good(t, post, "/v1/card/anonymous", anna) }) {
			if number == "" {
				number = reply.card().CardNumber
			}
			assert.Equal(t, number, reply.card().CardNumber)
		}
		for _, reply := range twins(n, func(int) reply { return h.scan(t, number, receipt) }) {
			reply.ok()
		}
		for _, reply := range twins(n, func(int) reply {
			return h.good(t, post, "/v1/promo/code", `{"cardNumber":"`+number+`","code":"ONCE"}`)
		}) {
			reply.ok()
		}
		assert.Equal(t, "160", h.points(t, number))
		for _, reply := range twins(n, func(int) reply {
			return h.good(t, put, "/v1/card/"+number+"/communication", `{"allow":["sms"]}`)
		}) {
			reply.ok()
		}
		lines, err := h.svc.Consents(context.Background(), number)
		require.NoError(t, err)
		assert.Len(t, lines, 1)
	})
}

func TestRaceForAReservedNumber(t *testing.T) {
	const n = 6
	everywhere(t, func(t *testing.T, h *fixture) {
		number, won := h.reserve(t), 0
		profiles := []string{anna, boris}
		for i, reply := range twins(n, func(i int) reply {
			return h.good(t, post, "/v1/card/anonymous/"+number, profiles[i%2])
		}) {
			_ = i
			if reply.status == http.StatusOK {
				won++
				continue
			}
			reply.refused("205")
		}
		assert.Equal(t, n/2, won, "every twin of the winner, none of the others")
		var phones []string
		h.good(t, get, "/v1/card/getAllUsers", "").into(&phones)
		assert.Len(t, phones, 1)
	})
}

func TestReservationsDiffer(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		seen := map[string]bool{}
		for _, reply := range twins(40, func(int) reply { return h.good(t, get, "/v1/card/anonymous", "") }) {
			var number string
			reply.into(&number)
			assert.False(t, seen[number])
			seen[number] = true
		}
	})
}

package microsite_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	wire "koshelek-adapter/schema/microsite"
)

func TestOrder(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		card := h.card(anna)
		h.redeem(card, "ORD-1", 101).is(t, http.StatusBadRequest, "Insufficient balance")
		h.redeem(card, "ORD-1", 60).is(t, http.StatusOK, wire.MessageDeducted)
		h.redeem(card, "ORD-1", 60).is(t, http.StatusConflict, "Duplicate transaction")
		h.redeem(card, "ORD-1", 10).is(t, http.StatusConflict, "Duplicate transaction with other details")
		h.redeem(h.card(boris), "ORD-1", 60).is(t, http.StatusConflict, "Duplicate transaction with other details")
		assert.Equal(t, int64(40), h.balance(card))
		h.reverse(card, "ORD-1", 10).is(t, http.StatusBadRequest, "The reversal does not match the order")
		h.reverse(card, "ORD-1", 61).is(t, http.StatusBadRequest, "The reversal does not match the order")
		h.reverse("somebody", "ORD-1", 60).is(t, http.StatusBadRequest, "The reversal does not match the order")
		require.NoError(t, h.svc.SetCardState(t.Context(), card, crm.CardInactive, "test", ""))
		h.redeem(card, "ORD-2", 1).is(t, http.StatusNotFound, "Invalid Customer ID")
		h.reverse(card, "ORD-1", 60).is(t, http.StatusOK, wire.MessageReversed)
		h.reverse(card, "ORD-1", 60).is(t, http.StatusConflict, "The order is already reversed")
		h.redeem(card, "ORD-1", 60).is(t, http.StatusConflict, "The order is already reversed")
		a := h.points(card, "basic")
		assert.Equal(t, []any{100., 100.}, []any{a.fields["points_earned"], a.fields["balance_points"]})
	})
}

func TestReversalFirst(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		card := h.card(anna)
		for range 2 {
			h.reverse(card, "ORD-1", 60).is(t, http.StatusNotFound, "There is no such order")
		}
		h.redeem(card, "ORD-1", 60).is(t, http.StatusConflict, "The order was reversed before it came")
		assert.Equal(t, int64(100), h.balance(card))
	})
}

func TestSwitches(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		card := h.card(anna)
		for range 2 {
			h.redeem(card, "ORD-1", 60).is(t, http.StatusOK, wire.MessageDeducted)
		}
		h.redeem(card, "ORD-1", 59).is(t, http.StatusConflict, "Duplicate transaction with other details")
		assert.Equal(t, int64(40), h.balance(card))
		h.reverse(card, "ORD-1", 20).is(t, http.StatusOK, wire.MessageReversed)
		h.redeem(card, "ORD-1", 60).is(t, http.StatusConflict, "The order is already reversed")
		assert.Equal(t, int64(60), h.balance(card))
	}, func(p *plan) { p.api.ReplayStatus, p.crm.Rules.PartialReversal = http.StatusOK, true })
}

func TestThirtyTwoOrdersAtOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		card := h.card(anna)
		statuses := make([]int, 32)
		var all sync.WaitGroup
		for i := range statuses {
			all.Go(func() { statuses[i] = h.redeem(card, fmt.Sprintf("ORD-%d", i), 9).status })
		}
		all.Wait()
		count := map[int]int{}
		for _, status := range statuses {
			count[status]++
		}
		assert.Equal(t, map[int]int{http.StatusOK: 11, http.StatusBadRequest: 21}, count)
		assert.Equal(t, int64(1), h.balance(card))
	})
}

func TestBadOrders(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		card := h.card(anna)
		const form = `{"order_id":%s,"customer_id":%s,"points_consumed":%s,"transaction_date":%s}`
		quoted, date := `"`+card+`"`, `"2026-09-06T12:00:00Z"`
		for _, bad := range [][4]string{
			{`"O"`, quoted, `1.5`, date}, {`"O"`, quoted, `0`, date}, {`"O"`, quoted, `-5`, date}, {`"O"`, quoted, `"5"`, date},
			{`"O"`, quoted, `null`, date}, {`"O"`, quoted, `true`, date}, {`"O"`, quoted, `1e300`, date}, {`"O"`, quoted, `99999999999999999999`, date},
			{`""`, quoted, `5`, date}, {`null`, quoted, `5`, date}, {`1.5`, quoted, `5`, date}, {`["O"]`, quoted, `5`, date},
			{`"` + strings.Repeat("x", 129) + `"`, quoted, `5`, date}, {`"a\u0000b"`, quoted, `5`, date},
			{`"O"`, `""`, `5`, date}, {`"O"`, `null`, `5`, date}, {`"O"`, quoted, `5`, `"yesterday"`}, {`"O"`, quoted, `5`, `null`}, {`"O"`, quoted, `5`, `{}`},
		} {
			a := h.send(http.MethodPost, wire.PathRedeem, "basic", fmt.Sprintf(form, bad[0], bad[1], bad[2], bad[3]))
			assert.Equal(t, http.StatusBadRequest, a.status, "%v: %s", bad, a.text)
			assert.Equal(t, false, a.fields["status"])
		}
		for _, points := range []any{0, -1, 1.5, "60", nil} {
			assert.Equal(t, http.StatusBadRequest, h.reverse(card, "O", points).status)
		}
		assert.Equal(t, int64(100), h.balance(card))
		h.redeem(card, "O", 5).is(t, http.StatusOK, wire.MessageDeducted) // nothing of the bad ones was kept
		a := h.send(http.MethodPost, wire.PathRedeem, "basic", fmt.Sprintf(form, `12345`, card, `5.0`, date))
		a.is(t, http.StatusOK, wire.MessageDeducted) // numbers for identifiers are read as their digits
		h.reverse(card, "12345", 5).is(t, http.StatusOK, wire.MessageReversed)
	})
}

package engine_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// TestTillsInOtherZones: a receipt that was printed this minute anywhere between
// the westmost and the eastmost till earns, and one that lies in the future or too
// far back everywhere does not.
func TestTillsInOtherZones(t *testing.T) {
	s := newShop(t, func(o *engine.Options) { o.Rules.TillsEast, o.Rules.TillsWest = 9*time.Hour, time.Hour })
	card := s.card(anna)
	const age = 30 * 24 * time.Hour
	for n, c := range []struct {
		ahead time.Duration // of the programme's time
		kind  crm.Kind
	}{
		{0, ""}, {7 * time.Hour, ""}, {9 * time.Hour, ""}, {9*time.Hour + 4*time.Minute, ""}, {9*time.Hour + 6*time.Minute, crm.ErrReceiptFuture},
		{-time.Hour, ""}, {-age, ""}, {-age - time.Hour, ""}, {-age - time.Hour - 2*time.Minute, crm.ErrReceiptTooOld},
	} {
		at := s.clock.Now().In(moscow).Add(c.ahead).Format("20060102T1504")
		_, err := s.SubmitReceipt(t.Context(), crm.CardRef{CardNumber: card.Number},
			fmt.Sprintf("t=%s&s=100.00&fn=9960440300123456&i=%d&fp=1&n=1", at, n+1))
		require.Equal(t, c.kind, crm.KindOf(err), "%v", c.ahead)
	}
}

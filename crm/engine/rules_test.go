package engine

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"koshelek-adapter/crm"
)

// usual are rules that pass.
func usual() Rules {
	return Rules{
		EarnBasisPoints: 500, MaxAge: 30 * 24 * time.Hour, ClockSkew: 5 * time.Minute,
		Lifetime: 365 * 24 * time.Hour, Welcome: 100, CodePoints: 50, Zone: moscowZone, Texts: EnglishTexts,
	}
}

func TestReceiptPoints(t *testing.T) {
	for name, c := range map[string]struct {
		percent, limit int64
		unmarked       bool
		kopecks        int64
		kind           crm.ReceiptKind
		want           int64
	}{
		"five per cent":             {500, 0, false, 100_000, crm.ReceiptSale, 50},
		"rounded down":              {500, 0, false, 154_320, crm.ReceiptSale, 77}, // 77.16
		"just below a point":        {500, 0, false, 1_999, crm.ReceiptSale, 0},    // 0.9995
		"just a point":              {500, 0, false, 2_000, crm.ReceiptSale, 1},
		"a hundredth of a per cent": {1, 0, false, 1_000_000, crm.ReceiptSale, 1},
		"everything back":           {10_000, 0, false, 154_399, crm.ReceiptSale, 1543},
		"nothing back":              {0, 0, false, 154_320, crm.ReceiptSale, 0},
		"nothing bought":            {500, 0, false, 0, crm.ReceiptSale, 0},
		"below the cap":             {500, 78, false, 154_320, crm.ReceiptSale, 77},
		"at the cap":                {500, 77, false, 154_320, crm.ReceiptSale, 77},
		"above the cap":             {500, 76, false, 154_320, crm.ReceiptSale, 76},
		"a refund":                  {500, 0, true, 154_320, crm.ReceiptSaleRefund, 0},
		"a purchase by the shop":    {500, 0, true, 154_320, crm.ReceiptPurchase, 0},
		"a refund of that":          {500, 0, true, 154_320, crm.ReceiptPurchaseRefund, 0},
		"no kind":                   {500, 0, false, 154_320, crm.ReceiptUnmarked, 0},
		"no kind, but allowed":      {500, 0, true, 154_320, crm.ReceiptUnmarked, 77},
		"the largest receipt":       {10_000, 0, false, 999_999_999_999, crm.ReceiptSale, 9_999_999_999},
		"the largest receipt, 5%":   {500, 0, false, 999_999_999_999, crm.ReceiptSale, 499_999_999},
	} {
		rules := Rules{EarnBasisPoints: c.percent, EarnCap: c.limit, UnmarkedEarns: c.unmarked}
		assert.Equal(t, c.want, rules.receiptPoints(crm.Receipt{SumKopecks: c.kopecks, Kind: c.kind}), name)
	}
}

// Points are never worth more than the percentage, nor a point less than it.
func TestReceiptPointsStayWithinThePercentage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		percent := rapid.Int64Range(0, 10_000).Draw(t, "percent")
		kopecks := rapid.Int64Range(0, 999_999_999_999).Draw(t, "kopecks")
		limit := rapid.Int64Range(0, crm.MaxPoints).Draw(t, "cap")
		receipt := crm.Receipt{SumKopecks: kopecks, Kind: crm.ReceiptSale}
		points := Rules{EarnBasisPoints: percent}.receiptPoints(receipt)
		exact := float64(kopecks) / 100 * float64(percent) / 10_000
		if float64(points) > exact+1e-6 || float64(points) < exact-1 || points < 0 || points > crm.MaxPoints {
			t.Fatalf("%d points for %f", points, exact)
		}
		capped := Rules{EarnBasisPoints: percent, EarnCap: limit}.receiptPoints(receipt)
		if limit > 0 && capped != min(points, limit) {
			t.Fatalf("%d points under a cap of %d", capped, limit)
		}
	})
}

// Points live to the end of their last day in the programme's zone.
func TestValidUntil(t *testing.T) {
	day := 24 * time.Hour
	for name, c := range map[string]struct {
		now  time.Time
		life time.Duration
		want time.Time
	}{
		"noonUTC":               {time.Date(2026, 9, 6, 9, 0, 0, 0, time.UTC), day, time.Date(2026, 9, 7, 21, 0, 0, 0, time.UTC)},
		"first moment of a day": {time.Date(2026, 9, 5, 21, 0, 0, 0, time.UTC), day, time.Date(2026, 9, 7, 21, 0, 0, 0, time.UTC)},
		"last moment of a day":  {time.Date(2026, 9, 6, 20, 59, 59, 999e6, time.UTC), day, time.Date(2026, 9, 7, 21, 0, 0, 0, time.UTC)},
		"next day already":      {time.Date(2026, 9, 6, 21, 0, 0, 0, time.UTC), day, time.Date(2026, 9, 8, 21, 0, 0, 0, time.UTC)},
		"an hour":               {time.Date(2026, 9, 6, 9, 0, 0, 0, time.UTC), time.Hour, time.Date(2026, 9, 6, 21, 0, 0, 0, time.UTC)},
		"an hour over midnight": {time.Date(2026, 9, 6, 20, 30, 0, 0, time.UTC), time.Hour, time.Date(2026, 9, 7, 21, 0, 0, 0, time.UTC)},
		"the leap day":          {time.Date(2028, 2, 28, 9, 0, 0, 0, time.UTC), day, time.Date(2028, 2, 29, 21, 0, 0, 0, time.UTC)},
		"the year's end":        {time.Date(2026, 12, 30, 9, 0, 0, 0, time.UTC), day, time.Date(2026, 12, 31, 21, 0, 0, 0, time.UTC)},
		"for ever":              {time.Date(2026, 9, 6, 9, 0, 0, 0, time.UTC), 0, crm.Forever},
	} {
		got := Rules{Zone: moscowZone, Lifetime: c.life}.validUntil(c.now)
		assert.Equal(t, c.want, got, name)
	}
}

func TestAccrual(t *testing.T) {
	rules := usual()
	rules.Pending = 14 * 24 * time.Hour
	got := rules.accrual(crm.PostingReceipt, 77, "text", noonUTC)
	assert.Equal(t, crm.Accrual{
		Points: 77, Kind: crm.PostingReceipt, Description: "text", AvailableFrom: noonUTC.Add(rules.Pending),
		ValidUntil: time.Date(2027, 9, 7, 21, 0, 0, 0, time.UTC),
	}, got)
}

func TestForeverIsTheLastMomentThatEveryStoreKnows(t *testing.T) {
	assert.Equal(t, time.Date(9999, 12, 31, 23, 59, 59, 999e6, time.UTC), crm.Forever)
	assert.Equal(t, crm.Forever, time.UnixMilli(crm.Forever.UnixMilli()).UTC())
}

func TestRulesAreValidated(t *testing.T) {
	require.NoError(t, usual().validate())
	for reason, spoil := range map[string]func(*Rules){
		"time zone":            func(r *Rules) { r.Zone = nil },
		"percentage":           func(r *Rules) { r.EarnBasisPoints = 10_001 },
		"0 to 100":             func(r *Rules) { r.EarnBasisPoints = -1 },
		"cap of points":        func(r *Rules) { r.EarnCap = crm.MaxPoints + 1 },
		"welcome bonus":        func(r *Rules) { r.Welcome = -1 },
		"value of a code":      func(r *Rules) { r.CodePoints = math.MaxInt64 },
		"age of a receipt":     func(r *Rules) { r.MaxAge = 0 },
		"must not be negative": func(r *Rules) { r.ClockSkew = -1 },
		"live longer":          func(r *Rules) { r.Pending = r.Lifetime },
	} {
		rules := usual()
		spoil(&rules)
		require.ErrorContains(t, rules.validate(), reason)
	}
	// Every fault is told at once.
	err := Rules{EarnBasisPoints: -1, Welcome: -1}.validate()
	for _, reason := range []string{"time zone", "percentage", "welcome", "age of a receipt"} {
		require.ErrorContains(t, err, reason)
	}
	forever := usual()
	forever.Lifetime, forever.Pending = 0, 1000*time.Hour
	require.NoError(t, forever.validate(), "points that live for ever may be pending for long")
}

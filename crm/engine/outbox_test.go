package engine

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/outbox"
)

func TestClip(t *testing.T) {
	for name, c := range map[string]struct {
		text  string
		runes int
		want  string
	}{
		"short":           {"баллы", 5, "баллы"},
		"long":            {"баллы!", 5, "баллы"},
		"empty":           {"", 5, ""},
		"nothing allowed": {"x", 0, ""},
		"no text":         {"a\xffb", 5, "a�b"},
		"emoji":           {"😀😀😀", 2, "😀😀"},
	} {
		assert.Equal(t, c.want, clip(c.text, c.runes), name)
	}
}

// What is clipped is a text, not longer than allowed, and the beginning of what
// it was.
func TestClipping(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "bytes")
		if rapid.Bool().Draw(t, "is text") {
			raw = []byte(rapid.StringN(0, 20, 40).Draw(t, "text"))
		}
		limit := rapid.IntRange(0, 40).Draw(t, "limit")
		text, answer := clip(string(raw), limit), string(clipBytes(raw, limit))
		if !utf8.ValidString(text) || utf8.RuneCountInString(text) > limit {
			t.Fatalf("%q became %q", raw, text)
		}
		if !utf8.ValidString(answer) || len(answer) > limit {
			t.Fatalf("%q became %q", raw, answer)
		}
		if utf8.Valid(raw) && (!strings.HasPrefix(string(raw), text) || !strings.HasPrefix(string(raw), answer) || len(answer) < min(limit, len(raw))-utf8.UTFMax+1) {
			t.Fatalf("%q became %q and %q", raw, text, answer)
		}
	})
}

func TestDueAfter(t *testing.T) {
	assert.Equal(t, noonUTC, dueAfter(noonUTC, 0))
	assert.Equal(t, noonUTC, dueAfter(noonUTC, -time.Hour))
	assert.Equal(t, noonUTC.Add(time.Hour), dueAfter(noonUTC, time.Hour))
	assert.Equal(t, crm.Forever, dueAfter(noonUTC, outbox.WaitForOperator))
}

func TestReferenceKeys(t *testing.T) {
	long := strings.Repeat("r", outbox.MaxReferenceBytes)
	assert.Equal(t, long, referenceKey(long))
	assert.Equal(t, "", referenceKey(""))
	keys := map[string]bool{}
	for _, reference := range []string{long + "1", long + "2", "\xff", "\xfe", "�"} {
		key := referenceKey(reference)
		assert.True(t, utf8.ValidString(key) && len(key) <= outbox.MaxReferenceBytes, "%q became %q", reference, key)
		keys[key] = true
	}
	assert.Len(t, keys, 5)
}

func TestVoucherOffers(t *testing.T) {
	rules := usual()
	// Ordered at half past midnight of the 8th in the programme's zone.
	d := outbox.Delivery{ID: "D1", CardNumber: "card-1", CreatedAt: time.Date(2026, 9, 7, 21, 30, 0, 0, time.UTC)}
	for name, c := range map[string]struct {
		voucher    outbox.Voucher
		title, end string
		text       string
	}{
		"everything": {
			outbox.Voucher{Code: "C1", PIN: "99", Until: "2026-12-31", Name: " Кино\n", Terms: "Once.\r\nNo\tcash", URL: "https://example.com/v"},
			"Кино", "2026-12-31", "Voucher C1. PIN: 99. Valid until 2026-12-31. https://example.com/v. Once. No cash",
		},
		"a code":                  {outbox.Voucher{Code: "C1"}, "Voucher C1", "", "Voucher C1"},
		"over today":              {outbox.Voucher{Code: "C1", Until: "2026-09-08"}, "Voucher C1", "2026-09-08", "Voucher C1. Valid until 2026-09-08"},
		"over before it was won":  {outbox.Voucher{Code: "C1", Until: "2026-09-07"}, "Voucher C1", "", "Voucher C1. Valid until 2026-09-07"},
		"an end that is no day":   {outbox.Voucher{Code: "C1", Until: "31.12.2026"}, "Voucher C1", "", "Voucher C1. Valid until 31.12.2026"},
		"an end that cannot be":   {outbox.Voucher{Code: "C1", Until: "2026-13-01"}, "Voucher C1", "", "Voucher C1. Valid until 2026-13-01"},
		"a name that is too long": {outbox.Voucher{Code: "C1", Name: strings.Repeat("ы", 300)}, strings.Repeat("ы", crm.MaxTextRunes), "", "Voucher C1"},
	} {
		got := rules.voucherOffers(d, []outbox.Voucher{c.voucher})
		assert.Equal(t, []crm.Offer{{
			ID: "voucher-D1-1", Audience: crm.AudienceCard, Target: "card-1", Name: c.title, Description: c.text,
			StartDate: "2026-09-08", EndDate: crm.Date(c.end),
		}}, got, name)
	}
	long := rules.voucherOffers(d, []outbox.Voucher{{Code: "A"}, {Code: "B", Terms: strings.Repeat("ж", 5000)}})
	assert.Equal(t, "voucher-D1-2", long[1].ID)
	assert.Equal(t, maxOfferText, utf8.RuneCountInString(long[1].Description))
	assert.True(t, strings.HasPrefix(long[1].Description, "Voucher B. жж"))
	assert.Empty(t, rules.voucherOffers(d, nil))
}

func TestEffects(t *testing.T) {
	rules := usual()
	rules.Pending = 14 * 24 * time.Hour
	for name, c := range map[string]struct {
		effect outbox.Effect
		state  outbox.State
		booked int64
		credit crm.Accrual
		debit  int64
	}{
		"nothing":                   {outbox.EffectNone, outbox.StateDone, 70, crm.Accrual{}, 0},
		"booked":                    {outbox.EffectBook, outbox.StateDone, 60, rules.accrual(crm.PostingReward, 60, "Reward", noonUTC), 0},
		"not booked":                {outbox.EffectBook, outbox.StateRejected, 0, crm.Accrual{}, 0},
		"taken back":                {outbox.EffectUnbook, outbox.StateDone, 60, crm.Accrual{}, 60},
		"not taken back":            {outbox.EffectUnbook, outbox.StateRejected, 0, crm.Accrual{}, 0},
		"spent there":               {outbox.EffectRefund, outbox.StateDone, 70, crm.Accrual{}, 0},
		"spent there in part":       {outbox.EffectRefund, outbox.StateDone, 60, returned(rules, 10), 0},
		"not spent there":           {outbox.EffectRefund, outbox.StateRejected, 0, returned(rules, 70), 0},
		"more than was asked for":   {outbox.EffectRefund, outbox.StateDone, 71, crm.Accrual{}, 0},
		"rejected, booked in part?": {outbox.EffectRefund, outbox.StateRejected, 20, returned(rules, 50), 0},
	} {
		s := outbox.Settlement{Now: noonUTC}
		rules.effects(outbox.Delivery{Message: outbox.Message{Points: 70, Effect: c.effect}}, outbox.Outcome{State: c.state, Booked: c.booked}, &s)
		assert.Equal(t, c.credit, s.Credit, name)
		assert.Equal(t, c.debit, s.Debit, name)
		assert.Equal(t, c.debit != 0, s.DebitText == "Reversal", name)
	}
}

// returned are points that come back, to be spent at once.
func returned(r Rules, points int64) crm.Accrual {
	a := r.accrual(crm.PostingReversal, points, "Reversal", noonUTC)
	a.AvailableFrom = noonUTC
	return a
}

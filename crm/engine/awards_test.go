package engine

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/outbox"
)

// onReceipt is a rule that passes.
func onReceipt(id string) AwardRule {
	return AwardRule{ID: id, On: OnReceipt, BasisPoints: 500, Message: outbox.Message{Vendor: "acme", Action: "award"}}
}

func TestAwardRulesAreValidated(t *testing.T) {
	onCode := AwardRule{ID: "code", On: OnCode, Codes: []string{"SPRING*"}, Pointless: true, Message: outbox.Message{Vendor: "acme", Action: "voucher"}}
	onSpend := AwardRule{ID: "spend", On: OnSpend, Message: outbox.Message{Vendor: "acme", Action: "burn", Effect: outbox.EffectRefund}}
	full := onReceipt(strings.Repeat("r", maxRuleIDBytes))
	full.MinSumKopecks, full.Cap = 1, crm.MaxPoints
	full.Message = outbox.Message{
		Vendor: strings.Repeat("v", outbox.MaxVendorBytes), Action: strings.Repeat("a", outbox.MaxVendorBytes), Effect: outbox.EffectBook,
		Payload: []byte(`"` + strings.Repeat("p", outbox.MaxPayloadBytes-2) + `"`),
		Undo:    outbox.Undo{Action: strings.Repeat("u", outbox.MaxVendorBytes), Payload: []byte(`{}`), Effect: outbox.EffectUnbook},
	}
	exchange := onSpend
	exchange.ID, exchange.On = "exchange", OnExchange
	require.NoError(t, validateAwards([]AwardRule{onReceipt("a"), full, onCode, onSpend, exchange}))

	for name, c := range map[string]struct {
		rule   AwardRule
		spoil  func(*AwardRule)
		reason string
	}{
		"no id":               {onReceipt("a"), func(r *AwardRule) { r.ID = "" }, "id is empty"},
		"long id":             {onReceipt("a"), func(r *AwardRule) { r.ID = strings.Repeat("r", maxRuleIDBytes+1) }, "too long"},
		"id with controls":    {onReceipt("a"), func(r *AwardRule) { r.ID = "a\n" }, "control characters"},
		"no trigger":          {onReceipt("a"), func(r *AwardRule) { r.On = "" }, "is not receipt"},
		"no vendor":           {onReceipt("a"), func(r *AwardRule) { r.Message.Vendor = "" }, "no vendor"},
		"no action":           {onReceipt("a"), func(r *AwardRule) { r.Message.Action = "" }, "no action"},
		"long vendor":         {full, func(r *AwardRule) { r.Message.Vendor += "v" }, "longer than 32"},
		"long action":         {full, func(r *AwardRule) { r.Message.Action += "a" }, "longer than 32"},
		"long undo":           {full, func(r *AwardRule) { r.Message.Undo.Action += "u" }, "longer than 32"},
		"payload":             {onReceipt("a"), func(r *AwardRule) { r.Message.Payload = []byte("{") }, "not JSON"},
		"long payload":        {full, func(r *AwardRule) { r.Message.Payload = append(r.Message.Payload, ' ') }, "too long"},
		"undo's payload":      {full, func(r *AwardRule) { r.Message.Undo.Payload = []byte("{") }, "not JSON"},
		"effect":              {onReceipt("a"), func(r *AwardRule) { r.Message.Effect = "double" }, "effect is unknown"},
		"undo's effect":       {full, func(r *AwardRule) { r.Message.Undo.Effect = "double" }, "effect is unknown"},
		"codes on receipt":    {onReceipt("a"), func(r *AwardRule) { r.Codes = []string{"A"} }, "codes are for rules on code"},
		"sum on code":         {onCode, func(r *AwardRule) { r.MinSumKopecks = 1 }, "least sum"},
		"percentage on code":  {onCode, func(r *AwardRule) { r.Pointless, r.BasisPoints = false, 1 }, "percentage is for"},
		"negative percentage": {onReceipt("a"), func(r *AwardRule) { r.BasisPoints = -1 }, "out of range"},
		"large percentage":    {onReceipt("a"), func(r *AwardRule) { r.BasisPoints = 1_000_001 }, "out of range"},
		"negative points":     {onReceipt("a"), func(r *AwardRule) { r.BasisPoints, r.Fixed = 0, -1 }, "out of range"},
		"many points":         {onReceipt("a"), func(r *AwardRule) { r.BasisPoints, r.Fixed = 0, crm.MaxPoints+1 }, "out of range"},
		"negative cap":        {onReceipt("a"), func(r *AwardRule) { r.Cap = -1 }, "out of range"},
		"large cap":           {onReceipt("a"), func(r *AwardRule) { r.Cap = crm.MaxPoints + 1 }, "out of range"},
		"fixed and more":      {onReceipt("a"), func(r *AwardRule) { r.Fixed = 1 }, "either fixed or a percentage"},
		"fixed on spend":      {onSpend, func(r *AwardRule) { r.Fixed = 1 }, "points that are spent"},
		"percentage on spend": {exchange, func(r *AwardRule) { r.BasisPoints = 1 }, "points that are spent"},
		"cap on spend":        {onSpend, func(r *AwardRule) { r.Cap = 1 }, "points that are spent"},
		"pointless on spend":  {onSpend, func(r *AwardRule) { r.Pointless = true }, "no points"},
		"no points":           {onReceipt("a"), func(r *AwardRule) { r.BasisPoints = 0 }, "no points"},
		"pointless points":    {onReceipt("a"), func(r *AwardRule) { r.Pointless = true }, "no points"},
	} {
		rule := c.rule
		c.spoil(&rule)
		err := validateAwards([]AwardRule{onReceipt("first"), rule})
		assert.ErrorContains(t, err, c.reason, name)
		if err != nil {
			assert.Contains(t, err.Error(), fmt.Sprintf("award rule %q", rule.ID), "%s: the rule is named", name)
		}
	}
	// Every fault is told at once, also by the programme's own validation.
	rules := usual()
	rules.Awards = []AwardRule{{ID: "x", On: "never", Codes: []string{"A"}}, onReceipt("twice"), onReceipt("twice")}
	err := rules.validate()
	for _, reason := range []string{"is not receipt", "no vendor", "no points", "codes are for", "there are two of this id"} {
		require.ErrorContains(t, err, reason)
	}
}

func TestErrandsOfReceipts(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(*AwardRule)
		kopecks int64
		kind    crm.ReceiptKind
		want    []int64 // points of the errands
	}{
		"a percentage, rounded down":  {func(*AwardRule) {}, 154_320, crm.ReceiptSale, []int64{77}},
		"just below a point":          {func(*AwardRule) {}, 1_999, crm.ReceiptSale, nil},
		"just a point":                {func(*AwardRule) {}, 2_000, crm.ReceiptSale, []int64{1}},
		"ten times the sum":           {func(r *AwardRule) { r.BasisPoints = 100_000 }, 100, crm.ReceiptSale, []int64{10}},
		"below the cap":               {func(r *AwardRule) { r.Cap = 78 }, 154_320, crm.ReceiptSale, []int64{77}},
		"above the cap":               {func(r *AwardRule) { r.Cap = 76 }, 154_320, crm.ReceiptSale, []int64{76}},
		"fixed":                       {func(r *AwardRule) { r.BasisPoints, r.Fixed = 0, 9 }, 1, crm.ReceiptSale, []int64{9}},
		"fixed above the cap":         {func(r *AwardRule) { r.BasisPoints, r.Fixed, r.Cap = 0, 9, 5 }, 1, crm.ReceiptSale, []int64{5}},
		"just below the least sum":    {func(r *AwardRule) { r.MinSumKopecks = 154_321 }, 154_320, crm.ReceiptSale, nil},
		"just the least sum":          {func(r *AwardRule) { r.MinSumKopecks = 154_320 }, 154_320, crm.ReceiptSale, []int64{77}},
		"no points by design":         {func(r *AwardRule) { r.BasisPoints, r.Pointless = 0, true }, 1, crm.ReceiptSale, []int64{0}},
		"another trigger":             {func(r *AwardRule) { r.On = OnCode }, 154_320, crm.ReceiptSale, nil},
		"a refund":                    {func(*AwardRule) {}, 154_320, crm.ReceiptSaleRefund, nil},
		"a receipt that says no kind": {func(*AwardRule) {}, 154_320, crm.ReceiptUnmarked, nil},
		"the largest receipt":         {func(r *AwardRule) { r.BasisPoints = 10_000 }, 999_999_999_999, crm.ReceiptSale, []int64{9_999_999_999}},
	} {
		rule := onReceipt("rule")
		c.change(&rule)
		receipt := crm.Receipt{ReceiptKey: crm.ReceiptKey{FN: "9960440300123456", I: 12, FP: 34}, SumKopecks: c.kopecks, Kind: c.kind}
		var points []int64
		for _, e := range (Rules{Awards: []AwardRule{rule}}).forReceipt(receipt) {
			points = append(points, e.Points)
			assert.Equal(t, "rule/receipt:9960440300123456:12:34", e.Key, name)
			assert.Equal(t, receipt.Cause(), e.Cause, name)
			assert.Equal(t, "rule", e.Rule, name)
		}
		assert.Equal(t, c.want, points, name)
	}
	unmarked := Rules{Awards: []AwardRule{onReceipt("rule")}, UnmarkedEarns: true}
	assert.Len(t, unmarked.forReceipt(crm.Receipt{SumKopecks: 154_320}), 1)
}

func TestErrandsOfCodes(t *testing.T) {
	for name, c := range map[string]struct {
		patterns []string
		code     string
		want     bool
	}{
		"all codes":          {nil, "ANY", true},
		"exact":              {[]string{"SPRING"}, "SPRING", true},
		"exact, longer":      {[]string{"SPRING"}, "SPRING-26", false},
		"exact, shorter":     {[]string{"SPRING"}, "SPRIN", false},
		"a beginning":        {[]string{"SPRING*"}, "SPRING-26", true},
		"a beginning alone":  {[]string{"SPRING*"}, "SPRING", true},
		"another beginning":  {[]string{"SPRING*"}, "WINTER", false},
		"one of some":        {[]string{"A", "B*", "C"}, "B7", true},
		"every beginning":    {[]string{"*"}, "X", true},
		"a star in a code":   {[]string{"A*B"}, "A*B", true},
		"no pattern inside":  {[]string{"A*B"}, "AxB", false},
		"in small letters":   {[]string{"весна*"}, "ВЕСНА-26", true},
		"an empty pattern":   {[]string{""}, "X", false},
		"a code with a star": {[]string{"A*"}, "A*", true},
	} {
		rules := Rules{Awards: []AwardRule{{ID: "rule", On: OnCode, Codes: c.patterns, Fixed: 3}}}
		errands := rules.forCode(c.code, "card-1")
		if assert.Equal(t, c.want, len(errands) == 1, name) && c.want {
			assert.Equal(t, "rule/code:"+c.code+":card-1", errands[0].Key, name)
			assert.Equal(t, int64(3), errands[0].Points, name)
		}
	}
}

func TestErrandsOfSpending(t *testing.T) {
	rules := Rules{Awards: []AwardRule{{ID: "s", On: OnSpend}, {ID: "x", On: OnExchange}, onReceipt("r")}}
	for trigger, want := range map[AwardTrigger]string{OnSpend: "s/take:key-1", OnExchange: "x/take:key-1"} {
		errands := rules.forSpending(trigger, "key-1", 70)
		require.Len(t, errands, 1)
		assert.Equal(t, want, errands[0].Key)
		assert.Equal(t, int64(70), errands[0].Points)
	}
}

// Whatever the rule and its cause, the key of an errand, and that of its undo,
// fit, and no two causes have one key.
func TestErrandKeysFitAndDiffer(t *testing.T) {
	text := rapid.StringMatching(`[A-Z:/é]{1,100}`)
	rapid.Check(t, func(t *rapid.T) {
		rules := Rules{Awards: []AwardRule{{ID: strings.Repeat("r", rapid.IntRange(1, maxRuleIDBytes).Draw(t, "id")), On: OnCode}, {ID: "s", On: OnSpend}}}
		key := func(name string) string {
			code, card := text.Draw(t, name+" code"), rapid.StringMatching(`[0-9]{1,64}`).Draw(t, name+" card")
			return rules.forCode(code, card)[0].Key
		}
		spending := func(name string) (string, string) {
			key := text.Draw(t, name)
			return key, rules.forSpending(OnSpend, key, 1)[0].Key
		}
		a, b := key("first"), key("second")
		from, c := spending("movement")
		other, d := spending("another movement")
		for _, k := range []string{a, b, c, d} {
			if len(k) > crm.MaxKeyBytes {
				t.Fatalf("%q has %d bytes", k, len(k))
			}
		}
		if c == d && from != other {
			t.Fatalf("%q and %q have one key", from, other)
		}
	})
}

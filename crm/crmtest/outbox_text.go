package crmtest

import (
	"encoding/json"
	"fmt"
	"strings"

	"koshelek-adapter/crm"
)

func outboxTextChecks() []Check {
	checks := []Check{
		check("Text/errand-keys", "Keys of errands differ when one byte differs.", oddErrandKeys),
		check("Text/vendor-references", "References of a vendor differ when one byte differs.", oddReferences),
		check("Text/causes", "Causes differ when one byte differs: a refund undoes the errands of its own sale alone.", oddCauses),
	}
	longest := func(f field, judge func(*bench)) {
		checks = append(checks, check("Text/longest-"+f.name,
			"The longest "+f.name+" that is allowed is stored whole, and a longer one is stored whole or refused: never shortened.", judge))
	}
	for _, f := range orderedTexts() {
		longest(f, f.judge)
	}
	for _, f := range settledTexts() {
		longest(f, func(b *bench) {
			for i := 1; i <= 4; i++ {
				b.orders1(b.card(i), fmt.Sprintf("e%d", i))
			}
			f.judge(b)
		})
	}
	return checks
}

func oddErrandKeys(b *bench) {
	b.card(1)
	for _, key := range alike {
		b.orders1("card-1", key)
	}
	same(b, fmt.Sprintf("ordered %d errands with similar keys, the count of deliveries", len(alike)), len(b.outbox()), len(alike))
	for _, key := range alike {
		same(b, "ordered errands with similar keys", b.byKey("ordered errands with similar keys", key).Cause, "cause of "+key)
	}
}

func oddReferences(b *bench) {
	b.card(1)
	for _, reference := range alike {
		b.refer(acme, reference)
	}
	for _, d := range b.outbox() {
		same(b, "settled deliveries with similar references", acme+" "+d.VendorRef, d.Key)
	}
	known, err := b.KnownReferences(b.ctx, acme, []string{"aB-1", "ab-1", "AB-1", "ab1", "E", "%", "_b-1", "ab-1\n"})
	b.must("KnownReferences of similar ones", err)
	got := map[string]bool{}
	for _, reference := range known {
		got[reference] = true
	}
	same(b, "KnownReferences of similar ones", got, map[string]bool{"ab-1": true, "AB-1": true})
}

func oddCauses(b *bench) {
	b.card(1)
	sale := b.submission("card-1", 1, 15)
	cause := sale.Receipt.Cause()
	var errands []crm.Errand
	for i, c := range []string{cause, strings.ToUpper(cause), cause + " ", " " + cause, cause + "0", "%"} {
		errands = append(errands, undoable(fmt.Sprintf("e%d", i), c))
	}
	sale.Errands = errands
	b.submit(sale)
	b.submit(b.refund("card-1", 2))
	undone := map[string]bool{}
	for _, d := range b.outbox() {
		if d.Reverses != "" {
			undone[b.delivery(d.Reverses).Key] = true
		}
	}
	same(b, "a refund of a sale beside similar causes, the errands that are undone", undone, map[string]bool{"e0": true})
}

// ordering is a text of an errand.
func ordering(name, most string, set func(*crm.Errand, string), get func(crm.Delivery) string) field {
	return field{name, most, true, func(b *bench, i int, text string) error {
		r := b.submission(cardName(i), int64(i), 5)
		e := errand(fmt.Sprintf("e%d", i))
		set(&e, text)
		r.Errands = []crm.Errand{e}
		_, err := b.SubmitReceipt(b.ctx, r)
		return err
	}, getDelivery(get)}
}

// settling is a text of a settlement of a delivery that is there.
func settling(name, most string, set func(*crm.Settlement, string), get func(crm.Delivery) string) field {
	return field{name, most, false, func(b *bench, i int, text string) error {
		s := b.settlement(b.byKey("SubmitReceipt with an errand", fmt.Sprintf("e%d", i)).ID, crm.DeliveryPending)
		set(&s, text)
		_, err := b.SettleDelivery(b.ctx, s)
		return err
	}, getDelivery(get)}
}

func getDelivery(in func(crm.Delivery) string) func(*bench, int, string) (string, error) {
	return func(b *bench, i int, _ string) (string, error) {
		list, err := b.ListDeliveries(b.ctx, crm.DeliveryQuery{CardNumber: cardName(i), Limit: plenty})
		if err != nil || len(list) != 1 {
			return fmt.Sprintf("%d deliveries", len(list)), err
		}
		return in(list[0]), nil
	}
}

var (
	long32    = long64[:32]
	long8192  = strings.Repeat("12345678", crm.MaxPayloadBytes/8-1) + "123456" // and two quotes
	long16384 = strings.Repeat("12345678", crm.MaxAnswerBytes/8)
)

// quotedText is a text as JSON, unquotedText its inverse.
func quotedText(text string) json.RawMessage { return json.RawMessage(`"` + text + `"`) }

func unquotedText(raw json.RawMessage) string {
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return err.Error()
	}
	return text
}

func orderedTexts() []field {
	return []field{
		ordering("errand-key", long128, func(e *crm.Errand, s string) { e.Key = s }, func(d crm.Delivery) string { return d.Key }),
		ordering("errand-cause", long128, func(e *crm.Errand, s string) { e.Cause = s }, func(d crm.Delivery) string { return d.Cause }),
		ordering("errand-rule", long64, func(e *crm.Errand, s string) { e.Rule = s }, func(d crm.Delivery) string { return d.Rule }),
		ordering("errand-vendor", long32, func(e *crm.Errand, s string) { e.Vendor = s }, func(d crm.Delivery) string { return d.Vendor }),
		ordering("errand-action", long32, func(e *crm.Errand, s string) { e.Action = s }, func(d crm.Delivery) string { return d.Action }),
		ordering("errand-payload", long8192, func(e *crm.Errand, s string) { e.Payload = quotedText(s) },
			func(d crm.Delivery) string { return unquotedText(d.Payload) }),
		ordering("undo-payload", long8192, func(e *crm.Errand, s string) {
			e.Undo = crm.Undo{Action: long32, Payload: quotedText(s), Effect: crm.EffectUnbook}
		},
			func(d crm.Delivery) string { return unquotedText(d.Undo.Payload) }),
		ordering("undo-markup", strings.Repeat("<&>1", crm.MaxPayloadBytes/4-1), func(e *crm.Errand, s string) {
			e.Undo = crm.Undo{Action: "cancel", Payload: quotedText(s)}
		}, func(d crm.Delivery) string { return unquotedText(d.Undo.Payload) }),
	}
}

func settledTexts() []field {
	return []field{
		settling("vendor-reference", long128, func(s *crm.Settlement, text string) { s.VendorRef = text }, func(d crm.Delivery) string { return d.VendorRef }),
		settling("reason", longText, func(s *crm.Settlement, text string) { s.Reason = text }, func(d crm.Delivery) string { return d.Reason }),
		settling("answer", long16384, func(s *crm.Settlement, text string) { s.Answer = []byte(text) }, func(d crm.Delivery) string { return string(d.Answer) }),
	}
}

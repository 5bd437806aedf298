package bigcity

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"koshelek-adapter/conformance/sim"
)

// issue makes the vouchers of an order and the answer that tells them.
func (s *Simulator) issue(o *Order, lines []line, struck sim.Struck) map[string]any {
	o.Issues++
	vouchers := []any{}
	if !struck.Has(faultNoVouchers) {
		for range s.wanted(lines) {
			s.issued++
			code := fmt.Sprintf("BCP%09d", s.issued)
			o.Vouchers = append(o.Vouchers, code)
			vouchers = append(vouchers, s.voucher(code, struck))
		}
	}
	answer := map[string]any{"id": o.ID, "order_id": o.OrderID, "state": "success", "vouchers": vouchers,
		"redemption_url": "https://redeem.bigcity.example/redeem", "note": "One voucher for a visit"}
	now := s.Clock.Now().In(ist).Format(printed)
	answer["created_at"], answer["updated_at"] = now, now
	answer["how_to_avail"], answer["terms"] = "Show the code at the till.", "Valid once."
	if struck.Has(faultHTML) {
		answer["how_to_avail"] = `<ol><li>Show the code</li></ol><script>alert(1)</script>`
		answer["terms"] = `<p onclick="alert(1)">Valid <b>once</b>.</p><iframe src="//x.example"></iframe>`
	}
	if struck.Has(faultBareURL) {
		answer["redemption_url"] = "redeem.bigcity.example/redeem"
	}
	if struck.Has(faultShort) {
		for _, optional := range []string{"how_to_avail", "terms", "note", "created_at", "updated_at"} {
			delete(answer, optional)
		}
	}
	return answer
}

// wanted returns how many vouchers an order gets; their number does not follow
// qty unless the knob says so. [C]
func (s *Simulator) wanted(lines []line) int {
	n := 0
	for _, l := range lines {
		known := s.Knobs.Is(knobUnknownSKU, "voucher") || slices.ContainsFunc(rewards, func(r Reward) bool {
			return r.Status == 1 && (r.SKUs == l.sku || slices.Contains(strings.Split(r.SKUs, "\t"), l.sku))
		})
		switch {
		case !known:
		case s.Knobs.Is(knobVouchers, "qty"):
			n += l.qty
		case s.Knobs.Is(knobVouchers, "one"):
			n = 1
		default:
			n++
		}
	}
	return n
}

func (s *Simulator) voucher(code string, struck sim.Struck) map[string]any {
	valid := s.Clock.Now().AddDate(1, 0, 0)
	if struck.Has(faultOld) {
		valid = s.Clock.Now().AddDate(-1, 0, 0)
	}
	v := map[string]any{"voucher_code": code, "pin": fmt.Sprintf("%04d", s.issued%10000), "validity": valid.In(ist).Format(time.DateOnly)}
	switch {
	case struck.Has(faultPinMissing):
		delete(v, "pin")
	case struck.Has(faultPinNull):
		v["pin"] = nil
	case struck.Has(faultPinEmpty):
		v["pin"] = ""
	}
	return v
}

package bigcity

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"sort"
	"strconv"
	"time"

	"koshelek-adapter/crm/vendors/vendorhttp"
)

// Voucher is money. It prints as voucher *** and marshals as it is.
type Voucher struct {
	Code string
	// PIN is often absent.
	PIN string
	// Validity is as the vendor writes it, and ValidUntil the first moment of that
	// day in the vendor's zone, zero when it cannot be read. It may lie in the past.
	Validity   string
	ValidUntil time.Time
}

// Format hides the voucher for every verb.
func (Voucher) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "voucher ***") }

type voucherIn struct {
	Code     vendorhttp.Text `json:"voucher_code"`
	Short    vendorhttp.Text `json:"code"`
	PIN      vendorhttp.Text `json:"pin"`
	Validity vendorhttp.Text `json:"validity"`
}

// UnmarshalJSON takes a bare text for a code without a PIN.
func (v *voucherIn) UnmarshalJSON(raw []byte) error {
	if raw = bytes.TrimSpace(raw); len(raw) > 0 && raw[0] == '"' {
		return v.Code.UnmarshalJSON(raw)
	}
	type plain voucherIn
	return json.Unmarshal(raw, (*plain)(v))
}

func (v voucherIn) voucher(zone *time.Location) Voucher {
	out := Voucher{Code: v.Code.String(), PIN: v.PIN.String(), Validity: v.Validity.String()}
	if out.Code == "" {
		out.Code = v.Short.String()
	}
	out.ValidUntil, _ = v.Validity.Time(zone)
	return out
}

// readVouchers reads a list, nothing, one voucher, or what PHP makes of a list with
// holes: an object with numbers for names. The flag is false for anything else, and
// for a voucher without any code.
func readVouchers(raw json.RawMessage, zone *time.Location) ([]Voucher, bool) {
	var in []voucherIn
	raw = bytes.TrimSpace(raw)
	switch {
	case len(raw) == 0 || string(raw) == "null" || string(raw) == `""`:
		return nil, true
	case raw[0] == '{':
		var ok bool
		if in, ok = fromObject(raw); !ok {
			return nil, false
		}
	case json.Unmarshal(raw, &in) != nil:
		return nil, false
	}
	out := make([]Voucher, len(in))
	for i := range in {
		if out[i] = in[i].voucher(zone); out[i].Code == "" && out[i].PIN == "" {
			return nil, false
		}
	}
	return out, true
}

func fromObject(raw json.RawMessage) ([]voucherIn, bool) {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		return nil, false
	}
	positions := make([]int, 0, len(members))
	for name := range members {
		at, err := strconv.Atoi(name)
		if err != nil || strconv.Itoa(at) != name {
			one := make([]voucherIn, 1)
			return one, json.Unmarshal(raw, &one[0]) == nil
		}
		positions = append(positions, at)
	}
	sort.Ints(positions)
	out := make([]voucherIn, len(positions))
	for i, at := range positions {
		if json.Unmarshal(members[strconv.Itoa(at)], &out[i]) != nil {
			return nil, false
		}
	}
	return out, true
}

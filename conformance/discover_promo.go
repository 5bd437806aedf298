package conformance

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Likely names of the fields of the promo bodies, the contract's first.
var (
	cardNames  = []string{"cardNumber", "card", "number", "cardNo", "card_number", "cardnumber", "cardId", "loyaltyCard"}
	phoneNames = []string{"msisdn", "phone", "phoneNumber", "phone_number", "mobile", "tel", "telephone"}
	qrNames    = []string{"qrCode", "qr", "qrcode", "qr_code", "qrData", "qrString", "receipt", "receiptQr", "fiscal", "check", "text", "data"}
	codeNames  = []string{"code", "promoCode", "promocode", "promo_code", "promo", "coupon", "couponCode", "voucher", "value"}
)

// promoFields finds the names of the promo bodies, by receipts and a code of the
// made-up customer.
func (d *discoverer) promoFields() {
	const field = "promoFields"
	switch {
	case !d.profile.Offers("submitQRCode"):
		d.note(field, false, "the contract's names", "there are no cash receipts to learn them from")
		return
	case d.customer == nil:
		d.note(field, false, "the contract's names, until they are tried", "only a receipt that is accepted shows them: let the discovery write")
		return
	}
	if d.sendReceipt(cardNames[:1], nil, qrNames[:1]) == "200" {
		d.note(field+".cardNumber", true, "cardNumber", "a receipt with this name was accepted")
		d.note(field+".qrCode", true, "qrCode", "a receipt with this name was accepted")
	} else {
		d.nameOfMany("cardNumber", cardNames, func(names []string) string { return d.sendReceipt(names, nil, qrNames) })
		d.nameOfMany("qrCode", qrNames, func(names []string) string {
			return d.sendReceipt([]string{d.profile.PromoField("cardNumber")}, nil, names)
		})
	}
	qr := []string{d.profile.PromoField("qrCode")}
	d.nameOfMany("msisdn", phoneNames, func(names []string) string { return d.sendReceipt(nil, names, qr) })
	d.codeField()
}

// codeField finds the name of a promo code.
func (d *discoverer) codeField() {
	switch {
	case !d.profile.Offers("submitPromoCode"):
		return
	case d.o.Code == "":
		d.note("promoFields.code", false, "code, until it is tried", "only a code that is accepted shows its name: give the discovery one (--code)")
		return
	}
	d.profile.Data.PromoCode = d.o.Code
	d.left("The code %s was used by that customer.", d.o.Code)
	d.nameOfMany("code", codeNames, func(names []string) string {
		body := map[string]string{d.profile.PromoField("cardNumber"): d.customer.number}
		for _, name := range names {
			body[name] = d.o.Code
		}
		return kind(d.send(http.MethodPost, d.path("submitPromoCode", ""), "", encode(body)))
	})
}

// sendReceipt sends a new receipt, with every field under each of its names.
func (d *discoverer) sendReceipt(cards, phones, qrs []string) string {
	qr := d.maker.receipt(1, testSum, d.clock().UTC().Add(-receiptAge).Format("20060102T1504")).String()
	body := map[string]string{}
	for value, names := range map[string][]string{d.customer.number: cards, d.customer.phone: phones, qr: qrs} {
		for _, name := range names {
			body[name] = value
		}
	}
	answer := kind(d.send(http.MethodPost, d.path("submitQRCode", ""), "", encode(body)))
	if answer == "200" && !slices.Contains(d.result.Left, receiptsLeft) {
		d.left(receiptsLeft)
	}
	return answer
}

const receiptsLeft = "Made-up receipts (fiscal drives 9999…) were accepted for that card."

// nameOfMany finds the one of many names that the host reads: sent together they
// make a difference, and so does the half that has it. A call is made twice
// before it counts, for the second one may be refused as a repeat.
func (d *discoverer) nameOfMany(name string, many []string, try func(names []string) string) {
	field := "promoFields." + name
	try(many)
	without, with := try(nil), try(many)
	if with == without {
		d.note(field, false, name+", until you say otherwise", "none of %s makes a difference", strings.Join(many, ", "))
		return
	}
	left := many
	for len(left) > 1 {
		if half := left[:len(left)/2]; try(half) == with {
			left = half
		} else {
			left = left[len(left)/2:]
		}
	}
	if try(left) != with {
		d.note(field, false, name+", until you say otherwise", "no single name of %s makes the difference that all make together", strings.Join(many, ", "))
		return
	}
	if left[0] != name {
		d.profile.PromoFields = maps.Clone(d.profile.PromoFields)
		if d.profile.PromoFields == nil {
			d.profile.PromoFields = map[string]string{}
		}
		d.profile.PromoFields[name] = left[0]
	}
	d.note(field, true, left[0], "of %s it alone makes a difference", strings.Join(many, ", "))
}

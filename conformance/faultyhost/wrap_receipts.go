package faultyhost

import (
	"fmt"
	"hash/fnv"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// receiptWrappers are the faults of the reading of receipts and of what names
// one. A fault of the name gives the receipt another drive number, which has
// the same effect.
func receiptWrappers() map[string]wrapper {
	return map[string]wrapper{
		"sum-needs-two-decimals": inReceipt(func(_ *Host, _ *call, v url.Values) {
			if _, rest, _ := strings.Cut(v.Get("s"), "."); len(rest) != 2 {
				v.Set("s", "")
			}
		}),
		"sum-without-its-dot": inReceipt(func(_ *Host, _ *call, v url.Values) {
			if digits := strings.Replace(v.Get("s"), ".", "", 1); len(digits) > 2 && digits != v.Get("s") {
				v.Set("s", digits[:len(digits)-2]+"."+digits[len(digits)-2:])
			}
		}),
		"whole-sum-in-kopecks": inReceipt(func(_ *Host, _ *call, v url.Values) {
			if sum := v.Get("s"); digitsOnly(sum) && len(sum) > 2 {
				v.Set("s", sum[:len(sum)-2]+"."+sum[len(sum)-2:])
			}
		}),
		"sum-wraps": inReceipt(func(h *Host, _ *call, v url.Values) {
			if kopecks, err := h.kopecks(v.Get("s")); err == nil {
				kopecks %= 1 << 32
				v.Set("s", fmt.Sprintf("%d.%02d", kopecks/100, kopecks%100))
			}
		}),
		"sum-of-four-digits": inReceipt(func(_ *Host, _ *call, v url.Values) {
			if roubles, rest, _ := strings.Cut(v.Get("s"), "."); len(roubles) > 4 {
				v.Set("s", roubles[len(roubles)-4:]+"."+rest)
			}
		}),
		"receipt-time-is-utc": inReceipt(func(h *Host, _ *call, v url.Values) {
			if at, err := h.tillTime(v.Get("t")); err == nil {
				_, ahead := at.Zone()
				v.Set("t", tillText(at.Add(time.Duration(ahead)*time.Second)))
			}
		}),
		"receipt-of-next-week": inReceipt(func(h *Host, _ *call, v url.Values) {
			if at, err := h.tillTime(v.Get("t")); err == nil && at.After(h.now()) && at.Before(h.now().AddDate(0, 0, 7)) {
				v.Set("t", tillText(h.now().In(h.zone)))
			}
		}),
		"receipt-without-sum":  inReceipt(func(_ *Host, _ *call, v url.Values) { unlessGiven(v, "s", "0.00") }),
		"receipt-without-time": inReceipt(func(h *Host, _ *call, v url.Values) { unlessGiven(v, "t", tillText(h.now().In(h.zone))) }),
		"receipt-time-rolls-over": inReceipt(func(h *Host, _ *call, v url.Values) {
			day, hour, _ := strings.Cut(v.Get("t"), "T")
			if at, err := time.ParseInLocation("20060102", day, h.zone); err == nil && len(hour) == 4 {
				minutes, _ := strconv.Atoi(hour[2:])
				hours, _ := strconv.Atoi(hour[:2])
				v.Set("t", tillText(at.Add(time.Duration(60*hours+minutes)*time.Minute)))
			}
		}),
		"receipt-of-any-drive": inReceipt(func(_ *Host, _ *call, v url.Values) {
			if drive := v.Get("fn"); digitsOnly(drive) {
				v.Set("fn", (drive + "0000000000000000")[:16])
			}
		}),
		"receipt-document-with-letters": inReceipt(func(_ *Host, _ *call, v url.Values) {
			v.Set("i", strings.TrimRight(v.Get("i"), "abcdefghijklmnopqrstuvwxyz"))
		}),
		"receipt-needs-kind": inReceipt(func(_ *Host, _ *call, v url.Values) {
			if v.Get("n") == "" {
				v.Set("n", "none")
			}
		}),
		"odd-kinds-earn": inReceipt(func(_ *Host, _ *call, v url.Values) {
			if kind := v.Get("n"); kind != "2" && kind != "3" && kind != "4" {
				v.Set("n", "1")
			}
		}),

		"receipt-known-with-sign":  inReceipt(func(_ *Host, _ *call, v url.Values) { named(v, v.Get("fn"), v.Get("fp")) }),
		"receipt-known-with-zeros": inReceipt(func(_ *Host, _ *call, v url.Values) { named(v, v.Get("fn"), v.Get("i")) }),
		"receipt-known-with-time":  inReceipt(func(_ *Host, _ *call, v url.Values) { named(v, v.Get("fn"), v.Get("t")) }),
		"receipt-known-with-sum":   inReceipt(func(_ *Host, _ *call, v url.Values) { named(v, v.Get("fn"), v.Get("s")) }),
		"receipt-known-with-address": inReceipt(func(_ *Host, c *call, v url.Values) {
			named(v, v.Get("fn"), fmt.Sprint(strings.Contains(c.said("qrCode"), "?")))
		}),
		"receipt-known-with-kind": inReceipt(func(_ *Host, _ *call, v url.Values) {
			named(v, v.Get("fn"), v.Get("n"))
			unlessGiven(v, "n", "1")
		}),
		"receipt-known-by-sign": inReceipt(func(_ *Host, _ *call, v url.Values) {
			named(v, v.Get("fp"))
			v.Set("i", "1")
		}),
		"receipt-known-by-document": inReceipt(func(_ *Host, _ *call, v url.Values) { named(v) }),
		"receipt-known-by-time-and-sum": inReceipt(func(_ *Host, _ *call, v url.Values) {
			named(v, v.Get("t"), v.Get("s"))
			v.Set("i", "1")
		}),
		"receipt-known-by-sender": inReceipt(func(_ *Host, c *call, v url.Values) {
			if c.said("msisdn") != "" {
				named(v, v.Get("fn"), "by phone")
			}
		}),
		"receipt-of-another-by-phone": inReceipt(func(h *Host, c *call, v url.Values) {
			document, _ := upTo10(v.Get("i"))
			known := h.books.receipts[receiptKey{v.Get("fn"), document}]
			if mine := h.byPhone(c.said("msisdn")); mine != nil && known != nil && known.card != mine.number {
				named(v, v.Get("fn"), mine.number)
			}
		}),
		"race-receipt-paid-each-way": inReceipt(func(h *Host, c *call, v url.Values) {
			if c.said("msisdn") != "" && h.race.coming.Load() > 1 {
				named(v, v.Get("fn"), "by phone")
			}
		}),
		"receipt-by-old-phone": onCall(func(h *Host, c *call) {
			if owner := h.formerly(c.said("msisdn")); c.method == "receipt" && owner != nil {
				c.saysInstead("msisdn", owner["phone"])
			}
		}),
		"refused-receipt-is-known": afterRefused("receipt", func(h *Host, c *call, _ *kept, mine *card) {
			if given, err := h.readReceipt(c.said("qrCode")); err == nil && mine == nil {
				h.books.receipts[given.key] = given
			}
		}),
		"receipt-raw-phone": onCall(func(_ *Host, c *call) {
			if c.method == "receipt" && c.said("msisdn") != "" && !digitsOnly(c.said("msisdn")) {
				c.saysInstead("msisdn", "none")
			}
		}),
		"receipt-pays-the-newest":     paysElse("receipt", func(h *Host, _ *call, _ *card) *card { return h.newest() }),
		"first-card-earns-for-all":    paysElse("receipt", func(_ *Host, _ *call, payee *card) *card { return payee.holder.cards[0] }),
		"receipt-by-phone-unpaid":     paysElse("receipt", unpaidByPhone),
		"receipt-pays-card-and-phone": paysBoth("receipt"),
	}
}

// promoWrappers are the faults of promo codes.
func promoWrappers() map[string]wrapper {
	return map[string]wrapper{
		"code-for-unknown-phone":   answersCode(func(h *Host, c *call) bool { return c.said("msisdn") != "" && h.byPhone(c.said("msisdn")) == nil }),
		"code-by-prefix":           codeBy(func(given, code string) bool { return len(given) > 2 && strings.HasPrefix(code, given) }),
		"code-by-beginning":        codeBy(func(given, code string) bool { return strings.HasPrefix(given, code) }),
		"code-like":                codeBy(oneLike),
		"code-accents-dropped":     codeBy(func(given, code string) bool { return plainLetters(given) == code }),
		"race-code-paid-each-way":  forgetsUse(func(c *call) bool { return c.said("msisdn") != "" && c.host.race.coming.Load() > 1 }),
		"code-known-by-case":       forgetsUse(func(c *call) bool { return c.said("code") != strings.ToUpper(c.said("code")) }),
		"code-known-with-blanks":   forgetsUse(func(c *call) bool { return c.said("code") != strings.TrimSpace(c.said("code")) }),
		"code-known-by-sender":     forgetsUse(func(c *call) bool { return c.said("msisdn") != "" }),
		"code-pays-the-newest":     paysElse("code", func(h *Host, _ *call, _ *card) *card { return h.newest() }),
		"code-by-phone-unpaid":     paysElse("code", unpaidByPhone),
		"code-pays-card-and-phone": paysBoth("code"),
		"code-limit-not-by-phone": onCallLocked(func(h *Host, c *call) {
			found := h.books.codes[c.said("code")]
			if c.method != "code" || c.said("msisdn") == "" || found == nil {
				return
			}
			found.Limit = 0
		}),
		"expired-code-in-lower-case": answersCode(func(h *Host, c *call) bool {
			code := c.said("code")
			return h.books.codes[code] == nil && h.books.codes[strings.ToUpper(code)] != nil
		}),
		"expired-code-by-phone": answersCode(func(h *Host, c *call) bool { return c.said("msisdn") != "" && h.books.codes[c.said("code")] != nil }),
	}
}

// tillText writes a time as tills do.
func tillText(at time.Time) string { return at.Format("20060102T1504") }

func unlessGiven(v url.Values, key, value string) {
	if !v.Has(key) {
		v.Set(key, value)
	}
}

// named gives a receipt the drive number that stands for some of its parts.
func named(v url.Values, parts ...string) {
	sum := fnv.New64a()
	for _, part := range parts {
		_, _ = sum.Write([]byte(part + "\n")) // never fails
	}
	v.Set("fn", fmt.Sprintf("%016d", sum.Sum64()%10_000_000_000_000_000))
}

// inReceipt is a fault that reads a receipt as another one.
func inReceipt(change func(h *Host, c *call, v url.Values)) wrapper {
	return onCall(func(h *Host, c *call) {
		text := c.said("qrCode")
		if _, query, link := strings.Cut(text, "?"); link {
			text = query
		}
		v, err := url.ParseQuery(text)
		if c.method != "receipt" || err != nil || v.Get("fp") == "" || len(v["n"]) > 1 {
			return
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		change(h, c, v)
		c.saysInstead("qrCode", v.Encode())
	})
}

// byPhone is the card of a phone in digits, nil for none.
func (h *Host) byPhone(phone string) *card {
	for _, one := range h.books.by("phone", phone) {
		return one.pick(h)
	}
	return nil
}

// newest is the card that was made last.
func (h *Host) newest() *card {
	for i := len(h.books.customers) - 1; i >= 0; i-- {
		if cards := h.books.customers[i].cards; len(cards) > 0 {
			return cards[len(cards)-1]
		}
	}
	return nil
}

// payee is the card for which a promo call is, nil for none.
func (h *Host) payee(c *call) *card {
	if number := c.said("cardNumber"); number != "" {
		return h.books.cards[number]
	}
	phone, _ := c.cleanPhone(c.said("msisdn"))
	return h.byPhone(phone)
}

// paysElse is the fault that an award goes to another card, or to none.
func paysElse(method string, to func(h *Host, c *call, payee *card) *card) wrapper {
	return onAnswerLocked(func(h *Host, c *call, a *kept) {
		payee := h.payee(c)
		if c.method != method || !a.ok() || payee == nil || len(payee.lots) == 0 {
			return
		}
		last := len(payee.lots) - 1
		award, other := payee.lots[last], to(h, c, payee)
		if other == payee {
			return
		}
		payee.lots = payee.lots[:last:last]
		if other != nil {
			other.lots = append(other.lots, award)
		}
	})
}

func unpaidByPhone(_ *Host, c *call, payee *card) *card {
	if c.said("cardNumber") == "" {
		return nil
	}
	return payee
}

// paysBoth is the fault that a call with a card and a phone pays both.
func paysBoth(method string) wrapper {
	return onAnswerLocked(func(h *Host, c *call, a *kept) {
		one, other := h.books.cards[c.said("cardNumber")], h.byPhone(c.said("msisdn"))
		if c.method != method || !a.ok() || one == nil || other == nil || one == other || len(one.lots) == 0 {
			return
		}
		other.lots = append(other.lots, one.lots[len(one.lots)-1])
	})
}

// codeBy is the fault that another text finds a code.
func codeBy(fits func(given, code string) bool) wrapper {
	return onCallLocked(func(h *Host, c *call) {
		given := c.said("code")
		if c.method != "code" || given == "" || h.books.codes[strings.ToUpper(strings.TrimSpace(given))] != nil {
			return
		}
		for code, found := range h.books.codes {
			if fits(given, code) && found.Limit == 0 && found.From.IsZero() && found.Until.IsZero() {
				c.saysInstead("code", code)
				return
			}
		}
	})
}

// forgetsUse is the fault that a card may use a code again.
func forgetsUse(when func(c *call) bool) wrapper {
	return onCallLocked(func(h *Host, c *call) {
		found, mine := h.books.codes[strings.ToUpper(strings.TrimSpace(c.said("code")))], h.payee(c)
		if c.method == "code" && found != nil && mine != nil && when(c) {
			delete(found.used, mine.number)
		}
	})
}

// answersCode is the fault that a code is taken which should be refused.
func answersCode(when func(h *Host, c *call) bool) wrapper {
	return onAnswerLocked(func(h *Host, c *call, a *kept) {
		if c.method == "code" && a.status == http.StatusUnprocessableEntity && when(h, c) {
			a.status = http.StatusOK
			a.says(nil)
		}
	})
}

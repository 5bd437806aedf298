package faultyhost

import (
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
)

// numberWrappers are the faults of card numbers.
func numberWrappers() map[string]wrapper {
	return map[string]wrapper{
		"number-by-value":        numberBy(sameValue, "details"),
		"number-by-float":        numberBy(sameFloat, "details"),
		"number-wraps":           numberBy(sameAfter(64), "details"),
		"number-wraps-early":     numberBy(sameAfter(32), "details"),
		"number-trimmed":         numberBy(func(given, number string) bool { return strings.TrimSpace(given) == number }, "details"),
		"number-ungrouped":       numberBy(func(given, number string) bool { return strings.NewReplacer(" ", "", "-", "").Replace(given) == number }, "details"),
		"number-by-tail":         numberBy(tailOf, "details"),
		"number-until-a-letter":  numberBy(func(given, number string) bool { return strings.TrimRight(given, "x") == number }, "details"),
		"number-of-other-digits": numberBy(func(given, number string) bool { return strings.Map(asciiDigit, given) == number }, "details"),
		"number-as-hex":          numberBy(sameHex, "details"),
		"update-by-value":        numberBy(sameValue, "update"),
		"channels-by-prefix":     numberBy(prefixOf, "channels"),
		"history-by-tail":        numberBy(tailOf, "purchases"),
		"offers-like":            numberBy(oneLike, "offers"),
		"receipt-by-prefix":      numberBy(prefixOf, "receipt"),
		"code-by-value":          numberBy(sameValue, "code"),

		"reserved-number-trimmed":  reservedBy(func(given, number string) bool { return strings.TrimSpace(given) == number }),
		"reserved-number-by-value": reservedBy(sameValue),
		"number-not-decoded": onCall(func(_ *Host, c *call) {
			if c.method == "details" && strings.Contains(c.request.URL.EscapedPath(), "%3") {
				c.toNumber("%" + c.number)
			}
		}),
		"search-state-differs": onAnswer(func(_ *Host, c *call, a *kept) {
			if c.method == "find" {
				a.replace(`"cardState":"active"`, `"cardState":"inactive"`)
			}
		}),
		"search-barcode-differs": onAnswer(func(_ *Host, c *call, a *kept) {
			if c.method == "find" {
				a.replace(`"barcodeType":"EAN_13"`, `"barcodeType":"CODE_128"`)
			}
		}),
		"state-differs-after-update": onAnswerLocked(func(h *Host, c *call, a *kept) {
			if found := h.books.cards[c.number]; c.method == "details" && found != nil && found.updated != "" {
				a.replace(`"cardState":"active"`, `"cardState":"inactive"`)
			}
		}),
		"word-is-a-card": onAnswer(func(_ *Host, c *call, a *kept) {
			if c.method == "details" && c.number == "constructor" {
				a.status = 200
				a.says([]byte("{}"))
			}
		}),
		"own-numbers-need-no-reservation": onCallLocked(func(h *Host, c *call) {
			if _, reserved := h.books.numbers[c.number]; c.method == "confirm" && !reserved && strings.HasPrefix(c.number, "29") && len(c.number) == 13 && h.books.cards[c.number] == nil {
				h.books.numbers[c.number] = h.now().Add(held)
			}
		}),
		"second-number-lost": after("confirm", func(h *Host, _ *call, mine *card) {
			if cards := mine.holder.cards; len(cards) > 1 && cards[len(cards)-1] == mine {
				delete(h.books.cards, mine.number)
				mine.holder.cards = cards[:len(cards)-1]
			}
		}),
		"second-card-clears-points": after("confirm", func(_ *Host, _ *call, mine *card) {
			for _, one := range mine.holder.cards {
				one.lots = nil
			}
		}),
		"issue-takes-account":    takesAccount("issue"),
		"reserved-takes-account": takesAccount("confirm"),
		"other-digits-get-a-card": onCall(func(_ *Host, c *call) {
			if digits := strings.Map(asciiDigit, c.said("phone")); c.method == "issue" && digits != c.said("phone") && digitsOnly(digits) {
				c.says(map[string]any{"phone": "7999" + digits[4:]})
			}
		}),
		"russian-phones-only": onCall(func(_ *Host, c *call) {
			if phone := c.said("phone"); c.method == "issue" && digitsOnly(phone) && phone[0] != '7' {
				c.saysInstead("phone", "none")
			}
		}),
		"surname-makes-customer": onCallLocked(func(h *Host, c *call) {
			mine := h.byPhone(c.said("phone"))
			if given := c.said("surname"); c.method == "issue" && mine != nil && given != "" && given != mine.holder.profile["surname"] {
				c.says(map[string]any{"phone": "7999" + c.said("phone")[4:], "surname": given})
			}
		}),
		"reservation-ends-the-last":        endsReservations("reserve", func(c *call, number string) bool { return number != c.number }),
		"reservation-ended-by-look":        endsReservations("details", func(c *call, number string) bool { return number == c.number }),
		"reservation-ended-by-broken-body": endsReservations("confirm", func(c *call, number string) bool { return number == c.number && c.body() == nil }),
		"reservation-ended-by-issue":       endsReservations("confirm", func(c *call, number string) bool { return c.body() != nil && number != c.number }),
		"reserved-goes-to-the-phone": onCallLocked(func(h *Host, c *call) {
			if c.method == "confirm" && len(h.books.identified(c.said("phone"), c.said("email"))) > 1 {
				c.saysInstead("email", "")
			}
		}),
		"issue-takes-reserved": issueTakes(func(until bool) bool { return !until }),
		"issue-takes-pooled":   issueTakes(func(pooled bool) bool { return pooled }),
	}
}

// numberBy is the fault that some methods find a card by a number that is not
// its own.
func numberBy(fits func(given, number string) bool, methods ...string) wrapper {
	return onCall(func(h *Host, c *call) {
		if !slices.Contains(methods, c.method) {
			return
		}
		inBody := c.method == "receipt" || c.method == "code"
		given := c.number
		if inBody {
			given = c.said("cardNumber")
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.books.cards[given] != nil || given == "" {
			return
		}
		for number := range h.books.cards {
			if !fits(given, number) {
				continue
			}
			if inBody {
				c.saysInstead("cardNumber", number)
				return
			}
			c.toNumber(number)
			return
		}
	})
}

// reservedBy is the fault that a reserved number is issued by another text.
func reservedBy(fits func(given, number string) bool) wrapper {
	return onCallLocked(func(h *Host, c *call) {
		for number := range h.books.numbers {
			if c.method == "confirm" && fits(c.number, number) {
				c.toNumber(number)
				return
			}
		}
	})
}

func sameValue(given, number string) bool {
	one, read := new(big.Int).SetString(strings.TrimPrefix(given, "+"), 10)
	other, _ := new(big.Int).SetString(number, 10)
	return read && other != nil && one.Cmp(other) == 0
}

func sameFloat(given, number string) bool {
	one, err := strconv.ParseFloat(given, 64)
	other, _ := strconv.ParseFloat(number, 64)
	return err == nil && strings.ContainsAny(given, "eE") && math.Abs(one-other) < 1
}

func sameHex(given, number string) bool {
	digits, hex := strings.CutPrefix(given, "0x")
	value, read := new(big.Int).SetString(digits, 16)
	return hex && read && value.String() == number
}

// sameAfter compares numbers of so many bits, of which both are digits alone.
func sameAfter(bits uint) func(given, number string) bool {
	low := func(text string) (string, bool) {
		value, read := new(big.Int).SetString(text, 10)
		if !read {
			return "", false
		}
		return value.Mod(value, new(big.Int).Lsh(big.NewInt(1), bits)).String(), true
	}
	return func(given, number string) bool {
		one, read := low(given)
		other, _ := low(number)
		return read && given[0] != '0' && one == other
	}
}

func prefixOf(given, number string) bool {
	return len(given) >= 6 && digitsOnly(given) && strings.HasPrefix(number, given)
}

func tailOf(given, number string) bool {
	return len(given) >= 6 && digitsOnly(given) && strings.HasSuffix(number, given)
}

// oneLike is SQL's LIKE for the wildcard of one character.
func oneLike(given, number string) bool {
	if len(given) != len(number) || !strings.Contains(given, "_") {
		return false
	}
	for i := range given {
		if given[i] != '_' && given[i] != number[i] {
			return false
		}
	}
	return true
}

// endsReservations is the fault that a call ends reservations. Numbers of the
// pool stay.
func endsReservations(method string, ends func(c *call, number string) bool) wrapper {
	return onCallLocked(func(h *Host, c *call) {
		for number, until := range h.books.numbers {
			if c.method == method && !until.IsZero() && ends(c, number) {
				delete(h.books.numbers, number)
			}
		}
	})
}

// issueTakes is the fault that a new customer gets a number that is kept for
// another.
func issueTakes(fits func(pooled bool) bool) wrapper {
	return onAnswerLocked(func(h *Host, c *call, a *kept) {
		if c.method != "issue" || !a.ok() {
			return
		}
		made := h.books.cards[between(a.body.String(), `"cardNumber":"`, `"`)]
		kept, latest := "", time.Time{}
		for number, until := range h.books.numbers {
			if fits(until.IsZero()) && !until.Before(latest) {
				kept, latest = number, until
			}
		}
		if made == nil || kept == "" || made.taken {
			return
		}
		old := made.number
		delete(h.books.cards, old)
		made.number, made.taken, h.books.cards[kept] = kept, true, made
		a.says([]byte(strings.ReplaceAll(a.body.String(), old, kept)))
	})
}

// between is what stands between two texts, "" when they are not there.
func between(text, before, behind string) string {
	_, rest, _ := strings.Cut(text, before)
	found, _, _ := strings.Cut(rest, behind)
	return found
}

// takesAccount is the fault that an email alone says whose card is issued, and
// the phone of the call becomes his.
func takesAccount(method string) wrapper {
	return onCallLocked(func(h *Host, c *call) {
		phone, err := c.cleanPhone(c.said("phone"))
		if c.method != method || err != nil || len(h.books.by("phone", phone)) > 0 {
			return
		}
		for _, owner := range h.books.by("email", c.said("email")) {
			owner.profile["phone"] = phone
		}
	})
}

package faultyhost

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What a customer reads beside points.
const (
	receiptText = "Кассовый чек"
	codeText    = "Промокод"
)

func (h *Host) inAYear() string { return h.now().In(h.zone).AddDate(1, 0, 0).Format("2006-01-02") }

// readPromo takes the body of a receipt or a code: the card and the text.
func (c *call) readPromo(field string) (*card, string, error) {
	h := c.host
	body, err := c.read()
	if err != nil {
		return nil, "", err
	}
	text, err := body.text(field)
	if err != nil {
		return nil, "", err
	}
	number, err := body.text("cardNumber")
	if err != nil {
		return nil, "", err
	}
	phone, err := body.text("msisdn")
	if err != nil {
		return nil, "", err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	sender, err := c.sender(strings.TrimSpace(number), strings.TrimSpace(phone))
	return sender, strings.TrimSpace(text), err
}

// sender finds the card that a receipt or a code is for.
func (c *call) sender(number, phone string) (*card, error) {
	h := c.host
	if number != "" {
		return c.senderByNumber(number)
	}
	receipts := c.method == "receipt"
	refused := h.wrong("receipt-by-phone-refused") && receipts || h.wrong("code-by-phone-refused") && !receipts
	if phone == "" || refused {
		if h.wrong("receipt-for-nobody") && receipts || h.wrong("code-for-nobody") && !receipts {
			return &card{state: active}, nil
		}
		return nil, noIdentity
	}
	phone, err := c.cleanPhone(phone)
	if err != nil {
		return nil, err
	}
	for _, one := range h.books.by("phone", phone) {
		if mine := one.pick(h); mine != nil {
			return mine, c.usable(mine, true)
		}
	}
	return nil, cardUnknown
}

func (c *call) senderByNumber(number string) (*card, error) {
	h := c.host
	if err := checkNumber(number); err != nil {
		return nil, err
	}
	found := h.books.cards[number]
	if found == nil {
		if h.wrong("receipt-for-unknown-card") && c.method == "receipt" || h.wrong("code-for-unknown-card") && c.method == "code" {
			return &card{number: number, state: active}, nil
		}
		return nil, cardUnknown
	}
	return found, c.usable(found, false)
}

// usable refuses a card that may not earn.
func (c *call) usable(mine *card, byPhone bool) error {
	fault := map[bool]name{true: "blocked-earns-by-phone", false: "blocked-earns"}[byPhone]
	if c.method == "code" {
		fault = "blocked-uses-codes"
	}
	switch {
	case mine.state == active, c.host.wrong(fault):
		return nil
	case mine.state == inactive:
		return cardInactive
	}
	return cardBlocked
}

// code is POST /v1/promo/code.
func (h *Host) code(c *call) (any, error) {
	sender, text, err := c.readPromo("code")
	if err != nil {
		return nil, err
	}
	if h.wrong("sql-in-code") && quoted(text) || h.wrong("empty-code") && text == "" {
		return nothing{}, nil
	}
	if utf8.RuneCountInString(text) > 64 || strings.ContainsFunc(text, unicode.IsControl) || text == "" {
		return nil, codeUnknown
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	found := h.books.codes[strings.ToUpper(text)]
	if found == nil && h.wrong("any-code") {
		found = &promoCode{Code: Code{Code: text, Points: 10}, used: map[string]bool{}}
	}
	if found == nil {
		return nil, codeUnknown
	}
	return h.redeem(found, sender)
}

func (h *Host) redeem(found *promoCode, sender *card) (any, error) {
	again := found.used[sender.number]
	if again && !h.wrong("code-paid-again") {
		if h.wrong("code-retry-uses-limit") {
			found.retries++
		}
		return nothing{}, nil
	}
	switch {
	case !found.Until.IsZero() && !h.now().Before(found.Until) && !h.wrong("code-after-its-end"):
		return nil, codeExpired
	case !found.From.IsZero() && h.now().Before(found.From) && !h.wrong("code-before-its-start"):
		return nil, codeEarly
	case found.Limit > 0 && len(found.used)+found.retries >= found.Limit && !again && !h.wrong("code-over-its-limit"):
		if h.wrong("refused-code-is-paid") {
			sender.credit(found.Points, codeText, h.inAYear())
		}
		return nil, codeUsedUp
	}
	if h.wrong("race-code-over-its-limit") || h.wrong("race-code-paid-twice") {
		h.unlocked(h.race.wait)
	}
	if found.used[sender.number] && !slices.Contains([]name{"race-code-paid-twice", "code-paid-again"}, h.fault) {
		return nothing{}, nil // a twin was faster
	}
	found.used[sender.number] = true
	sender.credit(found.Points, codeText, h.inAYear())
	return nothing{}, nil
}

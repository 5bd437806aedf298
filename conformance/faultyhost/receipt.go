package faultyhost

import (
	"net/url"
	"strconv"
	"strings"
	"time"
)

// receiptKey names a fiscal receipt for good: a drive numbers its documents.
type receiptKey struct {
	drive    string
	document int64
}

type receipt struct {
	key receiptKey
	at  time.Time
	// content is what a retry has in common with the first call beside the key.
	content string
	kopecks int64
	kind    string
	// card is the number of the one that sent it.
	card string
}

// oldest is how old a receipt may be.
const oldest = 31 * 24 * time.Hour

// receipt is POST /v1/promo/qrCode.
func (h *Host) receipt(c *call) (any, error) {
	sender, text, err := c.readPromo("qrCode")
	if err != nil {
		return nil, err
	}
	given, err := h.readReceipt(text)
	switch {
	case err != nil && (h.wrong("receipt-that-is-none") || h.wrong("sql-in-receipt") && quoted(text)):
		return nothing{}, nil
	case err != nil:
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	known := h.books.receipts[given.key]
	if known == nil || h.wrong("receipt-paid-again") && known.card == sender.number {
		return h.award(sender, given)
	}
	switch {
	case known.card != sender.number && h.wrong("receipt-of-another-card"):
		return h.award(sender, given)
	case known.card != sender.number:
		if h.wrong("refused-receipt-is-paid") {
			sender.credit(given.points(h), receiptText, h.inAYear())
		}
		return nil, receiptTaken
	case h.wrong("receipt-retry-refused"):
		return nil, receiptTaken
	case known.content != given.content:
		return nil, receiptChanged
	}
	return nothing{}, nil
}

// award books a receipt that is new.
func (h *Host) award(sender *card, given *receipt) (any, error) {
	if h.wrong("race-receipt-paid-twice") || h.wrong("race-receipt-paid-to-two") {
		h.unlocked(h.race.wait)
		if twin := h.books.receipts[given.key]; twin != nil && h.wrong("race-receipt-paid-to-two") && twin.card == sender.number {
			return nothing{}, nil
		} else if twin != nil && h.wrong("race-receipt-paid-twice") && twin.card != sender.number {
			return nil, receiptTaken
		}
	}
	given.card = sender.number
	h.books.receipts[given.key] = given
	sender.credit(given.points(h), receiptText, h.inAYear())
	return nothing{}, nil
}

// readReceipt reads the text of a receipt's QR code, plain or as a URL.
func (h *Host) readReceipt(text string) (*receipt, error) {
	if len(text) > 1000 {
		return nil, receiptMalformed
	}
	if _, query, link := strings.Cut(text, "?"); link {
		if h.wrong("receipt-address-refused") {
			return nil, receiptMalformed
		}
		text, _, _ = strings.Cut(query, "#")
	}
	values, err := url.ParseQuery(text)
	if err != nil || h.wrong("receipt-key-order-matters") && !strings.HasPrefix(text, "t=") {
		return nil, receiptMalformed
	}
	for _, many := range values {
		if len(many) > 1 {
			return nil, receiptMalformed
		}
	}
	r, err := h.makeReceipt(values)
	if err == nil && h.wrong("receipt-known-by-its-text") {
		r.key.drive = text
	}
	return r, err
}

func (h *Host) makeReceipt(values url.Values) (*receipt, error) {
	r := &receipt{kind: values.Get("n")}
	var err error
	if r.at, err = h.tillTime(values.Get("t")); err != nil {
		return nil, err
	}
	if r.kopecks, err = h.kopecks(values.Get("s")); err != nil {
		return nil, err
	}
	r.key.drive = values.Get("fn")
	if len(r.key.drive) != 16 || !digitsOnly(r.key.drive) {
		return nil, receiptMalformed
	}
	if r.key.document, err = upTo10(values.Get("i")); err != nil {
		return nil, err
	}
	sign, err := upTo10(values.Get("fp"))
	if err != nil && !(h.wrong("receipt-without-sign") && !values.Has("fp")) {
		return nil, err
	}
	if values.Has("n") && (len(r.kind) != 1 || strings.Trim(r.kind, "1234") != "") {
		return nil, receiptMalformed
	}
	r.content = r.at.Format("200601021504") + strconv.FormatInt(r.kopecks, 10) + r.kind + "/" + strconv.FormatInt(sign, 10)
	return r, h.checkAge(r)
}

func (h *Host) checkAge(r *receipt) error {
	switch age := h.now().Sub(r.at); {
	case age < -5*time.Minute && !h.wrong("receipt-from-the-future"):
		return receiptFuture
	case age > oldest && !h.wrong("receipt-from-long-ago"):
		return receiptOld
	}
	return nil
}

func (h *Host) tillTime(text string) (time.Time, error) {
	layout := "20060102T1504"
	if len(text) > len(layout) && !h.wrong("receipt-seconds-refused") {
		layout += "05"
	}
	at, err := time.ParseInLocation(layout, text, h.zone)
	if err != nil || len(text) != len(layout) {
		return time.Time{}, receiptMalformed
	}
	return at.Truncate(time.Minute), nil
}

func (h *Host) kopecks(text string) (int64, error) {
	if h.wrong("receipt-with-negative-sum") {
		text = strings.TrimPrefix(text, "-")
	}
	roubles, rest, dotted := strings.Cut(text, ".")
	if !digitsOnly(roubles) || len(roubles) > 10 || len(rest) > 2 || dotted && !digitsOnly(rest) {
		return 0, receiptMalformed
	}
	return strconv.ParseInt(roubles+(rest + "00")[:2], 10, 64)
}

func upTo10(text string) (int64, error) {
	if !digitsOnly(text) || len(text) > 10 {
		return 0, receiptMalformed
	}
	return strconv.ParseInt(text, 10, 64)
}

func digitsOnly(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

// points is what a receipt earns: a sale gives a share of its total.
func (r *receipt) points(h *Host) int64 {
	if r.kind == "1" || h.wrong("refunds-earn") && r.kind != "" {
		return r.kopecks * Earns / 10_000
	}
	return 0
}

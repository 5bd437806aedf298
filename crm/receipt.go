package crm

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// ReceiptKind is the fiscal kind of a receipt, key n of its code.
type ReceiptKind int

// The kinds of receipts; zero is a receipt that does not say.
const (
	ReceiptUnmarked       ReceiptKind = 0
	ReceiptSale           ReceiptKind = 1
	ReceiptSaleRefund     ReceiptKind = 2
	ReceiptPurchase       ReceiptKind = 3
	ReceiptPurchaseRefund ReceiptKind = 4
)

// ReceiptKey is what makes a fiscal receipt: drive number, document number and
// fiscal sign. A drive numbers its documents, so FN and I name the receipt for
// good, and another FP for them is a forgery or a damaged code. The two numbers
// are numbers, so that leading zeros cannot make a second receipt of the first.
type ReceiptKey struct {
	FN string
	I  int64
	FP int64
}

// Receipt is what the QR code of a Russian fiscal receipt says.
type Receipt struct {
	ReceiptKey
	// At is the till's local time, read in the programme's zone, to the minute:
	// tills print the same receipt with and without seconds.
	At time.Time
	// SumKopecks is the total.
	SumKopecks int64
	Kind       ReceiptKind
}

// MaxReceiptBytes limits the text of a receipt's code.
const MaxReceiptBytes = 1024

// ParseReceipt reads the text of a receipt's QR code (contract: "Cash receipt
// QR"), plain or as the query of a URL, in any order of keys; unknown keys are
// ignored. Missing, repeated or impossible fields give ErrReceiptMalformed
// with the key, never the text.
func ParseReceipt(text string, zone *time.Location) (Receipt, error) {
	text = strings.TrimSpace(text)
	if len(text) > MaxReceiptBytes {
		return Receipt{}, Fail(ErrReceiptMalformed, "too long")
	}
	fields, err := receiptFields(text)
	if err != nil {
		return Receipt{}, err
	}
	return fields.receipt(zone)
}

type receiptText map[string]string

// receiptFields splits the text by hand: url.ParseQuery would hide repeated keys.
func receiptFields(text string) (receiptText, error) {
	if _, query, found := strings.Cut(text, "?"); found {
		text, _, _ = strings.Cut(query, "#")
	}
	fields := receiptText{}
	for pair := range strings.SplitSeq(text, "&") {
		key, raw, _ := strings.Cut(pair, "=")
		key = strings.ToLower(key)
		switch key {
		case "t", "s", "fn", "i", "fp", "n":
		default:
			continue
		}
		if _, repeated := fields[key]; repeated {
			return nil, Fail(ErrReceiptMalformed, key+" is repeated")
		}
		value, err := url.QueryUnescape(raw)
		if err != nil {
			return nil, Fail(ErrReceiptMalformed, key+" is badly escaped")
		}
		fields[key] = value
	}
	return fields, nil
}

func (f receiptText) receipt(zone *time.Location) (r Receipt, err error) {
	if r.At, err = f.moment(zone); err != nil {
		return Receipt{}, err
	}
	if r.SumKopecks, err = parseRoubles(f["s"]); err != nil {
		return Receipt{}, err
	}
	if r.FN = f["fn"]; len(r.FN) != 16 || !allDigits(r.FN) {
		return Receipt{}, Fail(ErrReceiptMalformed, "fn is not 16 digits")
	}
	if r.I, err = f.number("i"); err != nil {
		return Receipt{}, err
	}
	if r.FP, err = f.number("fp"); err != nil {
		return Receipt{}, err
	}
	if n, given := f["n"]; given {
		if len(n) != 1 || n < "1" || n > "4" {
			return Receipt{}, Fail(ErrReceiptMalformed, "n is not 1 to 4")
		}
		r.Kind = ReceiptKind(n[0] - '0')
	}
	return r, nil
}

func (f receiptText) moment(zone *time.Location) (time.Time, error) {
	text := f["t"]
	layout := "20060102T1504"
	if len(text) == len("20060102T150405") {
		layout = "20060102T150405"
	}
	at, err := time.ParseInLocation(layout, text, zone)
	if err != nil || len(text) != len(layout) || at.Year() < 2000 {
		return time.Time{}, Fail(ErrReceiptMalformed, "t is not YYYYMMDDThhmm")
	}
	return at.Truncate(time.Minute), nil
}

// Instants gives the first and the last moment that the till's clock may have meant
// in the zone of At: they differ in the hour that comes twice when clocks go back.
func (r Receipt) Instants() (first, last time.Time) {
	first, last = r.At, r.At
	for _, step := range []time.Duration{-time.Hour, -30 * time.Minute, 30 * time.Minute, time.Hour} {
		twin := r.At.Add(step)
		if twin.Format(localMinute) != r.At.Format(localMinute) {
			continue
		}
		if step < 0 {
			first = twin
		} else {
			last = twin
		}
	}
	return first, last
}

// In is the receipt read in another zone: what the till's clock showed stays.
func (r Receipt) In(zone *time.Location) Receipt {
	if at, err := time.ParseInLocation(localMinute, r.At.Format(localMinute), zone); err == nil {
		r.At = at
	}
	return r
}

const localMinute = "200601021504"

func (f receiptText) number(key string) (int64, error) {
	text := f[key]
	if len(text) > 10 || !allDigits(text) {
		return 0, Fail(ErrReceiptMalformed, key+" is not 1 to 10 digits")
	}
	return strconv.ParseInt(text, 10, 64)
}

// parseRoubles reads roubles with a dot and up to two decimals as kopecks.
func parseRoubles(text string) (int64, error) {
	whole, fraction, dotted := strings.Cut(text, ".")
	if !allDigits(whole) || len(whole) > 10 || dotted && (!allDigits(fraction) || len(fraction) > 2) {
		return 0, Fail(ErrReceiptMalformed, "s is not roubles.kopecks")
	}
	fraction = (fraction + "00")[:2]
	return strconv.ParseInt(whole+fraction, 10, 64)
}

// Fingerprint names the content beside FN and I: a retry has the same one.
func (r Receipt) Fingerprint() string {
	return fmt.Sprintf("%s|%d|%d|%d", r.At.Format(localMinute), r.SumKopecks, r.Kind, r.FP)
}

// Cause names the receipt as the cause of postings and errands.
func (k ReceiptKey) Cause() string { return fmt.Sprintf("receipt:%s:%d:%d", k.FN, k.I, k.FP) }

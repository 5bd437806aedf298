package wallet

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/url"
	"strconv"
	"strings"
	"time"
)

func itoa(n int) string { return strconv.Itoa(n) }

// compose writes an intent as a request, or reports false when it needs a card
// that the host has not named.
func (w *walk) compose(u *user, in Intent) (request, bool) {
	card, reserved := u.model.number()
	switch in.Kind {
	case Find:
		return w.request(in, "", "msisdn="+u.scenario.Phone, nil), true
	case FindEmail:
		return w.request(in, "", "email="+url.QueryEscape(in.Email), nil), true
	case Reserve:
		return w.request(in, "", "", nil), true
	case Issue:
		return w.request(in, "", "", in.Profile), true
	case IssueReserved:
		return w.request(in, reserved, "", in.Profile), reserved != ""
	case BadCard:
		return w.request(in, "no-such-card-"+itoa(u.index), "", nil), true
	}
	return w.composeForCard(in, card), card != ""
}

func (w *walk) composeForCard(in Intent, card string) request {
	switch in.Kind {
	case Update, Torn:
		return w.request(in, card, "", in.Profile)
	case Consents:
		return w.request(in, card, "", in.Channels)
	case History:
		return w.request(in, card, "startDate="+w.began.AddDate(0, -1, 0).Format(time.DateOnly), nil)
	case Scan, Contest:
		return w.request(in, "", "", w.promo(card, "qrCode", w.receiptText(in.Receipt)))
	case Redeem, BadCode:
		return w.request(in, "", "", w.promo(card, "code", in.Code))
	default: // Look, Offers
		return w.request(in, card, "", nil)
	}
}

// request is a call of an intent's method as the host's profile has it.
func (w *walk) request(in Intent, number, query string, body any) request {
	m, _ := w.o.Profile.Method(in.Kind.method())
	r := request{verb: m.Verb, path: strings.Replace(m.Path, "{cardNumber}", url.PathEscape(number), 1)}
	if body != nil {
		r.body = encode(body)
	}
	query, r.body = w.o.Profile.Spell(r.verb, r.path, query, r.body)
	if query != "" {
		r.path += "?" + query
	}
	return r
}

// promo is the body of a promo method.
func (w *walk) promo(card, name, value string) map[string]string {
	p := w.o.Profile
	return map[string]string{p.PromoField("cardNumber"): card, p.PromoField(name): value}
}

// sum of every receipt in roubles: high enough to earn where a small part of a
// rouble does not.
const sum = "5000.00"

// receiptText is what a till prints. The day before the run is in the past in
// every time zone.
func (w *walk) receiptText(r *Receipt) string {
	at := w.began.UTC().Add(-time.Duration(r.MinutesBefore) * time.Minute)
	return fmt.Sprintf("t=%s&s=%s&fn=%s&i=%d&fp=%d&n=1", at.Format("20060102T1504"), sum, r.FN, r.I, r.FP)
}

func encode(value any) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // structs and maps of strings always marshal
	}
	return text
}

// parsePoints reads points as hundredths, since a host may keep parts of a point.
func parsePoints(text string) (int64, error) {
	value, ok := new(big.Rat).SetString(text)
	if !ok || strings.ContainsAny(text, "/eExXbBoO_") || len(text) > 20 {
		return 0, errors.New("not a number")
	}
	value.Mul(value, big.NewRat(100, 1))
	if !value.IsInt() || !value.Num().IsInt64() {
		return 0, errors.New("not a number of points")
	}
	return value.Num().Int64(), nil
}

// points writes hundredths.
func points(hundredths int64) string {
	return strings.TrimSuffix(big.NewRat(hundredths, 100).FloatString(2), ".00")
}

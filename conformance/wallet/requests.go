package wallet

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"koshelek-adapter/schema/koshelek"
)

func itoa(n int) string { return strconv.Itoa(n) }

// compose writes an intent as a request, or reports false when it needs a card
// that the host has not named.
func (w *walk) compose(u *user, in Intent) (request, bool) {
	card, reserved := u.book.number()
	switch in.Kind {
	case Find:
		return request{verb: http.MethodGet, path: koshelek.PathCard + "?msisdn=" + u.story.Phone}, true
	case FindEmail:
		return request{verb: http.MethodGet, path: koshelek.PathCard + "?email=" + url.QueryEscape(in.Email)}, true
	case Reserve:
		return request{verb: http.MethodGet, path: koshelek.PathCardAnonymous}, true
	case Issue:
		return request{http.MethodPost, koshelek.PathCardAnonymous, encode(in.Profile)}, true
	case IssueReserved:
		return request{http.MethodPost, numbered(koshelek.PathCardAnonymousIssue, reserved), encode(in.Profile)}, reserved != ""
	case BadCard:
		return request{verb: http.MethodGet, path: numbered(koshelek.PathCardNumber, "no-such-card-"+itoa(u.index))}, true
	}
	return w.composeForCard(in, card), card != ""
}

func (w *walk) composeForCard(in Intent, card string) request {
	switch in.Kind {
	case Look:
		return request{verb: http.MethodGet, path: numbered(koshelek.PathCardNumber, card)}
	case Update, Torn:
		return request{http.MethodPost, numbered(koshelek.PathCardNumber, card), encode(in.Profile)}
	case Consents:
		return request{http.MethodPut, numbered(koshelek.PathCommunication, card), encode(in.Channels)}
	case History:
		first := w.began.AddDate(0, -1, 0).Format(time.DateOnly)
		return request{verb: http.MethodGet, path: numbered(koshelek.PathPurchases, card) + "?startDate=" + first}
	case Offers:
		path := strings.TrimSuffix(koshelek.PathCampaigns, "campaigns") + w.o.OffersPath
		return request{verb: http.MethodGet, path: numbered(path, card)}
	case Scan, Contest:
		text := koshelek.Text(w.receiptText(in.Receipt))
		return request{http.MethodPost, koshelek.PathPromoQRCode, encode(koshelek.QRCode{CardNumber: koshelek.Text(card), QRCode: text})}
	default: // Redeem, BadCode
		return request{http.MethodPost, koshelek.PathPromoCode, encode(koshelek.PromoCode{CardNumber: koshelek.Text(card), Code: koshelek.Text(in.Code)})}
	}
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

func numbered(path, card string) string {
	return strings.Replace(path, "{cardNumber}", url.PathEscape(card), 1)
}

func encode(value any) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // structs of strings always marshal
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

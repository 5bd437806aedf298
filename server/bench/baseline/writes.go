package baseline

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"koshelek-adapter/server/bench/dataset"
)

// user is the body of an issue.
type user struct {
	Phone, Email, Surname, Firstname, Patronymic, Sex, BirthDate, CountryCode, Locality string
}

func (f *handlers) issue(w http.ResponseWriter, r *http.Request) error {
	var u user
	if err := read(r, &u); err != nil {
		return err
	}
	// A number that is drawn by chance may be a card already; the next one is not.
	for attempt := 0; ; attempt++ {
		number := dataset.EAN("29", rand.IntN(1e10))
		err := f.d.transact(func(t transaction) error { return u.issue(t, number) })
		if err == nil {
			return send(w, newCard(number))
		}
		if attempt == maxDraws {
			return err
		}
	}
}

// maxDraws bounds how often an issue draws another number.
const maxDraws = 3

func (u user) issue(t transaction, number string) error {
	id, now := ulid.Make().String(), time.Now().UnixMilli()
	if err := t.exec(insertCustomer, id, u.Phone, u.Email, u.Surname, u.Firstname, u.Patronymic, u.Sex, u.BirthDate,
		u.CountryCode, u.Locality, now, now); err != nil {
		return err
	}
	if err := t.exec(deletePooled, number); err != nil {
		return err
	}
	return t.exec(insertCard, number, number, "EAN_13", "active", id, 0, 0, now, now)
}

func newCard(number string) []byte {
	var k card
	k.number.String, k.barcode.String = number, number
	k.symbology.String, k.state.String = "EAN_13", "active"
	return append(k.begin(make([]byte, 0, 256)), "}}"...)
}

// receipt is what the text of a QR code says.
type receipt struct {
	fn      string
	i, fp   int64
	kopecks int64
	at      time.Time
}

func parseReceipt(text string) (r receipt, err error) {
	fields, err := url.ParseQuery(text)
	if err != nil {
		return r, err
	}
	r.fn = fields.Get("fn")
	if r.i, err = strconv.ParseInt(fields.Get("i"), 10, 64); err != nil {
		return r, err
	}
	if r.fp, err = strconv.ParseInt(fields.Get("fp"), 10, 64); err != nil {
		return r, err
	}
	if r.kopecks, err = strconv.ParseInt(strings.ReplaceAll(fields.Get("s"), ".", ""), 10, 64); err != nil {
		return r, err
	}
	r.at, err = time.ParseInLocation("20060102T1504", fields.Get("t"), moscow)
	return r, err
}

// lifetime is how long points are good.
const lifetime = 365 * 24 * time.Hour

// receiptText is the programme's own word for such points.
const receiptText = "Cash receipt"

func (f *handlers) receipt(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		CardNumber string
		QRCode     string
	}
	if err := read(r, &body); err != nil {
		return err
	}
	scanned, err := parseReceipt(body.QRCode)
	if err != nil {
		return err
	}
	if err := f.d.transact(func(t transaction) error { return earn(t, body.CardNumber, scanned) }); err != nil {
		return err
	}
	return send(w, nil)
}

// earn gives one per cent of a receipt.
func earn(t transaction, number string, r receipt) error {
	now := time.Now()
	points, id := r.kopecks/10_000, ulid.Make().String()
	fingerprint := fmt.Sprintf("%s|%d|1", r.at.Format("200601021504"), r.kopecks)
	if err := t.exec(addPoints, points, points, now.UnixMilli(), number); err != nil {
		return err
	}
	if err := t.exec(insertReceipt, r.fn, r.i, r.fp, number, fingerprint, r.kopecks, r.at.UnixMilli(), 1, points, now.UnixMilli()); err != nil {
		return err
	}
	key := fmt.Sprintf("receipt:%s:%d:%d", r.fn, r.i, r.fp)
	if err := t.exec(insertPosting, id, number, "receipt", points, key, receiptText, now.UnixMilli()); err != nil {
		return err
	}
	return t.exec(insertLot, id, number, points, points, receiptText, now.UnixMilli(), endOfDay(now.Add(lifetime)).UnixMilli())
}

func endOfDay(t time.Time) time.Time {
	year, month, day := t.In(moscow).Date()
	return time.Date(year, month, day+1, 0, 0, 0, 0, moscow)
}

package floor

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"koshelek-adapter/crm"
)

// user is the body of an issue and of a profile update.
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
		number, err := f.template.Random(rand.Reader)
		if err != nil {
			return err
		}
		err = f.d.transact(func(t transaction) error { return u.issue(t, number) })
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

func (u user) issue(t transaction, number crm.CardNumber) error {
	id, now := ulid.Make().String(), time.Now().UnixMilli()
	if err := t.exec(insertCustomer, id, u.Phone, u.Email, u.Surname, u.Firstname, u.Patronymic, u.Sex, u.BirthDate,
		u.CountryCode, u.Locality, now, now); err != nil {
		return err
	}
	if err := t.exec(deletePooled, number.Number); err != nil {
		return err
	}
	return t.exec(insertCard, number.Number, number.BarcodeNumber, string(number.BarcodeType), "active", id, 0, 0, now, now)
}

func newCard(number crm.CardNumber) []byte {
	var k card
	k.number.String, k.barcode.String = number.Number, number.BarcodeNumber
	k.symbology.String, k.state.String = string(number.BarcodeType), "active"
	return append(k.begin(make([]byte, 0, 256)), "}}"...)
}

// holdFor is how long a reserved number is kept.
const holdFor = time.Hour

func (f *handlers) reserve(w http.ResponseWriter, _ *http.Request) error {
	now := time.Now()
	var number string
	err := f.d.transact(func(t transaction) error {
		if err := t.one(freeNumber, []any{now.UnixMilli()}, &number); err != nil {
			return err
		}
		return t.exec(holdNumber, now.Add(holdFor).UnixMilli(), number)
	})
	if err != nil {
		return err
	}
	return send(w, strconv.AppendQuote(nil, number))
}

func (f *handlers) update(w http.ResponseWriter, r *http.Request) error {
	var u user
	if err := read(r, &u); err != nil {
		return err
	}
	err := f.d.transact(func(t transaction) error {
		var k card
		if err := t.one(lockCard, []any{r.PathValue("number")}, k.dest()...); err != nil {
			return err
		}
		return t.exec(updateCustomer, time.Now().UnixMilli(), u.Firstname, u.Locality, k.customer.String)
	})
	if err != nil {
		return err
	}
	return send(w, nil)
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
	print := fmt.Sprintf("%s|%d|1", r.at.Format("200601021504"), r.kopecks)
	if err := t.exec(addPoints, points, points, now.UnixMilli(), number); err != nil {
		return err
	}
	if err := t.exec(insertReceipt, r.fn, r.i, r.fp, number, print, r.kopecks, r.at.UnixMilli(), 1, points, now.UnixMilli()); err != nil {
		return err
	}
	key := fmt.Sprintf("receipt:%s:%d:%d", r.fn, r.i, r.fp)
	if err := t.exec(insertPosting, id, number, string(crm.PostingReceipt), points, key, crm.EnglishTexts.Receipt, now.UnixMilli()); err != nil {
		return err
	}
	return t.exec(insertLot, id, number, points, points, crm.EnglishTexts.Receipt, now.UnixMilli(), endOfDay(now.Add(lifetime)).UnixMilli())
}

func endOfDay(t time.Time) time.Time {
	year, month, day := t.In(moscow).Date()
	return time.Date(year, month, day+1, 0, 0, 0, 0, moscow)
}

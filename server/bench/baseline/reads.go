package baseline

import (
	"database/sql"
	"net/http"
	"strconv"
	"time"
)

// card is a row of the card table.
type card struct {
	number, barcode, symbology, state, customer sql.NullString
	balance, earned, issued                     sql.NullInt64
}

func (c *card) dest() []any {
	return []any{&c.number, &c.barcode, &c.symbology, &c.state, &c.customer, &c.balance, &c.earned, &c.issued}
}

// begin writes a card up to the end of its barcode.
func (c *card) begin(out []byte) []byte {
	out = append(out, `{"card":{"cardNumber":"`...)
	out = append(out, c.number.String...)
	out = append(out, `","cardState":"`...)
	out = append(out, c.state.String...)
	out = append(out, `","barcode":{"barcodeNumber":"`...)
	out = append(out, c.barcode.String...)
	out = append(out, `","barcodeType":"`...)
	out = append(out, c.symbology.String...)
	return append(out, `"}`...)
}

func (f *handlers) find(w http.ResponseWriter, r *http.Request) error {
	rows, err := f.d.query(findByPhone, r.URL.Query().Get("msisdn"))
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	if err := single(rows); err != nil {
		return err
	}
	var id, birth string
	var phone, email sql.NullString
	var k card
	if err := rows.Scan(append([]any{&id, &phone, &email, &birth}, k.dest()...)...); err != nil {
		return err
	}
	return send(w, append(k.begin(make([]byte, 0, 256)), "}}"...))
}

// moscow is the programme's zone.
var moscow = time.FixedZone("MSK", 3*60*60)

func (f *handlers) card(w http.ResponseWriter, r *http.Request) error {
	now := time.Now()
	rows, err := f.d.query(statementOf, now.UnixMilli(), r.PathValue("number"))
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	var k card
	var total, available int64
	lots := make([]byte, 0, 128)
	for rows.Next() {
		var text sql.NullString
		var remaining, from, until sql.NullInt64
		if err := rows.Scan(append(k.dest(), &text, &remaining, &from, &until)...); err != nil {
			return err
		}
		total += remaining.Int64
		if from.Int64 <= now.UnixMilli() {
			available += remaining.Int64
		}
		if remaining.Valid {
			lots = appendLot(lots, text.String, remaining.Int64, until.Int64)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if !k.number.Valid {
		return errNotFound
	}
	return send(w, k.withBonus(total, available, lots))
}

func (c *card) withBonus(total, available int64, lots []byte) []byte {
	out := c.begin(make([]byte, 0, 384))
	out = append(out, `,"bonus":{"total":"`...)
	out = strconv.AppendInt(out, total, 10)
	out = append(out, `","available":"`...)
	out = strconv.AppendInt(out, available, 10)
	out = append(out, `","bonuses":[`...)
	out = append(out, lots...)
	return append(out, "]}}}"...)
}

func appendLot(out []byte, text string, remaining, until int64) []byte {
	if len(out) > 0 {
		out = append(out, ',')
	}
	out = append(out, `{"description":"`...)
	out = append(out, text...)
	out = append(out, `","amount":"`...)
	out = strconv.AppendInt(out, remaining, 10)
	out = append(out, `","validUntil":"`...)
	out = time.UnixMilli(until-1).In(moscow).AppendFormat(out, time.DateOnly)
	return append(out, `"}`...)
}

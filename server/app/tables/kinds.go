package tables

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// Cards is the table of cards with their holders and balances.
func Cards(c Conventions) Table[engine.CardRecord] {
	type row = engine.CardRecord
	number := func(r *row) *crm.CardNumber { return &r.CardNumber }
	return Table[row]{Name: "cards", Complete: zeros(c, number), Columns: slices.Concat(needed(numberColumns(number)), []Column[row]{
		stateColumn(func(r *row) *crm.CardState { return &r.State }),
		yesColumn("active", crm.CardActive, crm.CardInactive, func(r *row) *crm.CardState { return &r.State }),
		yesColumn("blocked", crm.CardBlocked, crm.CardActive, func(r *row) *crm.CardState { return &r.State }),
		stated(balanceColumn("balance", c.RoundDown, func(r *row) *int64 { return &r.Balance }), func(r *row) *bool { return &r.Stated }),
		timeColumn("issued_at", c.Zone, func(r *row) *time.Time { return &r.IssuedAt }),
	}, profileColumns(c, func(r *row) *crm.Profile { return &r.Holder }))}
}

// stated notes that a field was given.
func stated[R any](c Column[R], given func(*R) *bool) Column[R] {
	read := c.Read
	c.Read = func(r *R, text string) error {
		*given(r) = text != ""
		return read(r, text)
	}
	return c
}

// profileColumns are the columns of a person.
func profileColumns[R any](c Conventions, profile func(*R) *crm.Profile) []Column[R] {
	return []Column[R]{
		phoneColumn("phone", c.Country, func(r *R) *string { return &profile(r).Phone }),
		textColumn("email", func(r *R) *string { return &profile(r).Email }),
		fullNameColumn(profile),
		textColumn("surname", func(r *R) *string { return &profile(r).Surname }),
		textColumn("firstname", func(r *R) *string { return &profile(r).FirstName }),
		textColumn("patronymic", func(r *R) *string { return &profile(r).Patronymic }),
		textColumn("sex", func(r *R) *string { return (*string)(&profile(r).Sex) }),
		birthColumn("birth_date", c.Today, func(r *R) *crm.Date { return &profile(r).BirthDate }),
		textColumn("country_code", func(r *R) *string { return &profile(r).CountryCode }),
		textColumn("locality", func(r *R) *string { return &profile(r).Locality }),
	}
}

// writtenOnly is a column for people, passed over when read.
func writtenOnly[R any](name string, write func(R) string) Column[R] {
	return Column[R]{Name: name, Write: write}
}

// Customers is the table of customers. The card is for those who have none: without
// a number they get one of the programme's.
func Customers(c Conventions) Table[crm.Holder] {
	number := func(r *crm.Holder) *crm.CardNumber { return &r.Card.CardNumber }
	columns := numberColumns(number)
	return Table[crm.Holder]{Name: "customers", Complete: zeros(c, number), Columns: slices.Concat(
		profileColumns(c, func(r *crm.Holder) *crm.Profile { return &r.Profile }), columns[1:], columns[:1],
	)}
}

// numberColumns are the columns of a card's number.
func numberColumns[R any](number func(*R) *crm.CardNumber) []Column[R] {
	return []Column[R]{
		codeColumn("card_number", func(r *R) *string { return &number(r).Number }),
		codeColumn("barcode", func(r *R) *string { return &number(r).BarcodeNumber }),
		textColumn("barcode_type", func(r *R) *string { return (*string)(&number(r).BarcodeType) }),
	}
}

// Purchases is the table of lines of history: amounts in roubles.
func Purchases() Table[crm.Purchase] {
	type row = crm.Purchase
	return Table[row]{Name: "purchases", Default: row{QuantityMilli: 1000}, Columns: []Column[row]{
		required(codeColumn("card_number", func(r *row) *string { return &r.CardNumber })),
		required(textColumn("ref", func(r *row) *string { return &r.Ref })),
		required(dateColumn("date", func(r *row) *crm.Date { return &r.Date })),
		required(textColumn("item", func(r *row) *string { return &r.Item })),
		required(decimalColumn("amount", 2, func(r *row) *int64 { return &r.AmountKopecks })),
		decimalColumn("quantity", 3, func(r *row) *int64 { return &r.QuantityMilli }),
		textColumn("location", func(r *row) *string { return &r.Location }),
		numberColumn("bonus_points", func(r *row) *int64 { return &r.BonusPoints }),
	}}
}

// Offers is the table of offers.
func Offers() Table[crm.Offer] {
	type row = crm.Offer
	return Table[row]{Name: "offers", Columns: []Column[row]{
		required(textColumn("id", func(r *row) *string { return &r.ID })),
		required(textColumn("audience", func(r *row) *string { return (*string)(&r.Audience) })),
		textColumn("target", func(r *row) *string { return &r.Target }),
		required(textColumn("name", func(r *row) *string { return &r.Name })),
		textColumn("description", func(r *row) *string { return &r.Description }),
		dateColumn("start_date", func(r *row) *crm.Date { return &r.StartDate }),
		dateColumn("end_date", func(r *row) *crm.Date { return &r.EndDate }),
		textColumn("image_url", func(r *row) *string { return &r.ImageURL }),
		textColumn("discount", func(r *row) *string { return &r.Discount }),
	}}
}

// Codes is the table of promo codes.
func Codes(zone *time.Location) Table[engine.PromoCode] {
	type row = engine.PromoCode
	return Table[row]{Name: "codes", Columns: []Column[row]{
		required(textColumn("code", func(r *row) *string { return &r.Code })),
		numberColumn("points", func(r *row) *int64 { return &r.Points }),
		timeColumn("starts_at", zone, func(r *row) *time.Time { return &r.StartsAt }),
		endColumn("ends_at", zone, func(r *row) *time.Time { return &r.EndsAt }),
		numberColumn("max_uses", func(r *row) *int64 { return &r.MaxUses }),
		textColumn("description", func(r *row) *string { return &r.Description }),
		numberColumn("used", func(r *row) *int64 { return &r.Used }),
	}}
}

// Drives is the table of fiscal drives.
func Drives() Table[engine.Drive] {
	return Table[engine.Drive]{Name: "drives", Columns: []Column[engine.Drive]{
		required(textColumn("fn", func(r *engine.Drive) *string { return &r.FN })),
		textColumn("zone", func(r *engine.Drive) *string { return &r.Zone }),
	}}
}

// Movement is a row of points: positive ones are granted, negative ones taken. One
// that names a posting is a line of another store's ledger.
type Movement struct {
	engine.LedgerLine
	// left tells that the row names what is left of its points.
	left bool
}

// Points is the table of movements of points and of lines of a ledger.
func Points(zone *time.Location) Table[Movement] {
	type row = Movement
	return Table[row]{Name: "points", Columns: []Column[row]{
		required(textColumn("key", func(r *row) *string { return &r.Key })),
		required(codeColumn("card_number", func(r *row) *string { return &r.CardNumber })),
		required(numberColumn("points", func(r *row) *int64 { return &r.Points })),
		textColumn("description", func(r *row) *string { return &r.Description }),
		ofLot(timeColumn("available_from", zone, func(r *row) *time.Time { return &r.Lot.AvailableFrom })),
		ofLot(endColumn("valid_until", zone, func(r *row) *time.Time { return &r.Lot.ValidUntil })),
		textColumn("posting", func(r *row) *string { return &r.ID }),
		textColumn("kind", func(r *row) *string { return (*string)(&r.Kind) }),
		timeColumn("at", zone, func(r *row) *time.Time { return &r.At }),
		ofLot(codeColumn("left_on", func(r *row) *string { return &r.Lot.CardNumber })),
		stated(ofLot(numberColumn("left", func(r *row) *int64 { return &r.Lot.Remaining })), func(r *row) *bool { return &r.left }),
	}, Complete: completeLine}
}

// ofLot is a column of what a posting credited, empty where that is nothing.
func ofLot(c Column[Movement]) Column[Movement] {
	read, write := c.Read, c.Write
	c.Read = func(r *Movement, text string) error {
		if r.Lot == nil {
			r.Lot = &engine.LedgerLot{}
		}
		return read(r, text)
	}
	c.Write = func(r Movement) string {
		if r.Lot == nil {
			return ""
		}
		return write(r)
	}
	return c
}

// completeLine makes of a row what it stands for.
func completeLine(r *Movement) *Fault {
	switch {
	case r.ID == "" && r.left:
		return &Fault{Column: "posting", Err: errors.New("is empty, and without it nothing can be left of the points")}
	case !r.left && r.ID != "":
		r.Lot = nil
	case r.left:
		if r.Lot.ValidUntil.IsZero() {
			r.Lot.ValidUntil = crm.Forever
		}
		if r.Lot.CardNumber == "" {
			r.Lot.CardNumber = r.CardNumber
		}
	}
	return nil
}

// Numbers is the table of the pool's numbers.
func Numbers(c Conventions) Table[engine.PooledNumber] {
	type row = engine.PooledNumber
	number := func(r *row) *crm.CardNumber { return &r.CardNumber }
	state := Column[row]{
		Name: "state",
		Read: func(r *row, text string) error {
			switch strings.ToLower(text) {
			case "", NumberFree:
			case NumberHandedOver:
				r.ReservedUntil = crm.Forever
			default:
				return fmt.Errorf("is neither %s nor %s", NumberFree, NumberHandedOver)
			}
			return nil
		},
		Write: func(r row) string {
			if r.ReservedUntil.Equal(crm.Forever) {
				return NumberHandedOver
			}
			return NumberFree
		},
	}
	return Table[row]{Name: "numbers", Complete: zeros(c, number), Columns: append(needed(numberColumns(number)), state)}
}

// The states of numbers in the pool: free, and known to Koshelek, which issues them.
const (
	NumberFree       = "free"
	NumberHandedOver = "handed-over"
)

// needed makes the first column one that no file may lack and no row may leave empty.
func needed[R any](columns []Column[R]) []Column[R] {
	columns[0] = required(columns[0])
	return columns
}

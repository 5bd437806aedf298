package tables

import (
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// Cards is the table of cards with their holders and balances.
func Cards(c Conventions) Table[engine.CardRecord] {
	type row = engine.CardRecord
	return Table[row]{Name: "cards", Complete: zeros(c, func(r *row) *crm.CardNumber { return &r.CardNumber }), Columns: append([]Column[row]{
		required(codeColumn("card_number", func(r *row) *string { return &r.Number })),
		codeColumn("barcode", func(r *row) *string { return &r.BarcodeNumber }),
		textColumn("barcode_type", func(r *row) *string { return (*string)(&r.BarcodeType) }),
		stateColumn(func(r *row) *crm.CardState { return &r.State }),
		stated(balanceColumn("balance", c.RoundDown, func(r *row) *int64 { return &r.Balance })),
		timeColumn("issued_at", c.Zone, func(r *row) *time.Time { return &r.IssuedAt }),
	}, profileColumns(c.Country, func(r *row) *crm.Profile { return &r.Holder })...)}
}

// stated notes that a balance was given.
func stated(c Column[engine.CardRecord]) Column[engine.CardRecord] {
	read := c.Read
	c.Read = func(r *engine.CardRecord, text string) error {
		r.Stated = text != ""
		return read(r, text)
	}
	return c
}

// profileColumns are the columns of a person.
func profileColumns[R any](country crm.Country, profile func(*R) *crm.Profile) []Column[R] {
	return []Column[R]{
		phoneColumn("phone", country, func(r *R) *string { return &profile(r).Phone }),
		textColumn("email", func(r *R) *string { return &profile(r).Email }),
		fullNameColumn(profile),
		textColumn("surname", func(r *R) *string { return &profile(r).Surname }),
		textColumn("firstname", func(r *R) *string { return &profile(r).FirstName }),
		textColumn("patronymic", func(r *R) *string { return &profile(r).Patronymic }),
		textColumn("sex", func(r *R) *string { return (*string)(&profile(r).Sex) }),
		noDay(dateColumn("birth_date", func(r *R) *crm.Date { return &profile(r).BirthDate })),
		textColumn("country_code", func(r *R) *string { return &profile(r).CountryCode }),
		textColumn("locality", func(r *R) *string { return &profile(r).Locality }),
	}
}

// writtenOnly is a column for people, passed over when read.
func writtenOnly[R any](name string, write func(R) string) Column[R] {
	return Column[R]{Name: name, Write: write}
}

// Customers is the table of customers. The card's number is written only: who
// has no card gets one with a number of the programme's.
func Customers(country crm.Country) Table[crm.Holder] {
	return Table[crm.Holder]{Name: "customers", Columns: append(
		profileColumns(country, func(r *crm.Holder) *crm.Profile { return &r.Profile }),
		writtenOnly("card_number", func(r crm.Holder) string { return r.Card.Number }),
	)}
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
		writtenOnly("used", func(r row) string { return formatDecimal(r.Used, 0) }),
	}}
}

// Drives is the table of fiscal drives.
func Drives() Table[engine.Drive] {
	return Table[engine.Drive]{Name: "drives", Columns: []Column[engine.Drive]{
		required(textColumn("fn", func(r *engine.Drive) *string { return &r.FN })),
		textColumn("zone", func(r *engine.Drive) *string { return &r.Zone }),
	}}
}

// Movement is a row of points: positive ones are granted, negative ones taken.
type Movement struct {
	crm.Transaction
	// Kind and At are written only.
	Kind crm.PostingKind
	At   time.Time
}

// Points is the table of movements of points.
func Points(zone *time.Location) Table[Movement] {
	return Table[Movement]{Name: "points", Columns: []Column[Movement]{
		required(textColumn("key", func(r *Movement) *string { return &r.Key })),
		required(codeColumn("card_number", func(r *Movement) *string { return &r.CardNumber })),
		required(numberColumn("points", func(r *Movement) *int64 { return &r.Points })),
		textColumn("description", func(r *Movement) *string { return &r.Description }),
		timeColumn("available_from", zone, func(r *Movement) *time.Time { return &r.AvailableFrom }),
		endColumn("valid_until", zone, func(r *Movement) *time.Time { return &r.ValidUntil }),
		writtenOnly("kind", func(r Movement) string { return string(r.Kind) }),
		writtenOnly("at", func(r Movement) string { return r.At.UTC().Format(time.RFC3339) }),
	}}
}

// Numbers is the table of the pool's numbers.
func Numbers(c Conventions) Table[engine.PooledNumber] {
	type row = engine.PooledNumber
	return Table[row]{Name: "numbers", Complete: zeros(c, func(r *row) *crm.CardNumber { return &r.CardNumber }), Columns: []Column[row]{
		required(codeColumn("card_number", func(r *row) *string { return &r.Number })),
		codeColumn("barcode", func(r *row) *string { return &r.BarcodeNumber }),
		textColumn("barcode_type", func(r *row) *string { return (*string)(&r.BarcodeType) }),
	}}
}

package tables

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// Registry is Koshelek's offline registry of issued cards: the columns of its
// Loyalty Offline API. The barcode's type is the programme's; a discount is not
// kept, so it is written empty and passed over when read.
func Registry(c Conventions) Table[engine.CardRecord] {
	type row = engine.CardRecord
	profile := func(r *row) *crm.Profile { return &r.Holder }
	issued := Column[row]{
		Name: "date", Required: true,
		Read: func(r *row, text string) (err error) {
			if text != "" {
				r.IssuedAt, err = compactDay(text, c.Zone)
			}
			return err
		},
		Write: func(r row) string { return r.IssuedAt.In(c.Zone).Format(compact) },
	}
	return Table[row]{Name: "registries", Separator: ';', Machine: true, Columns: []Column[row]{
		required(textColumn("card_number", func(r *row) *string { return &r.Number })),
		mustStand(barcodeColumn(c.Barcode.Type, func(r *row) *crm.CardNumber { return &r.CardNumber })),
		issued,
		mustStand(textColumn("first_name", func(r *row) *string { return &profile(r).FirstName })),
		mustStand(textColumn("last_name", func(r *row) *string { return &profile(r).Surname })),
		mustStand(textColumn("patronymic_name", func(r *row) *string { return &profile(r).Patronymic })),
		mustStand(phoneColumn("phone", c.Country, func(r *row) *string { return &profile(r).Phone })),
		mustStand(textColumn("email", func(r *row) *string { return &profile(r).Email })),
		mustStand(textColumn("sex", func(r *row) *string { return (*string)(&profile(r).Sex) })),
		mustStand(birthday(func(r *row) *crm.Date { return &profile(r).BirthDate })),
		mustStand(stated(balanceColumn("bonus_balance", c.RoundDown, func(r *row) *int64 { return &r.Balance }), func(r *row) *bool { return &r.Stated })),
		mustStand(writtenOnly("discount", func(row) string { return "" })),
	}}
}

// mustStand makes a column one that no file may lack, though a row may leave it
// empty.
func mustStand[R any](c Column[R]) Column[R] {
	c.Required = true
	return c
}

func barcodeColumn[R any](symbology crm.BarcodeType, number func(*R) *crm.CardNumber) Column[R] {
	return Column[R]{
		Name: "barcode",
		Read: func(r *R, text string) error {
			if text != "" {
				number(r).BarcodeNumber, number(r).BarcodeType = text, symbology
			}
			return nil
		},
		Write: func(r R) string { return number(&r).BarcodeNumber },
	}
}

// ReservedRegistry is the registry of reserved numbers for the mixed mode, whose
// columns are not published: we write those of the cards that a number has.
func ReservedRegistry(barcode crm.BarcodeType) Table[engine.PooledNumber] {
	type row = engine.PooledNumber
	return Table[row]{Name: "registries of reserved numbers", Separator: ';', Machine: true, Columns: []Column[row]{
		required(textColumn("card_number", func(r *row) *string { return &r.Number })),
		barcodeColumn(barcode, func(r *row) *crm.CardNumber { return &r.CardNumber }),
	}}
}

const compact = "20060102"

func compactDay(text string, zone *time.Location) (time.Time, error) {
	day, err := time.ParseInLocation(compact, text, zone)
	if err != nil {
		return time.Time{}, errors.New("is not a day of the form YYYYMMDD")
	}
	return day.UTC(), nil
}

func birthday[R any](field func(*R) *crm.Date) Column[R] {
	return Column[R]{
		Name: "birthday",
		Read: func(r *R, text string) error {
			if text == "" {
				return nil
			}
			day, err := compactDay(text, time.UTC)
			*field(r) = crm.DateOf(day, time.UTC)
			return err
		},
		Write: func(r R) string { return strings.ReplaceAll(string(*field(&r)), "-", "") },
	}
}

// RegistryName is the published name of a registry: kind is "clients", or
// "reserved" for reserved numbers. The partner's name has no separators of
// paths.
func RegistryName(partner, kind string, day time.Time) (string, error) {
	if partner == "" || strings.ContainsFunc(partner, func(r rune) bool {
		return strings.ContainsRune(`/\:*?"<>|`, r) || r < 0x20
	}) || strings.Trim(partner, ".") == "" {
		return "", errors.New("the partner's name is empty or cannot stand in the name of a file")
	}
	return fmt.Sprintf("%s_%s_%s.csv.zip", partner, kind, day.Format(compact)), nil
}

package tables_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/server/app/tables"
)

var conventions = tables.Conventions{Zone: time.UTC, Country: "RU", Barcode: crm.BarcodeRule{Pattern: "{number}", Type: crm.EAN13}}

// workbook is an .xlsx file whose sheets have the cells.
func workbook(t *testing.T, sheets ...[][]any) *tables.Workbook {
	t.Helper()
	f := excelize.NewFile()
	for i, cells := range sheets {
		name := []string{"Sheet1", "Карты"}[i]
		_, err := f.NewSheet(name)
		require.NoError(t, err)
		for row, values := range cells {
			cell, err := excelize.CoordinatesToCellName(1, row+1)
			require.NoError(t, err)
			require.NoError(t, f.SetSheetRow(name, cell, &values))
		}
	}
	var out bytes.Buffer
	require.NoError(t, f.Write(&out))
	require.NoError(t, f.Close())
	w, err := tables.OpenWorkbook(&out)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, w.Close()) })
	return w
}

// all reads the rows and the faults of a table.
func all[R any](t *testing.T, r *tables.Reader[R]) (rows []R, faults []tables.Fault) {
	t.Helper()
	for {
		row, _, err := r.Next()
		var bad *tables.RowError
		switch {
		case errors.Is(err, io.EOF):
			return rows, faults
		case errors.As(err, &bad):
			faults = append(faults, bad.Faults...)
		default:
			require.NoError(t, err)
			rows = append(rows, row)
		}
	}
}

// A cell of a workbook is what it holds, whatever it looks like: long numbers have
// all digits, days are days, text keeps its zeros; rows may end early and titles
// stand above the header.
func TestWorkbook(t *testing.T) {
	w := workbook(t, [][]any{{"Отчёт по картам"}, {}, {"Номер карты", "Дата рождения", "Телефон", "Баллы", "ФИО"},
		{2900000000018, time.Date(1990, 3, 8, 0, 0, 0, 0, time.UTC), 79216668899, 0.1 + 0.2 + 11.7, "Петров Пётр Ильич"},
		{"0000000000017", "08.03.1990", "8 (921) 666-88-98"},
		{2.9e12, nil, 9216668897.0, 1500.0},
	}, [][]any{{"card_number"}, {"A1"}})
	loose := conventions
	loose.RoundDown = true
	r, err := tables.NewSheetReader(w, tables.Cards(loose), tables.Reading{})
	require.NoError(t, err)
	rows, faults := all(t, r)
	require.Empty(t, faults)
	require.Len(t, rows, 3)
	assert.Equal(t, crm.Profile{Phone: "+79216668899", Surname: "Петров", FirstName: "Пётр", Patronymic: "Ильич", BirthDate: "1990-03-08"}, rows[0].Holder)
	assert.Equal(t, "2900000000018", rows[0].Number)
	assert.EqualValues(t, 12, rows[0].Balance)
	assert.Equal(t, "0000000000017", rows[1].Number)
	assert.Equal(t, crm.Profile{Phone: "+79216668898", BirthDate: "1990-03-08"}, rows[1].Holder)
	assert.Equal(t, "2900000000000", rows[2].Number)
	assert.EqualValues(t, 1500, rows[2].Balance)

	r, err = tables.NewSheetReader(w, tables.Cards(loose), tables.Reading{Sheet: "Карты"})
	require.NoError(t, err)
	rows, _ = all(t, r)
	assert.Len(t, rows, 1)
	_, err = tables.NewSheetReader(w, tables.Cards(loose), tables.Reading{Sheet: "Лист9"})
	assert.ErrorContains(t, err, "Sheet1, Карты")
	_, err = tables.OpenWorkbook(strings.NewReader("PK\x03\x04 and no more"))
	assert.ErrorContains(t, err, "damaged workbook")
}

// What spreadsheets have made of numbers is named with its cure.
func TestWhatSpreadsheetsMakeOfNumbers(t *testing.T) {
	read := func(c tables.Conventions, text string) ([]engine.CardRecord, []tables.Fault) {
		r, err := tables.NewReader(strings.NewReader(text), tables.Cards(c), tables.Reading{})
		require.NoError(t, err)
		return all(t, r)
	}
	rows, faults := read(conventions, "card_number;barcode;barcode_type;balance;phone\n"+
		"2,9E+12;;;5;\n2900000000018;;;1,2E+3;7,92167E+10\n000000000017;;;5;\n17;1234567890128;EAN_13;5;\n"+
		"18;12345678905;UPC_A;5;\n290000000001;;;5;\n2900000000025;;;12,50;\n2900000000032;;;1.234;\n2900000000049;;;1 500,00;\n")
	assert.Len(t, rows, 3, "numbers that are as they were")
	assert.EqualValues(t, 1500, rows[2].Balance)
	var columns []string
	for _, f := range faults {
		columns = append(columns, f.Column)
	}
	assert.Equal(t, []string{"card_number", "balance", "phone", "card_number", "barcode", "balance", "balance"}, columns)
	assert.ErrorContains(t, faults[0].Err, "scientific")
	assert.ErrorContains(t, faults[3].Err, "--leading-zeros")
	assert.ErrorContains(t, faults[4].Err, "has 11 digits of 12")
	assert.ErrorContains(t, faults[5].Err, "--round-down")
	assert.Equal(t, "12,50", faults[5].Value, "a sum is no personal data")
	assert.ErrorContains(t, faults[6].Err, "two ways")

	cured := conventions
	cured.LeadingZeros, cured.RoundDown = true, true
	rows, faults = read(cured, "card_number;barcode;barcode_type;balance\n18;12345678905;UPC_A;12,50\n000000000017;;;5\n")
	require.Empty(t, faults)
	assert.Equal(t, "012345678905", rows[0].BarcodeNumber)
	assert.EqualValues(t, 12, rows[0].Balance)
	assert.Equal(t, "0000000000017", rows[1].Number)

	longer := conventions
	longer.Barcode.Pattern = "{number}{ean}"
	_, faults = read(longer, "card_number\n000000000017\n")
	assert.Empty(t, faults, "the number is whole where the barcode has a digit more")
}

// One quote that is not closed costs a row's length, however long the file is.
func TestOpenQuoteIsBounded(t *testing.T) {
	endless := &counting{in: io.MultiReader(strings.NewReader("card_number,surname\n1,\"Ann\n"), lines{})}
	r, err := tables.NewReader(endless, tables.Cards(conventions), tables.Reading{})
	require.NoError(t, err)
	_, _, err = r.Next()
	require.ErrorContains(t, err, "is not closed")
	assert.Less(t, endless.read, 2*tables.MaxRowBytes)
}

type lines struct{}

func (lines) Read(p []byte) (int, error) { return copy(p, "2,Boris\n"), nil }

type counting struct {
	in   io.Reader
	read int
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.read += n
	return n, err
}

// Of a workbook whose first sheet is none of the kind, the other ones are named.
func TestFirstSheetIsAnother(t *testing.T) {
	w := workbook(t, [][]any{{"Как заполнять"}, {"Пишите номер карты"}}, [][]any{{"Номер карты", "Телефон"}, {"2900000000018", 79216668899}})
	_, err := tables.NewSheetReader(w, tables.Cards(conventions), tables.Reading{})
	require.ErrorContains(t, err, "the first of 2 sheets, --sheet names another one: Sheet1, Карты")
	r, err := tables.NewSheetReader(w, tables.Cards(conventions), tables.Reading{Sheet: "Карты"})
	require.NoError(t, err)
	cards, faults := all(t, r)
	require.Empty(t, faults)
	require.Equal(t, "+79216668899", cards[0].Holder.Phone)
}

// What is written to a workbook is read as it was, numbers as numbers.
func TestWorkbooksComeBack(t *testing.T) {
	var out bytes.Buffer
	w, err := tables.NewSheetWriter(&out, tables.Purchases())
	require.NoError(t, err)
	want := crm.Purchase{CardNumber: "0012", Ref: "=1+1", Date: "2026-01-02", Item: "-5", AmountKopecks: 1210, QuantityMilli: 1500, BonusPoints: -1}
	require.NoError(t, w.Write(want))
	require.NoError(t, w.Flush())
	book, err := tables.OpenWorkbook(&out)
	require.NoError(t, err)
	defer book.Close()
	r, err := tables.NewSheetReader(book, tables.Purchases(), tables.Reading{})
	require.NoError(t, err)
	got, faults := all(t, r)
	require.Empty(t, faults)
	require.Equal(t, []crm.Purchase{want}, got)
}

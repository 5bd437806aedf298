package tables_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"koshelek-adapter/crm"
	"koshelek-adapter/server/app/tables"
)

func holders(t *testing.T, text string, how tables.Reading) (rows []crm.Profile, lines []int, encoding string) {
	t.Helper()
	r, err := tables.NewReader(strings.NewReader(text), tables.Customers(tables.Conventions{}), how)
	require.NoError(t, err)
	for {
		row, line, err := r.Next()
		if errors.Is(err, io.EOF) {
			return rows, lines, r.Encoding()
		}
		require.NoError(t, err)
		rows, lines = append(rows, row.Profile), append(lines, line)
	}
}

// TestFilesAsShopsHaveThem: one table in every form in which spreadsheets and
// 1C save it reads the same.
func TestFilesAsShopsHaveThem(t *testing.T) {
	const table = "Телефон;Фамилия;Дата рождения\n79266741201;Петров;17.05.1990\n79266741202;Ёжикова;1985-02-03\n"
	want := []crm.Profile{{Phone: "+79266741201", Surname: "Петров", BirthDate: "1990-05-17"}, {Phone: "+79266741202", Surname: "Ёжикова", BirthDate: "1985-02-03"}}
	encoded := func(e interface{ String(string) (string, error) }, text string) string {
		out, err := e.String(text)
		require.NoError(t, err)
		return out
	}
	for name, c := range map[string]struct{ text, encoding string }{
		"UTF-8":                  {table, "utf-8"},
		"with a byte order mark": {"\ufeff" + table, "utf-8"},
		"Windows-1251":           {encoded(charmap.Windows1251.NewEncoder(), table), "windows-1251"},
		"UTF-16":                 {encoded(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder(), table), "utf-16"},
		"UTF-16, big end first":  {encoded(unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder(), table), "utf-16"},
		"commas":                 {strings.ReplaceAll(table, ";", ","), "utf-8"},
		"tabs":                   {strings.ReplaceAll(table, ";", "\t"), "utf-8"},
		"CRLF":                   {strings.ReplaceAll(table, "\n", "\r\n"), "utf-8"},
		"CR":                     {strings.ReplaceAll(table, "\n", "\r"), "utf-8"},
		"sep=":                   {"sep=;\r\n" + table, "utf-8"},
		"separators at the ends": {strings.ReplaceAll(table, "\n", ";;\n"), "utf-8"},
		"empty lines":            {strings.ReplaceAll(table, "\n", "\n\n;;\n"), "utf-8"},
		"English names":          {strings.Replace(table, "Телефон;Фамилия;Дата рождения", "Phone Number;Last name;date_of_birth", 1), "utf-8"},
		"other spaces":           {strings.Replace(table, "Дата рождения", " дата\u00a0 РОЖДЕНИЯ ", 1), "utf-8"},
	} {
		t.Run(name, func(t *testing.T) {
			rows, _, encoding := holders(t, c.text, tables.Reading{})
			assert.Equal(t, want, rows)
			assert.Equal(t, c.encoding, encoding)
		})
	}
	_, lines, _ := holders(t, "sep=;\n"+table, tables.Reading{})
	assert.Equal(t, []int{3, 4}, lines, "lines are those of the file")

	// A name of the shop's own, and an encoding that the head of the file does not show.
	own := encoded(charmap.Windows1251.NewEncoder(), "Абонент;surname\n79266741201;Петров\n")
	rows, _, _ := holders(t, own, tables.Reading{Encoding: "windows-1251", Names: map[string]string{"абонент": "phone"}})
	assert.Equal(t, []crm.Profile{{Phone: "+79266741201", Surname: "Петров"}}, rows)
	_, err := tables.NewReader(strings.NewReader("Телефон;phone\n"), tables.Customers(tables.Conventions{}), tables.Reading{})
	assert.ErrorContains(t, err, "twice")
}

// TestNumbersAsPeopleWriteThem: spaces group thousands, a comma is decimal.
func TestNumbersAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]int64{"1 500": 150000, "1\u00a0500,50": 150050, "+7": 700, "-3.1": -310, "\u22123": -300} {
		r, err := tables.NewReader(strings.NewReader("card_number;ref;date;item;amount\n1;r;2026-09-01;x;"+text+"\n"), tables.Purchases(), tables.Reading{})
		require.NoError(t, err)
		row, _, err := r.Next()
		require.NoError(t, err, text)
		assert.Equal(t, want, row.AmountKopecks, text)
	}
	for _, text := range []string{"1,000", "1.000.000", "1e3", "12-", "1 " + "x"} {
		r, err := tables.NewReader(strings.NewReader("card_number;ref;date;item;amount\n1;r;2026-09-01;x;"+text+"\n"), tables.Purchases(), tables.Reading{})
		require.NoError(t, err)
		_, _, err = r.Next()
		assert.Error(t, err, text)
	}
}

package tables_test

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/server/app/tables"
)

const (
	messHeader = "Номер карты;Телефон;ФИО;Баллы\r\n"
	messRow    = "2900000000018;8 921 666-88-99;Петров Иван Ильич;1 500\r\n"
)

// units is a text in UTF-16 without a byte order mark.
func units(text string, big bool) string {
	var out []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		if big {
			out = append(out, byte(unit>>8), byte(unit))
		} else {
			out = append(out, byte(unit), byte(unit>>8))
		}
	}
	return string(out)
}

// Files of one card as shops and their programs write them, and what is read of them:
// number, phone, name, points, state and birth date where they have one.
func TestMessyFilesAreRead(t *testing.T) {
	t.Parallel()
	cp1251, err := charmap.Windows1251.NewEncoder().String(messHeader + messRow)
	require.NoError(t, err)
	conventions := tables.Conventions{Country: "RU", Today: "2026-12-01", RoundDown: true}
	usual := "2900000000018 +79216668899 Петров Иван Ильич 1500  "
	for name, c := range map[string]struct{ file, want string }{
		"UTF-16 LE with a mark":      {"\xff\xfe" + units(messHeader+messRow, false), usual},
		"UTF-16 BE with a mark":      {"\xfe\xff" + units(messHeader+messRow, true), usual},
		"UTF-16 LE":                  {units(messHeader+messRow, false), usual},
		"UTF-16 BE":                  {units(messHeader+messRow, true), usual},
		"Windows-1251":               {cp1251, usual},
		"sep":                        {"sep=;\r\n" + messHeader + messRow, usual},
		"sep quoted":                 {"\"sep=;\"\r\n" + messHeader + messRow, usual},
		"pipes":                      {strings.ReplaceAll(messHeader+messRow, ";", "|"), usual},
		"a title with a comma":       {"Отчёт, карты\r\n" + messHeader + messRow, usual},
		"a header of groups":         {"Карта;Контакты;;\r\n" + messHeader + messRow, usual},
		"a comma in a name":          {"Номер карты*;Телефон:;ФИО клиента;Баллы, шт.\r\n" + messRow, usual},
		"joined words":               {"НомерКарты;КонтактныйТелефон;ФИО;СуммаБонусов\n" + messRow, usual},
		"lines in names":             {"\"Номер\nкарты\";\"Моб.\nтелефон\";ФИО;\"Накоплено\nбаллов\"\n" + messRow, usual},
		"a count of rows":            {"№ п/п;" + messHeader + "1;" + messRow, usual},
		"sums at the end":            {messHeader + messRow + "Итого:;;;1 500\r\n", usual},
		"sums elsewhere":             {"Телефон;Номер карты;ФИО;Баллы\n89216668899;2900000000018;Петров Иван Ильич;1500\n;;Всего;1500\nИтого за период;;;1500\n", usual},
		"Ctrl-Z":                     {messHeader + messRow + "\x1a", usual},
		"quotes that quote nothing":  {messHeader + "2900000000018;89216668899;ООО \"Ромашка\";5\n", "2900000000018 +79216668899 ООО \"Ромашка\"  5  "},
		"numbers told to be text":    {"Номер карты,Телефон\n=\"2900000000018\",=\"89216668899\"\n", "2900000000018 +79216668899    0  "},
		"an apostrophe":              {"Номер карты,Телефон\n'2900000000018,'89216668899\n", "2900000000018 +79216668899    0  "},
		"digits in groups":           {"Номер карты;Телефон\n2 900000 000018;нет\n", "2900000000018     0  "},
		"thousands and decimals":     {"Номер карты;Баллы\nA;1.500,00\n", "A     1500  "},
		"thousands and decimals (2)": {"Номер карты;Баллы\nA;\"1,500.90\"\n", "A     1500  "},
		"millions":                   {"Номер карты;Баллы\nA;1 234 567,00 руб.\n", "A     1234567  "},
		"yes and no":                 {"Номер карты;Заблокирована\nA;да\n", "A     0 blocked "},
		"active":                     {"Номер карты;Активна\nA;нет\n", "A     0 inactive "},
		"words for nothing":          {"Номер карты;Телефон;ФИО;Дата рождения;Баллы\nA;-;NULL;#Н/Д;н/д\n", "A     0  "},
		"no day":                     {"Номер карты;Дата рождения\nA;  .  .    \n", "A     0  "},
		"a short year":               {"Номер карты;Дата рождения\nA;5.3.45\n", "A     0  1945-03-05"},
		"a young year":               {"Номер карты;Дата рожд.\nA;5.3.12\n", "A     0  2012-03-05"},
		"a day with slashes":         {"Номер карты;Дата рождения\nA;25/03/1990\n", "A     0  1990-03-25"},
		"a line in a field":          {messHeader + "2900000000018;89216668899;\"Петров\r\nИван Ильич\";1500\r\n", usual},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := tables.NewReader(strings.NewReader(c.file), tables.Cards(conventions), tables.Reading{})
			require.NoError(t, err)
			card, _, err := r.Next()
			require.NoError(t, err)
			assert.Equal(t, c.want, shownCard(card))
			_, _, err = r.Next()
			assert.ErrorContains(t, err, "EOF", "one card")
		})
	}
	for file, want := range map[string]string{
		"<html><table><tr><td>Номер карты</td></tr></table></html>":           "HTML",
		"2900000000018;79216668899;Петров;5\n":                                "is the header missing",
		"Номер карты;Дата рождения\nA;05/03/1990\n":                           "two ways",
		"Номер карты;Дата рождения\nA;32937\n":                                "import the .xlsx file itself",
		"Номер карты;Баллы\nA;1.234\n":                                        "two ways",
		"Номер карты;Статус\nA;Закрыта\n":                                     "is none of active",
		"Номер карты;Активна\nA;наверное\n":                                   "neither yes nor no",
		"Номер карты;Телефон\n2900000000018;\"89216668899;Петров\nB;\n":       "not closed",
		"Номер карты;Телефон\n2900000000018;89216668899;Петров \"Иван;лишнее": "quote",
	} {
		r, err := tables.NewReader(strings.NewReader(file), tables.Cards(conventions), tables.Reading{})
		if err == nil {
			_, _, err = r.Next()
		}
		assert.ErrorContains(t, err, want, file)
		assert.NotContains(t, err.Error(), "89216668899")
	}
}

func shownCard(c engine.CardRecord) string {
	p := c.Holder
	return strings.Join([]string{
		c.Number, p.Phone, p.Surname, p.FirstName, p.Patronymic, tables.Cards(tables.Conventions{}).Shown(c, "balance"), string(c.State), string(p.BirthDate),
	}, " ")
}

// Words that programs write for nothing come back as they were when they are names.
func TestWordsForNothingAreKept(t *testing.T) {
	for _, name := range []string{"NULL", "-", "n/a", "'-", "—"} {
		var out bytes.Buffer
		w, err := tables.NewWriter(&out, tables.Customers(tables.Conventions{}))
		require.NoError(t, err)
		require.NoError(t, w.Write(crm.Holder{Profile: crm.Profile{Phone: "79216668899", Surname: name}}))
		require.NoError(t, w.Flush())
		r, err := tables.NewReader(&out, tables.Customers(tables.Conventions{}), tables.Reading{})
		require.NoError(t, err)
		holder, _, err := r.Next()
		require.NoError(t, err)
		assert.Equal(t, name, holder.Profile.Surname)
	}
}

package tables

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"koshelek-adapter/crm"
)

// textColumn is a column of plain text.
func textColumn[R any](name string, field func(*R) *string) Column[R] {
	return Column[R]{
		Name: name, Text: true,
		Read:  func(r *R, text string) error { *field(r) = text; return nil },
		Write: func(r R) string { return *field(&r) },
	}
}

// required makes a column one that no file may lack and no row may leave empty.
func required[R any](c Column[R]) Column[R] {
	read := c.Read
	c.Required = true
	c.Read = func(r *R, text string) error {
		if text == "" {
			return errors.New("is empty")
		}
		return read(r, text)
	}
	return c
}

// scientific is how spreadsheets write a long number when they have taken it for a
// value; its last digits are lost.
var scientific = regexp.MustCompile(`^[+-]?[0-9]+([.,][0-9]+)?[eEЕе][+-]?[0-9]+$`)

var errScientific = errors.New("is in scientific notation: a spreadsheet took the number for a value, and its last digits are lost; " +
	"import the .xlsx file itself, or make the column text and export it again")

// codeColumn is a column of text that spreadsheets take for a number.
func codeColumn[R any](name string, field func(*R) *string) Column[R] {
	c := textColumn(name, field)
	c.Read = func(r *R, text string) error {
		if scientific.MatchString(text) {
			return errScientific
		}
		if strings.Trim(text, "0123456789 \u00a0") == "" {
			text = strings.NewReplacer(" ", "", "\u00a0", "").Replace(text) // digits in groups
		}
		*field(r) = text
		return nil
	}
	return c
}

// states are how other programmes call the states of a card.
var states = map[string]crm.CardState{
	"активна": crm.CardActive, "активная": crm.CardActive, "действует": crm.CardActive, "заблокирована": crm.CardBlocked,
	"действующая": crm.CardActive, "активен": crm.CardActive, "активный": crm.CardActive, "заблокирован": crm.CardBlocked, "заблокированная": crm.CardBlocked,
	"блокирована": crm.CardBlocked, "неактивна": crm.CardInactive, "неактивная": crm.CardInactive, "не активна": crm.CardInactive,
}

// stateColumn is a column of states.
func stateColumn[R any](field func(*R) *crm.CardState) Column[R] {
	c := textColumn("state", func(r *R) *string { return (*string)(field(r)) })
	c.Read = func(r *R, text string) error {
		state := crm.CardState(strings.ToLower(text))
		if other, known := states[strings.ToLower(text)]; known {
			state = other
		}
		if text != "" && !state.Valid() {
			return errors.New("is none of active, inactive, blocked (активна, неактивна, заблокирована)")
		}
		*field(r) = state
		return nil
	}
	return c
}

// yesColumn is a column of yes and no, read only, for a state in which a card is when
// it is yes or when it is no.
func yesColumn[R any](name string, yes, no crm.CardState, field func(*R) *crm.CardState) Column[R] {
	return Column[R]{Name: name, Text: true, Read: func(r *R, text string) error {
		switch strings.ToLower(text) {
		case "":
		case "да", "yes", "true", "истина", "1", "д", "y", "+":
			*field(r) = yes
		case "нет", "no", "false", "ложь", "0", "н":
			*field(r) = no
		default:
			return errors.New("is neither yes nor no (да, нет)")
		}
		return nil
	}}
}

// phoneColumn is a column of phones as people in the country write them. It is
// written in a form that is read as the same phone.
func phoneColumn[R any](name string, country crm.Country, field func(*R) *string) Column[R] {
	c := textColumn(name, field)
	c.Read = func(r *R, text string) error {
		if text == "" || strings.EqualFold(text, "нет") {
			return nil
		}
		phone, err := country.LocalPhone(text)
		if err == nil {
			*field(r) = "+" + phone
		}
		return err
	}
	c.Write = func(r R) string {
		phone := *field(&r)
		if again, err := country.LocalPhone(phone); phone != "" && (err != nil || again != phone) {
			return "+" + phone
		}
		return phone
	}
	return c
}

// fullNameColumn is a column of names in one field, in the Russian order, for
// files that have no columns of their own for the parts.
func fullNameColumn[R any](profile func(*R) *crm.Profile) Column[R] {
	return Column[R]{Name: "full_name", Text: true, Read: func(r *R, text string) error {
		p := profile(r)
		switch words := strings.Fields(text); len(words) {
		case 0:
		case 1:
			p.FirstName = words[0]
		default:
			p.Surname, p.FirstName, p.Patronymic = words[0], words[1], strings.Join(words[2:], " ")
		}
		return nil
	}}
}

// numberColumn is a column of whole numbers; an empty field is zero.
func numberColumn[R any](name string, field func(*R) *int64) Column[R] {
	return decimalColumn(name, 0, field)
}

// balanceColumn is numberColumn for points that other programmes keep with decimals.
func balanceColumn[R any](name string, roundDown bool, field func(*R) *int64) Column[R] {
	c := numberColumn(name, field)
	whole := c.Read
	c.Read = func(r *R, text string) error {
		err := whole(r, text)
		hundredths, decimal := parseDecimal(text, 2)
		switch {
		case err == nil || decimal != nil || hundredths < 0:
			return err
		case !roundDown:
			return fmt.Errorf("%w; --round-down takes the decimals off", err)
		}
		*field(r) = hundredths / 100
		return nil
	}
	return c
}

// decimalColumn is a column of numbers with up to so many decimals, which are
// kept as whole numbers of the smallest unit.
func decimalColumn[R any](name string, decimals int, field func(*R) *int64) Column[R] {
	return Column[R]{
		Name: name, Sum: true,
		Read: func(r *R, text string) (err error) {
			if text != "" {
				*field(r), err = parseDecimal(text, decimals)
			}
			return err
		},
		Write: func(r R) string { return formatDecimal(*field(&r), decimals) },
	}
}

// grouped is a number whose one separator may stand before decimals or thousands.
var grouped = regexp.MustCompile(`^[1-9][0-9]{0,2}[.,][0-9]{3}$`)

// groupedDecimal is a number with one separator between thousands and another one
// before decimals.
var (
	groupedDecimal = regexp.MustCompile(`^-?[0-9]{1,3}(,[0-9]{3})+\.[0-9]+$|^-?[0-9]{1,3}(\.[0-9]{3})+,[0-9]+$`)
	roubles        = regexp.MustCompile(`(?i)\s*(₽|руб\.?|р\.?|rub)$`)
)

func parseDecimal(text string, decimals int) (int64, error) {
	text = roubles.ReplaceAllString(text, "")
	// Spreadsheets group thousands by spaces of several kinds.
	text = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "\u2009", "", "\u2212", "-").Replace(strings.TrimPrefix(text, "+"))
	switch {
	case scientific.MatchString(text):
		return 0, errScientific
	case groupedDecimal.MatchString(text):
		at := strings.LastIndexAny(text, ".,")
		text = strings.NewReplacer(".", "", ",", "").Replace(text[:at]) + "." + text[at+1:]
	case decimals < 3 && grouped.MatchString(strings.TrimPrefix(text, "-")):
		return 0, errors.New("can be read in two ways, with thousands or with decimals; write it without the separator")
	}
	whole, part, _ := strings.Cut(strings.Replace(text, ",", ".", 1), ".")
	if kept := strings.TrimRight(part, "0"); kept == "" && part != "" {
		part = kept // 1500,00
	}
	digits := strings.TrimPrefix(whole, "-") + part
	if len(part) > decimals || strings.HasSuffix(text, ".") || strings.HasSuffix(text, ",") ||
		strings.ContainsFunc(digits, func(r rune) bool { return r < '0' || r > '9' }) || digits == "" {
		if decimals == 0 {
			return 0, errors.New("is not a whole number")
		}
		return 0, fmt.Errorf("is not a number with up to %d decimals", decimals)
	}
	value, err := strconv.ParseInt(whole+part+strings.Repeat("0", decimals-len(part)), 10, 64)
	if err != nil {
		return 0, errors.New("is out of range")
	}
	return value, nil
}

func formatDecimal(value int64, decimals int) string {
	text := strconv.FormatInt(value, 10)
	if decimals == 0 {
		return text
	}
	sign := ""
	if value < 0 {
		sign, text = "-", text[1:]
	}
	if len(text) <= decimals {
		text = strings.Repeat("0", decimals+1-len(text)) + text
	}
	return sign + text[:len(text)-decimals] + "." + text[len(text)-decimals:]
}

// endColumn is a column of moments at which something is over. A day is written
// and read as a whole one: it is over with its last moment.
func endColumn[R any](name string, zone *time.Location, field func(*R) *time.Time) Column[R] {
	c := timeColumn(name, zone, field)
	moment := c.Write
	c.Read = func(r *R, text string) (err error) {
		*field(r), err = ParseEnd(text, zone)
		return err
	}
	c.Write = func(r R) string {
		if day, whole := LastDay(*field(&r), zone); whole && moment(r) != "" {
			return day
		}
		return moment(r)
	}
	return c
}

// ParseEnd reads the moment at which something is over: RFC 3339, or a day,
// which is then included.
func ParseEnd(text string, zone *time.Location) (time.Time, error) {
	if day, err := ParseDay(text); err == nil && day != "" {
		return day.End(zone).UTC(), nil
	}
	return ParseTime(text, zone)
}

// LastDay is the last day before an end in a zone, and whether it is a whole one.
func LastDay(end time.Time, zone *time.Location) (day string, whole bool) {
	last := crm.DateOf(end.Add(-time.Millisecond), zone)
	return string(last), last.End(zone).Equal(end)
}

// ParseDay reads a day as people write it: 2026-12-31 or 31.12.2026, also with a
// midnight behind it, as tables export days. Empty is empty.
func ParseDay(text string) (crm.Date, error) {
	if text == "" {
		return "", nil
	}
	for _, layout := range []string{
		"2006-01-02", "02.01.2006", "2.1.2006", "2.1.06", "02-01-2006", "2006/01/02", "2006.01.02", "20060102", "02.01.2006 15:04:05", "2.1.2006 15:04:05",
		"02.01.2006 15:04", "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02T15:04:05Z07:00",
	} {
		t, err := time.Parse(layout, text)
		if err == nil && (len(layout) <= len("2006-01-02") || t.Equal(t.Truncate(24*time.Hour)) && !strings.HasSuffix(layout, "Z07:00")) {
			return crm.DateOf(t, time.UTC), nil
		}
	}
	switch first, err := time.Parse("2/1/2006", text); {
	case err == nil && first.Day() > 12:
		return crm.DateOf(first, time.UTC), nil
	case err == nil:
		return "", errors.New("can be read in two ways, with the day or the month first; write it as 31.12.2026")
	case serial.MatchString(text):
		return "", errors.New("is a spreadsheet's number of a day; import the .xlsx file itself, or format the column as a date and export it again")
	}
	return "", errors.New("is not a day such as 2026-12-31 or 31.12.2026")
}

// serial is a day as spreadsheets keep it.
var serial = regexp.MustCompile(`^[1-9][0-9]{4}([.,][0-9]+)?$`)

// timeColumn is a column of moments: RFC 3339, or a day, which is then its
// first moment in the zone. The zero time and crm.Forever are empty.
func timeColumn[R any](name string, zone *time.Location, field func(*R) *time.Time) Column[R] {
	return Column[R]{
		Name: name, Day: true,
		Read: func(r *R, text string) (err error) {
			*field(r), err = ParseTime(text, zone)
			return err
		},
		Write: func(r R) string {
			t := *field(&r)
			if t.UnixMilli() <= 0 || !t.Before(crm.Forever) {
				return ""
			}
			return t.UTC().Format("2006-01-02T15:04:05.999Z07:00")
		},
	}
}

// ParseTime reads a moment: RFC 3339 or as people write it in the zone, or a day,
// which is its first moment; empty is the zero time.
func ParseTime(text string, zone *time.Location) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if day, err := ParseDay(text); err == nil {
		t, err := time.ParseInLocation("2006-01-02", string(day), zone)
		return t.UTC(), err
	}
	for _, layout := range []string{time.RFC3339Nano, "02.01.2006 15:04:05", "02.01.2006 15:04", "2006-01-02 15:04:05", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t.UTC().Truncate(time.Millisecond), nil
		}
	}
	return time.Time{}, errors.New("is neither a day (2026-12-31, 31.12.2026) nor a moment (2026-12-31T23:59:59+03:00)")
}

// dateColumn is a column of days; the rule on what day is allowed is the
// programme's.
func dateColumn[R any](name string, field func(*R) *crm.Date) Column[R] {
	c := textColumn(name, func(r *R) *string { return (*string)(field(r)) })
	c.Day = true
	c.Read = func(r *R, text string) (err error) {
		*field(r), err = ParseDay(text)
		return err
	}
	return c
}

// birthColumn is a column of days on which people were born: of two digits of a year
// the last that has been is meant. It may hold the days by which programs say that
// they know none.
func birthColumn[R any](name string, today crm.Date, field func(*R) *crm.Date) Column[R] {
	c := dateColumn(name, field)
	read := c.Read
	c.Read = func(r *R, text string) error {
		day, _, _ := strings.Cut(text, " ")
		switch day {
		case "0001-01-01", "0000-00-00", "01.01.0001", "00.00.0000", "нет":
			return nil
		}
		if strings.Trim(text, " ./-_") == "" {
			return nil
		}
		if err := read(r, text); err != nil {
			return err
		}
		if twoDigits.MatchString(text) && today != "" && *field(r) > today {
			*field(r) = "19" + (*field(r))[2:]
		}
		return nil
	}
	return c
}

var twoDigits = regexp.MustCompile(`^[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{2}$`)

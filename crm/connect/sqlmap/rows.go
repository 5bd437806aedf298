package sqlmap

import (
	"database/sql"
	"fmt"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"time"

	"koshelek-adapter/crm"
)

// record is a row: string, int64, crm.Date or time.Time by the class of the column,
// nothing for NULL.
type record map[string]any

func field[T any](r record, name string) T {
	value, _ := r[name].(T)
	return value
}

func (r record) text(name string) string { return field[string](r, name) }

// column is a result column of a statement.
type column struct {
	name string
	class
	// zoneless: moments have no zone and are read in the programme's.
	zoneless bool
}

// Kinds of database types by their names, without lengths.
var (
	numberTypes = []string{"INT", "TINYINT", "SMALLINT", "MEDIUMINT", "BIGINT", "YEAR", "INT2", "INT4", "INT8", "DECIMAL", "NUMERIC", "NUMBER", "MONEY", "SMALLMONEY"}
	floatTypes  = []string{"FLOAT", "DOUBLE", "REAL", "FLOAT4", "FLOAT8", "IBFLOAT", "IBDOUBLE"}
	zonedTypes  = []string{"TIMESTAMPTZ", "DATETIMEOFFSET", "TIMESTAMP WITH TIME ZONE"}
	momentTypes = append([]string{"DATETIME", "TIMESTAMP", "DATETIME2", "SMALLDATETIME", "TIMESTAMP WITHOUT TIME ZONE"}, zonedTypes...)
	boolTypes   = []string{"BOOL", "BOOLEAN", "BIT"}
)

// layout compares the result columns with those of the operation.
func (s *statement) layout(types []*sql.ColumnType) ([]column, error) {
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = t.Name()
	}
	if err := s.named(names); err != nil {
		return nil, err
	}
	columns := make([]column, len(types))
	for i, t := range types {
		c := column{name: strings.ToLower(t.Name())}
		c.class = s.columns[c.name]
		kind := strings.TrimPrefix(strings.ToUpper(t.DatabaseTypeName()), "UNSIGNED ")
		if wrong := c.wrongType(kind); wrong != "" {
			return nil, fmt.Errorf("the column %s is of the type %s: %s", c.name, kind, wrong)
		}
		c.zoneless = !slices.Contains(zonedTypes, kind)
		columns[i] = c
	}
	return columns, nil
}

// named compares names of result columns with those of the operation.
func (s *statement) named(names []string) error {
	seen := map[string]bool{}
	for _, name := range names {
		name = strings.ToLower(name)
		if _, known := s.columns[name]; !known {
			return fmt.Errorf("there is no column %q; the columns are %s", name, strings.Join(slices.Sorted(maps.Keys(s.columns)), ", "))
		}
		if seen[name] {
			return fmt.Errorf("two columns are called %s", name)
		}
		seen[name] = true
	}
	for _, name := range s.required {
		if !seen[name] {
			return fmt.Errorf("the column %s is missing", name)
		}
	}
	return nil
}

// wrongType says why a column cannot be of a type, "" when it can.
func (c column) wrongType(kind string) string {
	is := func(types []string) bool { return slices.Contains(types, kind) }
	switch {
	case kind == "NULL" || kind == "UNKNOWN":
		return ""
	case is(floatTypes):
		return "a float holds neither numbers of cards nor money exactly; cast it"
	case is(boolTypes):
		return "a truth value is none of what is asked for"
	case c.class == text && (kind == "DATE" || is(momentTypes)):
		return "a text or a whole number is needed"
	case slices.Contains([]class{whole, money, amount}, c.class) && !is(numberTypes):
		return "a number with exact decimals is needed"
	case (c.class == moment || c.class == until) && kind != "DATE" && !is(momentTypes):
		return "a day or a moment is needed"
	case c.class == day && is(numberTypes):
		return "a day is needed"
	}
	return ""
}

// read takes the rows of a result, at most limit.
func (s *statement) read(rows *sql.Rows, limit int, zone *time.Location) ([]record, error) {
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	columns, err := s.layout(types)
	if err != nil {
		return nil, err
	}
	var records []record
	for rows.Next() {
		if len(records) == limit {
			return nil, fmt.Errorf("there are more than %d rows", limit)
		}
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		r := record{}
		for i, c := range columns {
			value, err := c.value(values[i], zone)
			if err != nil {
				return nil, fmt.Errorf("the column %s: %w", c.name, err)
			}
			if value != nil {
				r[c.name] = value
			}
		}
		records = append(records, r)
	}
	return records, rows.Err()
}

// value gives what a driver read by the class of the column, nil for NULL.
func (c column) value(raw any, zone *time.Location) (any, error) {
	if raw == nil {
		return nil, nil
	}
	at, isTime := raw.(time.Time)
	if isTime && at.IsZero() { // MySQL's 0000-00-00
		return nil, nil
	}
	written := asText(raw)
	switch c.class {
	case whole:
		return fixed(written, 0)
	case money:
		return fixed(written, 2)
	case amount:
		return fixed(written, 3)
	case day:
		if !isTime {
			return crm.ParseDate(written)
		}
		return crm.ParseDate(string(crm.DateOf(c.placed(at, zone), zone)))
	case moment, until:
		if !isTime {
			return nil, fmt.Errorf("neither a day nor a moment")
		}
		return c.placed(at, zone), nil
	}
	if isTime {
		return nil, fmt.Errorf("a moment, not a text")
	}
	return written, nil
}

// placed reads a moment that has no zone in the programme's.
func (c column) placed(at time.Time, zone *time.Location) time.Time {
	if !c.zoneless {
		return at
	}
	return time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), zone)
}

func asText(raw any) string {
	if bytes, ok := raw.([]byte); ok {
		return string(bytes)
	}
	return fmt.Sprint(raw)
}

var exactNumber = regexp.MustCompile(`^-?[0-9]{1,30}(\.[0-9]{1,30})?$`)

// fixed reads a decimal number as a whole number of its last place; what is
// smaller is cut off.
func fixed(text string, places int) (int64, error) {
	if !exactNumber.MatchString(text) {
		return 0, fmt.Errorf("not an exact number")
	}
	units, fraction, _ := strings.Cut(text, ".")
	number, _ := new(big.Int).SetString(units+(fraction + "000")[:places], 10)
	if !number.IsInt64() {
		return 0, fmt.Errorf("the number is too big")
	}
	return number.Int64(), nil
}

// instant gives a moment of a row, zero for none.
func instant(r record, name string) time.Time { return field[time.Time](r, name) }

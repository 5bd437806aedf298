package sqlmap

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/connect/connector"
)

// Query implements [connector.Queried]: it runs a statement of the mapping that reads, with values for its parameters as
// a person types them. Personal data are masked unless they are asked for.
func (c *Connector) Query(ctx context.Context, name string, values map[string]string, personal bool) ([]connector.Row, error) {
	s := c.statements[name]
	switch {
	case s == nil:
		return nil, fmt.Errorf("the mapping has no statement %q", name)
	case s.write:
		return nil, fmt.Errorf("statement %s changes data, and only those that read can be tried", name)
	}
	bound := map[string]any{"limit": int64(c.mapping.rows)}
	today := crm.DateOf(c.options.Clock(), c.options.Zone)
	bound["today"], bound["from"], bound["to"] = string(today), "1900-01-01", string(today)
	bound["after_day"] = string(crm.DateOf(today.End(c.options.Zone), c.options.Zone))
	for parameter, written := range values {
		value, err := c.typed(s, parameter, written)
		if err != nil {
			return nil, err
		}
		bound[parameter] = value
	}
	for _, bind := range s.binds {
		if _, given := bound[bind]; !given && !strings.HasPrefix(bind, "after_") && values["ref"]+values["card"] == "" {
			return nil, fmt.Errorf("the value of %s is missing: %s=…", bind, bind)
		}
	}
	db := c.read
	if s.fresh {
		db = c.fresh
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	records, err := c.query(ctx, db, s, c.mapping.rows, bound)
	if err != nil {
		return nil, err
	}
	rows := make([]connector.Row, len(records))
	for i, r := range records {
		rows[i] = c.row(s, r, bound, personal)
	}
	return rows, nil
}

// typed reads the value of a parameter.
func (c *Connector) typed(s *statement, parameter, written string) (any, error) {
	switch {
	case !slices.Contains(s.params, parameter):
		return nil, fmt.Errorf("statement %s has no parameter %s; it has %s", s.name, parameter, strings.Join(s.params, ", "))
	case parameter == "phone":
		return c.options.Country.Phone(written)
	case parameter == "email":
		return crm.NormalizeEmail(written)
	case parameter == "limit":
		return strconv.ParseInt(written, 10, 64)
	}
	return given(written), nil
}

var personalColumns = []string{"surname", "firstname", "patronymic", "birth_date"}

func (c *Connector) row(s *statement, r record, asked map[string]any, personal bool) (row connector.Row) {
	if _, card := s.columns["state"]; card {
		m, err := c.member(r)
		parameter := map[string]string{"find_by_phone": "phone", "find_by_email": "email", "member": "card"}[s.name]
		value, _ := asked[parameter].(string)
		if err != nil {
			row.LeftOut = err.Error()
		} else if value != "" {
			row.LeftOut = foreign(m, s.name, value)
		}
		r = maps.Clone(r)
		for name, read := range map[string]string{"phone": m.Profile.Phone, "email": m.Profile.Email, "sex": string(m.Profile.Sex)} {
			if _, came := r[name]; came {
				r[name] = read
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r)) {
		shown := c.shown(s.columns[name], r[name])
		switch {
		case personal:
		case name == "phone" && shown != "":
			shown = crm.MaskPhone(shown)
		case name == "email" && shown != "":
			shown = crm.MaskEmail(shown)
		case slices.Contains(personalColumns, name) && shown != "":
			shown = "***"
		}
		row.Fields = append(row.Fields, [2]string{name, shown})
	}
	return row
}

func (c *Connector) shown(kind class, value any) string {
	if at, ok := value.(time.Time); ok {
		return at.In(c.options.Zone).Format(time.RFC3339)
	}
	number, ok := value.(int64)
	places := map[class]int{money: 2, amount: 3}[kind]
	if !ok || places == 0 {
		return fmt.Sprint(value)
	}
	sign := ""
	if number < 0 {
		sign, number = "-", -number
	}
	digits := fmt.Sprintf("%0*d", places+1, number)
	return sign + digits[:len(digits)-places] + "." + digits[len(digits)-places:]
}

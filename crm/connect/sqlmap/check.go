package sqlmap

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"koshelek-adapter/crm"
)

// scanRows is from how many rows on a statement that reads a whole table is warned of.
const scanRows = 10_000

// Finding is what a check of the database found.
type Finding struct {
	// Fault: the mapping cannot be used. Else it is a warning.
	Fault     bool
	Statement string
	Text      string
}

// String is a sentence for operators.
func (f Finding) String() string {
	text := f.Text
	if f.Statement != "" {
		text = "statement " + f.Statement + ": " + text
	}
	if f.Fault {
		return "fault: " + text
	}
	return "warning: " + text
}

func faults(findings []Finding) error {
	var errs []error
	for _, f := range findings {
		if f.Fault {
			errs = append(errs, errors.New(f.String()))
		}
	}
	return errors.Join(errs...)
}

// Check compares the mapping with the database: every statement is prepared, those
// that read run once with values that match nobody, plans are looked at, and so is
// what the user of the connection to read with may write. Nothing is changed. The
// error is that of a database that cannot be asked.
func (c *Connector) Check(ctx context.Context) ([]Finding, error) {
	if err := c.read.PingContext(ctx); err != nil {
		return nil, err
	}
	if err := c.fresh.PingContext(ctx); err != nil {
		return nil, err
	}
	var found []Finding
	fault := func(s *statement, err error) {
		found = append(found, Finding{Fault: true, Statement: s.name, Text: err.Error()})
	}
	if c.dialect.mayWrite == nil {
		found = append(found, Finding{Text: "what the user of the connection to read with may change is not known of this kind of database"})
	} else if may, err := c.dialect.mayWrite(ctx, c.read); err != nil {
		return nil, err
	} else if may != "" && c.options.Read != c.options.Write {
		found = append(found, Finding{Fault: true, Text: "the user of the connection to read with may change data: " + may})
	} else if may != "" {
		found = append(found, Finding{Text: "reads use the connection to write with; give them one of a user who can only read"})
	}
	for _, s := range c.sorted() {
		if s.write {
			if err := c.checkWrite(ctx, s); err != nil {
				fault(s, err)
			}
			continue
		}
		values := map[string]any{"limit": int64(0)}
		if s.name == "purchases" || s.name == "offers" {
			today := string(crm.DateOf(c.options.Clock(), c.options.Zone))
			values["from"], values["to"], values["after_day"], values["today"] = today, today, today, today
		}
		if _, err := c.query(ctx, c.read, s, c.mapping.rows, values); err != nil {
			fault(s, err)
			continue
		}
		found = append(found, c.checkPlan(ctx, s, values)...)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c.checked.Store(&found)
	return found, nil
}

// checkWrite looks at a procedure without running it.
func (c *Connector) checkWrite(ctx context.Context, s *statement) error {
	prepared, err := c.write.PrepareContext(ctx, s.text)
	if err != nil {
		return err
	}
	defer func() { _ = prepared.Close() }()
	if s.routine != "" && c.dialect.routine != nil {
		return c.dialect.routine(ctx, c.write, s.routine, s.arguments)
	}
	if c.dialect.columns == nil {
		return nil
	}
	names, err := c.dialect.columns(ctx, c.write, s.text)
	if err != nil {
		return err
	}
	return s.named(names)
}

// checkPlan warns of tables that are read from end to end. Values that are NULL
// would be planned away, so those of somebody who is not there are used.
func (c *Connector) checkPlan(ctx context.Context, s *statement, values map[string]any) []Finding {
	if c.dialect.explain == nil {
		return nil
	}
	values = maps.Clone(values)
	values["phone"], values["email"], values["card"], values["key"], values["limit"] = "999999999999999", "nobody@example.invalid", "999999999999999", "nobody", int64(1)
	var (
		scans map[string]int64
		err   error
	)
	// Of what kind the CRM's references are is not known.
	for _, ref := range []any{"0", "00000000-0000-0000-0000-000000000000", nil} {
		values["ref"] = ref
		if scans, err = c.dialect.explain(ctx, c.read, s.text, s.args(values)); err == nil {
			break
		}
	}
	if err != nil {
		return []Finding{{Statement: s.name, Text: "its plan cannot be looked at: " + err.Error()}}
	}
	var found []Finding
	for _, table := range slices.Sorted(maps.Keys(scans)) {
		if rows := scans[table]; rows > scanRows {
			found = append(found, Finding{Statement: s.name, Text: fmt.Sprintf("it reads the whole of %s, about %d rows; an index is missing", table, rows)})
		}
	}
	return found
}

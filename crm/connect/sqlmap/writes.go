package sqlmap

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"koshelek-adapter/crm"
)

// writeTries is how often a write runs that the database rolled back.
const writeTries = 4

// do runs a write: a procedure in a transaction. The procedure says what it did; what
// it refused is rolled back.
func (c *Connector) do(ctx context.Context, name string, values map[string]any) (record, error) {
	s := c.statements[name]
	if s == nil {
		return nil, crm.Fail(crm.ErrNotSupported, "the mapping has no statement "+name)
	}
	for try := 1; ; try++ {
		answer, err := c.attempt(ctx, s, values)
		switch {
		case err == nil || crm.KindOf(err) != crm.ErrInternal:
			return answer, err
		case !c.dialect.again(err):
			return nil, c.failed(fmt.Errorf("statement %s: %w", name, err))
		case try == writeTries:
			return nil, crm.Wrap(crm.ErrNotDone, fmt.Errorf("statement %s: %s", name, c.dialect.reason(err)))
		}
	}
}

// attempt runs a write once. Errors without a kind are the database's.
func (c *Connector) attempt(ctx context.Context, s *statement, values map[string]any) (record, error) {
	tx, err := c.write.BeginTx(ctx, nil)
	if err != nil {
		return nil, crm.Wrap(crm.ErrNotDone, errors.New("no transaction was begun: "+c.reason(err)))
	}
	defer func() { _ = tx.Rollback() }() // it is committed, or nothing is lost
	rows, err := tx.QueryContext(ctx, s.text, s.args(values)...)
	if err != nil {
		return nil, err
	}
	records, err := s.outcome(rows, c.options.Zone)
	if err != nil {
		return nil, err
	}
	if len(records) != 1 {
		return nil, crm.Fail(crm.ErrUnavailable, fmt.Sprintf("statement %s gave %d rows in place of one", s.name, len(records)))
	}
	if err := refusal(records[0].text("outcome")); err != nil {
		return nil, err
	}
	return records[0], tx.Commit()
}

func (c *Connector) reason(err error) string {
	if reason := c.dialect.reason(err); reason != "" {
		return reason
	}
	return err.Error()
}

// outcome reads the answer of a procedure to its end: an error may follow it.
func (s *statement) outcome(rows *sql.Rows, zone *time.Location) ([]record, error) {
	defer func() { _ = rows.Close() }() // rows.Err tells
	records, err := s.read(rows, 1, zone)
	if err != nil {
		return nil, err
	}
	for rows.NextResultSet() {
	}
	return records, rows.Err()
}

// The outcomes of writes that were done.
const (
	outcomeDone     = "done"
	outcomeRepeated = "repeated"
)

// refusal gives the error that an outcome names, nil for what was done. A word that
// is not known is no success.
func refusal(outcome string) error {
	kind := crm.Kind(outcome)
	switch {
	case outcome == outcomeDone || outcome == outcomeRepeated:
		return nil
	case kind == crm.ErrBusy || kind == crm.ErrNotDone:
		return crm.ErrNotDone
	case kind == crm.ErrInternal || !slices.Contains(crm.Kinds(), kind):
		return crm.Fail(crm.ErrUnavailable, "the outcome is neither done, repeated nor a kind of error")
	}
	return kind
}

// wrote notes that a card was changed, or may have been.
func (c *Connector) wrote(card string) {
	if card != "" {
		c.written.Add(card, c.options.Clock())
	}
}

func profileValues(into map[string]any, p crm.Profile) map[string]any {
	for name, value := range map[string]string{
		"phone": p.Phone, "email": p.Email, "surname": p.Surname, "firstname": p.FirstName, "patronymic": p.Patronymic,
		"sex": string(p.Sex), "birth_date": string(p.BirthDate), "country_code": p.CountryCode, "locality": p.Locality,
	} {
		into[name] = given(value)
	}
	return into
}

// Enroll implements [crm.Connector]. The card that was made is read back.
func (c *Connector) Enroll(ctx context.Context, e crm.Enrollment) (crm.Member, error) {
	values := profileValues(map[string]any{
		"key": e.Key, "card": e.Number.Number, "barcode": given(e.Number.BarcodeNumber), "barcode_type": given(string(e.Number.BarcodeType)),
	}, e.Profile)
	c.wrote(e.Number.Number)
	made, err := c.do(ctx, "enroll", values)
	if err != nil {
		return crm.Member{}, err
	}
	m, err := c.memberOf(ctx, crm.Ref{ID: made.text("ref"), Card: made.text("card")}, false)
	if err != nil {
		return crm.Member{}, crm.Wrap(crm.ErrUnavailable, errors.New("the card was made and cannot be read back: "+string(crm.KindOf(err))))
	}
	return m, nil
}

// Update implements [crm.Connector].
func (c *Connector) Update(ctx context.Context, key string, ref crm.Ref, profile crm.Profile) error {
	values := profileValues(refValues(ref), profile)
	values["key"] = key
	c.wrote(ref.Card)
	_, err := c.do(ctx, "update", values)
	return err
}

// SetChannels implements [crm.ConnectedConsents]: one call for each channel, so a
// fault may leave some of them set, and the repetition sets the rest.
func (c *Connector) SetChannels(ctx context.Context, key string, ref crm.Ref, wanted map[crm.Channel]bool) error {
	c.wrote(ref.Card)
	for _, channel := range slices.Sorted(maps.Keys(wanted)) {
		values := refValues(ref)
		values["key"], values["channel"], values["allowed"] = key+"-"+string(channel), string(channel), wanted[channel]
		if _, err := c.do(ctx, "set_channel", values); err != nil {
			return err
		}
	}
	return nil
}

// Receipt implements [crm.ConnectedReceipts].
func (c *Connector) Receipt(ctx context.Context, key string, ref crm.Ref, receipt crm.Receipt) (crm.Applied, error) {
	values := refValues(ref)
	values["key"], values["fn"], values["number"], values["fp"] = key, receipt.FN, receipt.I, receipt.FP
	values["at"], values["sum"], values["kind"] = receipt.At, receipt.SumKopecks, int64(receipt.Kind)
	return c.apply(ctx, "receipt", ref, values)
}

// Redeem implements [crm.ConnectedCodes].
func (c *Connector) Redeem(ctx context.Context, key string, ref crm.Ref, code string) (crm.Applied, error) {
	values := refValues(ref)
	values["key"], values["code"] = key, code
	return c.apply(ctx, "code", ref, values)
}

// Move implements [crm.ConnectedPoints].
func (c *Connector) Move(ctx context.Context, key string, ref crm.Ref, m crm.PointsMove) (crm.Applied, error) {
	values := refValues(ref)
	values["key"], values["points"], values["description"] = key, m.Points, given(m.Description)
	for name, at := range map[string]time.Time{"available_from": m.AvailableFrom, "valid_until": m.ValidUntil} {
		if values[name] = any(nil); !at.IsZero() && !at.Equal(crm.Forever) {
			values[name] = at
		}
	}
	return c.apply(ctx, "points", ref, values)
}

func (c *Connector) apply(ctx context.Context, name string, ref crm.Ref, values map[string]any) (crm.Applied, error) {
	c.wrote(ref.Card)
	answer, err := c.do(ctx, name, values)
	if err != nil {
		return crm.Applied{}, err
	}
	return applied(answer), nil
}

func applied(answer record) crm.Applied {
	return crm.Applied{Points: field[int64](answer, "points"), Repeated: answer.text("outcome") == outcomeRepeated, Ref: answer.text("ref")}
}

// Operation implements [crm.ConnectedLookup]: no row is a write that was never done.
func (c *Connector) Operation(ctx context.Context, key string, _ crm.Ref, _ time.Time) (crm.Applied, bool, error) {
	records, err := c.rows(ctx, "lookup", false, 1, map[string]any{"key": key})
	if err != nil || len(records) == 0 {
		return crm.Applied{}, false, err
	}
	if err := refusal(records[0].text("outcome")); err != nil {
		return crm.Applied{}, false, crm.Wrap(crm.ErrUnavailable, err)
	}
	return applied(records[0]), true, nil
}

// Erase implements [crm.ConnectedErasure].
func (c *Connector) Erase(ctx context.Context, ref crm.Ref) error {
	c.wrote(ref.Card)
	_, err := c.do(ctx, "erase", refValues(ref))
	if crm.KindOf(err) == crm.ErrCardNotFound || crm.KindOf(err) == crm.ErrCustomerNotFound {
		return nil
	}
	return err
}

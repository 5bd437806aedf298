package sqlmap

import (
	"context"
	"strings"

	"koshelek-adapter/crm"
)

// maxFound is how many customers a search gives at most.
const maxFound = 10

// Find implements [crm.Connector]. It asks the primary: a card is issued on the
// answer.
func (c *Connector) Find(ctx context.Context, by crm.Identity) ([]crm.Member, error) {
	var found []crm.Member
	seen, customers := map[crm.Ref]bool{}, map[string]bool{}
	for _, search := range []struct{ statement, value string }{{"find_by_phone", by.Phone}, {"find_by_email", by.Email}} {
		if search.value == "" {
			continue
		}
		_, parameter, _ := strings.Cut(search.statement, "find_by_")
		records, err := c.rows(ctx, search.statement, false, c.mapping.rows, map[string]any{parameter: search.value})
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			m, err := c.member(r)
			if err != nil {
				return nil, err
			}
			if why := foreign(m, search.statement, search.value); why != "" {
				c.options.Log.Warn().Str("statement", search.statement).Str("reason", why).Msg("crm.row_left_out")
				continue
			}
			if !seen[m.Ref] {
				seen[m.Ref], customers[m.ID], found = true, true, append(found, m)
			}
		}
	}
	if len(customers) > maxFound {
		return nil, crm.Fail(crm.ErrAmbiguous, "more than ten customers were found")
	}
	return found, nil
}

// foreign says why a row is not about what was asked for, "" when it is. A database
// may find é for e, and a text with spaces behind it for one without.
func foreign(m crm.Member, statement, value string) string {
	switch {
	case statement == "find_by_phone" && m.Profile.Phone != value:
		return "another phone than asked for"
	case statement == "find_by_email" && m.Profile.Email != value:
		return "another e-mail than asked for"
	case statement == "member" && m.Card != value:
		return "another card than asked for"
	}
	return ""
}

// Member implements [crm.Connector].
func (c *Connector) Member(ctx context.Context, ref crm.Ref) (crm.Member, error) {
	return c.memberOf(ctx, ref, c.lags(ref))
}

func (c *Connector) memberOf(ctx context.Context, ref crm.Ref, lag bool) (crm.Member, error) {
	records, err := c.rows(ctx, "member", lag, c.mapping.rows, refValues(ref))
	if err != nil {
		return crm.Member{}, err
	}
	var found []crm.Member
	for _, r := range records {
		m, err := c.member(r)
		if err != nil {
			return crm.Member{}, err
		}
		if why := foreign(m, "member", ref.Card); why != "" {
			c.options.Log.Warn().Str("statement", "member").Str("reason", why).Msg("crm.row_left_out")
			continue
		}
		found = append(found, m)
	}
	switch len(found) {
	case 0:
		return crm.Member{}, crm.ErrCardNotFound
	case 1:
		return found[0], nil
	}
	return crm.Member{}, crm.Fail(crm.ErrUnavailable, "statement member: two rows have the card")
}

// member makes a member of a row. Identifiers that cannot be read are left out, so
// that they are nobody's.
func (c *Connector) member(r record) (crm.Member, error) {
	m := crm.Member{
		Ref: crm.Ref{ID: r.text("ref"), Card: r.text("card")}, State: crm.CardState(r.text("state")),
		BarcodeNumber: r.text("barcode"), BarcodeType: crm.BarcodeType(r.text("barcode_type")), IssuedAt: instant(r, "issued_at"),
		Profile: crm.Profile{
			Surname: r.text("surname"), FirstName: r.text("firstname"), Patronymic: r.text("patronymic"),
			BirthDate: field[crm.Date](r, "birth_date"), CountryCode: r.text("country_code"), Locality: r.text("locality"),
		},
	}
	if m.Card != "" && !m.State.Valid() {
		return m, crm.Fail(crm.ErrUnavailable, "the column state holds neither active, inactive nor blocked")
	}
	m.Profile.Phone, _ = c.options.Country.LocalPhone(r.text("phone"))
	m.Profile.Email, _ = crm.NormalizeEmail(r.text("email"))
	m.Profile.Sex, _ = crm.ParseSex(r.text("sex"))
	return m, nil
}

// Members implements [crm.ConnectedDirectory]. The cursor is the last row's ref and card.
func (c *Connector) Members(ctx context.Context, after string, limit int) (members []crm.Member, next string, err error) {
	at := strings.LastIndexByte(after, ' ')
	ref, card := after[:max(at, 0)], after[at+1:]
	records, err := c.rows(ctx, "members", true, limit, map[string]any{"after_ref": given(ref), "after_card": given(card), "limit": int64(limit)})
	if err != nil {
		return nil, "", err
	}
	for _, r := range records {
		m, err := c.member(r)
		if err != nil {
			return nil, "", err
		}
		members = append(members, m)
	}
	if len(records) == limit {
		next = members[limit-1].ID + " " + members[limit-1].Card
	}
	return members, next, nil
}

// Balance implements [crm.ConnectedBalances]: each row is a lot, a negative one is
// taken from the total.
func (c *Connector) Balance(ctx context.Context, ref crm.Ref) (crm.PointsBalance, error) {
	records, err := c.rows(ctx, "balance", c.lags(ref), c.mapping.rows, refValues(ref))
	if err != nil {
		return crm.PointsBalance{}, err
	}
	if len(records) == 0 { // nobody, or somebody without points
		_, err := c.Member(ctx, ref)
		return crm.PointsBalance{}, err
	}
	var b crm.PointsBalance
	now := c.options.Clock()
	for _, r := range records {
		lot := crm.Lot{Description: r.text("description"), Remaining: field[int64](r, "points"), AvailableFrom: instant(r, "available_from"), ValidUntil: instant(r, "valid_until")}
		if lot.ValidUntil.IsZero() {
			lot.ValidUntil = crm.Forever
		}
		b.Total += lot.Remaining
		if !lot.AvailableFrom.After(now) {
			b.Available += lot.Remaining
		}
		if lot.Remaining > 0 {
			b.Lots = append(b.Lots, lot)
		}
	}
	b.Total, b.Available = max(b.Total, 0), max(b.Available, 0)
	return b, nil
}

// Purchases implements [crm.ConnectedPurchases]. The cursor is the last row's day and
// ref.
func (c *Connector) Purchases(ctx context.Context, ref crm.Ref, from, to crm.Date, after string, limit int) (lines []crm.Purchase, next string, err error) {
	values := refValues(ref)
	values["from"], values["to"], values["limit"] = string(from), string(to), int64(limit)
	day, last, _ := strings.Cut(after, " ")
	if day == "" {
		day = string(crm.DateOf(to.End(c.options.Zone), c.options.Zone))
	}
	values["after_day"], values["after_ref"] = day, given(last)
	records, err := c.rows(ctx, "purchases", c.lags(ref), limit, values)
	if err != nil {
		return nil, "", err
	}
	for _, r := range records {
		line := crm.Purchase{
			CardNumber: ref.Card, Ref: r.text("ref"), Date: field[crm.Date](r, "day"), Item: r.text("item"), AmountKopecks: field[int64](r, "amount"),
			QuantityMilli: 1000, Location: r.text("location"), BonusPoints: field[int64](r, "points"),
		}
		if quantity, known := r["quantity"].(int64); known {
			line.QuantityMilli = quantity
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 && after == "" { // nobody, or somebody who bought nothing
		_, err := c.Member(ctx, ref)
		return nil, "", err
	}
	if len(lines) == limit {
		next = string(lines[limit-1].Date) + " " + lines[limit-1].Ref
	}
	return lines, next, nil
}

// Offers implements [crm.ConnectedOffers]. Those for all do not tell that there is a
// card, so it is looked at first.
func (c *Connector) Offers(ctx context.Context, ref crm.Ref) ([]crm.Offer, error) {
	if _, err := c.Member(ctx, ref); err != nil {
		return nil, err
	}
	values := refValues(ref)
	today := crm.DateOf(c.options.Clock(), c.options.Zone)
	values["today"] = string(today)
	records, err := c.rows(ctx, "offers", true, c.mapping.rows, values)
	if err != nil {
		return nil, err
	}
	open := []crm.Offer{}
	for _, r := range records {
		o := crm.Offer{
			ID: r.text("id"), Audience: crm.AudienceCard, Target: ref.Card, Name: r.text("name"), Description: r.text("description"),
			StartDate: field[crm.Date](r, "start_date"), EndDate: field[crm.Date](r, "end_date"), ImageURL: r.text("image_url"), Discount: r.text("discount"),
		}
		if o.StartDate > today || o.EndDate != "" && o.EndDate < today {
			continue
		}
		open = append(open, o)
	}
	return open, nil
}

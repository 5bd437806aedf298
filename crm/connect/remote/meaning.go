package remote

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/schema/crmapi"
)

func missing(field string) error { return fmt.Errorf("the answer lacks %s", field) }

func toRef(ref crm.Ref) crmapi.Ref { return crmapi.Ref{ID: ref.ID, Card: ref.Card} }

func toProfile(p crm.Profile) crmapi.Profile {
	return crmapi.Profile{
		Phone: p.Phone, Email: p.Email, Surname: p.Surname, FirstName: p.FirstName, Patronymic: p.Patronymic, Sex: string(p.Sex),
		BirthDate: string(p.BirthDate), CountryCode: p.CountryCode, Locality: p.Locality,
	}
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func (c *Connector) about(a crmapi.About) (crm.About, error) {
	switch {
	case a.Version != crmapi.Version:
		return crm.About{}, fmt.Errorf("the CRM speaks version %d of the contract, we %d", a.Version, crmapi.Version)
	case a.Name == "":
		return crm.About{}, missing("name")
	case a.Offers == nil:
		return crm.About{}, missing("offers")
	}
	about := crm.About{Name: a.Name, PerSecond: max(0, a.PerSecond), InFlight: max(0, a.InFlight), Notes: a.Notes, Writes: map[crm.Write]crm.Guarantee{}}
	for _, call := range crmapi.Calls() {
		if !call.Mandatory && slices.Contains(*a.Offers, call.Name) {
			about.Offers = append(about.Offers, call.Name)
		}
	}
	for write, guarantee := range a.Writes {
		switch g := crm.Guarantee(guarantee); g {
		case crm.GuaranteeNone, crm.GuaranteeSearchable, crm.GuaranteeNatural, crm.GuaranteeKeyed:
			about.Writes[crm.Write(write)] = g
		default:
			return crm.About{}, fmt.Errorf("writes has the guarantee %q", clip(guarantee))
		}
	}
	now, err := c.moment(a.Now, false)
	about.Now = now
	return about, err
}

// members reads a list, each card once.
func (c *Connector) members(a crmapi.Members, most int) ([]crm.Member, error) {
	if a.Members == nil {
		return nil, missing("members")
	}
	if len(*a.Members) > most {
		return nil, fmt.Errorf("%d members came where %d are the most", len(*a.Members), most)
	}
	all, seen := make([]crm.Member, 0, len(*a.Members)), map[string]bool{}
	for i := range *a.Members {
		m, err := c.member(&(*a.Members)[i])
		if err != nil {
			return nil, err
		}
		if seen[m.Card] {
			return nil, errors.New("a card came twice")
		}
		seen[m.Card] = true
		all = append(all, m)
	}
	return all, nil
}

// asked reads the member that was asked for.
func (c *Connector) asked(a *crmapi.Member, ref crm.Ref) (crm.Member, error) {
	if a == nil {
		return crm.Member{}, missing("member")
	}
	m, err := c.member(a)
	if err != nil {
		return crm.Member{}, err
	}
	if ref.ID != "" && m.ID != ref.ID || ref.Card != "" && m.Card != ref.Card {
		return crm.Member{}, errors.New("the member is not the one that was asked for")
	}
	return m, nil
}

const maxIDBytes = 128

func (c *Connector) member(a *crmapi.Member) (m crm.Member, err error) {
	m = crm.Member{Ref: crm.Ref{ID: a.ID, Card: a.Card}, State: crm.CardState(a.State)}
	if a.ID == "" || len(a.ID) > maxIDBytes || strings.ContainsRune(a.ID, 0) {
		return m, errors.New("a member's id is missing or longer than 128 bytes")
	}
	if _, err := crm.ParseCardNumber(a.Card); err != nil {
		return m, errors.New("a member's card is no card number")
	}
	if !m.State.Valid() {
		return m, fmt.Errorf("a card's state is %q", clip(a.State))
	}
	if a.Profile != nil {
		if m.Profile, err = profile(*a.Profile); err != nil {
			return m, err
		}
	}
	if a.Barcode != nil {
		if _, err := crm.ParseCardNumber(a.Barcode.Number); err != nil {
			return m, errors.New("a barcode's number is none")
		}
		m.BarcodeNumber, m.BarcodeType = a.Barcode.Number, crm.BarcodeType(a.Barcode.Type)
		if !slices.Contains([]crm.BarcodeType{"", crm.EAN8, crm.EAN13, crm.Code128, crm.UPCA, crm.QRCode}, m.BarcodeType) {
			return m, fmt.Errorf("a barcode's type is %q", clip(a.Barcode.Type))
		}
	}
	if m.IssuedAt, err = c.moment(a.IssuedAt, false); err != nil {
		return m, err
	}
	if a.Balance != nil {
		b, err := c.balance(*a.Balance)
		if err != nil {
			return m, err
		}
		m.Balance = &b
	}
	return m, nil
}

// profile reads what is known of a customer. A sex and a birth date that cannot be
// count as not known: they decide nothing.
func profile(a crmapi.Profile) (crm.Profile, error) {
	p := crm.Profile{
		Phone: a.Phone, Email: a.Email, Surname: a.Surname, FirstName: a.FirstName, Patronymic: a.Patronymic, CountryCode: a.CountryCode, Locality: a.Locality,
	}
	for _, text := range []string{p.Surname, p.FirstName, p.Patronymic, p.Locality, p.CountryCode} {
		if len([]rune(text)) > crm.MaxTextRunes {
			return p, errors.New("a text of a profile is longer than 255 characters")
		}
	}
	if day, err := crm.ParseDate(a.BirthDate); err == nil {
		p.BirthDate = day
	}
	if sex, err := crm.ParseSex(a.Sex); err == nil {
		p.Sex = sex
	}
	return p, nil
}

func (c *Connector) balance(a crmapi.Balance) (crm.PointsBalance, error) {
	if a.Total == nil || a.Available == nil {
		return crm.PointsBalance{}, missing("total or available")
	}
	b := crm.PointsBalance{Total: *a.Total, Available: *a.Available}
	if b.Available < 0 || b.Total < b.Available || b.Total > crm.MaxPoints {
		return crm.PointsBalance{}, errors.New("a balance is below zero, above its total or too large")
	}
	var sum int64
	for _, lot := range a.Lots {
		if lot.Points == nil || *lot.Points < 0 || *lot.Points > b.Total-sum {
			return crm.PointsBalance{}, errors.New("a lot is without points, below zero or more than the total")
		}
		sum += *lot.Points
		from, wrong := c.moment(lot.AvailableFrom, false)
		until, err := c.moment(lot.ValidUntil, true)
		if err := errors.Join(wrong, err); err != nil {
			return crm.PointsBalance{}, err
		}
		if until.IsZero() {
			until = crm.Forever
		}
		b.Lots = append(b.Lots, crm.Lot{Description: lot.Description, Remaining: *lot.Points, AvailableFrom: from, ValidUntil: until})
	}
	return b, nil
}

// moment reads a moment, or a day of the programme's zone: its beginning or, as an
// end, the beginning of the next. "" is the zero time.
func (c *Connector) moment(text string, end bool) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil && at.Year() >= 1900 && at.Year() < 3000 {
		return at, nil
	}
	day, err := crm.ParseDate(text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is neither a day nor a moment with a zone", clip(text))
	}
	next := day.End(c.options.Zone)
	if end {
		return next, nil
	}
	return next.AddDate(0, 0, -1), nil
}

// goesOn reports a cursor that would lead in a circle.
func goesOn(next string, page crmapi.Page) error {
	if next != "" && next == page.After || len(next) > 255 {
		return errors.New("the next page is this page, or its name is longer than 255 bytes")
	}
	return nil
}

func purchases(a crmapi.PurchaseLines, card string, from, to crm.Date, page crmapi.Page) ([]crm.Purchase, error) {
	if a.Lines == nil {
		return nil, missing("lines")
	}
	if len(*a.Lines) > page.Limit {
		return nil, fmt.Errorf("%d lines came where %d were asked for", len(*a.Lines), page.Limit)
	}
	lines := make([]crm.Purchase, 0, len(*a.Lines))
	for _, l := range *a.Lines {
		day, err := crm.ParseDate(l.Day)
		switch {
		case err != nil:
			return nil, fmt.Errorf("%q is no day", clip(l.Day))
		case day < from || to != "" && day > to:
			return nil, errors.New("a line is of a day that was not asked for")
		case l.Kopecks == nil:
			return nil, missing("kopecks")
		case l.Item == "":
			return nil, missing("item")
		}
		line := crm.Purchase{CardNumber: card, Ref: l.Ref, Date: day, Item: l.Item, AmountKopecks: *l.Kopecks, QuantityMilli: 1000, Location: l.Place, BonusPoints: l.Points}
		if l.Quantity != nil {
			line.QuantityMilli = *l.Quantity
		}
		lines = append(lines, line)
	}
	return lines, goesOn(a.Next, page)
}

func offers(a crmapi.OpenOffers) ([]crm.Offer, error) {
	if a.Offers == nil {
		return nil, missing("offers")
	}
	all, seen := make([]crm.Offer, 0, len(*a.Offers)), map[string]bool{}
	for _, o := range *a.Offers {
		for _, day := range []string{o.From, o.To} {
			if _, err := crm.ParseDate(day); day != "" && err != nil {
				return nil, fmt.Errorf("%q is no day", clip(day))
			}
		}
		if o.ID == "" || o.Name == "" || seen[o.ID] {
			return nil, errors.New("an offer has no id or no name, or came twice")
		}
		seen[o.ID] = true
		all = append(all, crm.Offer{
			ID: o.ID, Audience: crm.AudienceAll, Name: o.Name, Description: o.Description, StartDate: crm.Date(o.From), EndDate: crm.Date(o.To), ImageURL: o.ImageURL, Discount: o.Discount,
		})
	}
	return all, nil
}

func applied(a crmapi.Applied) (crm.Applied, error) {
	switch {
	case a.Points == nil:
		return crm.Applied{}, missing("points")
	case *a.Points > crm.MaxPoints, *a.Points < -crm.MaxPoints, len(a.Ref) > maxIDBytes:
		return crm.Applied{}, errors.New("the points or the booking's name are too large")
	}
	return crm.Applied{Points: *a.Points, Repeated: a.Repeated, Ref: a.Ref}, nil
}

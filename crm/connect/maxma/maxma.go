// Package maxma is a [crm.Connector] to MAXMA (CloudLoyalty). It is built from public
// documents: a partner's run against the vendor's test server (api-test.maxma.com)
// is needed before production. Not used are orders, adjustments and histories.
package maxma

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"koshelek-adapter/config/setting"
	"koshelek-adapter/crm"
	"koshelek-adapter/crm/connect/connector"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

// ProductionURL is where the vendor serves.
const ProductionURL = "https://api.maxma.com"

// Settings say how to reach the vendor; its address may follow the scheme:
// ADAPTER_CRM=maxma:https://api-test.maxma.com.
type Settings struct {
	Key setting.Secret `file:"true" desc:"key of MAXMA's API (X-Processing-Key) for ADAPTER_CRM=maxma:, whose connector is built from public documents"`
}

// Check implements [connector.Settings].
func (s Settings) Check(rest string, fault func(name, message string)) {
	fault("", vendorhttp.CheckBase(cmp.Or(rest, ProductionURL), true, false))
	if !s.Key.IsSet() || strings.ContainsAny(s.Key.Reveal(), "\r\n") {
		fault("KEY", "missing, or holds an end of line; it is needed with ADAPTER_CRM=maxma:")
	}
}

// Open implements [connector.Settings].
func (s Settings) Open(_ context.Context, rest string, o connector.Options) (crm.Connector, error) {
	return New(cmp.Or(rest, ProductionURL), s.Key.Reveal(), o), nil
}

// Connector is MAXMA. It is safe for concurrent use.
type Connector struct {
	client    *vendorhttp.Client
	base, key string
	options   connector.Options
}

var (
	_ crm.Connector         = (*Connector)(nil)
	_ crm.ConnectedBalances = (*Connector)(nil)
	_ crm.ConnectedConsents = (*Connector)(nil)
)

// New makes a connector; nothing is called yet.
func New(url, key string, o connector.Options) *Connector {
	o.Zone = cmp.Or(o.Zone, time.UTC)
	return &Connector{client: vendorhttp.New("maxma", vendorhttp.Options{MaxConnections: o.InFlight}), base: vendorhttp.Base(url), key: key, options: o}
}

// Close implements [crm.Connector].
func (c *Connector) Close() error { return nil }

// who names a client.
type who struct {
	PhoneNumber string `json:"phoneNumber,omitempty"`
	Card        string `json:"card,omitempty"`
	ExternalID  string `json:"externalId,omitempty"`
}

// person is what is sent of a client.
type person struct {
	who
	Surname           string `json:"surname,omitempty"`
	Name              string `json:"name,omitempty"`
	PatronymicName    string `json:"patronymicName,omitempty"`
	Gender            int    `json:"gender,omitempty"`
	Birthdate         string `json:"birthdate,omitempty"`
	Email             string `json:"email,omitempty"`
	IsEmailSubscribed *bool  `json:"isEmailSubscribed,omitempty"`
	IsPhoneSubscribed *bool  `json:"isPhoneSubscribed,omitempty"`
}

// reply is an answer about a client, or an error, which comes in a 200.
type reply struct {
	ErrorCode int `json:"errorCode"`
	Client    *struct {
		PhoneNumber    string          `json:"phoneNumber"`
		CardString     string          `json:"cardString"`
		Surname        string          `json:"surname"`
		Name           string          `json:"name"`
		PatronymicName string          `json:"patronymicName"`
		Gender         int             `json:"gender"`
		Birthdate      string          `json:"birthdate"`
		Email          string          `json:"email"`
		Bonuses        decimal.Decimal `json:"bonuses"`
		PendingBonuses decimal.Decimal `json:"pendingBonuses"`
	} `json:"client"`
	Bonuses []struct {
		ExpireAt string          `json:"expireAt"`
		Amount   decimal.Decimal `json:"amount"`
	} `json:"bonuses"`
}

// The vendor's codes that decide something; the others leave the outcome unknown.
const (
	codeNotFound   = 3
	codeExternalID = 30
)

var kinds = map[int]crm.Kind{
	codeNotFound: crm.ErrCardNotFound, 4: crm.ErrCardBlocked, 20: crm.ErrInvalidPhone, 29: crm.ErrInvalidPhone, 24: crm.ErrPhoneTaken, 25: crm.ErrNumberTaken,
	48: crm.ErrEmailTaken, 49: crm.ErrNotDone, codeExternalID: crm.ErrOperationConflict,
}

// call asks for a client or changes one.
func (c *Connector) call(ctx context.Context, name string, query any) (reply, error) {
	answer, err := c.client.Do(ctx, vendorhttp.Request{
		Call: name, Method: http.MethodPost, URL: c.base + "/" + name, Body: vendorhttp.Marshal(query), Hide: []string{c.key},
		Header: http.Header{"X-Processing-Key": {c.key}}, Accept: func(status int) bool { return status == http.StatusOK },
	})
	if err != nil {
		return reply{}, crm.Wrap(failed(err), err)
	}
	var r reply
	if err := answer.Decode(&r); err != nil {
		return reply{}, crm.Wrap(crm.ErrUnavailable, err)
	}
	if r.ErrorCode != 0 {
		return reply{}, crm.Fail(cmp.Or(kinds[r.ErrorCode], crm.ErrUnavailable), "code "+strconv.Itoa(r.ErrorCode)+" of MAXMA")
	}
	if r.Client == nil {
		return reply{}, crm.Wrap(crm.ErrUnavailable, answer.Malformed("no client"))
	}
	return r, nil
}

// failed tells what surely was not done from what is unknown.
func failed(err error) crm.Kind {
	var fault *vendorhttp.Error
	if vendorhttp.Refused(err) || errors.As(err, &fault) && fault.Status == http.StatusServiceUnavailable {
		return crm.ErrNotDone
	}
	return crm.ErrUnavailable
}

// Describe implements [crm.Connector]: it asks for a client whom nobody makes.
func (c *Connector) Describe(ctx context.Context) (crm.About, error) {
	if _, err := c.call(ctx, "get-balance", who{ExternalID: "kosh-nobody"}); err != nil && crm.KindOf(err) != crm.ErrCardNotFound {
		return crm.About{}, err
	}
	return crm.About{
		Name: "MAXMA", Offers: []string{crm.OffersBalance, crm.OffersChannels},
		Writes: map[crm.Write]crm.Guarantee{crm.WriteEnroll: crm.GuaranteeNatural, crm.WriteUpdate: crm.GuaranteeNatural, crm.WriteChannels: crm.GuaranteeNatural},
		Notes: []string{
			"The connector is built from public documents: try it against api-test.maxma.com first.",
			"MAXMA cannot search by e-mail: a customer is found by phone.",
			"Calls and push are kept here only: MAXMA knows consent to e-mail and phone.",
		},
	}, nil
}

// Find implements [crm.Connector]. An e-mail alone cannot be searched for.
func (c *Connector) Find(ctx context.Context, by crm.Identity) ([]crm.Member, error) {
	if by.Phone == "" {
		return nil, nil
	}
	r, err := c.call(ctx, "get-balance", who{PhoneNumber: "+" + by.Phone})
	if crm.KindOf(err) == crm.ErrCardNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	m := c.member(r)
	if m.Profile.Phone != by.Phone {
		return nil, crm.Fail(crm.ErrUnavailable, "MAXMA answered with another phone than asked for")
	}
	return []crm.Member{m}, nil
}

// Member implements [crm.Connector].
func (c *Connector) Member(ctx context.Context, ref crm.Ref) (crm.Member, error) {
	r, err := c.byCard(ctx, ref)
	return c.member(r), err
}

func (c *Connector) byCard(ctx context.Context, ref crm.Ref) (reply, error) {
	if !isCard(ref.Card) {
		return reply{}, crm.ErrCardNotFound
	}
	r, err := c.call(ctx, "get-balance", who{Card: ref.Card})
	if err == nil && r.Client.CardString != ref.Card {
		return reply{}, crm.Fail(crm.ErrUnavailable, "MAXMA answered with another card than asked for")
	}
	return r, err
}

// isCard reports whether a number can be a card of MAXMA: 1 to 19 digits.
func isCard(number string) bool {
	return number != "" && len(number) <= 19 && strings.Trim(number, "0123456789") == ""
}

func (c *Connector) member(r reply) (m crm.Member) {
	if r.Client == nil {
		return m
	}
	// A client has one card, which names them.
	m.Ref, m.State = crm.Ref{ID: r.Client.CardString, Card: r.Client.CardString}, crm.CardActive
	m.Profile = crm.Profile{Surname: r.Client.Surname, FirstName: r.Client.Name, Patronymic: r.Client.PatronymicName, Sex: map[int]crm.Sex{1: "m", 2: "f"}[r.Client.Gender]}
	m.Profile.Phone, _ = c.options.Country.LocalPhone(r.Client.PhoneNumber)
	m.Profile.Email, _ = crm.NormalizeEmail(r.Client.Email)
	day, _, _ := strings.Cut(r.Client.Birthdate, "T")
	m.Profile.BirthDate, _ = crm.ParseDate(day)
	balance := c.balance(r)
	m.Balance = &balance
	return m
}

// Balance implements [crm.ConnectedBalances].
func (c *Connector) Balance(ctx context.Context, ref crm.Ref) (crm.PointsBalance, error) {
	r, err := c.byCard(ctx, ref)
	if err != nil {
		return crm.PointsBalance{}, err
	}
	return c.balance(r), nil
}

// balance cuts fractions of points off.
func (c *Connector) balance(r reply) (b crm.PointsBalance) {
	pending := points(r.Client.PendingBonuses)
	b.Available = points(r.Client.Bonuses)
	b.Total = b.Available + pending
	for _, bonus := range r.Bonuses {
		if amount := points(bonus.Amount); amount > 0 {
			b.Lots = append(b.Lots, crm.Lot{Remaining: amount, ValidUntil: c.end(bonus.ExpireAt)})
		}
	}
	if pending > 0 {
		b.Lots = append(b.Lots, crm.Lot{Remaining: pending, AvailableFrom: crm.Forever, ValidUntil: crm.Forever})
	}
	return b
}

// points is never negative and within what a card may hold.
func points(amount decimal.Decimal) int64 {
	switch {
	case !vendorhttp.Sane(amount) || amount.IsNegative():
		return 0
	case amount.GreaterThan(decimal.NewFromInt(crm.MaxPoints)):
		return crm.MaxPoints
	}
	return amount.IntPart()
}

// end reads a moment with a zone, or a day; what is neither says nothing.
func (c *Connector) end(text string) time.Time {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at
	}
	if day, err := crm.ParseDate(text); err == nil {
		return day.End(c.options.Zone)
	}
	return crm.Forever
}

func personOf(p crm.Profile) person {
	sent := person{Surname: p.Surname, Name: p.FirstName, PatronymicName: p.Patronymic, Gender: map[crm.Sex]int{"m": 1, "f": 2}[p.Sex], Birthdate: string(p.BirthDate), Email: p.Email}
	if p.Phone != "" {
		sent.PhoneNumber = "+" + p.Phone
	}
	return sent
}

// Enroll implements [crm.Connector]. Phone, card and external ID are unique there, so
// a repetition is told by them and never makes a second client.
func (c *Connector) Enroll(ctx context.Context, e crm.Enrollment) (crm.Member, error) {
	if !isCard(e.Number.Number) {
		return crm.Member{}, crm.Fail(crm.ErrInvalidCardNumber, "cards of MAXMA are up to 19 digits")
	}
	sent := personOf(e.Profile)
	sent.Card, sent.ExternalID = e.Number.Number, "kosh-"+e.Key
	r, err := c.call(ctx, "new-client", map[string]any{"client": sent})
	if err == nil {
		return c.member(r), nil
	}
	switch kind := crm.KindOf(err); kind {
	case crm.ErrPhoneTaken, crm.ErrNumberTaken, crm.ErrEmailTaken, crm.ErrOperationConflict:
		return c.enrolledBefore(ctx, e, kind)
	}
	return crm.Member{}, err
}

// enrolledBefore looks at who has what was refused: it may be our own client of a lost
// answer, or one without a card.
func (c *Connector) enrolledBefore(ctx context.Context, e crm.Enrollment, refusal crm.Kind) (crm.Member, error) {
	found, err := c.Find(ctx, crm.Identity{Phone: e.Profile.Phone})
	switch {
	case err != nil:
		return crm.Member{}, err
	case len(found) == 0:
		return crm.Member{}, refusal
	case found[0].Card == e.Number.Number:
		return found[0], nil
	case found[0].Card != "":
		return crm.Member{}, crm.ErrPhoneTaken
	}
	r, err := c.call(ctx, "update-client", map[string]any{"phoneNumber": "+" + e.Profile.Phone, "client": person{who: who{Card: e.Number.Number}}})
	return c.member(r), err
}

// Update implements [crm.Connector].
func (c *Connector) Update(ctx context.Context, _ string, ref crm.Ref, p crm.Profile) error {
	return c.update(ctx, ref, personOf(p))
}

func (c *Connector) update(ctx context.Context, ref crm.Ref, sent person) error {
	if !isCard(ref.Card) {
		return crm.ErrCardNotFound
	}
	_, err := c.call(ctx, "update-client", map[string]any{"card": ref.Card, "client": sent})
	return err
}

// SetChannels implements [crm.ConnectedConsents]: e-mail and phone (SMS) exist there.
func (c *Connector) SetChannels(ctx context.Context, _ string, ref crm.Ref, wanted map[crm.Channel]bool) error {
	var sent person
	if allowed, named := wanted[crm.ChannelEmail]; named {
		sent.IsEmailSubscribed = &allowed
	}
	if allowed, named := wanted[crm.ChannelSMS]; named {
		sent.IsPhoneSubscribed = &allowed
	}
	if sent == (person{}) {
		return nil
	}
	return c.update(ctx, ref, sent)
}

// Package maxma is a [crm.Connector] to MAXMA (CloudLoyalty). It is built from public
// documents: a partner's run against the vendor's test server (api-test.maxma.com)
// is needed before production.
package maxma

import (
	"cmp"
	"context"
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
	// Shop is also the article of their only row.
	Shop string `default:"koshelek" desc:"code and name of the shop of receipts that the wallet sends, for ADAPTER_CRM=maxma:"`
}

// Check implements [connector.Settings].
func (s Settings) Check(rest string, fault func(name, message string)) {
	fault("", vendorhttp.CheckBase(cmp.Or(rest, ProductionURL), true, false))
	if !s.Key.IsSet() || strings.ContainsAny(s.Key.Reveal(), "\r\n") {
		fault("KEY", "missing, or holds an end of line; it is needed with ADAPTER_CRM=maxma:")
	}
	if s.Shop == "" {
		fault("SHOP", "is empty")
	}
}

// Open implements [connector.Settings].
func (s Settings) Open(_ context.Context, rest string, o connector.Options) (crm.Connector, error) {
	return New(cmp.Or(rest, ProductionURL), s.Key.Reveal(), s.Shop, o), nil
}

// Connector is MAXMA. It is safe for concurrent use.
type Connector struct {
	client          *vendorhttp.Client
	base, key, shop string
	options         connector.Options
}

var _ interface {
	crm.Connector
	crm.ConnectedBalances
	crm.ConnectedConsents
	crm.ConnectedPurchases
	crm.ConnectedReceipts
	crm.ConnectedPoints
	crm.ConnectedLookup
	crm.ConnectedErasure
} = (*Connector)(nil)

// New makes a connector; nothing is called yet.
func New(url, key, shop string, o connector.Options) *Connector {
	o.Zone = cmp.Or(o.Zone, time.UTC)
	return &Connector{client: vendorhttp.New("maxma", vendorhttp.Options{MaxConnections: o.InFlight}), base: vendorhttp.Base(url), key: key, shop: shop, options: o}
}

// Close implements [crm.Connector].
func (c *Connector) Close() error { return nil }

// Describe implements [crm.Connector].
func (c *Connector) Describe(ctx context.Context) (crm.About, error) {
	var settings struct {
		PhoneVerification bool `json:"phoneVerification"`
	}
	if err := c.say(ctx, "get-settings", struct{}{}, &settings); err != nil {
		return crm.About{}, err
	}
	about := crm.About{
		Name: "MAXMA",
		Offers: []string{
			crm.OffersBalance, crm.OffersChannels, crm.OffersPurchases, crm.OffersReceipt, crm.OffersPoints, crm.OffersLookup, crm.OffersErase,
		},
		Writes: map[crm.Write]crm.Guarantee{
			crm.WriteEnroll: crm.GuaranteeNatural, crm.WriteUpdate: crm.GuaranteeNatural, crm.WriteChannels: crm.GuaranteeNatural,
			crm.WriteReceipt: crm.GuaranteeNatural, crm.WritePoints: crm.GuaranteeNone,
		},
		Notes: []string{
			"The connector is built from public documents: try it against api-test.maxma.com first.",
			"MAXMA cannot search by e-mail: a customer is found by phone, or by the e-mail of a card that was seen here.",
			"Calls and push are kept here only: MAXMA knows consent to e-mail and phone.",
			"Points that are granted or taken may stay unknown after a lost answer: MAXMA has no key for them.",
		},
	}
	if settings.PhoneVerification {
		about.Notes = append(about.Notes, "The programme has phones confirmed by a code (phoneVerification): Koshelek has confirmed them, so that cards may be refused until it is switched off.")
	}
	return about, nil
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

// Member implements [crm.Connector]. Of a client who is suspended nothing else is told.
func (c *Connector) Member(ctx context.Context, ref crm.Ref) (crm.Member, error) {
	r, err := c.byCard(ctx, ref)
	if crm.KindOf(err) == crm.ErrCardBlocked {
		return crm.Member{Ref: crm.Ref{ID: ref.Card, Card: ref.Card}, State: crm.CardBlocked}, nil
	}
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

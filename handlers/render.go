package handlers

import (
	"strconv"
	"strings"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/schema/koshelek"
)

func cardOf(card crm.Card) koshelek.Card {
	return koshelek.Card{
		CardNumber: card.Number,
		CardState:  stateOf(card.State),
		Barcode:    koshelek.Barcode{BarcodeNumber: card.BarcodeNumber, BarcodeType: string(card.BarcodeType)},
	}
}

// bare is a card that leaves its barcode out: the field hides the one within.
type bare struct {
	koshelek.Card
	Barcode *koshelek.Barcode `json:"barcode,omitempty"`
}

// cardAnswerOf leaves the barcode out when there is none: an empty one is worse
// than none, for the app would draw it. The programme gives every card one, a
// foreign store may not.
func cardAnswerOf(card koshelek.Card) any {
	if card.Barcode.BarcodeNumber == "" {
		return struct {
			Card bare `json:"card"`
		}{bare{Card: card}}
	}
	return koshelek.CardAnswer{Card: card}
}

// stateOf knows the contract's two states only. [C]
func stateOf(state crm.CardState) string {
	if state == crm.CardActive {
		return koshelek.CardActive
	}
	return koshelek.CardInactive
}

func bonusOf(bonus crm.Bonus, zone *time.Location) *koshelek.Bonus {
	lots := make(koshelek.List[koshelek.BonusLot], len(bonus.Lots))
	for i, lot := range bonus.Lots {
		lots[i] = koshelek.BonusLot{
			Description: lot.Description, Amount: integer(lot.Remaining), ValidUntil: lastDay(lot.ValidUntil, zone),
		}
	}
	return &koshelek.Bonus{Total: integer(bonus.Total), Available: integer(bonus.Available), Bonuses: lots}
}

// lastDay is the last day on which points are good: the programme knows the
// first moment at which they are gone. Points that stay for ever have none.
func lastDay(until time.Time, zone *time.Location) string {
	if !until.Before(crm.Forever) {
		return ""
	}
	return string(crm.DateOf(until.Add(-time.Millisecond), zone))
}

func purchaseOf(p crm.Purchase) any {
	return koshelek.Purchase{
		Date: string(p.Date), Item: p.Item, Amount: integer(p.AmountKopecks), Quantity: thousandths(p.QuantityMilli),
		Location: p.Location, Bonuses: integer(p.BonusPoints),
	}
}

func offerOf(o crm.Offer) koshelek.Offer {
	return koshelek.Offer{
		ID: o.ID, Name: o.Name, Description: o.Description,
		StartDate: string(o.StartDate), EndDate: string(o.EndDate), Image: o.ImageURL, Discount: o.Discount,
	}
}

func phoneOf(h crm.Holder) any { return h.Profile.Phone }

func userParamsOf(h crm.Holder) any {
	user := koshelek.UserParams{Phone: h.Profile.Phone}
	for _, p := range []koshelek.Param{
		{Name: "surname", Value: h.Profile.Surname},
		{Name: "firstname", Value: h.Profile.FirstName},
		{Name: "patronymic", Value: h.Profile.Patronymic},
		{Name: "cardNumber", Value: h.Card.Number},
		{Name: "cardState", Value: stateOf(h.Card.State)},
	} {
		if p.Value != "" {
			user.Params = append(user.Params, p)
		}
	}
	return user
}

func profileOf(u koshelek.User) crm.Profile {
	return crm.Profile{
		Phone: string(u.Phone), Email: string(u.Email),
		Surname: string(u.Surname), FirstName: string(u.Firstname), Patronymic: string(u.Patronymic),
		Sex: crm.Sex(u.Sex), BirthDate: crm.Date(u.BirthDate),
		CountryCode: string(u.CountryCode), Locality: string(u.Locality),
	}
}

func integer(n int64) string { return strconv.FormatInt(n, 10) }

// thousandths writes a quantity with a dot and without needless zeros.
func thousandths(milli int64) string {
	sign := ""
	if milli < 0 {
		sign = "-"
	}
	digits := strings.TrimPrefix(integer(milli), "-")
	digits = strings.Repeat("0", max(4-len(digits), 0)) + digits
	whole, fraction := digits[:len(digits)-3], strings.TrimRight(digits[len(digits)-3:], "0")
	if fraction == "" {
		return sign + whole
	}
	return sign + whole + "." + fraction
}

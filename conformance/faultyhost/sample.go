package faultyhost

import (
	_ "embed" // the profiles
	"time"
)

// Numbers, contacts and codes of [Sample], for those who have to name them.
const (
	KnownPhone   = "79210000001"
	KnownEmail   = "known@shop.example"
	BlockedPhone = "79210000002"
	BlockedEmail = "blocked@shop.example"
	SeveralPhone = "79210000003"
	SeveralEmail = "several@shop.example"

	SampleCode   = "SPRING"
	ExpiredCode  = "WINTER"
	UpcomingCode = "AUTUMN"
	// CodeLimit is how many cards may use each of LimitedCodes together.
	CodeLimit = 3

	PersonalOffer = "birthday"
)

// LimitedCodes are the codes of [Sample] that few cards may use.
func LimitedCodes() []string { return []string{"FIRST-A", "FIRST-B", "FIRST-C"} }

// SampleNumbers are the card numbers of a style's [Sample].
type SampleNumbers struct {
	Known, Blocked, History, Personal string
	// Several are one customer's cards: active, active and newest of these,
	// inactive and newest of all. The second stands for the customer.
	Several []string
	Pool    []string
	Plastic []string
}

// Numbers gives the card numbers of the sample in a style.
func (s Style) Numbers() SampleNumbers {
	n := func(serial int64) string { return s.number(serial) }
	many := func(first, count int64) []string {
		var list []string
		for serial := first; serial < first+count; serial++ {
			list = append(list, n(serial))
		}
		return list
	}
	return SampleNumbers{
		Known: n(1001), Blocked: n(1002), History: n(1003), Personal: n(1004),
		Several: many(1010, 3), Pool: many(2000, 8), Plastic: many(3000, 8),
	}
}

//go:embed profiles/plain.json
var plainProfile string

//go:embed profiles/different.json
var differentProfile string

// Profile is the profile file that a partner with a host of this style and the
// [Sample] would give to the suite, in JSON.
func (s Style) Profile() string {
	if s.Name == Plain().Name {
		return plainProfile
	}
	return differentProfile
}

// Sample is what a host should know when the suite comes, in the numbers of its
// style: customers of every kind, a history, codes, offers and a pool. Its days
// lie around now.
func Sample(s Style, now time.Time) Data {
	n := s.Numbers()
	day := func(back int) string { return now.AddDate(0, 0, -back).Format(time.DateOnly) }
	data := Data{
		Pool: n.Pool,
		Codes: []Code{
			{Code: SampleCode, Points: 25},
			{Code: ExpiredCode, Points: 10, Until: now.AddDate(0, 0, -1)},
			{Code: UpcomingCode, Points: 10, From: now.AddDate(0, 1, 0)},
		},
		Offers: []Offer{
			{ID: "coffee", Name: "Кофе за полцены", Description: "По будням до полудня", StartDate: day(10), EndDate: day(-10), Image: "https://shop.example/coffee.png", Discount: "50%"},
			{ID: "delivery", Name: "Бесплатная доставка"},
			{ID: "past", Name: "Зимняя распродажа", StartDate: day(300), EndDate: day(200)},
			{ID: PersonalOffer, Card: n.Personal, Name: "С днём рождения", EndDate: day(-30)},
		},
		Customers: []Customer{
			{Phone: KnownPhone, Email: KnownEmail, Surname: "Иванова", Firstname: "Анна", BirthDate: "1985-02-03", Cards: []Card{{Number: n.Known, Lots: []Lot{
				{Description: "Покупки", Points: 120, ValidUntil: day(-90)}, {Description: "Подарок", Points: 30, ValidUntil: day(-20), Pending: true}, {Description: "Навсегда", Points: 5},
			}}}},
			{Phone: BlockedPhone, Email: BlockedEmail, Surname: "Петров", BirthDate: "1979-07-08", Cards: []Card{{Number: n.Blocked, State: blocked}}},
			{Phone: SeveralPhone, Email: SeveralEmail, BirthDate: "1991-11-30", Cards: []Card{{Number: n.Several[0]}, {Number: n.Several[1]}, {Number: n.Several[2], State: inactive}}},
			{Phone: "79210000004", Email: "history@shop.example", Cards: []Card{{Number: n.History, Purchases: sampleHistory(day)}}},
			{Phone: "79210000005", Email: "personal@shop.example", BirthDate: "1988-08-18", Cards: []Card{{Number: n.Personal}}},
			{Phone: "79210000006", Cards: []Card{{Number: s.number(1005)}}},
		},
	}
	for _, code := range LimitedCodes() {
		data.Codes = append(data.Codes, Code{Code: code, Points: 40, Limit: CodeLimit})
	}
	for _, number := range n.Plastic {
		data.Customers = append(data.Customers, Customer{Cards: []Card{{Number: number}}})
	}
	return data
}

// sampleHistory is six lines on five days, the last of which is today.
func sampleHistory(day func(int) string) []Purchase {
	return []Purchase{
		{Date: day(40), Item: "Кофе", Kopecks: 25_000, Thousandths: 1000, Location: "Невский, 1", Points: 2},
		{Date: day(30), Item: "Сыр", Kopecks: 61_230, Thousandths: 345, Location: "Невский, 1", Points: 6},
		{Date: day(30), Item: "Хлеб", Kopecks: 8_900, Thousandths: 2000},
		{Date: day(20), Item: "Чайник", Kopecks: 349_000, Thousandths: 1000, Location: "Лиговский, 30", Points: 34},
		{Date: day(10), Item: "Чай", Kopecks: 45_000, Thousandths: 1500, Points: 4},
		{Date: day(0), Item: "Вода", Kopecks: 6_000, Thousandths: 1000},
	}
}

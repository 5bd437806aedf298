package crmtest

import (
	"fmt"
	"strings"

	"koshelek-adapter/crm"
)

// field is a text with a limit.
type field struct {
	name string
	most string // the longest text that is allowed
	// ofCard tells that the text belongs to a card, which has to be there.
	ofCard bool
	// put stores a text with something new, the i-th; get reads it back.
	put func(b *bench, i int, text string) error
	get func(b *bench, i int, text string) (string, error)
}

func longTextChecks() []Check {
	var checks []Check
	for _, f := range append(longProfileFields(), append(longIdentifiers(), longTexts()...)...) {
		checks = append(checks, check("Text/longest-"+f.name,
			"The longest "+f.name+" that is allowed is stored whole, and a longer one is stored whole or refused: never shortened.", f.judge))
	}
	return checks
}

func (f field) judge(b *bench) {
	for i := 1; f.ofCard && i <= 4; i++ {
		b.card(i)
	}
	size := fmt.Sprintf("a %s of %d characters and %d bytes", f.name, len([]rune(f.most)), len(f.most))
	b.must("stored "+size, f.put(b, 1, f.most))
	got, err := f.get(b, 1, f.most)
	b.must("read "+size, err)
	same(b, "stored "+size, got, f.most)
	for i, more := range []string{"x", " ", "😀"} {
		longer := f.most + more
		before := b.state()
		if err := f.put(b, 2+i, longer); err != nil {
			b.holds(!isAny(err, []crm.Kind{crm.ErrOperationConflict, crm.ErrNumberTaken}),
				fmt.Sprintf("stored %s and %q more", size, more), "a refusal that does not take it for the shorter one", err)
			b.unchanged(fmt.Sprintf("stored %s and %q more (refused)", size, more), before)
			continue
		}
		got, err := f.get(b, 2+i, longer)
		b.must(fmt.Sprintf("read %s and %q more, which was not refused", size, more), err)
		same(b, fmt.Sprintf("stored %s and %q more, which was not refused", size, more), got, longer)
	}
	got, err = f.get(b, 1, f.most)
	b.must("read the first one again", err)
	same(b, "stored "+size+", then longer ones", got, f.most)
}

var (
	longText = strings.Repeat("😀", crm.MaxTextRunes)
	longCode = strings.Repeat("😀", crm.MaxCodeRunes)
	long64   = strings.Repeat("1234567890abcdef", 4)
	long128  = long64 + long64
	long254  = strings.Repeat("a", 254-len("@example.com")) + "@example.com"
	long4000 = strings.Repeat("😀", 4000)
)

func longProfileFields() []field {
	one := func(name, most string, in func(*crm.Profile) *string) field {
		return field{name, most, false, func(b *bench, i int, text string) error {
			who := crm.Profile{Phone: phone(i)}
			*in(&who) = text
			_, err := b.Issue(b.ctx, b.request(who, cardName(i)))
			return err
		}, func(b *bench, i int, _ string) (string, error) {
			who, err := b.Holder(b.ctx, cardName(i))
			return *in(&who), err
		}}
	}
	return []field{
		one("surname", longText, func(p *crm.Profile) *string { return &p.Surname }),
		one("first-name", longText, func(p *crm.Profile) *string { return &p.FirstName }),
		one("patronymic", longText, func(p *crm.Profile) *string { return &p.Patronymic }),
		one("locality", longText, func(p *crm.Profile) *string { return &p.Locality }),
		one("country-code", longCode, func(p *crm.Profile) *string { return &p.CountryCode }),
		one("email", long254, func(p *crm.Profile) *string { return &p.Email }),
	}
}

func longIdentifiers() []field {
	return []field{
		{"card-number", long64, false, func(b *bench, _ int, text string) error {
			return importOne(b, crm.CardRecord{CardNumber: crm.CardNumber{Number: text, BarcodeNumber: "1", BarcodeType: crm.Code128}, State: crm.CardActive, IssuedAt: b.now})
		}, func(b *bench, _ int, text string) (string, error) {
			card, err := b.Card(b.ctx, text)
			return card.Number, err
		}},
		{"barcode", long64, false, func(b *bench, i int, text string) error {
			number := crm.CardNumber{Number: cardName(i), BarcodeNumber: text, BarcodeType: crm.Code128}
			return importOne(b, crm.CardRecord{CardNumber: number, State: crm.CardActive, IssuedAt: b.now})
		}, func(b *bench, i int, _ string) (string, error) {
			card, err := b.Card(b.ctx, cardName(i))
			return card.BarcodeNumber, err
		}},
		{"pool-number", long64, false, func(b *bench, _ int, text string) error {
			_, err := b.AddNumbers(b.ctx, crm.PoolRequest{Now: b.now, Numbers: []crm.CardNumber{{Number: text, BarcodeNumber: "1", BarcodeType: crm.Code128}}})
			if err != nil {
				return err
			}
			_, err = b.IssueReserved(b.ctx, b.request(crm.Profile{Phone: phone(1)}, text))
			return err
		}, func(b *bench, _ int, text string) (string, error) {
			card, err := b.Card(b.ctx, text)
			return card.Number, err
		}},
		{"promo-code", long64, false, func(b *bench, _ int, text string) error { return b.PutCodes(b.ctx, []crm.PromoCode{b.promo(text)}) },
			func(b *bench, _ int, text string) (string, error) {
				code, err := b.Code(b.ctx, text)
				return code.Code, err
			}},
		{"key", long128, true, func(b *bench, i int, text string) error {
			_, err := b.Grant(b.ctx, crm.Movement{Key: text, CardNumber: cardName(i), Points: 10, AvailableFrom: b.now, ValidUntil: crm.Forever, Now: b.now})
			return err
		}, getByKey},
		{"purchase-ref", long128, true, func(b *bench, i int, text string) error {
			_, _, err := b.PutPurchases(b.ctx, []crm.Purchase{line(cardName(i), text, today)})
			return err
		}, getPurchase(func(p crm.Purchase) string { return p.Ref })},
		{"segment", long64, true, func(b *bench, i int, text string) error {
			if err := b.PutOffers(b.ctx, []crm.Offer{offerFor(fmt.Sprintf("offer-%d", i), crm.AudienceSegment, text)}); err != nil {
				return err
			}
			return b.SetSegments(b.ctx, cardName(i), []string{text})
		}, getOffer(func(o crm.Offer) string { return o.Target })},
	}
}

// importOne gives the error with which a row was refused, too.
func importOne(b *bench, row crm.CardRecord) error {
	refused, err := b.ImportCards(b.ctx, []crm.CardRecord{row}, b.now)
	if err == nil && len(refused) > 0 {
		return refused[0].Err
	}
	return err
}

// getByKey tells a key that was cut from one that was kept: a movement with
// the same key must be the same one, and with a key that is one shorter another.
func getByKey(b *bench, i int, text string) (string, error) {
	number := cardName(i)
	m := crm.Movement{Key: text, CardNumber: number, Points: 10, AvailableFrom: b.now, ValidUntil: crm.Forever, Now: b.now}
	if _, err := b.Grant(b.ctx, m); err != nil {
		return "", err
	}
	b.balance("Grant with a long key twice", number, 10)
	return text, nil
}

func getPurchase(in func(crm.Purchase) string) func(*bench, int, string) (string, error) {
	return func(b *bench, i int, _ string) (string, error) {
		lines, err := b.Purchases(b.ctx, crm.PurchaseQuery{CardNumber: cardName(i), From: firstDay, To: lastDay, Limit: 10})
		if err != nil || len(lines) != 1 {
			return fmt.Sprintf("%d lines", len(lines)), err
		}
		return in(lines[0]), nil
	}
}

func getOffer(in func(crm.Offer) string) func(*bench, int, string) (string, error) {
	return func(b *bench, i int, _ string) (string, error) {
		offers, err := b.Offers(b.ctx, cardName(i), today)
		if err != nil || len(offers) != 1 {
			return fmt.Sprintf("%d offers", len(offers)), err
		}
		return in(offers[0]), nil
	}
}

func longTexts() []field {
	offer := func(name, most string, in func(*crm.Offer) *string) field {
		return field{name, most, true, func(b *bench, i int, text string) error {
			o := offerFor(fmt.Sprintf("offer-%d", i), crm.AudienceCard, cardName(i))
			*in(&o) = text
			return b.PutOffers(b.ctx, []crm.Offer{o})
		}, getOffer(func(o crm.Offer) string { return *in(&o) })}
	}
	purchase := func(name string, in func(*crm.Purchase) *string) field {
		return field{name, longText, true, func(b *bench, i int, text string) error {
			l := line(cardName(i), "a", today)
			*in(&l) = text
			_, _, err := b.PutPurchases(b.ctx, []crm.Purchase{l})
			return err
		}, getPurchase(func(p crm.Purchase) string { return *in(&p) })}
	}
	return []field{
		offer("offer-id", long64, func(o *crm.Offer) *string { return &o.ID }),
		offer("offer-name", longText, func(o *crm.Offer) *string { return &o.Name }),
		offer("offer-description", long4000, func(o *crm.Offer) *string { return &o.Description }),
		offer("offer-image", longText, func(o *crm.Offer) *string { return &o.ImageURL }),
		offer("offer-discount", longText, func(o *crm.Offer) *string { return &o.Discount }),
		purchase("purchase-item", func(p *crm.Purchase) *string { return &p.Item }),
		purchase("purchase-location", func(p *crm.Purchase) *string { return &p.Location }),
		{"posting-description", longText, true, func(b *bench, i int, text string) error {
			m := b.movement(cardName(i), fmt.Sprintf("gift-%d", i), 10)
			m.Description = text
			_, err := b.Grant(b.ctx, m)
			return err
		}, func(b *bench, i int, _ string) (string, error) {
			postings, err := b.Postings(b.ctx, cardName(i), "", 10)
			if err != nil || len(postings) != 1 {
				return fmt.Sprintf("%d postings", len(postings)), err
			}
			return postings[0].Description, nil
		}},
		{"code-description", longText, false, func(b *bench, i int, text string) error {
			code := b.promo(fmt.Sprintf("CODE-%d", i))
			code.Description = text
			return b.PutCodes(b.ctx, []crm.PromoCode{code})
		}, func(b *bench, i int, _ string) (string, error) {
			code, err := b.Code(b.ctx, fmt.Sprintf("CODE-%d", i))
			return code.Description, err
		}},
	}
}

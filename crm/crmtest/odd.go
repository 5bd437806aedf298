package crmtest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"koshelek-adapter/crm"
)

// Nobody sends such identifiers on purpose. But a store that takes two of them
// for one gives somebody's card or points to somebody else.

func identifierChecks() []Check {
	return []Check{
		check("Text/card-numbers", "Card numbers differ when one byte differs, whatever their case, spaces or accents.", oddCards),
		check("Text/pool-numbers", "Numbers of the pool differ when one byte differs.", oddPool),
		check("Text/phones", "Phones differ when one byte differs.", oddPhones),
		check("Text/emails", "Emails are kept exactly: a similar address is another customer's.", oddEmails),
		check("Text/codes", "Promo codes differ when one byte differs.", oddCodes),
		check("Text/keys", "Keys of movements differ when one byte differs.", oddKeys),
		check("Text/refs", "References of purchases differ when one byte differs.", oddRefs),
		check("Text/offers-and-segments", "IDs of offers, segments and targets differ when one byte differs.", oddOffers),
		check("Text/not-patterns", "Signs that mean something to a query language mean nothing in an identifier.", oddPatterns),
	}
}

// alike are identifiers that careless comparisons fold: by case, by spaces, by
// accents, by width, as numbers, as patterns, and beyond two bytes.
var alike = []string{
	"ab-1", "AB-1", "Ab-1", " ab-1", "ab-1 ", "ab-1  ", "ab-1\t", "ab_1", "ab%1", "ab-01", "ab-1.",
	"1", "01", "1.0", "1e0", "+1", "é", "e\u0301", "e", "É", "ß", "ss", "ẞ", "I", "i", "ı", "İ", "ａ", "a",
	"😀", "😁", "👩\u200d👧", "👩👧", "'", "''", `"`, "`", `\`, `\\`, ";", "--", "' OR '1'='1", "'; DROP TABLE card; --", "ё", "е", "Ё",
}

func oddCards(b *bench) {
	var rows []crm.CardRecord
	for i, number := range alike {
		row := b.row(number, crm.Profile{}, int64(100+i))
		row.BarcodeNumber = alike[len(alike)-1-i]
		rows = append(rows, row)
	}
	b.imports(rows...)
	for _, row := range rows {
		card := b.look(row.Number)
		same(b, fmt.Sprintf("imported %d cards with similar numbers, then Card of %q", len(rows), row.Number),
			[]any{card.CardNumber, card.Balance}, []any{row.CardNumber, row.Balance})
	}
	for _, other := range []string{"aB-1", "ab-1\n", "ab1", "", "E", "II"} {
		b.noCard(fmt.Sprintf("imported cards with similar numbers, none of them %q", other), other)
	}
}

func oddPool(b *bench) {
	added := b.pool(alike...)
	same(b, "AddNumbers of similar numbers, the count of new ones", len(added), len(alike))
	leased := names(b.lease(plenty, b.now.Add(time.Hour)))
	same(b, "AddNumbers of similar numbers, then LeaseNumbers", leased, slices.Sorted(slices.Values(alike)))
	b.must("ReleaseNumbers of one", b.ReleaseNumbers(b.ctx, []string{"ab-1"}, b.now.Add(time.Hour)))
	same(b, "leased similar numbers, released ab-1, then LeaseNumbers", names(b.lease(plenty, b.now.Add(time.Hour))), []string{"ab-1"})
	b.refuses(`IssueReserved of "aB-1", which is not in the pool`, func() error {
		_, err := b.IssueReserved(b.ctx, b.request(fullProfile(1), "aB-1"))
		return err
	}, crm.ErrNumberUnknown)
	same(b, "IssueReserved of one of them", b.reserved(fullProfile(1), "Ab-1").CardNumber, numbered("Ab-1"))
	b.noCard("IssueReserved of Ab-1", "ab-1")
}

// oddPhones are normalised by Service; a backend compares them exactly anyway.
func oddPhones(b *bench) {
	list := []string{"79210000001", "79210000001 ", " 79210000001", "079210000001", "7921000001", "792100000010"}
	for i, p := range list {
		issued, err := b.Issue(b.ctx, b.welcomed(crm.Profile{Phone: p}, cardName(i), 50))
		b.must(fmt.Sprintf("Issue to the phone %q", p), err)
		b.holds(issued.Created && issued.Card.Balance == 50, fmt.Sprintf("Issue to the phone %q after similar ones", p),
			"a customer of its own, with a welcome", issued)
	}
	for i, p := range list {
		match := b.one(fmt.Sprintf("Issue to %d similar phones", len(list)), crm.Identity{Phone: p})
		same(b, fmt.Sprintf("Issue to similar phones, the cards of %q", p), match.Cards, []crm.Card{b.look(cardName(i))})
		same(b, fmt.Sprintf("Issue to similar phones, the holder of %q", p), b.holder(cardName(i)).Phone, p)
	}
	same(b, "Issue to similar phones, then ListHolders", phones(b.list("", plenty)), slices.Sorted(slices.Values(list)))
}

func oddEmails(b *bench) {
	list := []string{"rene@example.com", "rené@example.com", "rene\u0301@example.com", "rene@example.com.ru", "re.ne@example.com",
		"rene+1@example.com", "ren_@example.com", "ren%@example.com", "o'rene@example.com", "😀@example.com", "ссылка@пример.рф"}
	for i, address := range list {
		issued, err := b.Issue(b.ctx, b.request(crm.Profile{Email: address}, cardName(i)))
		b.must(fmt.Sprintf("Issue to %q", address), err)
		b.holds(issued.Created, fmt.Sprintf("Issue to %q after similar addresses", address), "a customer of its own", issued)
	}
	for i, address := range list {
		match := b.one(fmt.Sprintf("Issue to %d similar addresses", len(list)), crm.Identity{Email: address})
		same(b, fmt.Sprintf("Issue to similar addresses, the cards of %q", address), match.Cards, []crm.Card{b.look(cardName(i))})
		same(b, fmt.Sprintf("Issue to similar addresses, the holder of %q", address), b.holder(cardName(i)).Email, address)
	}
}

func oddCodes(b *bench) {
	b.card(1)
	var codes []crm.PromoCode
	for i, text := range alike {
		code := b.promo(text)
		code.Points = int64(100 + i)
		codes = append(codes, code)
	}
	b.putCodes(codes...)
	for _, code := range codes {
		same(b, fmt.Sprintf("PutCodes of similar codes, then Code of %q", code.Code), b.storedCode(code.Code), code)
		same(b, fmt.Sprintf("PutCodes of similar codes, then RedeemCode of %q", code.Code),
			b.redeem("card-1", code.Code), crm.Submitted{Points: code.Points})
	}
	b.refusesCode(`RedeemCode of "aB-1", which is none of the codes`, "card-1", "aB-1", crm.ErrCodeUnknown)
}

func oddKeys(b *bench) {
	b.card(1)
	var want int64
	for i, key := range alike {
		b.grant("card-1", key, int64(100+i))
		want += int64(100 + i)
	}
	b.balance("Grant with similar keys", "card-1", want)
	for i, key := range alike {
		same(b, fmt.Sprintf("Grant with similar keys, then the same with %q again", key), b.grant("card-1", key, int64(100+i)).Points, int64(100+i))
	}
	b.balance("Grant with similar keys, each twice", "card-1", want)
}

func oddRefs(b *bench) {
	b.card(1)
	var lines []crm.Purchase
	for _, ref := range alike {
		lines = append(lines, line("card-1", ref, today))
	}
	same(b, "PutPurchases with similar references, the count of new ones", b.putPurchases(lines...), len(alike))
	same(b, "PutPurchases with similar references, then Purchases",
		slices.Sorted(slices.Values(refs(b.history("card-1", today, today)))), slices.Sorted(slices.Values(alike)))
	same(b, "PutPurchases with similar references again, the count of new ones", b.putPurchases(lines...), 0)
	var paged []string
	q := crm.PurchaseQuery{CardNumber: "card-1", From: today, To: today, Limit: 7}
	for len(paged) <= len(alike) {
		page, err := b.Purchases(b.ctx, q)
		b.must("Purchases page by page", err)
		if len(page) == 0 {
			break
		}
		paged = append(paged, refs(page)...)
		q.After = &page[len(page)-1]
	}
	same(b, "PutPurchases with similar references, Purchases page by page", paged, refs(b.history("card-1", today, today)))
}

func oddOffers(b *bench) {
	var offers []crm.Offer
	for _, name := range alike {
		offers = append(offers, offerFor(name, crm.AudienceSegment, name))
	}
	b.putOffers(offers...)
	var rows []crm.CardRecord
	for _, name := range alike {
		rows = append(rows, b.record(name))
	}
	b.imports(rows...)
	for _, name := range alike {
		b.segments(name, name)
	}
	for _, name := range alike {
		same(b, fmt.Sprintf("offers for similar segments, a card in the segment %q, then Offers", name), b.shown(name, today), []string{name})
	}
	b.segments("ab-1", alike...)
	same(b, "offers for similar segments, a card in all of them, the count of Offers", len(b.shown("ab-1", today)), len(alike))
}

func oddPatterns(b *bench) {
	b.card(1)
	b.putCodes(b.promo("SPRING"))
	b.pool("free-1")
	for _, sign := range []string{"%", "_______", "card-_", "*", "' OR '1'='1", `" OR ""="`, "card-1' --", "card-1; DELETE FROM card", `\`, "card-1\\"} {
		b.noCard("issued card-1", sign)
		_, err := b.Code(b.ctx, strings.Replace(sign, "card-1", "SPRING", 1))
		b.fails(fmt.Sprintf("Code of %q", sign), err, crm.ErrCodeUnknown)
		b.nobody("issued card-1", crm.Identity{Phone: sign, Email: sign})
		b.refuses(fmt.Sprintf("IssueReserved of %q", sign), func() error {
			_, err := b.IssueReserved(b.ctx, b.request(fullProfile(2), sign))
			return err
		}, crm.ErrNumberUnknown)
	}
	same(b, "then the card is there", b.look("card-1").Number, "card-1")
}

package storetest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/outbox"
)

// Nobody sends such identifiers on purpose. But a store that takes two of them
// for one gives somebody's card or points to somebody else.

// alike are identifiers that careless comparisons fold: by case, by spaces, by
// accents, by width, as numbers, as patterns, and beyond two bytes.
var alike = []string{
	"ab-1", "AB-1", "Ab-1", " ab-1", "ab-1 ", "ab-1  ", "ab-1\t", "ab_1", "ab%1", "ab-01", "ab-1.",
	"1", "01", "1.0", "1e0", "+1", "é", "e\u0301", "e", "É", "ß", "ss", "ẞ", "I", "i", "ı", "İ", "ａ", "a",
	"😀", "😁", "👩\u200d👧", "👩👧", "'", "''", `"`, "`", `\`, `\\`, ";", "--", "' OR '1'='1", "'; DROP TABLE card; --", "ё", "е", "Ё",
}

// foldings are ways to fold alike, all of which a check of identifiers notices.
const foldings = "case spaces accents zeros beyond"

func identifierChecks() []Check {
	return []Check{
		{"Text/card-numbers", "Card numbers differ when one byte differs, whatever their case, spaces or accents.", func(b *bench) {
			var rows []engine.CardRecord
			for i, number := range alike {
				row := b.row(number, crm.Profile{}, int64(100+i))
				row.BarcodeNumber = alike[len(alike)-1-i]
				rows = append(rows, row)
			}
			b.imports(rows...)
			for _, row := range rows {
				card := b.look(row.Number)
				same(b, []any{card.CardNumber, card.Balance}, []any{row.CardNumber, row.Balance})
			}
			for _, other := range []string{"aB-1", "ab-1\n", "ab1", "", "E", "II"} {
				b.noCard(other)
			}
		}, folded(foldings, "ImportCards.Number", "Card")},
		{"Text/pool-numbers", "Numbers of the pool differ when one byte differs.", func(b *bench) {
			same(b, len(b.pool(alike...)), len(alike))
			same(b, b.free(), slices.Sorted(slices.Values(alike)))
			ok(b.ReleaseNumbers(b.ctx, []string{"ab-1"}, b.now.Add(time.Hour)))
			same(b, b.free(), []string{"ab-1"})
			refuses(b, crm.ErrNumberUnknown, b.IssueReserved, b.request(fullProfile(1), "aB-1"))
			same(b, b.reserved(fullProfile(1), "Ab-1").CardNumber, numbered("Ab-1"))
			b.noCard("ab-1")
		}, folded(foldings, "AddNumbers.Number")},
		// Phones and emails are normalised by Service; a backend compares them exactly anyway.
		{"Text/phones", "Phones differ when one byte differs.", func(b *bench) {
			list := []string{"79210000001", "79210000001 ", " 79210000001", "079210000001", "7921000001", "792100000010"}
			for i, p := range list {
				issued := must(b.Issue(b.ctx, b.welcomed(crm.Profile{Phone: p}, cardName(i), 50)))
				b.holds(issued.Created && issued.Card.Balance == 50, "a customer of its own, with a welcome", issued)
			}
			for i, p := range list {
				same(b, b.one(crm.Identity{Phone: p}).Cards, []crm.Card{b.look(cardName(i))})
				same(b, b.holder(cardName(i)).Phone, p)
			}
			var got []string
			for _, holder := range b.holders("", plenty) {
				got = append(got, holder.Profile.Phone)
			}
			same(b, got, slices.Sorted(slices.Values(list)))
		}, folded("spaces zeros", "Issue.Phone", "FindCards.Phone")},
		{"Text/emails", "Emails are kept exactly: a similar address is another customer's.", func(b *bench) {
			list := []string{"rene@example.com", "rené@example.com", "rene\u0301@example.com", "rene@example.com.ru", "re.ne@example.com",
				"rene+1@example.com", "ren_@example.com", "ren%@example.com", "o'rene@example.com", "😀@example.com", "ссылка@пример.рф"}
			for i, address := range list {
				issued := must(b.Issue(b.ctx, b.request(crm.Profile{Email: address}, cardName(i))))
				b.holds(issued.Created, "a customer of its own", issued)
			}
			for i, address := range list {
				same(b, b.one(crm.Identity{Email: address}).Cards, []crm.Card{b.look(cardName(i))})
				same(b, b.holder(cardName(i)).Email, address)
			}
		}, folded("accents beyond", "Issue.Email", "FindCards.Email")},
		{"Text/codes", "Promo codes differ when one byte differs.", func(b *bench) {
			b.card(1)
			var codes []engine.PromoCode
			for i, text := range alike {
				code := b.promo(text)
				code.Points = int64(100 + i)
				codes = append(codes, code)
			}
			b.putCodes(codes...)
			for _, code := range codes {
				same(b, b.storedCode(code.Code), code)
				same(b, b.redeem("card-1", code.Code), crm.Submitted{Points: code.Points})
			}
			refuses(b, crm.ErrCodeUnknown, b.RedeemCode, b.entry("card-1", "aB-1"))
		}, folded(foldings, "RedeemCode.Code").with(folded(foldings, "PutCodes.Code", "Code"))},
		{"Text/keys", "Keys of movements differ when one byte differs.", func(b *bench) {
			b.card(1)
			var want int64
			for i, key := range alike {
				b.grant("card-1", key, int64(100+i))
				want += int64(100 + i)
			}
			b.balance("card-1", want)
			for i, key := range alike {
				same(b, b.grant("card-1", key, int64(100+i)).Points, int64(100+i))
			}
			b.balance("card-1", want)
		}, folded(foldings, "Grant.Key")},
		{"Text/refs", "References of purchases differ when one byte differs.", func(b *bench) {
			b.card(1)
			var lines []crm.Purchase
			for _, ref := range alike {
				lines = append(lines, line("card-1", ref, today))
			}
			same(b, b.putPurchases(lines...), len(alike))
			stored := b.history("card-1", today, today)
			same(b, slices.Sorted(slices.Values(refs(stored))), slices.Sorted(slices.Values(alike)))
			same(b, b.putPurchases(lines...), 0)
			same(b, b.historyPages(7), stored)
		}, folded(foldings, "PutPurchases.Ref")},
		{"Text/offers-and-segments", "IDs of offers, segments and targets differ when one byte differs.", func(b *bench) {
			var offers []crm.Offer
			var rows []engine.CardRecord
			for _, name := range alike {
				offers, rows = append(offers, toSegment(name)), append(rows, b.row(name, crm.Profile{}, 0))
			}
			b.putOffers(offers...)
			b.imports(rows...)
			for _, name := range alike {
				b.segments(name, name)
			}
			for _, name := range alike {
				same(b, b.shown(name), []string{name})
			}
			b.segments("ab-1", alike...)
			same(b, len(b.shown("ab-1")), len(alike))
		}, folded(foldings, "PutOffers.ID").with(folded(foldings, "PutOffers.Target", "SetSegments"))},
		{"Text/errand-keys", "Keys of errands differ when one byte differs.", func(b *bench) {
			b.card(1)
			for _, key := range alike {
				b.orders1("card-1", key)
			}
			same(b, len(b.outbox()), len(alike))
			for _, key := range alike {
				same(b, b.byKey(key).Cause, "cause of "+key)
			}
		}, folded(foldings, "SubmitReceipt.Key")},
		{"Text/vendor-references", "References of a vendor differ when one byte differs.", func(b *bench) {
			b.card(1)
			for _, reference := range alike {
				b.refer(acme, "card-1", reference)
			}
			for _, d := range b.outbox() {
				same(b, acme+" "+d.VendorRef, d.Key)
			}
			known := must(b.KnownReferences(b.ctx, acme, []string{"aB-1", "ab-1", "AB-1", "ab1", "E", "%", "_b-1", "ab-1\n"}))
			same(b, slices.Sorted(slices.Values(known)), []string{"AB-1", "ab-1"})
		}, folded(foldings, "SettleDelivery.VendorRef").with(folded("case", "KnownReferences"))},
		{"Text/causes", "Causes differ when one byte differs: a refund undoes the errands of its own sale alone.", func(b *bench) {
			b.card(1)
			sale := b.submission("card-1", 1, 15)
			cause := sale.Receipt.Cause()
			for i, c := range []string{cause, strings.ToUpper(cause), cause + " ", " " + cause, cause + "0", "%"} {
				sale.Messages = append(sale.Messages, undoable(fmt.Sprintf("e%d", i), c))
			}
			b.submit(sale)
			b.submit(b.refund("card-1", 2))
			undone := map[string]bool{}
			for _, d := range b.undone() {
				undone[b.delivery(d.Reverses).Key] = true
			}
			same(b, undone, map[string]bool{"e0": true})
		}, folded("case spaces", "SubmitReceipt.Cause")},
		{"Text/not-patterns", "Signs that mean something to a query language mean nothing in an identifier.", func(b *bench) {
			b.card(1)
			b.putCodes(b.promo("SPRING"))
			b.pool("free-1")
			for _, sign := range []string{"%", "_______", "card-_", "*", "' OR '1'='1", `" OR ""="`, "card-1' --", "card-1; DELETE FROM card", `\`, "card-1\\"} {
				b.noCard(sign)
				b.fails(errorOf(b.Code(b.ctx, strings.Replace(sign, "card-1", "SPRING", 1))), crm.ErrCodeUnknown)
				b.nobody(crm.Identity{Phone: sign, Email: sign})
				refuses(b, crm.ErrNumberUnknown, b.IssueReserved, b.request(fullProfile(2), sign))
			}
			same(b, b.look("card-1").Number, "card-1")
		}, faults{"a percent sign stands for any card": asked("Card", func(number *string) { *number = strings.ReplaceAll(*number, "%", "card-1") })}},
	}
}

// oddTexts are texts that people have, and texts that programs trip over. Each
// is short enough for every field.
var oddTexts = []string{
	"Ёлкина-Щукина", "O'Neill", `"Zorro" \ & Co`, `\`, `\n`, "100 %", "_", "😀😁", "👩\u200d👧", "e\u0301", "é", " space before", "after ", "  ",
	"'; DROP TABLE x", "<b>&amp;</b>", "{{.}} ${x}", "%s %d %!", "null", "NULL", "0", "0x1F", "1e5", "true", "שלום", "مرحبا",
	"漢字", "𝒳𝓎", "\u200b\ufeff", "two\nlines", "a\tb", "İıſ", "ﬁ",
}

func textChecks() []Check {
	const kept = "spaces accents beyond"
	return []Check{
		{"Text/profiles", "Names keep every character of Unicode, and their spaces.", func(b *bench) {
			for i, odd := range oddTexts {
				who := crm.Profile{Phone: phone(i), Surname: odd, FirstName: odd, Patronymic: odd, Locality: odd, CountryCode: odd}
				if len([]rune(odd)) > crm.MaxCodeRunes {
					who.CountryCode = ""
				}
				b.issue(who, cardName(i))
				same(b, b.holder(cardName(i)), who)
				b.update(cardName(i), crm.Profile{Surname: "x"})
				b.update(cardName(i), crm.Profile{Surname: odd})
				same(b, b.holder(cardName(i)), who)
			}
			for _, holder := range b.holders("", plenty) {
				same(b, holder.Profile.Surname, holder.Profile.Locality)
			}
		}, folded(kept, "Issue.FirstName").with(folded(kept, "UpdateProfile.Surname"))},
		{"Text/points", "Descriptions of points and codes keep every character of Unicode.", func(b *bench) {
			b.card(1)
			for i, odd := range oddTexts {
				b.later(day)
				m := b.movement("card-1", fmt.Sprintf("gift-%d", i), 1)
				m.Description = odd
				same(b, must(b.Grant(b.ctx, m)).Description, odd)
				code := b.promo(fmt.Sprintf("CODE-%d", i))
				code.Description = odd
				b.putCodes(code)
				same(b, b.storedCode(code.Code).Description, odd)
			}
			var postings, lots []string
			for _, posting := range slices.Backward(b.postings("card-1")) {
				postings = append(postings, posting.Description)
			}
			for _, lot := range b.lots("card-1") {
				lots = append(lots, lot.Description)
			}
			same(b, postings, oddTexts)
			same(b, lots, oddTexts)
		}, folded(kept, "Grant.Description").with(folded(kept, "PutCodes.Description"))},
		{"Text/records", "Purchases and offers keep every character of Unicode.", func(b *bench) {
			b.card(1)
			var lines []crm.Purchase
			var offers []crm.Offer
			for i, odd := range oddTexts {
				l, o := line("card-1", fmt.Sprintf("%03d", i), today), toCard(fmt.Sprintf("%03d", i), "card-1")
				l.Item, l.Location = odd, odd
				o.Name, o.Description, o.ImageURL, o.Discount = odd, odd, odd, odd
				lines, offers = append(lines, l), append(offers, o)
			}
			b.putPurchases(lines...)
			b.putOffers(offers...)
			stored := b.history("card-1", today, today)
			slices.SortFunc(stored, func(x, y crm.Purchase) int { return strings.Compare(x.Ref, y.Ref) })
			same(b, stored, lines)
			same(b, b.offers("card-1"), offers)
		}, folded(kept, "PutPurchases.Item").with(folded(kept, "PutOffers.Name"))},
		{"Text/consents", "The source of a consent keeps every character of Unicode.", func(b *bench) {
			b.card(1)
			for i, odd := range oddTexts {
				wish := b.wish("card-1", wants(crm.ChannelSMS, i%2 == 0))
				wish.Source = odd
				ok(b.SetChannels(b.ctx, wish))
			}
			var sources []string
			for _, line := range b.consents("card-1") {
				sources = append(sources, line.Source)
			}
			same(b, sources, oddTexts)
		}, folded(kept, "SetChannels.Source")},
	}
}

// longText is a text with a limit.
type longText struct {
	name string
	most string // the longest text that is allowed
	// places are where the text comes in, for faults.
	places []string
	// prepare makes what put needs, for i from 1 to 4; put stores a text with
	// something new, the i-th, and get reads it back.
	prepare func(b *bench, i int)
	put     func(b *bench, i int, text string) error
	get     func(b *bench, i int, text string) (string, error)
}

var (
	longNames = strings.Repeat("😀", crm.MaxTextRunes)
	longCode  = strings.Repeat("😀", crm.MaxCodeRunes)
	long4000  = strings.Repeat("😀", 4000)
	long64    = strings.Repeat("1234567890abcdef", 4)
	long128   = long64 + long64
	long254   = strings.Repeat("a", 254-len("@example.com")) + "@example.com"
	long8192  = strings.Repeat("12345678", outbox.MaxPayloadBytes/8-1) + "123456" // and two quotes
	long16384 = strings.Repeat("12345678", outbox.MaxAnswerBytes/8)
)

func longTextChecks() (checks []Check) {
	for _, f := range slices.Concat(longNamesOfPeople(), longIdentifiers(), longRecords(), longErrands()) {
		cut := func(s string) string { return s[:min(len(s), len(f.most))] }
		wrong := faults{"what is too long is cut": retyped(cut, f.places...)}
		if len([]rune(f.most)) < len(f.most) {
			wrong["the limit is in bytes"] = retyped(func(s string) string { return s[:min(len(s), len([]rune(f.most)))] }, f.places...)
		}
		checks = append(checks, Check{"Text/longest-" + f.name,
			"The longest " + f.name + " that is allowed is stored whole, and a longer one is stored whole or refused: never shortened.", f.judge, wrong})
	}
	return checks
}

func (f longText) judge(b *bench) {
	for i := 1; i <= 4; i++ {
		f.prepare(b, i)
	}
	ok(f.put(b, 1, f.most))
	same(b, must(f.get(b, 1, f.most)), f.most)
	for i, more := range []string{"x", " ", "😀"} {
		longer := f.most + more
		before := b.state()
		if err := f.put(b, 2+i, longer); err != nil {
			b.holds(!isAny(err, crm.ErrOperationConflict, crm.ErrNumberTaken), "a refusal that does not take it for the shorter one", err)
			b.unchanged(before)
			continue
		}
		same(b, must(f.get(b, 2+i, longer)), longer)
	}
	same(b, must(f.get(b, 1, f.most)), f.most)
}

func bare(*bench, int)         {}
func withCard(b *bench, i int) { b.card(i) }

// only gives what is told of the only one of a list.
func only[T any](list []T, err error, tell func(T) string) (string, error) {
	if err != nil || len(list) != 1 {
		return fmt.Sprintf("%d of %T", len(list), list), err
	}
	return tell(list[0]), nil
}

func longNamesOfPeople() (list []longText) {
	for name, field := range map[string]func(*crm.Profile) *string{
		"Surname": func(p *crm.Profile) *string { return &p.Surname }, "FirstName": func(p *crm.Profile) *string { return &p.FirstName },
		"Patronymic": func(p *crm.Profile) *string { return &p.Patronymic }, "Locality": func(p *crm.Profile) *string { return &p.Locality },
		"CountryCode": func(p *crm.Profile) *string { return &p.CountryCode }, "Email": func(p *crm.Profile) *string { return &p.Email },
	} {
		most := longNames
		switch name {
		case "CountryCode":
			most = longCode
		case "Email":
			most = long254
		}
		list = append(list, longText{strings.ToLower(name), most, []string{"Issue." + name}, bare, func(b *bench, i int, text string) error {
			who := crm.Profile{Phone: phone(i)}
			*field(&who) = text
			return errorOf(b.Issue(b.ctx, b.request(who, cardName(i))))
		}, func(b *bench, i int, _ string) (string, error) {
			who, err := b.Holder(b.ctx, cardName(i))
			return *field(&who), err
		}})
	}
	slices.SortFunc(list, func(x, y longText) int { return strings.Compare(x.name, y.name) })
	return list
}

func longIdentifiers() []longText {
	number := func(b *bench, _ int, text string) (string, error) {
		card, err := b.Card(b.ctx, text)
		return card.Number, err
	}
	withKey := func(b *bench, i int, text string) error {
		return b.tryGrant(engine.Movement{Key: text, CardNumber: cardName(i), Points: 10, AvailableFrom: b.now, ValidUntil: crm.Forever, Now: b.now})
	}
	barcoded := func(number, barcode string) crm.CardNumber {
		return crm.CardNumber{Number: number, BarcodeNumber: barcode, BarcodeType: crm.Code128}
	}
	return []longText{
		{"card-number", long64, []string{"ImportCards.Number"}, bare, func(b *bench, _ int, text string) error {
			return importOne(b, engine.CardRecord{CardNumber: barcoded(text, "1"), State: crm.CardActive, IssuedAt: b.now})
		}, number},
		{"barcode", long64, []string{"ImportCards.BarcodeNumber"}, bare, func(b *bench, i int, text string) error {
			return importOne(b, engine.CardRecord{CardNumber: barcoded(cardName(i), text), State: crm.CardActive, IssuedAt: b.now})
		}, func(b *bench, i int, _ string) (string, error) {
			card, err := b.Card(b.ctx, cardName(i))
			return card.BarcodeNumber, err
		}},
		{"pool-number", long64, []string{"AddNumbers.Number", "IssueReserved.Number"}, bare, func(b *bench, _ int, text string) error {
			if _, err := b.AddNumbers(b.ctx, engine.PoolRequest{Now: b.now, Numbers: []crm.CardNumber{barcoded(text, "1")}}); err != nil {
				return err
			}
			return errorOf(b.IssueReserved(b.ctx, b.request(crm.Profile{Phone: phone(1)}, text)))
		}, number},
		{"promo-code", long64, []string{"PutCodes.Code"}, bare, func(b *bench, _ int, text string) error { return b.PutCodes(b.ctx, []engine.PromoCode{b.promo(text)}) },
			func(b *bench, _ int, text string) (string, error) {
				code, err := b.Code(b.ctx, text)
				return code.Code, err
			}},
		// A movement with the same key must be the same one, and with one that is a character shorter another.
		{"key", long128, []string{"Grant.Key"}, withCard, withKey, func(b *bench, i int, text string) (string, error) {
			err := withKey(b, i, text)
			b.balance(cardName(i), 10)
			return text, err
		}},
		{"segment", long64, []string{"PutOffers.Target", "SetSegments"}, withCard, func(b *bench, i int, text string) error {
			if err := b.PutOffers(b.ctx, []crm.Offer{offerFor(cardName(i), crm.AudienceSegment, text)}); err != nil {
				return err
			}
			return b.SetSegments(b.ctx, cardName(i), []string{text})
		}, readsOffer(func(o *crm.Offer) *string { return &o.Target })},
	}
}

func readsOffer(field func(*crm.Offer) *string) func(*bench, int, string) (string, error) {
	return func(b *bench, i int, _ string) (string, error) {
		offers, err := b.Offers(b.ctx, cardName(i), today)
		return only(offers, err, func(o crm.Offer) string { return *field(&o) })
	}
}

func longRecords() []longText {
	offer := func(name, most, place string, field func(*crm.Offer) *string) longText {
		return longText{name, most, []string{place}, withCard, func(b *bench, i int, text string) error {
			o := toCard(fmt.Sprintf("offer-%d", i), cardName(i))
			*field(&o) = text
			return b.PutOffers(b.ctx, []crm.Offer{o})
		}, readsOffer(field)}
	}
	purchase := func(name, most, place string, field func(*crm.Purchase) *string) longText {
		return longText{name, most, []string{place}, withCard, func(b *bench, i int, text string) error {
			l := line(cardName(i), "a", today)
			*field(&l) = text
			_, _, err := b.PutPurchases(b.ctx, []crm.Purchase{l})
			return err
		}, func(b *bench, i int, _ string) (string, error) {
			lines, err := b.Purchases(b.ctx, engine.PurchaseQuery{CardNumber: cardName(i), From: firstDay, To: lastDay, Limit: 10})
			return only(lines, err, func(p crm.Purchase) string { return *field(&p) })
		}}
	}
	return []longText{
		offer("offer-id", long64, "PutOffers.ID", func(o *crm.Offer) *string { return &o.ID }),
		offer("offer-name", longNames, "PutOffers.Name", func(o *crm.Offer) *string { return &o.Name }),
		offer("offer-description", long4000, "PutOffers.Description", func(o *crm.Offer) *string { return &o.Description }),
		offer("offer-image", longNames, "PutOffers.ImageURL", func(o *crm.Offer) *string { return &o.ImageURL }),
		offer("offer-discount", longNames, "PutOffers.Discount", func(o *crm.Offer) *string { return &o.Discount }),
		purchase("purchase-ref", long128, "PutPurchases.Ref", func(p *crm.Purchase) *string { return &p.Ref }),
		purchase("purchase-item", longNames, "PutPurchases.Item", func(p *crm.Purchase) *string { return &p.Item }),
		purchase("purchase-location", longNames, "PutPurchases.Location", func(p *crm.Purchase) *string { return &p.Location }),
		{"posting-description", longNames, []string{"Grant.Description"}, withCard, func(b *bench, i int, text string) error {
			m := b.movement(cardName(i), fmt.Sprintf("gift-%d", i), 10)
			m.Description = text
			return b.tryGrant(m)
		}, func(b *bench, i int, _ string) (string, error) {
			postings, err := b.Postings(b.ctx, cardName(i), "", 10)
			return only(postings, err, func(p crm.Posting) string { return p.Description })
		}},
		{"code-description", longNames, []string{"PutCodes.Description"}, bare, func(b *bench, i int, text string) error {
			code := b.promo(cardName(i))
			code.Description = text
			return b.PutCodes(b.ctx, []engine.PromoCode{code})
		}, func(b *bench, i int, _ string) (string, error) {
			code, err := b.Code(b.ctx, cardName(i))
			return code.Description, err
		}},
	}
}

// quotedText is a text as JSON, unquotedText its inverse.
func quotedText(text string) json.RawMessage { return json.RawMessage(`"` + text + `"`) }

func unquotedText(raw json.RawMessage) (text string) {
	if err := json.Unmarshal(raw, &text); err != nil {
		return err.Error()
	}
	return text
}

func longErrands() []longText {
	type reader = func(d outbox.Delivery) string
	read := func(tell reader) func(*bench, int, string) (string, error) {
		return func(b *bench, i int, _ string) (string, error) {
			list, err := b.ListDeliveries(b.ctx, outbox.Query{CardNumber: cardName(i), Limit: plenty})
			return only(list, err, tell)
		}
	}
	ordered := func(name, most, field string, set func(e *outbox.Message, text string), tell reader) longText {
		return longText{name, most, []string{"SubmitReceipt." + field}, withCard, func(b *bench, i int, text string) error {
			e := errand(fmt.Sprintf("e%d", i))
			set(&e, text)
			return errorOf(b.SubmitReceipt(b.ctx, b.submission(cardName(i), int64(i), 5, e)))
		}, read(tell)}
	}
	settled := func(name, most, field string, set func(s *outbox.Settlement, text string), tell reader) longText {
		return longText{name, most, []string{"SettleDelivery." + field}, func(b *bench, i int) {
			b.orders1(b.card(i), fmt.Sprintf("e%d", i))
		}, func(b *bench, i int, text string) error {
			s := b.settlement(b.byKey(fmt.Sprintf("e%d", i)).ID, outbox.StatePending)
			set(&s, text)
			return errorOf(b.SettleDelivery(b.ctx, s))
		}, read(tell)}
	}
	return []longText{
		ordered("errand-key", long128, "Key", func(e *outbox.Message, s string) { e.Key = s }, func(d outbox.Delivery) string { return d.Key }),
		ordered("errand-cause", long128, "Cause", func(e *outbox.Message, s string) { e.Cause = s }, func(d outbox.Delivery) string { return d.Cause }),
		ordered("errand-rule", long64, "Rule", func(e *outbox.Message, s string) { e.Rule = s }, func(d outbox.Delivery) string { return d.Rule }),
		ordered("errand-vendor", long64[:32], "Vendor", func(e *outbox.Message, s string) { e.Vendor = s }, func(d outbox.Delivery) string { return d.Vendor }),
		ordered("errand-action", long64[:32], "Action", func(e *outbox.Message, s string) { e.Action = s }, func(d outbox.Delivery) string { return d.Action }),
		ordered("errand-payload", long8192, "Payload", func(e *outbox.Message, s string) { e.Payload = quotedText(s) },
			func(d outbox.Delivery) string { return unquotedText(d.Payload) }),
		ordered("undo-payload", long8192, "Payload", func(e *outbox.Message, s string) {
			e.Undo = outbox.Undo{Action: long64[:32], Payload: quotedText(s), Effect: outbox.EffectUnbook}
		}, func(d outbox.Delivery) string { return unquotedText(d.Undo.Payload) }),
		ordered("undo-markup", strings.Repeat("<&>1", outbox.MaxPayloadBytes/4-1), "Payload", func(e *outbox.Message, s string) {
			e.Undo = outbox.Undo{Action: "cancel", Payload: quotedText(s)}
		}, func(d outbox.Delivery) string { return unquotedText(d.Undo.Payload) }),
		settled("vendor-reference", long128, "VendorRef", func(s *outbox.Settlement, text string) { s.VendorRef = text }, func(d outbox.Delivery) string { return d.VendorRef }),
		settled("reason", longNames, "Reason", func(s *outbox.Settlement, text string) { s.Reason = text }, func(d outbox.Delivery) string { return d.Reason }),
		settled("answer", long16384, "Answer", func(s *outbox.Settlement, text string) { s.Answer = []byte(text) }, func(d outbox.Delivery) string { return string(d.Answer) }),
	}
}

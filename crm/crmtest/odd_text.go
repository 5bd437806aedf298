package crmtest

import (
	"fmt"

	"koshelek-adapter/crm"
)

func textChecks() []Check {
	return []Check{
		check("Text/profiles", "Names keep every character of Unicode, and their spaces.", oddProfiles),
		check("Text/points", "Descriptions of points and codes keep every character of Unicode.", oddDescriptions),
		check("Text/records", "Purchases and offers keep every character of Unicode.", oddRecords),
		check("Text/consents", "The source of a consent keeps every character of Unicode.", oddSources),
	}
}

// oddTexts are texts that people have, and texts that programs trip over. Each
// is short enough for every field.
var oddTexts = []string{
	"Ёлкина-Щукина", "O'Neill", `"Zorro" \ & Co`, `\`, `\n`, "100 %", "_", "😀😁", "👩\u200d👧", "e\u0301", "é", " space before", "after ", "  ",
	"'; DROP TABLE x", "<b>&amp;</b>", "{{.}} ${x}", "%s %d %!", "null", "NULL", "0", "0x1F", "1e5", "true", "שלום", "مرحبا",
	"漢字", "𝒳𝓎", "\u200b\ufeff", "two\nlines", "a\tb", "İıſ", "ﬁ",
}

func oddProfiles(b *bench) {
	for i, odd := range oddTexts {
		who := crm.Profile{Phone: phone(i), Surname: odd, FirstName: odd, Patronymic: odd, Locality: odd, CountryCode: odd}
		if len([]rune(odd)) > crm.MaxCodeRunes {
			who.CountryCode = ""
		}
		number := cardName(i)
		b.issue(who, number)
		same(b, fmt.Sprintf("Issue with names of %q, then Holder", odd), b.holder(number), who)
		b.update(number, crm.Profile{Surname: "x"})
		b.update(number, crm.Profile{Surname: odd})
		same(b, fmt.Sprintf("UpdateProfile with a surname of %q, then Holder", odd), b.holder(number), who)
	}
	for _, holder := range b.list("", plenty) {
		b.holds(holder.Profile.Surname == holder.Profile.Locality, "Issue with odd names, then ListHolders", "each name kept", holder.Profile)
	}
}

func oddDescriptions(b *bench) {
	b.card(1)
	for i, odd := range oddTexts {
		b.later(day)
		m := b.movement("card-1", fmt.Sprintf("gift-%d", i), 1)
		m.Description = odd
		posting, err := b.Grant(b.ctx, m)
		b.must(fmt.Sprintf("Grant with the description %q", odd), err)
		same(b, fmt.Sprintf("the answer to Grant with the description %q", odd), posting.Description, odd)
		code := b.promo(fmt.Sprintf("CODE-%d", i))
		code.Description = odd
		b.putCodes(code)
		same(b, fmt.Sprintf("PutCodes with the description %q, then Code", odd), b.storedCode(code.Code).Description, odd)
	}
	var postings, lots []string
	for _, posting := range b.postings("card-1") {
		postings = append([]string{posting.Description}, postings...)
	}
	for _, lot := range b.statement("card-1", b.now).Lots {
		lots = append(lots, lot.Description)
	}
	same(b, "Grant with odd descriptions a day apart, then Postings from the oldest on", postings, oddTexts)
	same(b, "Grant with odd descriptions a day apart, the lots in Statement", lots, oddTexts)
}

func oddRecords(b *bench) {
	b.card(1)
	for i, odd := range oddTexts {
		l := line("card-1", fmt.Sprintf("%03d", i), today)
		l.Item, l.Location = odd, odd
		b.putPurchases(l)
		o := offerFor(fmt.Sprintf("%03d", i), crm.AudienceCard, "card-1")
		o.Name, o.Description, o.ImageURL, o.Discount = odd, odd, odd, odd
		b.putOffers(o)
	}
	for _, l := range b.history("card-1", today, today) {
		odd := oddTexts[atoi(l.Ref)]
		same(b, fmt.Sprintf("PutPurchases with the item and place %q, then Purchases", odd), []string{l.Item, l.Location}, []string{odd, odd})
	}
	offers, err := b.Offers(b.ctx, "card-1", today)
	b.must("Offers", err)
	same(b, "PutOffers with odd texts, the count of Offers", len(offers), len(oddTexts))
	for _, o := range offers {
		odd := oddTexts[atoi(o.ID)]
		same(b, fmt.Sprintf("PutOffers with texts of %q, then Offers", odd),
			[]string{o.Name, o.Description, o.ImageURL, o.Discount}, []string{odd, odd, odd, odd})
	}
}

func atoi(text string) (n int) {
	_, _ = fmt.Sscanf(text, "%03d", &n)
	return n
}

func oddSources(b *bench) {
	b.card(1)
	for i, odd := range oddTexts {
		wish := b.wish("card-1", wants(crm.ChannelSMS, i%2 == 0))
		wish.Source = odd
		b.must(fmt.Sprintf("SetChannels from %q", odd), b.SetChannels(b.ctx, wish))
	}
	var sources []string
	for _, line := range b.consents("card-1") {
		sources = append(sources, line.Source)
	}
	same(b, "SetChannels from odd sources, then Consents", sources, oddTexts)
}

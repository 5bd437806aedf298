package storetest

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

func refs(lines []crm.Purchase) (list []string) {
	for _, line := range lines {
		list = append(list, line.Ref)
	}
	return list
}

// historyPages reads the lines of card-1 a page at a time.
func (b *bench) historyPages(limit int) (list []crm.Purchase) {
	q := engine.PurchaseQuery{CardNumber: "card-1", From: firstDay, To: lastDay, Limit: limit}
	for len(list) < plenty {
		page := must(b.Purchases(b.ctx, q))
		b.holds(len(page) <= limit, "no more lines than the limit", refs(page))
		if len(page) == 0 {
			break
		}
		list = append(list, page...)
		q.After = &page[len(page)-1]
	}
	return list
}

func purchaseChecks() []Check {
	return []Check{
		{"PutPurchases/as-stored", "PutPurchases stores lines wholly and tells how many were new.", func(b *bench) {
			b.card(1)
			want := []crm.Purchase{line("card-1", "b", today), line("card-1", "a", yesterday)}
			want[1].BonusPoints, want[1].Location, want[1].QuantityMilli, want[1].AmountKopecks = -15, "", -1000, -99_999_999_999
			want[0].AmountKopecks, want[0].QuantityMilli, want[0].BonusPoints = 99_999_999_999, 5_000_000_000, crm.MaxPoints
			same(b, b.putPurchases(want[1], want[0]), 2)
			same(b, b.history("card-1", firstDay, lastDay), want)
			same(b, b.putPurchases(), 0)
		}, faults{"quantities have 32 bits": told("Purchases", func(lines *[]crm.Purchase) {
			for i := range *lines {
				(*lines)[i].QuantityMilli = int64(int32((*lines)[i].QuantityMilli)) //nolint:gosec // the overflow is the point
			}
		})}},
		{"PutPurchases/again", "The same lines again are the same lines: none is new and nothing changes.", func(b *bench) {
			b.card(1)
			lines := []crm.Purchase{line("card-1", "a", today), line("card-1", "b", today)}
			b.putPurchases(lines...)
			b.idle(func() error { same(b, b.putPurchases(lines...), 0); return nil })
			same(b, b.putPurchases(append(lines, line("card-1", "c", today))...), 1)
		}, faults{"replaced lines count as new": after("PutPurchases", func(_ *call, lines *[]crm.Purchase, added *int) error {
			*added = len(*lines)
			return nil
		})}},
		{"PutPurchases/replaces", "A line with the same card and Ref is the same line and is replaced, also within one call; on another card it is another line.", func(b *bench) {
			b.person(1)
			b.second(fullProfile(1), "card-2")
			later := line("card-1", "b", yesterday)
			later.Item = "Чай"
			same(b, b.putPurchases(line("card-1", "a", today), line("card-1", "b", today), later), 2)
			same(b, b.putPurchases(line("card-2", "a", yesterday)), 1)
			other := crm.Purchase{CardNumber: "card-1", Ref: "a", Date: tomorrow, Item: "Чай", AmountKopecks: 1, QuantityMilli: 2, Location: "там", BonusPoints: 3}
			same(b, b.putPurchases(other), 0)
			same(b, b.history("card-1", firstDay, lastDay), []crm.Purchase{other, later})
			same(b, b.history("card-2", firstDay, lastDay), []crm.Purchase{line("card-2", "a", yesterday)})
		}, faults{"a line that is known stays as it was": func(w *wire) {
			known := map[string]bool{}
			asked("PutPurchases", func(lines *[]crm.Purchase) {
				*lines = slices.DeleteFunc(*lines, func(p crm.Purchase) bool { return known[p.CardNumber+" "+p.Ref] })
				for _, line := range *lines {
					known[line.CardNumber+" "+line.Ref] = true
				}
			})(w)
		}}},
		{"PutPurchases/unknown-card", "Lines of an unknown card are refused by their index; the others are stored.", func(b *bench) {
			b.card(1)
			b.pool("free-2")
			lines := []crm.Purchase{line("card-9", "a", today), line("card-1", "b", today), line("free-2", "c", today), line("card-1", "d", yesterday)}
			added, refused, err := b.PutPurchases(b.ctx, lines)
			ok(err)
			same(b, added, 2)
			same(b, indices(refused), []int{0, 2})
			for _, refusal := range refused {
				b.holds(refusal.Err != nil, "an error", refusal)
			}
			same(b, b.history("card-1", firstDay, lastDay), []crm.Purchase{lines[1], lines[3]})
			b.noCard("card-9")
		}, faults{"one line of an unknown card refuses all": around("PutPurchases", func(c *call, lines *[]crm.Purchase, _ *any) {
			for _, line := range *lines {
				if _, c.err = c.good.Card(c.ctx, line.CardNumber); c.err != nil {
					return
				}
			}
			c.next()
		})}},
		{"PutPurchases/many-lines", "PutPurchases stores many lines in one call and reports the refused ones by their index in the call.", func(b *bench) {
			b.card(1)
			var lines []crm.Purchase
			for _, ref := range listed("line", many) {
				lines = append(lines, line("card-1", ref, today))
			}
			bad := []int{3, many / 2, many - 1}
			for _, i := range bad {
				lines[i].CardNumber = "card-9"
			}
			added, refused, err := b.PutPurchases(b.ctx, lines)
			ok(err)
			same(b, indices(refused), bad)
			same(b, added, many-len(bad))
			stored := must(b.Purchases(b.ctx, engine.PurchaseQuery{CardNumber: "card-1", From: today, To: today, Limit: 2 * many}))
			same(b, len(stored), many-len(bad))
		}, faults{"refused lines are counted within a part of the call": told("PutPurchases", func(refused *[]crm.RowError) {
			for i := range *refused {
				(*refused)[i].Index %= 500
			}
		})}},
		{"PutPurchases/wholly", "PutPurchases happens wholly or not at all: when one of the lines cannot be stored, none is.", func(b *bench) {
			b.card(1)
			b.putPurchases(line("card-1", "a", today))
			lines := []crm.Purchase{line("card-1", "a", yesterday)}
			for _, ref := range append(listed("more", many), immense) {
				lines = append(lines, line("card-1", ref, today))
			}
			b.wholly(func() error {
				_, _, err := b.PutPurchases(b.ctx, lines)
				return err
			})
		}, faults{"lines are stored in parts": around("PutPurchases", func(c *call, lines *[]crm.Purchase, _ *any) {
			_, _, err := c.good.PutPurchases(c.ctx, (*lines)[:len(*lines)/2])
			ok(err)
			c.next()
		})}},
		{"Race/purchases", "Of calls that store the same lines at one moment each line is new to one.", func(b *bench) {
			b.card(1)
			var lines []crm.Purchase
			for _, ref := range listed("line", 10) {
				lines = append(lines, line("card-1", ref, today))
			}
			results := race(racers, func(int) (int, error) {
				added, _, err := b.PutPurchases(b.ctx, lines)
				return added, err
			})
			tally(b, results, all)
			sum := 0
			for _, added := range winners(results) {
				sum += added
			}
			same(b, []int{sum, len(b.history("card-1", today, today))}, []int{10, 10})
		}, nil},
		{"Purchases/days", "Purchases gives the lines of the card between two days, both included.", func(b *bench) {
			b.card(1)
			b.card(2)
			same(b, b.history("card-1", firstDay, lastDay), nil)
			for _, on := range []crm.Date{"2025-12-31", "2026-01-01", yesterday, today, tomorrow} {
				b.putPurchases(line("card-1", string(on), on), line("card-2", string(on), on))
			}
			for _, step := range []struct {
				from, to crm.Date
				want     []crm.Date
			}{
				{yesterday, tomorrow, []crm.Date{tomorrow, today, yesterday}}, {today, today, []crm.Date{today}},
				{"2025-12-31", "2026-01-01", []crm.Date{"2026-01-01", "2025-12-31"}}, {"2026-01-02", "2026-03-08", nil},
			} {
				var want []crm.Purchase
				for _, on := range step.want {
					want = append(want, line("card-1", string(on), on))
				}
				same(b, b.history("card-1", step.from, step.to), want)
			}
		}, faults{
			"history ignores the days": asked("Purchases", func(q *engine.PurchaseQuery) { q.From, q.To = firstDay, lastDay }),
			"the last day is left out": after("Purchases", func(_ *call, q *engine.PurchaseQuery, lines *[]crm.Purchase) error {
				*lines = slices.DeleteFunc(*lines, func(p crm.Purchase) bool { return p.Date == q.To })
				return nil
			}),
		}},
		{"Purchases/pages", "Purchases gives the newest day first, in one stable order, up to Limit lines, beginning after a cursor; pages skip and repeat none, also when many lines have one day.", func(b *bench) {
			b.card(1)
			for i, on := range []crm.Date{today, yesterday, today, tomorrow, today, today, yesterday, today, today} {
				b.putPurchases(line("card-1", fmt.Sprintf("%c-%d", "bBaA"[i%4], i), on))
			}
			lines := b.history("card-1", firstDay, lastDay)
			same(b, len(lines), 9)
			b.holds(slices.IsSortedFunc(lines, func(x, y crm.Purchase) int { return strings.Compare(string(y.Date), string(x.Date)) }), "the newest day first", lines)
			same(b, b.history("card-1", firstDay, lastDay), lines)
			ofToday := slices.DeleteFunc(slices.Clone(lines), func(p crm.Purchase) bool { return p.Date != today })
			same(b, b.history("card-1", today, today), ofToday)
			for _, limit := range []int{1, 2, 4} {
				same(b, b.historyPages(limit), lines)
			}
		}, faults{
			"the oldest day comes first": told("Purchases", func(lines *[]crm.Purchase) { slices.Reverse(*lines) }),
			"a page begins after the day of the last line": around("Purchases", func(c *call, q *engine.PurchaseQuery, lines *[]crm.Purchase) {
				after, limit := q.After, q.Limit
				if after != nil {
					q.After, q.Limit = nil, plenty
				}
				if c.next(); after != nil {
					*lines = slices.DeleteFunc(*lines, func(p crm.Purchase) bool { return p.Date >= after.Date })
					*lines = (*lines)[:min(limit, len(*lines))]
				}
			}),
		}},
	}
}

func (b *bench) allOffers() []crm.Offer {
	b.Helper()
	return pages(b, func(o crm.Offer) string { return o.ID }, listing(b, b.ListOffers))
}

func offerChecks() []Check {
	return []Check{
		{"PutOffers/as-stored", "PutOffers stores offers wholly; of one that stands twice in a call the later one.", func(b *bench) {
			b.card(1)
			same(b, b.offers("card-1"), nil)
			want := []crm.Offer{toAll("a"), toCard("b", "card-1"), {ID: "c", Audience: crm.AudienceAll, EndDate: "2026-04-01"}}
			b.putOffers(toAll("b"), want[0], want[1], want[2])
			b.putOffers()
			same(b, b.offers("card-1"), want)
			repeats(b, nil, quiet(b.PutOffers), want)
		}, faults{"pictures are lost": told("Offers", func(offers *[]crm.Offer) {
			for i := range *offers {
				(*offers)[i].ImageURL = ""
			}
		})}},
		{"PutOffers/replaces", "An offer with the same ID is replaced, its audience too.", func(b *bench) {
			b.card(1)
			b.card(2)
			b.putOffers(toAll("a"))
			other := crm.Offer{ID: "a", Audience: crm.AudienceCard, Target: "card-2", Name: "Новое имя", EndDate: "2026-05-01"}
			b.putOffers(other)
			same(b, b.offers("card-1"), nil)
			same(b, b.offers("card-2"), []crm.Offer{other})
		}, nil},
		{"PutOffers/wholly", "PutOffers happens wholly or not at all: when one of the offers cannot be stored, none is.", func(b *bench) {
			b.card(1)
			b.putOffers(toAll("a"))
			b.wholly(func() error {
				return b.PutOffers(b.ctx, []crm.Offer{toCard("a", "card-9"), toAll("b"), toAll(immense)})
			})
		}, faults{"offers are stored one by one": around("PutOffers", func(c *call, offers *[]crm.Offer, _ *any) {
			for _, offer := range *offers {
				if c.err = c.good.PutOffers(c.ctx, []crm.Offer{offer}); c.err != nil {
					return
				}
			}
		})}},
		{"Offers/audience", "Offers gives the offers for all, for one of the card's segments, and for the card itself, and no others.", func(b *bench) {
			b.person(1)
			b.person(2)
			b.unheld("plastic-3")
			b.segments("card-1", "gold", "coffee")
			b.segments("card-2", "card-1") // a segment that is named like a card
			b.putOffers(toAll("all"), toSegment("gold"), toSegment("coffee"), toSegment("silver"),
				toCard("own-1", "card-1"), toCard("own-2", "card-2"), toCard("like-a-card", "gold"))
			same(b, b.shown("card-1"), []string{"all", "coffee", "gold", "own-1"})
			same(b, b.shown("card-2"), []string{"all", "own-2"})
			same(b, b.shown("plastic-3"), []string{"all"})
		}, faults{"offers of another card are shown": asked("PutOffers", func(offers *[]crm.Offer) {
			for i, o := range *offers {
				if o.Audience == crm.AudienceCard {
					(*offers)[i].Audience, (*offers)[i].Target = crm.AudienceAll, ""
				}
			}
		})}},
		{"Offers/days", "Offers gives the offers that are open on the day: both ends are included, and an empty one is open.", func(b *bench) {
			b.card(1)
			for id, span := range map[string][2]crm.Date{
				"today-only": {today, today}, "until-today": {"", today}, "from-today": {today, ""}, "always": {"", ""},
				"until-yesterday": {"", yesterday}, "from-tomorrow": {tomorrow, ""}, "past": {"2025-01-01", yesterday}, "future": {tomorrow, "2027-01-01"},
			} {
				offer := toAll(id)
				offer.StartDate, offer.EndDate = span[0], span[1]
				b.putOffers(offer)
			}
			same(b, slices.Sorted(slices.Values(b.shown("card-1"))), []string{"always", "from-today", "today-only", "until-today"})
		}, faults{"the last day of an offer is left out": told("Offers", func(offers *[]crm.Offer) {
			*offers = slices.DeleteFunc(*offers, func(o crm.Offer) bool { return o.EndDate == today })
		})}},
		{"Offers/order", "Offers are ordered by end, open ends last, and by ID.", func(b *bench) {
			b.card(1)
			b.segments("card-1", "a")
			days := map[string]crm.Date{"d": today, "a": tomorrow, "c": tomorrow, "b": "2026-04-01", "B": "2026-04-01", "A": "", "0": ""}
			for _, id := range []string{"c", "A", "b", "0", "d", "a", "B"} {
				offer := toAll(id)
				if id == "a" {
					offer = toSegment(id)
				}
				offer.EndDate = days[id]
				b.putOffers(offer)
			}
			same(b, b.shown("card-1"), []string{"d", "a", "c", "B", "b", "0", "A"})
		}, faults{"offers are ordered by their names": told("Offers", func(offers *[]crm.Offer) {
			slices.SortFunc(*offers, func(a, b crm.Offer) int { return strings.Compare(a.Name, b.Name) })
		})}},
		{"SetSegments/replaces", "SetSegments replaces the segments of a card; one that stands twice is one.", func(b *bench) {
			b.card(1)
			b.putOffers(toSegment("gold"), toSegment("silver"), toSegment("tin"))
			for _, step := range [][]string{{"gold", "silver"}, {"silver", "tin"}, {"gold"}, nil, {"tin"}} {
				b.segments("card-1", step...)
				same(b, b.shown("card-1"), step)
			}
			b.segments("card-1", "gold", "silver", "gold")
			same(b, b.shown("card-1"), []string{"gold", "silver"})
		}, faults{"segments are only added": func(w *wire) {
			var added []string
			asked("SetSegments", func(segments *[]string) { added = append(added, *segments...); *segments = added })(w)
		}}},
		{"SetSegments/one-card", "Segments belong to one card, not to the holder's other cards.", func(b *bench) {
			b.person(1)
			b.second(fullProfile(1), "card-2")
			b.putOffers(toSegment("gold"))
			b.segments("card-1", "gold")
			same(b, b.shown("card-2"), nil)
			b.segments("card-2")
			same(b, b.shown("card-1"), []string{"gold"})
		}, nil},
		{"EndOffer/ends", "EndOffer makes a day the last one of an offer that would last longer, and leaves others as they are.", func(b *bench) {
			open, soon, long := toAll("open"), toAll("soon"), toAll("long")
			open.EndDate, soon.EndDate, long.EndDate = "", yesterday, "2999-01-01"
			b.putOffers(open, soon, long)
			for _, id := range []string{"open", "soon", "long"} {
				same(b, must(b.EndOffer(b.ctx, id, today)), true)
			}
			ends := map[string]crm.Date{}
			for _, o := range b.allOffers() {
				ends[o.ID] = o.EndDate
			}
			same(b, ends, map[string]crm.Date{"open": today, "soon": yesterday, "long": today})
			same(b, must(b.EndOffer(b.ctx, "unknown", today)), false)
		}, faults{"ending an offer makes it longer": around("EndOffer", func(c *call, id *string, _ *any) {
			for _, o := range must(c.good.ListOffers(c.ctx, "", plenty)) {
				if o.ID == *id {
					o.EndDate = ""
					ok(c.good.PutOffers(c.ctx, []crm.Offer{o}))
				}
			}
			c.next()
		})}},
		{"Race/segments", "Of sets of segments that are stored at one moment one remains whole.", func(b *bench) {
			b.card(1)
			a, z := listed("a", racers), listed("z", racers)
			for i := range racers {
				b.putOffers(toSegment(a[i]), toSegment(z[i]))
			}
			tally(b, race(racers, func(i int) (any, error) { return nil, b.SetSegments(b.ctx, "card-1", []string{a[i], z[i]}) }), all)
			shown := b.shown("card-1")
			b.holds(len(shown) == 2 && shown[0][1:] == shown[1][1:], "the two of one call", shown)
		}, faults{"segments that are stored at once are mixed": func(w *wire) {
			met := newMeeting(racers)
			var mixed sync.Map
			asked("SetSegments", func(segments *[]string) {
				for _, segment := range *segments {
					mixed.Store(segment, true)
				}
				met.wait()
				mixed.Range(func(segment, _ any) bool {
					*segments = append(*segments, segment.(string))
					return true
				})
			})(w)
		}}},
		{"Race/opposite-orders", "Calls that store the same things in opposite orders at one moment all succeed.", raceOrders, nil},
	}
}

func raceOrders(b *bench) {
	var (
		lines   []crm.Purchase
		codes   []engine.PromoCode
		offers  []crm.Offer
		rows    []engine.CardRecord
		numbers []crm.CardNumber
	)
	for i := range 8 {
		lines = append(lines, line(b.card(i), "a", today))
		codes = append(codes, b.promo(fmt.Sprintf("CODE-%d", i)))
		offers = append(offers, toAll(fmt.Sprintf("offer-%d", i)))
		rows = append(rows, b.row(fmt.Sprintf("plastic-%d", i), crm.Profile{Phone: phone(i % 4)}, 10))
		numbers = append(numbers, numbered(fmt.Sprintf("free-%d", i)))
	}
	for _, call := range []func(i int) error{
		func(i int) error { _, _, err := b.PutPurchases(b.ctx, turned(i, lines)); return err },
		func(i int) error { return b.PutCodes(b.ctx, turned(i, codes)) },
		func(i int) error { return b.PutOffers(b.ctx, turned(i, offers)) },
		func(i int) error { return errorOf(b.ImportCards(b.ctx, turned(i, rows), b.now)) },
		func(i int) error {
			return errorOf(b.AddNumbers(b.ctx, engine.PoolRequest{Numbers: turned(i, numbers), Now: b.now}))
		},
	} {
		tally(b, race(racers/2, func(i int) (any, error) { return nil, call(i) }), map[string]int{done: racers / 2})
	}
	for _, row := range rows {
		b.balance(row.Number, 10)
	}
}

func listingChecks() []Check {
	return []Check{
		{"ListCards/all", "ListCards gives every card with its holder, blocked and unheld ones too, ordered by number.", func(b *bench) {
			b.life()
			b.unheld("Card-0")
			b.card(3)
			b.setState("card-3", crm.CardBlocked)
			var want []crm.Holder
			for _, number := range []string{"Card-0", "card-1", "card-2", "card-3"} {
				want = append(want, crm.Holder{Profile: b.holder(number), Card: b.look(number)})
			}
			same(b, pages(b, func(h crm.Holder) string { return h.Card.Number }, listing(b, b.ListCards)), want)
		}, faults{"blocked cards are not listed": told("ListCards", func(list *[]crm.Holder) {
			*list = slices.DeleteFunc(*list, func(c crm.Holder) bool { return c.Card.State == crm.CardBlocked })
		})}},
		{"ListCustomers/all", "ListCustomers gives every customer who holds a card once, with the card that PickCard picks, ordered by ID.", func(b *bench) {
			b.life()
			b.unheld("card-0")
			b.imports(b.row("card-4", crm.Profile{Email: email(4)}, 0))
			b.card(3)
			b.setState("card-3", crm.CardBlocked)
			b.person(5)
			b.erase(phone(5))
			list := pages(b, func(h crm.Holder) string { return h.Card.CustomerID }, listing(b, b.ListCustomers))
			b.holds(slices.IsSortedFunc(list, func(x, y crm.Holder) int { return strings.Compare(x.Card.CustomerID, y.Card.CustomerID) }), "ordered by ID", list)
			found := map[string]crm.Card{}
			for _, h := range list {
				found[h.Profile.Phone+h.Profile.Email] = h.Card
			}
			picked, _ := crm.PickCard([]crm.Card{b.look("card-1"), b.look("card-2")})
			same(b, found, map[string]crm.Card{marked.Phone + marked.Email: picked, email(4): b.look("card-4"), phone(3): b.look("card-3")})
		}, faults{"a page repeats the last customer": func(w *wire) {
			last := ""
			asked("ListCustomers", func(after *string) { *after, last = min(last, *after), *after })(w)
		}}},
		{"ListPurchases/all", "ListPurchases gives the lines of all cards, ordered by card and Ref.", func(b *bench) {
			b.card(1)
			b.card(2)
			lines := []crm.Purchase{line("card-1", "A", today), line("card-1", "b", yesterday), line("card-2", "A", today), line("card-2", "c", today)}
			b.putPurchases(lines[3], lines[1], lines[0], lines[2])
			place := func(p crm.Purchase) string { return p.CardNumber + " " + p.Ref }
			same(b, pages(b, place, func(after string, limit int) ([]crm.Purchase, error) {
				card, ref, _ := strings.Cut(after, " ")
				return b.ListPurchases(b.ctx, card, ref, limit)
			}), lines)
		}, faults{"a page of purchases begins with the next card": around("ListPurchases", func(c *call, _ *any, _ *any) {
			if ref := c.args[1].(*string); *ref != "" {
				*ref = "~"
			}
			c.next()
		})}},
		{"ListPostings/all", "ListPostings gives the postings of all cards, ordered by ID.", func(b *bench) {
			b.life()
			b.rich(3, 5)
			want := slices.Concat(b.postings("card-1"), b.postings("card-2"), b.postings("card-3"))
			slices.SortFunc(want, func(a, b crm.Posting) int { return strings.Compare(a.ID, b.ID) })
			same(b, pages(b, func(p crm.Posting) string { return p.ID }, listing(b, b.ListPostings)), want)
		}, faults{"the newest come first": told("ListPostings", func(list *[]crm.Posting) { slices.Reverse(*list) })}},
		{"ListCodes/all", "ListCodes gives every code with its count of uses, ordered by code.", func(b *bench) {
			b.card(1)
			b.putCodes(b.promo("SPRING"), b.promo("AUTUMN"), b.promo("SUMMER"), b.promo("WINTER"))
			b.redeem("card-1", "SPRING")
			same(b, pages(b, func(c engine.PromoCode) string { return c.Code }, listing(b, b.ListCodes)),
				[]engine.PromoCode{b.storedCode("AUTUMN"), b.storedCode("SPRING"), b.storedCode("SUMMER"), b.storedCode("WINTER")})
		}, faults{"a list does not count": told("ListCodes", func(list *[]engine.PromoCode) {
			for i := range *list {
				(*list)[i].Used = 0
			}
		})}},
		{"ListOffers/all", "ListOffers gives every offer, open or not, ordered by ID.", func(b *bench) {
			past := toCard("c", "card-9")
			past.StartDate, past.EndDate = "2020-01-01", "2020-01-31"
			b.putOffers(past, toSegment("B"), toAll("a"))
			same(b, b.allOffers(), []crm.Offer{toSegment("B"), toAll("a"), past})
		}, faults{"offers that are over are not listed": told("ListOffers", func(list *[]crm.Offer) {
			*list = slices.DeleteFunc(*list, func(o crm.Offer) bool { return o.EndDate != "" && o.EndDate < today })
		})}},
		{"ListNumbers/all", "ListNumbers gives the numbers of the pool with the end of their reservation, ordered by number.", func(b *bench) {
			until := b.now.Add(day)
			b.poolUntil(until, "free-2")
			b.pool("free-3", "Free-1")
			b.poolUntil(crm.Forever, "free-4")
			list := pages(b, func(n engine.PooledNumber) string { return n.Number }, listing(b, b.ListNumbers))
			for i := range list {
				if !list[i].ReservedUntil.After(b.now) {
					list[i].ReservedUntil = b.now // free is free, since whenever
				}
			}
			same(b, list, []engine.PooledNumber{
				{CardNumber: numbered("Free-1"), ReservedUntil: b.now}, {CardNumber: numbered("free-2"), ReservedUntil: until},
				{CardNumber: numbered("free-3"), ReservedUntil: b.now}, {CardNumber: numbered("free-4"), ReservedUntil: crm.Forever},
			})
		}, faults{"handed over numbers look reserved": told("ListNumbers", func(list *[]engine.PooledNumber) {
			for i := range *list {
				if (*list)[i].ReservedUntil.Equal(crm.Forever) {
					(*list)[i].ReservedUntil = crm.Forever.AddDate(-1, 0, 0)
				}
			}
		})}},
		{"AuditLog/lines", "AuditLog gives the last lines about a subject, oldest first: states, movements with an actor, and erasures.", func(b *bench) {
			card := b.issue(marked, "card-1")
			b.card(2)
			b.setState("card-1", crm.CardInactive)
			b.later(day)
			b.setState("card-1", crm.CardActive)
			b.grant("card-1", "gift", 70)
			b.take("card-1", "spent", 30)
			silent := b.movement("card-1", "till", 5)
			silent.Actor = ""
			must(b.Grant(b.ctx, silent))
			lines := b.audit("card-1")
			if len(lines) != 4 {
				b.hopeless("four lines", text(lines))
			}
			b.holds(lines[0].At.Equal(noon) && lines[0].Actor == "operator" && lines[0].Subject == "card-1" && lines[0].Detail == "check",
				"the oldest line with its time, actor, subject and reason", lines)
			same(b, must(b.AuditLog(b.ctx, "card-1", 2)), lines[2:])
			same(b, b.audit("card-2"), nil)
			b.erase(marked.Phone)
			same(b, len(b.audit(card.CustomerID)), 1)
		}, faults{"the oldest lines of the log are kept": around("AuditLog", func(c *call, _ *string, lines *[]engine.AuditLine) {
			limit := *arg[int](c.args)
			*arg[int](c.args) = plenty
			c.next()
			*lines = (*lines)[:min(limit, len(*lines))]
		})}},
	}
}

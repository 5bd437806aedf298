package storetest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/outbox"
)

// What holds for every method of a kind stands here once: for those that name a
// card, those that read, and those that write.

// onCard is a method that names a card, and what it says to one that is blocked
// or inactive; the zero Kind where it works all the same.
type onCard struct {
	method            string
	blocked, inactive crm.Kind
	call              func(b *bench, number string) error
}

func errorOf[A any](_ A, err error) error { return err }

// cardCalls are for a card with 70 points and a code SPRING. Those that change
// something come first.
func cardCalls() []onCard {
	return []onCard{
		{"SetCardState", "", "", func(b *bench, n string) error { return b.SetCardState(b.ctx, b.stateChange(n, crm.CardBlocked)) }},
		{"ReplaceCard", "", "", func(b *bench, n string) error { return errorOf(b.ReplaceCard(b.ctx, b.replacement(n, "new-1"))) }},
		{"UpdateProfile", crm.ErrCardBlocked, "", func(b *bench, n string) error { return b.UpdateProfile(b.ctx, b.updateOf(n, fullProfile(9))) }},
		{"SetChannels", "", "", func(b *bench, n string) error { return b.SetChannels(b.ctx, b.wish(n, wants(crm.ChannelSMS, true))) }},
		{"SetSegments", "", "", func(b *bench, n string) error { return b.SetSegments(b.ctx, n, []string{"gold"}) }},
		{"Grant", crm.ErrCardBlocked, "", func(b *bench, n string) error { return errorOf(b.Grant(b.ctx, b.movement(n, "more", 10))) }},
		{"Take", crm.ErrCardBlocked, crm.ErrCardInactive, func(b *bench, n string) error {
			return errorOf(b.Take(b.ctx, b.movement(n, "spent", 10)))
		}},
		{"SubmitReceipt", crm.ErrCardBlocked, crm.ErrCardInactive, func(b *bench, n string) error {
			return errorOf(b.SubmitReceipt(b.ctx, b.submission(n, 1, 15)))
		}},
		{"RedeemCode", crm.ErrCardBlocked, crm.ErrCardInactive, func(b *bench, n string) error {
			return errorOf(b.RedeemCode(b.ctx, b.entry(n, "SPRING")))
		}},
		{"RedeemOrder", crm.ErrCardBlocked, crm.ErrCardInactive, func(b *bench, n string) error {
			return errorOf(b.RedeemOrder(b.ctx, b.order(n, "ORD-1", 10)))
		}},
		{"Holder", "", "", func(b *bench, n string) error { return errorOf(b.Holder(b.ctx, n)) }},
		{"Consents", "", "", func(b *bench, n string) error { return errorOf(b.Consents(b.ctx, n)) }},
		{"Statement", "", "", func(b *bench, n string) error { return errorOf(b.Statement(b.ctx, n, b.now)) }},
		{"Postings", "", "", func(b *bench, n string) error { return errorOf(b.Postings(b.ctx, n, "", plenty)) }},
		{"Purchases", "", "", func(b *bench, n string) error {
			return errorOf(b.Purchases(b.ctx, engine.PurchaseQuery{CardNumber: n, From: firstDay, To: lastDay, Limit: 10}))
		}},
		{"Offers", "", "", func(b *bench, n string) error { return errorOf(b.Offers(b.ctx, n, today)) }},
	}
}

// cardChecks are about unknown, blocked and inactive cards, for each method.
func cardChecks() (checks []Check) {
	for _, m := range cardCalls() {
		checks = append(checks, Check{m.method + "/unknown", m.method + " of an unknown card gives ErrCardNotFound and changes nothing.",
			m.unknown, faults{"an unknown card is served without a word": forgives(m.method, crm.ErrCardNotFound)}})
		for i, state := range []crm.CardState{crm.CardBlocked, crm.CardInactive} {
			kind := []crm.Kind{m.blocked, m.inactive}[i]
			promise := fmt.Sprintf("%s of a card that is %s works.", m.method, state)
			wrong := faults{"the card is refused": excludes(m.method, state)}
			if kind != "" {
				promise = fmt.Sprintf("%s of a card that is %s gives %s and changes nothing; the same call works when the card is active again.", m.method, state, kind)
				wrong = faults{
					"the card is served": serves(m.method), "the refusal is no error": forgives(m.method, kind),
					"a refused call is not forgotten": unforgiving(m.method),
				}
			}
			checks = append(checks, Check{m.method + "/" + string(state), promise, func(b *bench) { m.inState(b, state, kind) }, wrong})
		}
	}
	return checks
}

func (m onCard) unknown(b *bench) {
	b.rich(1, 70)
	b.pool("free-1")
	b.putCodes(b.promo("SPRING"))
	for _, number := range []string{"card-9", "free-1"} {
		b.refused(func() error { return m.call(b, number) }, crm.ErrCardNotFound)
	}
}

func (m onCard) inState(b *bench, state crm.CardState, kind crm.Kind) {
	b.rich(1, 70)
	b.putCodes(b.promo("SPRING"))
	b.setState("card-1", state)
	if kind != "" {
		b.refused(func() error { return m.call(b, "card-1") }, kind)
		b.setState("card-1", crm.CardActive)
	}
	ok(m.call(b, "card-1"))
	b.adds("card-1")
}

// excludes refuses a card in a state, unforgiving whichever card it has refused
// before.
func excludes(method string, state crm.CardState) fault {
	return around(method, func(c *call, _, _ *any) {
		if card, err := c.good.Card(c.ctx, c.card()); err == nil && card.State == state {
			c.err = crm.ErrBusy
			return
		}
		c.next()
	})
}

func unforgiving(method string) fault {
	return func(w *wire) {
		refused := map[string]error{}
		w.on(method, func(c *call) {
			if c.err = refused[c.card()]; c.err == nil {
				c.next()
				refused[c.card()] = c.err
			}
		})
	}
}

// everything makes something of everything, and change changes all of it.
func (b *bench) everything() {
	b.life()
	b.putCodes(b.promo("SPRING"))
	b.pool("free-1", "free-2")
	b.putOffers(toAll("all"), toSegment("gold"))
	b.redeemOrder("card-1", "ORD-1", 5)
	b.orders1("card-1", "a")
	b.refer(acme, "card-1", "r-1")
}

func (b *bench) change() {
	b.later(time.Minute)
	b.unheld("card-0")
	b.issue(crm.Profile{Phone: phone(7)}, "card-7")
	b.redeem("card-1", "SPRING")
	b.reverseOrder("card-1", "ORD-1", 5)
	b.update("card-1", crm.Profile{BirthDate: "2000-02-29"})
	b.channels("card-1", wants(crm.ChannelPush, true))
	b.putPurchases(line("card-1", "c", today))
	b.segments("card-1", "gold")
	b.putOffers(toCard("own", "card-1"))
	b.pool("free-3")
	b.settleTo(b.byKey("a").ID, outbox.StateDone)
	b.refer(acme, "card-1", "r-2")
	b.setState("card-1", crm.CardBlocked)
}

// reads are calls of every method that reads, all of which change answers with
// change.
func reads() map[string]func(ctx context.Context, b *bench) (any, error) {
	return map[string]func(ctx context.Context, b *bench) (any, error){
		"FindCards": func(ctx context.Context, b *bench) (any, error) {
			return b.FindCards(ctx, crm.Identity{Phone: marked.Phone})
		},
		"Card":         func(ctx context.Context, b *bench) (any, error) { return b.Card(ctx, "card-1") },
		"CountNumbers": func(ctx context.Context, b *bench) (any, error) { return b.CountNumbers(ctx, noon) },
		"Holder":       func(ctx context.Context, b *bench) (any, error) { return b.Holder(ctx, "card-1") },
		"HoldersOf":    func(ctx context.Context, b *bench) (any, error) { return b.HoldersOf(ctx, []string{"card-1"}) },
		"Consents":     func(ctx context.Context, b *bench) (any, error) { return b.Consents(ctx, "card-1") },
		"ListHolders":  func(ctx context.Context, b *bench) (any, error) { return b.ListHolders(ctx, "", plenty) },
		"Statement":    func(ctx context.Context, b *bench) (any, error) { return b.Statement(ctx, "card-1", noon) },
		"Postings":     func(ctx context.Context, b *bench) (any, error) { return b.Postings(ctx, "card-1", "", plenty) },
		"Verify": func(ctx context.Context, b *bench) (any, error) {
			_, last, err := b.Verify(ctx, "", 1)
			return last, err
		},
		"Code": func(ctx context.Context, b *bench) (any, error) { return b.Code(ctx, "SPRING") },
		"Purchases": func(ctx context.Context, b *bench) (any, error) {
			return b.Purchases(ctx, engine.PurchaseQuery{CardNumber: "card-1", From: firstDay, To: lastDay, Limit: plenty})
		},
		"Offers": func(ctx context.Context, b *bench) (any, error) { return b.Offers(ctx, "card-1", today) },
		"Customer": func(ctx context.Context, b *bench) (any, error) {
			return b.Customer(ctx, b.one(crm.Identity{Phone: marked.Phone}).CustomerID)
		},
		"Order":    func(ctx context.Context, b *bench) (any, error) { return b.Order(ctx, "ORD-1") },
		"Delivery": func(ctx context.Context, b *bench) (any, error) { return b.Delivery(ctx, b.byKey("a").ID) },
		"KnownReferences": func(ctx context.Context, b *bench) (any, error) {
			return b.KnownReferences(ctx, acme, []string{"r-1", "r-2"})
		},
		"ListDeliveries": func(ctx context.Context, b *bench) (any, error) {
			return b.ListDeliveries(ctx, outbox.Query{Limit: plenty})
		},
		"CountDeliveries": func(ctx context.Context, b *bench) (any, error) { return b.CountDeliveries(ctx, true) },
		"ListCards":       func(ctx context.Context, b *bench) (any, error) { return b.ListCards(ctx, "", plenty) },
		"ListCustomers":   func(ctx context.Context, b *bench) (any, error) { return b.ListCustomers(ctx, "", plenty) },
		"ListPurchases":   func(ctx context.Context, b *bench) (any, error) { return b.ListPurchases(ctx, "", "", plenty) },
		"ListPostings":    func(ctx context.Context, b *bench) (any, error) { return b.ListPostings(ctx, "", plenty) },
		"ListCodes":       func(ctx context.Context, b *bench) (any, error) { return b.ListCodes(ctx, "", plenty) },
		"ListOffers":      func(ctx context.Context, b *bench) (any, error) { return b.ListOffers(ctx, "", plenty) },
		"ListNumbers":     func(ctx context.Context, b *bench) (any, error) { return b.ListNumbers(ctx, "", plenty) },
		"AuditLog":        func(ctx context.Context, b *bench) (any, error) { return b.AuditLog(ctx, "card-1", plenty) },
	}
}

func readChecks() []Check {
	checks := []Check{{"Ping/reachable", "Ping gives no error while the store can be reached, and one when its context is over before it begins.", func(b *bench) {
		for range 3 {
			b.idle(func() error { return b.Ping(b.ctx) })
		}
		b.holds(b.Ping(b.over()) != nil, "an error", nil)
	}, faults{
		"ping never answers well": around("Ping", func(c *call, _, _ *any) { c.err = crm.ErrUnavailable }), "ping always answers": deaf("Ping"),
	}}}
	for _, method := range sortedKeys(reads()) {
		read := reads()[method]
		promise := method + " sees what was stored before it, and gives an error when its context is over before it begins."
		checks = append(checks, Check{"Read/" + method, promise, func(b *bench) {
			b.everything()
			before := must(read(b.ctx, b))
			b.change()
			b.holds(text(must(read(b.ctx, b))) != text(before), "another answer than before", before)
			b.holds(errorOf(read(b.over(), b)) != nil, "an error", nil)
		}, faults{"it answers as before": stale(method), "it answers nothing": lost(method), "it does not heed the context": deaf(method)}})
	}
	return checks
}

// over is a context that is over.
func (b *bench) over() context.Context {
	ctx, cancel := context.WithCancel(b.ctx)
	cancel()
	return ctx
}

// deed is a write that works.
type deed struct {
	// name is the method, and where there are several a dash and the case.
	name string
	// prepare makes what the write needs.
	prepare func(b *bench)
	// write makes the call and gives what a repeated call has to answer too.
	write func(ctx context.Context, b *bench) (answer any, err error)
	// once tells that the same call again is not the same success, unseen that
	// nothing which can be read tells of the write.
	once, unseen bool
}

func deeds() []deed {
	nothing := func(*bench) {}
	card := func(b *bench) { b.card(1) }
	granted := func(b *bench) { b.rich(1, 70) }
	ordered := func(b *bench) { b.rich(1, 70); b.orders1("card-1", "a") }
	return []deed{
		{name: "Issue", prepare: nothing, write: func(ctx context.Context, b *bench) (any, error) {
			issued, err := b.Issue(ctx, b.welcomed(fullProfile(1), "card-1", 50))
			return issued.Card, err
		}},
		{name: "IssueReserved", prepare: func(b *bench) { b.pool("free-1") }, write: func(ctx context.Context, b *bench) (any, error) {
			return b.IssueReserved(ctx, b.welcomed(fullProfile(1), "free-1", 50))
		}},
		{name: "SetCardState", prepare: card, write: func(ctx context.Context, b *bench) (any, error) {
			return nil, b.SetCardState(ctx, b.stateChange("card-1", crm.CardBlocked))
		}},
		{name: "ReplaceCard", prepare: func(b *bench) { b.life() }, write: func(ctx context.Context, b *bench) (any, error) {
			return b.ReplaceCard(ctx, b.replacement("card-1", "new-1"))
		}},
		{name: "ImportCards", prepare: nothing, write: func(ctx context.Context, b *bench) (any, error) {
			return b.ImportCards(ctx, []engine.CardRecord{b.row("card-1", fullProfile(1), 10), b.row("card-2", crm.Profile{}, 0)}, b.now)
		}},
		{name: "AddNumbers", prepare: nothing, write: func(ctx context.Context, b *bench) (any, error) {
			return nil, errorOf(b.AddNumbers(ctx, engine.PoolRequest{Numbers: allNumbered("free-1", "free-2"), Now: b.now}))
		}},
		{name: "LeaseNumbers", once: true, prepare: func(b *bench) { b.pool("free-1", "free-2") }, write: func(ctx context.Context, b *bench) (any, error) {
			return b.LeaseNumbers(ctx, engine.LeaseRequest{Count: 1, Now: b.now, Until: b.now.Add(time.Hour)})
		}},
		{name: "ReleaseNumbers", prepare: func(b *bench) { b.pool("free-1"); b.free() }, write: func(ctx context.Context, b *bench) (any, error) {
			return nil, b.ReleaseNumbers(ctx, []string{"free-1"}, b.now.Add(time.Hour))
		}},
		{name: "UpdateProfile", prepare: func(b *bench) { b.person(1) }, write: func(ctx context.Context, b *bench) (any, error) {
			return nil, b.UpdateProfile(ctx, b.updateOf("card-1", fullProfile(9)))
		}},
		{name: "SetChannels", prepare: card, write: func(ctx context.Context, b *bench) (any, error) {
			return nil, b.SetChannels(ctx, b.wish("card-1", map[crm.Channel]bool{crm.ChannelSMS: true, crm.ChannelCall: false}))
		}},
		{name: "Erase", once: true, prepare: func(b *bench) { b.life() }, write: func(ctx context.Context, b *bench) (any, error) {
			return b.Erase(ctx, b.erasing(marked.Phone))
		}},
		{name: "Grant", prepare: card, write: func(ctx context.Context, b *bench) (any, error) {
			return b.Grant(ctx, b.movement("card-1", "gift", 70))
		}},
		{name: "Take", prepare: granted, write: func(ctx context.Context, b *bench) (any, error) {
			return b.Take(ctx, b.movement("card-1", "spent", 70))
		}},
		{name: "ExpirePoints", prepare: func(b *bench) { granted(b); b.later(366 * day) }, write: func(ctx context.Context, b *bench) (any, error) {
			return nil, errorOf(b.ExpirePoints(ctx, b.now, plenty))
		}},
		{name: "SubmitReceipt", prepare: card, write: submitting(func(b *bench) engine.ReceiptSubmission { return b.submission("card-1", 1, 15) })},
		{name: "SubmitReceipt-errands", prepare: card, write: submitting(func(b *bench) engine.ReceiptSubmission {
			return b.submission("card-1", 1, 15, fullErrand("a"), errand("b"))
		})},
		{name: "SubmitReceipt-refund", prepare: func(b *bench) { b.card(1); b.sale("a", 1, 15) },
			write: submitting(func(b *bench) engine.ReceiptSubmission { return b.refund("card-1", 2) })},
		{name: "RedeemCode", prepare: func(b *bench) { b.card(1); b.putCodes(b.promo("SPRING")) }, write: func(ctx context.Context, b *bench) (any, error) {
			answer, err := b.RedeemCode(ctx, b.entry("card-1", "SPRING"))
			return answer.Points, err
		}},
		{name: "PutCodes", prepare: nothing, write: func(ctx context.Context, b *bench) (any, error) {
			return nil, b.PutCodes(ctx, []engine.PromoCode{b.promo("SPRING"), b.promo("SUMMER")})
		}},
		{name: "PutPurchases", prepare: card, write: func(ctx context.Context, b *bench) (any, error) {
			_, _, err := b.PutPurchases(ctx, []crm.Purchase{line("card-1", "a", today), line("card-1", "b", yesterday)})
			return nil, err
		}},
		{name: "PutOffers", prepare: card, write: func(ctx context.Context, b *bench) (any, error) {
			return nil, b.PutOffers(ctx, []crm.Offer{toAll("all"), toCard("own", "card-1")})
		}},
		{name: "EndOffer", prepare: func(b *bench) { b.card(1); b.putOffers(toAll("all")) }, write: func(ctx context.Context, b *bench) (any, error) {
			return b.EndOffer(ctx, "all", yesterday)
		}},
		{name: "SetSegments", prepare: func(b *bench) { b.card(1); b.putOffers(toSegment("gold")) }, write: func(ctx context.Context, b *bench) (any, error) {
			return nil, b.SetSegments(ctx, "card-1", []string{"gold", "silver"})
		}},
		{name: "PutOneTimeCode", unseen: true, prepare: card, write: func(ctx context.Context, b *bench) (any, error) {
			return nil, b.PutOneTimeCode(ctx, b.code(1, "ref-1", "hash-1"))
		}},
		{name: "UseOneTimeCode", unseen: true, prepare: func(b *bench) { b.card(1); b.putCode(1, "ref-1", "hash-1") },
			write: func(ctx context.Context, b *bench) (any, error) {
				attempt := b.try(b.code(1, "ref-1", "hash-1"), "hash-1")
				attempt.Attempt = "attempt"
				return nil, b.UseOneTimeCode(ctx, attempt)
			}},
		{name: "RedeemOrder", prepare: granted, write: func(ctx context.Context, b *bench) (any, error) {
			r := b.order("card-1", "ORD-1", 30)
			r.CallID = "one call"
			return b.RedeemOrder(ctx, r)
		}},
		{name: "ReverseOrder", prepare: func(b *bench) { granted(b); b.redeemOrder("card-1", "ORD-1", 30) }, write: func(ctx context.Context, b *bench) (any, error) {
			r := b.reversal("card-1", "ORD-1", 30)
			r.CallID = "one call"
			return b.ReverseOrder(ctx, r)
		}},
		{name: "ClaimDeliveries", once: true, prepare: ordered, write: func(ctx context.Context, b *bench) (any, error) {
			return b.ClaimDeliveries(ctx, b.claimRequest(acme, plenty))
		}},
		{name: "SettleDelivery", prepare: ordered, write: func(ctx context.Context, b *bench) (any, error) {
			s := b.settlement(b.byKey("a").ID, outbox.StateDone)
			s.Booked, s.VendorRef, s.Reason, s.Answer = 10, "ref-1", "done", []byte("ok")
			s.Credit, s.Debit = b.award(crm.PostingReward, 10), 30
			s.Offers = []crm.Offer{toCard("voucher", "card-1")}
			return b.SettleDelivery(ctx, s)
		}},
	}
}

// submitting sends a receipt; Repeated may be told of the second one.
func submitting(receipt func(b *bench) engine.ReceiptSubmission) func(ctx context.Context, b *bench) (any, error) {
	return func(ctx context.Context, b *bench) (any, error) {
		answer, err := b.SubmitReceipt(ctx, receipt(b))
		return answer.Points, err
	}
}

func writeChecks() []Check {
	var checks []Check
	for _, d := range deeds() {
		method, _, _ := strings.Cut(d.name, "-")
		wrong := faults{"it does not heed the context": deaf(method)}
		promise := method + " gives an error and changes nothing when its context is over before it begins. Once it has returned nil, it survives a crash."
		if !d.unseen {
			wrong["it is lost"], wrong["it is lost by a crash"] = lost(method), volatile(method)
			wrong["it is done although it says that the context is over"] = heedless(method)
		}
		if !d.once {
			promise += " The same call again, also after the crash, is the same success and changes nothing."
			wrong["it is refused the second time"] = intolerant(method)
		}
		checks = append(checks, Check{"Write/" + d.name, promise, d.judge, wrong})
	}
	return append(checks, Check{"Write/many-at-once", "Once a call has returned nil it survives a crash, also when many were made at once.", crashAfterMany, faults{
		"grants are acknowledged before they are written": func(w *wire) {
			queue := make(chan engine.Movement, 1000)
			around("Grant", func(_ *call, m *engine.Movement, answer *crm.Posting) {
				queue <- *m
				*answer = crm.Posting{ID: m.Key, CardNumber: m.CardNumber, Kind: crm.PostingGrant, Points: m.Points, At: m.Now}
			})(w)
			w.on("Card", func(c *call) {
				for range len(queue) / 2 { // the writer keeps up as well as it can
					must(c.good.Grant(c.ctx, <-queue))
				}
				c.next()
			})
		},
	}})
}

func (d deed) judge(b *bench) {
	d.prepare(b)
	before := b.state()
	b.holds(errorOf(d.write(b.over(), b)) != nil, "an error, since the context is over", nil)
	b.unchanged(before)
	first := must(d.write(b.ctx, b))
	written := b.state()
	b.holds(d.unseen || before.changes(written) != "", "a change that can be seen, since nothing else can survive", nil)
	again := func() {
		if !d.once {
			b.idle(func() error { same(b, must(d.write(b.ctx, b)), first); return nil })
		}
	}
	again()
	b.crash()
	b.unchanged(written)
	again()
}

func crashAfterMany(b *bench) {
	b.cards(4)
	for range 2 {
		tally(b, race(racers, func(i int) (string, error) {
			return "", errorOf(b.Grant(b.ctx, b.movement(cardName(i%4), fmt.Sprintf("gift-%d", i), 1)))
		}), all)
		written := b.state()
		b.crash()
		b.unchanged(written)
	}
	for i := range 4 {
		b.balance(cardName(i), racers/4)
	}
	b.adds("card-0", "card-1", "card-2", "card-3")
}

func lifeChecks() []Check {
	return []Check{
		{"Close/keeps", "What was stored is there when the store is opened again after Close.", func(b *bench) {
			b.everything()
			before := b.state()
			ok(b.Close())
			b.crash()
			b.unchanged(before)
		}, nil},
		{"Close/under-way", "Close lets operations under way end first: what was acknowledged is there afterwards, and nothing is half done.", closeWaits, faults{
			"close does not wait for the writer": func(w *wire) {
				var count atomic.Int64
				around("Grant", func(c *call, m *engine.Movement, answer *crm.Posting) {
					if count.Add(1)%8 != 0 {
						c.next()
						return
					}
					// Acknowledged, and in a queue that ends with Close.
					*answer = crm.Posting{ID: m.Key, CardNumber: m.CardNumber, Kind: crm.PostingGrant, Points: m.Points, At: m.Now}
				})(w)
			},
		}},
	}
}

func closeWaits(b *bench) {
	b.card(1)
	var (
		acknowledged sync.Map
		count        atomic.Int64
		workers      sync.WaitGroup
		busy, idle   = make(chan struct{}), make(chan struct{})
	)
	for w := range 8 {
		workers.Go(func() {
			defer func() {
				if fault := recover(); fault != nil {
					b.broken("no panic of a Grant beside Close", fmt.Sprint(fault))
				}
			}()
			for i := range 40 {
				key := fmt.Sprintf("gift-%d-%d", w, i)
				if _, err := b.Grant(b.ctx, b.movement("card-1", key, 1)); err != nil {
					return // the store is closed
				}
				acknowledged.Store(key, true)
				if count.Add(1) == 16 {
					close(busy)
				}
			}
		})
	}
	go func() { workers.Wait(); close(idle) }()
	select {
	case <-busy:
	case <-idle: // every worker gave up early, which the balance will tell
	}
	ok(b.Close())
	<-idle
	b.crash()
	stored := map[string]bool{}
	for _, posting := range b.postings("card-1") {
		stored[posting.Description] = true
	}
	acknowledged.Range(func(key, _ any) bool {
		b.holds(stored["by "+key.(string)], "every grant that was acknowledged", key)
		return true
	})
	b.holds(count.Load() >= 16, "grants that work until Close", count.Load())
	b.adds("card-1")
}

package crmtest

import (
	"context"
	"time"

	"koshelek-adapter/crm"
)

func contextChecks() []Check {
	return []Check{
		check("Context/cancelled-write", "A call whose context is over before it begins gives an error and changes nothing.", cancelledWrites),
		check("Context/cancelled-read", "A reading call whose context is over before it begins gives an error.", cancelledReads),
	}
}

// step is a call that would work.
type step struct {
	name string
	call func(ctx context.Context) error
}

func (b *bench) cancelled() context.Context {
	ctx, cancel := context.WithCancel(b.ctx)
	cancel()
	return ctx
}

func cancelledWrites(b *bench) {
	b.life()
	b.pool("free-1", "free-2")
	b.putCodes(b.promo("SPRING"))
	b.putOffers(offerFor("gold", crm.AudienceSegment, "gold"))
	leased := b.lease(1, b.now.Add(3*time.Hour))
	b.grantLot("card-2", "over", 5, b.now, b.now.Add(time.Hour))
	b.orders1("card-1", "a")
	b.later(2 * time.Hour)
	ctx := b.cancelled()
	for _, s := range append(b.cardWrites(), b.otherWrites(leased[0].Number)...) {
		before := b.state()
		if err := s.call(ctx); err == nil {
			b.broken(s.name+" with a cancelled context", "an error", "no error")
		}
		b.unchanged(s.name+" with a cancelled context", before)
	}
}

func (b *bench) cardWrites() []step {
	return []step{
		{"Issue", func(ctx context.Context) error {
			_, err := b.Issue(ctx, b.welcomed(fullProfile(5), "card-5", 10))
			return err
		}},
		{"IssueReserved", func(ctx context.Context) error {
			_, err := b.IssueReserved(ctx, b.request(fullProfile(5), "free-1"))
			return err
		}},
		{"SetCardState", func(ctx context.Context) error {
			return b.SetCardState(ctx, crm.StateChange{CardNumber: "card-1", State: crm.CardBlocked, Actor: "operator", Now: b.now})
		}},
		{"ImportCards", func(ctx context.Context) error {
			_, err := b.ImportCards(ctx, []crm.CardRecord{b.row("card-6", fullProfile(6), 10)}, b.now)
			return err
		}},
		{"AddNumbers", func(ctx context.Context) error {
			_, err := b.AddNumbers(ctx, crm.PoolRequest{Numbers: []crm.CardNumber{numbered("free-9")}, Now: b.now})
			return err
		}},
		{"LeaseNumbers", func(ctx context.Context) error {
			_, err := b.LeaseNumbers(ctx, crm.LeaseRequest{Count: 1, Now: b.now, Until: b.now.Add(time.Hour)})
			return err
		}},
		{"UpdateProfile", func(ctx context.Context) error {
			return b.UpdateProfile(ctx, crm.ProfileUpdate{CardNumber: "card-1", Profile: newNames, Now: b.now})
		}},
		{"SetChannels", func(ctx context.Context) error {
			return b.SetChannels(ctx, b.wish("card-1", wants(crm.ChannelPush, true)))
		}},
		{"Erase", func(ctx context.Context) error {
			_, err := b.Erase(ctx, crm.EraseRequest{Phone: marked.Phone, Actor: "operator", Now: b.now})
			return err
		}},
	}
}

func (b *bench) otherWrites(leased string) []step {
	return []step{
		{"ReleaseNumbers", func(ctx context.Context) error {
			return b.ReleaseNumbers(ctx, []string{leased}, b.now.Add(time.Hour))
		}},
		{"Grant", func(ctx context.Context) error { _, err := b.Grant(ctx, b.movement("card-1", "more", 10)); return err }},
		{"Take", func(ctx context.Context) error { _, err := b.Take(ctx, b.movement("card-1", "less", 10)); return err }},
		{"ExpirePoints", func(ctx context.Context) error { _, err := b.ExpirePoints(ctx, b.now, plenty); return err }},
		{"SubmitReceipt", func(ctx context.Context) error {
			_, err := b.SubmitReceipt(ctx, b.submission("card-1", 9, 15))
			return err
		}},
		{"RedeemCode", func(ctx context.Context) error { _, err := b.RedeemCode(ctx, b.entry("card-1", "SPRING")); return err }},
		{"PutCodes", func(ctx context.Context) error { return b.PutCodes(ctx, []crm.PromoCode{b.promo("SUMMER")}) }},
		{"PutPurchases", func(ctx context.Context) error {
			_, _, err := b.PutPurchases(ctx, []crm.Purchase{line("card-1", "z", today)})
			return err
		}},
		{"PutOffers", func(ctx context.Context) error {
			return b.PutOffers(ctx, []crm.Offer{offerFor("all", crm.AudienceAll, "")})
		}},
		{"PutOneTimeCode", func(ctx context.Context) error { return b.PutOneTimeCode(ctx, b.code(1, "ref-1", "hash-1")) }},
		{"UseOneTimeCode", func(ctx context.Context) error {
			return b.UseOneTimeCode(ctx, b.try(b.code(1, "ref-1", "hash-1"), "hash-1"))
		}},
		{"RedeemOrder", func(ctx context.Context) error {
			_, err := b.RedeemOrder(ctx, b.order("card-1", "ORD-1", 5))
			return err
		}},
		{"ReverseOrder", func(ctx context.Context) error {
			_, err := b.ReverseOrder(ctx, b.reversal("card-1", "ORD-2", 5))
			return err
		}},
		{"SetSegments", func(ctx context.Context) error { return b.SetSegments(ctx, "card-1", []string{"gold"}) }},
		{"ClaimDeliveries", func(ctx context.Context) error {
			_, err := b.ClaimDeliveries(ctx, b.claimRequest(acme, plenty))
			return err
		}},
		{"SettleDelivery", func(ctx context.Context) error {
			_, err := b.SettleDelivery(ctx, b.settlement(b.byKey("ordered an errand", "a").ID, crm.DeliveryDone))
			return err
		}},
	}
}

func cancelledReads(b *bench) {
	b.life()
	b.putCodes(b.promo("SPRING"))
	b.redeemOrder("card-1", "ORD-1", 5)
	b.orders1("card-1", "a")
	ctx := b.cancelled()
	for _, s := range append(b.reads(), b.outboxReads()...) {
		b.must(s.name, s.call(b.ctx))
		if err := s.call(ctx); err == nil {
			b.broken(s.name+" with a cancelled context", "an error", "no error")
		}
	}
}

func (b *bench) reads() []step {
	return []step{
		{"FindCards", func(ctx context.Context) error {
			_, err := b.FindCards(ctx, crm.Identity{Phone: marked.Phone})
			return err
		}},
		{"Card", func(ctx context.Context) error { _, err := b.Card(ctx, "card-1"); return err }},
		{"CountNumbers", func(ctx context.Context) error { _, err := b.CountNumbers(ctx, b.now); return err }},
		{"Holder", func(ctx context.Context) error { _, err := b.Holder(ctx, "card-1"); return err }},
		{"HoldersOf", func(ctx context.Context) error { _, err := b.HoldersOf(ctx, []string{"card-1"}); return err }},
		{"Consents", func(ctx context.Context) error { _, err := b.Consents(ctx, "card-1"); return err }},
		{"ListHolders", func(ctx context.Context) error { _, err := b.ListHolders(ctx, "", 10); return err }},
		{"Statement", func(ctx context.Context) error { _, err := b.Statement(ctx, "card-1", b.now); return err }},
		{"Postings", func(ctx context.Context) error { _, err := b.Postings(ctx, "card-1", "", 10); return err }},
		{"Verify", func(ctx context.Context) error { _, _, err := b.Verify(ctx, "", 10); return err }},
		{"Code", func(ctx context.Context) error { _, err := b.Code(ctx, "SPRING"); return err }},
		{"Purchases", func(ctx context.Context) error {
			_, err := b.Purchases(ctx, crm.PurchaseQuery{CardNumber: "card-1", From: firstDay, To: lastDay, Limit: 10})
			return err
		}},
		{"Offers", func(ctx context.Context) error { _, err := b.Offers(ctx, "card-1", today); return err }},
		{"Customer", func(ctx context.Context) error { _, err := b.Customer(ctx, b.look("card-1").CustomerID); return err }},
		{"Order", func(ctx context.Context) error { _, err := b.Order(ctx, "ORD-1"); return err }},
		{"Ping", b.Ping},
	}
}

func (b *bench) outboxReads() []step {
	id := b.byKey("ordered an errand", "a").ID
	return []step{
		{"Delivery", func(ctx context.Context) error { _, err := b.Delivery(ctx, id); return err }},
		{"KnownReferences", func(ctx context.Context) error { _, err := b.KnownReferences(ctx, acme, []string{"r"}); return err }},
		{"ListDeliveries", func(ctx context.Context) error {
			_, err := b.ListDeliveries(ctx, crm.DeliveryQuery{Limit: 10})
			return err
		}},
		{"CountDeliveries", func(ctx context.Context) error { _, err := b.CountDeliveries(ctx, true); return err }},
	}
}

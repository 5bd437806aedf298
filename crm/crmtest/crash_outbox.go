package crmtest

import "koshelek-adapter/crm"

func crashOutboxCases() []crashCase {
	ordered := func(b *bench) { b.grant(b.card(1), "gift", 70); b.orders1("card-1", "a") }
	sold := func(b *bench) {
		b.card(1)
		sale := b.submission("card-1", 1, 15)
		sale.Errands = []crm.Errand{undoable("a", sale.Receipt.Cause())}
		b.submit(sale)
	}
	return []crashCase{
		{"SubmitReceipt-errands", func(b *bench) { b.card(1) }, func(b *bench) (any, error) {
			r := b.submission("card-1", 1, 15)
			r.Errands = []crm.Errand{fullErrand("a"), errand("b")}
			answer, err := b.SubmitReceipt(b.ctx, r)
			return answer.Points, err
		}, true},
		{"SubmitReceipt-refund", sold, func(b *bench) (any, error) {
			answer, err := b.SubmitReceipt(b.ctx, b.refund("card-1", 2))
			return answer.Points, err
		}, true},
		{"ClaimDeliveries", ordered, func(b *bench) (any, error) {
			return b.ClaimDeliveries(b.ctx, b.claimRequest(acme, plenty))
		}, false},
		{"SettleDelivery", ordered, func(b *bench) (any, error) {
			s := b.settlement(b.byKey("ordered an errand", "a").ID, crm.DeliveryDone)
			s.Booked, s.VendorRef, s.Reason, s.Answer = 10, "ref-1", "done", []byte("ok")
			s.Credit, s.Debit = b.award(crm.PostingReward, 10), 30
			s.Offers = []crm.Offer{offerFor("voucher", crm.AudienceCard, "card-1")}
			return b.SettleDelivery(b.ctx, s)
		}, true},
	}
}

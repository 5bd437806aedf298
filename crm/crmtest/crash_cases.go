package crmtest

import (
	"time"

	"koshelek-adapter/crm"
)

func nothing(*bench) {}

func crashCardCases() []crashCase {
	return []crashCase{
		{"Issue", nothing, func(b *bench) (any, error) {
			issued, err := b.Issue(b.ctx, b.welcomed(fullProfile(1), "card-1", 50))
			return issued.Card, err
		}, true},
		{"IssueReserved", func(b *bench) { b.pool("free-1") }, func(b *bench) (any, error) {
			return b.IssueReserved(b.ctx, b.welcomed(fullProfile(1), "free-1", 50))
		}, true},
		{"SetCardState", func(b *bench) { b.card(1) }, func(b *bench) (any, error) {
			return nil, b.SetCardState(b.ctx, crm.StateChange{CardNumber: "card-1", State: crm.CardBlocked, Actor: "operator", Now: b.now})
		}, true},
		{"ImportCards", nothing, func(b *bench) (any, error) {
			return b.ImportCards(b.ctx, []crm.CardRecord{b.row("card-1", fullProfile(1), 10), b.row("card-2", crm.Profile{}, 0)}, b.now)
		}, true},
		{"AddNumbers", nothing, func(b *bench) (any, error) {
			_, err := b.AddNumbers(b.ctx, crm.PoolRequest{Numbers: []crm.CardNumber{numbered("free-1"), numbered("free-2")}, Now: b.now})
			return nil, err
		}, true},
		{"LeaseNumbers", func(b *bench) { b.pool("free-1", "free-2") }, func(b *bench) (any, error) {
			return b.LeaseNumbers(b.ctx, crm.LeaseRequest{Count: 1, Now: b.now, Until: b.now.Add(time.Hour)})
		}, false},
		{"ReleaseNumbers", func(b *bench) { b.pool("free-1"); b.lease(1, b.now.Add(time.Hour)) }, func(b *bench) (any, error) {
			return nil, b.ReleaseNumbers(b.ctx, []string{"free-1"}, b.now.Add(time.Hour))
		}, true},
		{"UpdateProfile", func(b *bench) { b.issue(fullProfile(1), "card-1") }, func(b *bench) (any, error) {
			return nil, b.UpdateProfile(b.ctx, crm.ProfileUpdate{CardNumber: "card-1", Profile: fullProfile(9), Now: b.now})
		}, true},
		{"SetChannels", func(b *bench) { b.card(1) }, func(b *bench) (any, error) {
			return nil, b.SetChannels(b.ctx, b.wish("card-1", map[crm.Channel]bool{crm.ChannelSMS: true, crm.ChannelCall: false}))
		}, true},
		{"Erase", func(b *bench) { b.life() }, func(b *bench) (any, error) {
			_, err := b.Erase(b.ctx, crm.EraseRequest{Phone: marked.Phone, Actor: "operator", Now: b.now})
			return nil, err
		}, false},
	}
}

func crashPointCases() []crashCase {
	granted := func(b *bench) { b.grant(b.card(1), "gift", 70) }
	return []crashCase{
		{"Grant", func(b *bench) { b.card(1) }, func(b *bench) (any, error) {
			return b.Grant(b.ctx, b.movement("card-1", "gift", 70))
		}, true},
		{"Take", granted, func(b *bench) (any, error) { return b.Take(b.ctx, b.movement("card-1", "spent", 70)) }, true},
		{"ExpirePoints", func(b *bench) { granted(b); b.later(366 * day) }, func(b *bench) (any, error) {
			_, err := b.ExpirePoints(b.ctx, b.now, plenty)
			return nil, err
		}, true},
		{"SubmitReceipt", func(b *bench) { b.card(1) }, func(b *bench) (any, error) {
			answer, err := b.SubmitReceipt(b.ctx, b.submission("card-1", 1, 15))
			return answer.Points, err
		}, true},
		{"RedeemCode", func(b *bench) { b.card(1); b.putCodes(b.promo("SPRING")) }, func(b *bench) (any, error) {
			answer, err := b.RedeemCode(b.ctx, b.entry("card-1", "SPRING"))
			return answer.Points, err
		}, true},
		{"RedeemOrder", granted, func(b *bench) (any, error) {
			r := b.order("card-1", "ORD-1", 30)
			r.CallID = "one call"
			return b.RedeemOrder(b.ctx, r)
		}, true},
		{"ReverseOrder", func(b *bench) { granted(b); b.redeemOrder("card-1", "ORD-1", 30) }, func(b *bench) (any, error) {
			r := b.reversal("card-1", "ORD-1", 30)
			r.CallID = "one call"
			return b.ReverseOrder(b.ctx, r)
		}, true},
		{"PutCodes", nothing, func(b *bench) (any, error) { return nil, b.PutCodes(b.ctx, []crm.PromoCode{b.promo("SPRING")}) }, true},
		{"PutPurchases", func(b *bench) { b.card(1) }, func(b *bench) (any, error) {
			_, _, err := b.PutPurchases(b.ctx, []crm.Purchase{line("card-1", "a", today), line("card-1", "b", yesterday)})
			return nil, err
		}, true},
		{"PutOffers", func(b *bench) { b.card(1) }, func(b *bench) (any, error) {
			return nil, b.PutOffers(b.ctx, []crm.Offer{offerFor("all", crm.AudienceAll, "")})
		}, true},
		{"SetSegments", func(b *bench) { b.card(1); b.putOffers(offerFor("gold", crm.AudienceSegment, "gold")) }, func(b *bench) (any, error) {
			return nil, b.SetSegments(b.ctx, "card-1", []string{"gold"})
		}, true},
	}
}

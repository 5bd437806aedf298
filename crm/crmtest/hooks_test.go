package crmtest_test

import (
	"context"
	"time"

	"koshelek-adapter/crm"
)

// hooks is a good backend of which a mutant replaces single methods.
type hooks struct {
	crm.Backend
	ping           func(ctx context.Context) error
	close          func() error
	findCards      func(ctx context.Context, by crm.Identity) ([]crm.Match, error)
	card           func(ctx context.Context, number string) (crm.Card, error)
	issue          func(ctx context.Context, r crm.IssueRequest) (crm.Issued, error)
	issueReserved  func(ctx context.Context, r crm.IssueRequest) (crm.Card, error)
	setCardState   func(ctx context.Context, r crm.StateChange) error
	importCards    func(ctx context.Context, rows []crm.CardRecord, now time.Time) ([]crm.Refusal, error)
	addNumbers     func(ctx context.Context, r crm.PoolRequest) ([]crm.CardNumber, error)
	leaseNumbers   func(ctx context.Context, r crm.LeaseRequest) ([]crm.CardNumber, error)
	releaseNumbers func(ctx context.Context, numbers []string, until time.Time) error
	countNumbers   func(ctx context.Context, now time.Time) (crm.PoolLevel, error)
	holder         func(ctx context.Context, number string) (crm.Profile, error)
	holdersOf      func(ctx context.Context, numbers []string) (map[string]crm.Profile, error)
	updateProfile  func(ctx context.Context, r crm.ProfileUpdate) error
	setChannels    func(ctx context.Context, r crm.ChannelsUpdate) error
	consents       func(ctx context.Context, number string) ([]crm.Consent, error)
	listHolders    func(ctx context.Context, after string, limit int) ([]crm.Holder, error)
	erase          func(ctx context.Context, r crm.EraseRequest) (crm.Erasure, error)
	statement      func(ctx context.Context, number string, now time.Time) (crm.Statement, error)
	grant          func(ctx context.Context, m crm.Movement) (crm.Posting, error)
	take           func(ctx context.Context, m crm.Movement) (crm.Posting, error)
	expirePoints   func(ctx context.Context, now time.Time, limit int) (int, error)
	postings       func(ctx context.Context, number, before string, limit int) ([]crm.Posting, error)
	verify         func(ctx context.Context, after string, limit int) (bad []crm.Discrepancy, last string, err error)
	submitReceipt  func(ctx context.Context, r crm.ReceiptSubmission) (crm.Submitted, error)
	redeemCode     func(ctx context.Context, r crm.CodeSubmission) (crm.Submitted, error)
	putCodes       func(ctx context.Context, codes []crm.PromoCode) error
	code           func(ctx context.Context, code string) (crm.PromoCode, error)
	putPurchases   func(ctx context.Context, lines []crm.Purchase) (added int, refused []crm.Refusal, err error)
	purchases      func(ctx context.Context, q crm.PurchaseQuery) ([]crm.Purchase, error)
	putOffers      func(ctx context.Context, offers []crm.Offer) error
	offers         func(ctx context.Context, number string, day crm.Date) ([]crm.Offer, error)
	replaceCard    func(ctx context.Context, r crm.Replacement) (crm.Card, error)
	endOffer       func(ctx context.Context, id string, last crm.Date) (bool, error)
	listCards      func(ctx context.Context, after string, limit int) ([]crm.Holder, error)
	listCustomers  func(ctx context.Context, after string, limit int) ([]crm.Holder, error)
	listPurchases  func(ctx context.Context, card, ref string, limit int) ([]crm.Purchase, error)
	listNumbers    func(ctx context.Context, after string, limit int) ([]crm.PooledNumber, error)
	auditLog       func(ctx context.Context, subject string, limit int) ([]crm.AuditLine, error)
	customer       func(ctx context.Context, id string) (crm.Customer, error)
	putCode        func(ctx context.Context, r crm.OneTimeCode) error
	useCode        func(ctx context.Context, a crm.CodeAttempt) error
	redeemOrder    func(ctx context.Context, r crm.OrderRedemption) (crm.Redeemed, error)
	reverseOrder   func(ctx context.Context, r crm.OrderReversal) (crm.Order, error)
	order          func(ctx context.Context, id string) (crm.Order, error)
	setSegments    func(ctx context.Context, number string, segments []string) error
	outboxHooks
}

func (h *hooks) Ping(ctx context.Context) error {
	if h.ping != nil {
		return h.ping(ctx)
	}
	return h.Backend.Ping(ctx)
}

func (h *hooks) Close() error {
	if h.close != nil {
		return h.close()
	}
	return h.Backend.Close()
}

func (h *hooks) FindCards(ctx context.Context, by crm.Identity) ([]crm.Match, error) {
	if h.findCards != nil {
		return h.findCards(ctx, by)
	}
	return h.Backend.FindCards(ctx, by)
}

func (h *hooks) Card(ctx context.Context, number string) (crm.Card, error) {
	if h.card != nil {
		return h.card(ctx, number)
	}
	return h.Backend.Card(ctx, number)
}

func (h *hooks) Issue(ctx context.Context, r crm.IssueRequest) (crm.Issued, error) {
	if h.issue != nil {
		return h.issue(ctx, r)
	}
	return h.Backend.Issue(ctx, r)
}

func (h *hooks) IssueReserved(ctx context.Context, r crm.IssueRequest) (crm.Card, error) {
	if h.issueReserved != nil {
		return h.issueReserved(ctx, r)
	}
	return h.Backend.IssueReserved(ctx, r)
}

func (h *hooks) SetCardState(ctx context.Context, r crm.StateChange) error {
	if h.setCardState != nil {
		return h.setCardState(ctx, r)
	}
	return h.Backend.SetCardState(ctx, r)
}

func (h *hooks) ImportCards(ctx context.Context, rows []crm.CardRecord, now time.Time) ([]crm.Refusal, error) {
	if h.importCards != nil {
		return h.importCards(ctx, rows, now)
	}
	return h.Backend.ImportCards(ctx, rows, now)
}

func (h *hooks) AddNumbers(ctx context.Context, r crm.PoolRequest) ([]crm.CardNumber, error) {
	if h.addNumbers != nil {
		return h.addNumbers(ctx, r)
	}
	return h.Backend.AddNumbers(ctx, r)
}

func (h *hooks) LeaseNumbers(ctx context.Context, r crm.LeaseRequest) ([]crm.CardNumber, error) {
	if h.leaseNumbers != nil {
		return h.leaseNumbers(ctx, r)
	}
	return h.Backend.LeaseNumbers(ctx, r)
}

func (h *hooks) ReleaseNumbers(ctx context.Context, numbers []string, until time.Time) error {
	if h.releaseNumbers != nil {
		return h.releaseNumbers(ctx, numbers, until)
	}
	return h.Backend.ReleaseNumbers(ctx, numbers, until)
}

func (h *hooks) CountNumbers(ctx context.Context, now time.Time) (crm.PoolLevel, error) {
	if h.countNumbers != nil {
		return h.countNumbers(ctx, now)
	}
	return h.Backend.CountNumbers(ctx, now)
}

func (h *hooks) Holder(ctx context.Context, number string) (crm.Profile, error) {
	if h.holder != nil {
		return h.holder(ctx, number)
	}
	return h.Backend.Holder(ctx, number)
}

func (h *hooks) HoldersOf(ctx context.Context, numbers []string) (map[string]crm.Profile, error) {
	if h.holdersOf != nil {
		return h.holdersOf(ctx, numbers)
	}
	return h.Backend.HoldersOf(ctx, numbers)
}

func (h *hooks) UpdateProfile(ctx context.Context, r crm.ProfileUpdate) error {
	if h.updateProfile != nil {
		return h.updateProfile(ctx, r)
	}
	return h.Backend.UpdateProfile(ctx, r)
}

func (h *hooks) SetChannels(ctx context.Context, r crm.ChannelsUpdate) error {
	if h.setChannels != nil {
		return h.setChannels(ctx, r)
	}
	return h.Backend.SetChannels(ctx, r)
}

func (h *hooks) Consents(ctx context.Context, number string) ([]crm.Consent, error) {
	if h.consents != nil {
		return h.consents(ctx, number)
	}
	return h.Backend.Consents(ctx, number)
}

func (h *hooks) ListHolders(ctx context.Context, after string, limit int) ([]crm.Holder, error) {
	if h.listHolders != nil {
		return h.listHolders(ctx, after, limit)
	}
	return h.Backend.ListHolders(ctx, after, limit)
}

func (h *hooks) Erase(ctx context.Context, r crm.EraseRequest) (crm.Erasure, error) {
	if h.erase != nil {
		return h.erase(ctx, r)
	}
	return h.Backend.Erase(ctx, r)
}

func (h *hooks) Statement(ctx context.Context, number string, now time.Time) (crm.Statement, error) {
	if h.statement != nil {
		return h.statement(ctx, number, now)
	}
	return h.Backend.Statement(ctx, number, now)
}

func (h *hooks) Grant(ctx context.Context, m crm.Movement) (crm.Posting, error) {
	if h.grant != nil {
		return h.grant(ctx, m)
	}
	return h.Backend.Grant(ctx, m)
}

func (h *hooks) Take(ctx context.Context, m crm.Movement) (crm.Posting, error) {
	if h.take != nil {
		return h.take(ctx, m)
	}
	return h.Backend.Take(ctx, m)
}

func (h *hooks) ExpirePoints(ctx context.Context, now time.Time, limit int) (int, error) {
	if h.expirePoints != nil {
		return h.expirePoints(ctx, now, limit)
	}
	return h.Backend.ExpirePoints(ctx, now, limit)
}

func (h *hooks) Postings(ctx context.Context, number, before string, limit int) ([]crm.Posting, error) {
	if h.postings != nil {
		return h.postings(ctx, number, before, limit)
	}
	return h.Backend.Postings(ctx, number, before, limit)
}

func (h *hooks) Verify(ctx context.Context, after string, limit int) (bad []crm.Discrepancy, last string, err error) {
	if h.verify != nil {
		return h.verify(ctx, after, limit)
	}
	return h.Backend.Verify(ctx, after, limit)
}

func (h *hooks) SubmitReceipt(ctx context.Context, r crm.ReceiptSubmission) (crm.Submitted, error) {
	if h.submitReceipt != nil {
		return h.submitReceipt(ctx, r)
	}
	return h.Backend.SubmitReceipt(ctx, r)
}

func (h *hooks) RedeemCode(ctx context.Context, r crm.CodeSubmission) (crm.Submitted, error) {
	if h.redeemCode != nil {
		return h.redeemCode(ctx, r)
	}
	return h.Backend.RedeemCode(ctx, r)
}

func (h *hooks) PutCodes(ctx context.Context, codes []crm.PromoCode) error {
	if h.putCodes != nil {
		return h.putCodes(ctx, codes)
	}
	return h.Backend.PutCodes(ctx, codes)
}

func (h *hooks) Code(ctx context.Context, code string) (crm.PromoCode, error) {
	if h.code != nil {
		return h.code(ctx, code)
	}
	return h.Backend.Code(ctx, code)
}

func (h *hooks) PutPurchases(ctx context.Context, lines []crm.Purchase) (added int, refused []crm.Refusal, err error) {
	if h.putPurchases != nil {
		return h.putPurchases(ctx, lines)
	}
	return h.Backend.PutPurchases(ctx, lines)
}

func (h *hooks) Purchases(ctx context.Context, q crm.PurchaseQuery) ([]crm.Purchase, error) {
	if h.purchases != nil {
		return h.purchases(ctx, q)
	}
	return h.Backend.Purchases(ctx, q)
}

func (h *hooks) PutOffers(ctx context.Context, offers []crm.Offer) error {
	if h.putOffers != nil {
		return h.putOffers(ctx, offers)
	}
	return h.Backend.PutOffers(ctx, offers)
}

func (h *hooks) Offers(ctx context.Context, number string, day crm.Date) ([]crm.Offer, error) {
	if h.offers != nil {
		return h.offers(ctx, number, day)
	}
	return h.Backend.Offers(ctx, number, day)
}

func (h *hooks) SetSegments(ctx context.Context, number string, segments []string) error {
	if h.setSegments != nil {
		return h.setSegments(ctx, number, segments)
	}
	return h.Backend.SetSegments(ctx, number, segments)
}

func (h *hooks) ReplaceCard(ctx context.Context, r crm.Replacement) (crm.Card, error) {
	if h.replaceCard != nil {
		return h.replaceCard(ctx, r)
	}
	return h.Backend.ReplaceCard(ctx, r)
}

func (h *hooks) EndOffer(ctx context.Context, id string, last crm.Date) (bool, error) {
	if h.endOffer != nil {
		return h.endOffer(ctx, id, last)
	}
	return h.Backend.EndOffer(ctx, id, last)
}

func (h *hooks) ListCards(ctx context.Context, after string, limit int) ([]crm.Holder, error) {
	if h.listCards != nil {
		return h.listCards(ctx, after, limit)
	}
	return h.Backend.ListCards(ctx, after, limit)
}

func (h *hooks) ListCustomers(ctx context.Context, after string, limit int) ([]crm.Holder, error) {
	if h.listCustomers != nil {
		return h.listCustomers(ctx, after, limit)
	}
	return h.Backend.ListCustomers(ctx, after, limit)
}

func (h *hooks) ListPurchases(ctx context.Context, card, ref string, limit int) ([]crm.Purchase, error) {
	if h.listPurchases != nil {
		return h.listPurchases(ctx, card, ref, limit)
	}
	return h.Backend.ListPurchases(ctx, card, ref, limit)
}

func (h *hooks) ListNumbers(ctx context.Context, after string, limit int) ([]crm.PooledNumber, error) {
	if h.listNumbers != nil {
		return h.listNumbers(ctx, after, limit)
	}
	return h.Backend.ListNumbers(ctx, after, limit)
}

func (h *hooks) AuditLog(ctx context.Context, subject string, limit int) ([]crm.AuditLine, error) {
	if h.auditLog != nil {
		return h.auditLog(ctx, subject, limit)
	}
	return h.Backend.AuditLog(ctx, subject, limit)
}

func (h *hooks) Customer(ctx context.Context, id string) (crm.Customer, error) {
	if h.customer != nil {
		return h.customer(ctx, id)
	}
	return h.Backend.Customer(ctx, id)
}

func (h *hooks) PutOneTimeCode(ctx context.Context, r crm.OneTimeCode) error {
	if h.putCode != nil {
		return h.putCode(ctx, r)
	}
	return h.Backend.PutOneTimeCode(ctx, r)
}

func (h *hooks) UseOneTimeCode(ctx context.Context, a crm.CodeAttempt) error {
	if h.useCode != nil {
		return h.useCode(ctx, a)
	}
	return h.Backend.UseOneTimeCode(ctx, a)
}

func (h *hooks) RedeemOrder(ctx context.Context, r crm.OrderRedemption) (crm.Redeemed, error) {
	if h.redeemOrder != nil {
		return h.redeemOrder(ctx, r)
	}
	return h.Backend.RedeemOrder(ctx, r)
}

func (h *hooks) ReverseOrder(ctx context.Context, r crm.OrderReversal) (crm.Order, error) {
	if h.reverseOrder != nil {
		return h.reverseOrder(ctx, r)
	}
	return h.Backend.ReverseOrder(ctx, r)
}

func (h *hooks) Order(ctx context.Context, id string) (crm.Order, error) {
	if h.order != nil {
		return h.order(ctx, id)
	}
	return h.Backend.Order(ctx, id)
}

package storetest

import (
	"context"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/outbox"
)

// call is one call on its way to a backend. Arguments and results are pointers:
// a hook may look at them and change them.
type call struct {
	good          engine.Store
	ctx           context.Context
	method        string
	args, results []any
	err           error
	next          func() // calls the backend and fills results and err
}

// wire passes calls on to a backend by way of hooks: those of a check, which
// watch, and those of a fault, which spoil what a good backend does.
type wire struct {
	engine.Store
	hooks map[string]func(*call)
	// reopened opens the data again as they are now, and instead, when it is set,
	// is what a crash leaves. Both are for faults alone.
	reopened func() engine.Store
	instead  engine.Store
}

func newWire(backend engine.Store) *wire {
	return &wire{Store: backend, hooks: map[string]func(*call){}}
}

// on sets the hook of a method, "" for those that have none of their own.
func (w *wire) on(method string, hook func(*call)) { w.hooks[method] = hook }

func (w *wire) pass(ctx context.Context, method string, args, results []any, good func(context.Context) error) error {
	c := &call{good: w.Store, ctx: ctx, method: method, args: args, results: results}
	c.next = func() { c.err = good(c.ctx) }
	if hook := w.hooks[method]; hook != nil {
		hook(c)
	} else if hook := w.hooks[""]; hook != nil {
		hook(c)
	} else {
		c.next()
	}
	return c.err
}

func pass[R, A any](ctx context.Context, w *wire, method string, good func(context.Context, R) (A, error), r R) (a A, err error) {
	err = w.pass(ctx, method, []any{&r}, []any{&a}, func(ctx context.Context) (err error) { a, err = good(ctx, r); return err })
	return a, err
}

func pass2[R, S, A any](ctx context.Context, w *wire, method string, good func(context.Context, R, S) (A, error), r R, s S) (a A, err error) {
	err = w.pass(ctx, method, []any{&r, &s}, []any{&a}, func(ctx context.Context) (err error) { a, err = good(ctx, r, s); return err })
	return a, err
}

func pass3[R, S, T, A any](ctx context.Context, w *wire, method string, good func(context.Context, R, S, T) (A, error), r R, s S, t T) (a A, err error) {
	err = w.pass(ctx, method, []any{&r, &s, &t}, []any{&a}, func(ctx context.Context) (err error) { a, err = good(ctx, r, s, t); return err })
	return a, err
}

func pass0[R any](ctx context.Context, w *wire, method string, good func(context.Context, R) error, r R) error {
	return w.pass(ctx, method, []any{&r}, nil, func(ctx context.Context) error { return good(ctx, r) })
}

func (w *wire) Ping(ctx context.Context) error { return w.pass(ctx, "Ping", nil, nil, w.Store.Ping) }

func (w *wire) Close() error {
	return w.pass(context.Background(), "Close", nil, nil, func(context.Context) error { return w.Store.Close() })
}

func (w *wire) FindCards(ctx context.Context, by crm.Identity) ([]crm.Match, error) {
	return pass(ctx, w, "FindCards", w.Store.FindCards, by)
}

func (w *wire) Card(ctx context.Context, number string) (crm.Card, error) {
	return pass(ctx, w, "Card", w.Store.Card, number)
}

func (w *wire) Issue(ctx context.Context, r engine.IssueRequest) (engine.Issued, error) {
	return pass(ctx, w, "Issue", w.Store.Issue, r)
}

func (w *wire) IssueReserved(ctx context.Context, r engine.IssueRequest) (crm.Card, error) {
	return pass(ctx, w, "IssueReserved", w.Store.IssueReserved, r)
}

func (w *wire) SetCardState(ctx context.Context, r engine.StateChange) error {
	return pass0(ctx, w, "SetCardState", w.Store.SetCardState, r)
}

func (w *wire) ReplaceCard(ctx context.Context, r engine.Replacement) (crm.Card, error) {
	return pass(ctx, w, "ReplaceCard", w.Store.ReplaceCard, r)
}

func (w *wire) ImportCards(ctx context.Context, rows []engine.CardRecord, now time.Time) ([]crm.RowError, error) {
	return pass2(ctx, w, "ImportCards", w.Store.ImportCards, rows, now)
}

func (w *wire) AddNumbers(ctx context.Context, r engine.PoolRequest) ([]crm.CardNumber, error) {
	return pass(ctx, w, "AddNumbers", w.Store.AddNumbers, r)
}

func (w *wire) LeaseNumbers(ctx context.Context, r engine.LeaseRequest) ([]crm.CardNumber, error) {
	return pass(ctx, w, "LeaseNumbers", w.Store.LeaseNumbers, r)
}

func (w *wire) ReleaseNumbers(ctx context.Context, numbers []string, until time.Time) error {
	return w.pass(ctx, "ReleaseNumbers", []any{&numbers, &until}, nil, func(ctx context.Context) error { return w.Store.ReleaseNumbers(ctx, numbers, until) })
}

func (w *wire) CountNumbers(ctx context.Context, now time.Time) (crm.PoolLevel, error) {
	return pass(ctx, w, "CountNumbers", w.Store.CountNumbers, now)
}

func (w *wire) Holder(ctx context.Context, number string) (crm.Profile, error) {
	return pass(ctx, w, "Holder", w.Store.Holder, number)
}

func (w *wire) HoldersOf(ctx context.Context, numbers []string) (map[string]crm.Profile, error) {
	return pass(ctx, w, "HoldersOf", w.Store.HoldersOf, numbers)
}

func (w *wire) UpdateProfile(ctx context.Context, r engine.ProfileUpdate) error {
	return pass0(ctx, w, "UpdateProfile", w.Store.UpdateProfile, r)
}

func (w *wire) SetChannels(ctx context.Context, r engine.ChannelsUpdate) error {
	return pass0(ctx, w, "SetChannels", w.Store.SetChannels, r)
}

func (w *wire) Consents(ctx context.Context, number string) ([]engine.Consent, error) {
	return pass(ctx, w, "Consents", w.Store.Consents, number)
}

func (w *wire) ListHolders(ctx context.Context, after string, limit int) ([]crm.Holder, error) {
	return pass2(ctx, w, "ListHolders", w.Store.ListHolders, after, limit)
}

func (w *wire) Erase(ctx context.Context, r engine.EraseRequest) (engine.Erasure, error) {
	return pass(ctx, w, "Erase", w.Store.Erase, r)
}

func (w *wire) Statement(ctx context.Context, number string, now time.Time) (crm.Statement, error) {
	return pass2(ctx, w, "Statement", w.Store.Statement, number, now)
}

func (w *wire) Grant(ctx context.Context, m engine.Movement) (crm.Posting, error) {
	return pass(ctx, w, "Grant", w.Store.Grant, m)
}

func (w *wire) Take(ctx context.Context, m engine.Movement) (crm.Posting, error) {
	return pass(ctx, w, "Take", w.Store.Take, m)
}

func (w *wire) ExpirePoints(ctx context.Context, now time.Time, limit int) (int, error) {
	return pass2(ctx, w, "ExpirePoints", w.Store.ExpirePoints, now, limit)
}

func (w *wire) Postings(ctx context.Context, number, before string, limit int) ([]crm.Posting, error) {
	return pass3(ctx, w, "Postings", w.Store.Postings, number, before, limit)
}

func (w *wire) SubmitReceipt(ctx context.Context, r engine.ReceiptSubmission) (crm.Submitted, error) {
	return pass(ctx, w, "SubmitReceipt", w.Store.SubmitReceipt, r)
}

func (w *wire) RedeemCode(ctx context.Context, r engine.CodeSubmission) (crm.Submitted, error) {
	return pass(ctx, w, "RedeemCode", w.Store.RedeemCode, r)
}

func (w *wire) PutCodes(ctx context.Context, codes []engine.PromoCode) error {
	return pass0(ctx, w, "PutCodes", w.Store.PutCodes, codes)
}

func (w *wire) Code(ctx context.Context, code string) (engine.PromoCode, error) {
	return pass(ctx, w, "Code", w.Store.Code, code)
}

func (w *wire) Purchases(ctx context.Context, q engine.PurchaseQuery) ([]crm.Purchase, error) {
	return pass(ctx, w, "Purchases", w.Store.Purchases, q)
}

func (w *wire) PutOffers(ctx context.Context, offers []crm.Offer) error {
	return pass0(ctx, w, "PutOffers", w.Store.PutOffers, offers)
}

func (w *wire) EndOffer(ctx context.Context, id string, last crm.Date) (bool, error) {
	return pass2(ctx, w, "EndOffer", w.Store.EndOffer, id, last)
}

func (w *wire) Offers(ctx context.Context, number string, day crm.Date) ([]crm.Offer, error) {
	return pass2(ctx, w, "Offers", w.Store.Offers, number, day)
}

func (w *wire) SetSegments(ctx context.Context, number string, segments []string) error {
	return w.pass(ctx, "SetSegments", []any{&number, &segments}, nil, func(ctx context.Context) error { return w.Store.SetSegments(ctx, number, segments) })
}

func (w *wire) ListCards(ctx context.Context, after string, limit int) ([]crm.Holder, error) {
	return pass2(ctx, w, "ListCards", w.Store.ListCards, after, limit)
}

func (w *wire) ListCustomers(ctx context.Context, after string, limit int) ([]crm.Holder, error) {
	return pass2(ctx, w, "ListCustomers", w.Store.ListCustomers, after, limit)
}

func (w *wire) ListPurchases(ctx context.Context, card, ref string, limit int) ([]crm.Purchase, error) {
	return pass3(ctx, w, "ListPurchases", w.Store.ListPurchases, card, ref, limit)
}

func (w *wire) ListPostings(ctx context.Context, after string, limit int) ([]crm.Posting, error) {
	return pass2(ctx, w, "ListPostings", w.Store.ListPostings, after, limit)
}

func (w *wire) ListCodes(ctx context.Context, after string, limit int) ([]engine.PromoCode, error) {
	return pass2(ctx, w, "ListCodes", w.Store.ListCodes, after, limit)
}

func (w *wire) ListOffers(ctx context.Context, after string, limit int) ([]crm.Offer, error) {
	return pass2(ctx, w, "ListOffers", w.Store.ListOffers, after, limit)
}

func (w *wire) ListNumbers(ctx context.Context, after string, limit int) ([]engine.PooledNumber, error) {
	return pass2(ctx, w, "ListNumbers", w.Store.ListNumbers, after, limit)
}

func (w *wire) AuditLog(ctx context.Context, subject string, limit int) ([]engine.AuditLine, error) {
	return pass2(ctx, w, "AuditLog", w.Store.AuditLog, subject, limit)
}

func (w *wire) ClaimDeliveries(ctx context.Context, r outbox.ClaimRequest) ([]outbox.Delivery, error) {
	return pass(ctx, w, "ClaimDeliveries", w.Store.ClaimDeliveries, r)
}

func (w *wire) SettleDelivery(ctx context.Context, s outbox.Settlement) (outbox.Delivery, error) {
	return pass(ctx, w, "SettleDelivery", w.Store.SettleDelivery, s)
}

func (w *wire) Delivery(ctx context.Context, id string) (outbox.Delivery, error) {
	return pass(ctx, w, "Delivery", w.Store.Delivery, id)
}

func (w *wire) KnownReferences(ctx context.Context, vendor string, references []string) ([]string, error) {
	return pass2(ctx, w, "KnownReferences", w.Store.KnownReferences, vendor, references)
}

func (w *wire) ListDeliveries(ctx context.Context, q outbox.Query) ([]outbox.Delivery, error) {
	return pass(ctx, w, "ListDeliveries", w.Store.ListDeliveries, q)
}

func (w *wire) CountDeliveries(ctx context.Context, all bool) ([]outbox.Count, error) {
	return pass(ctx, w, "CountDeliveries", w.Store.CountDeliveries, all)
}

func (w *wire) Customer(ctx context.Context, id string) (engine.Customer, error) {
	return pass(ctx, w, "Customer", w.Store.Customer, id)
}

func (w *wire) PutOneTimeCode(ctx context.Context, r engine.OneTimeCode) error {
	return pass0(ctx, w, "PutOneTimeCode", w.Store.PutOneTimeCode, r)
}

func (w *wire) UseOneTimeCode(ctx context.Context, r engine.CodeAttempt) error {
	return pass0(ctx, w, "UseOneTimeCode", w.Store.UseOneTimeCode, r)
}

func (w *wire) RedeemOrder(ctx context.Context, r engine.OrderRedemption) (crm.Redeemed, error) {
	return pass(ctx, w, "RedeemOrder", w.Store.RedeemOrder, r)
}

func (w *wire) ReverseOrder(ctx context.Context, r engine.OrderReversal) (crm.Order, error) {
	return pass(ctx, w, "ReverseOrder", w.Store.ReverseOrder, r)
}

func (w *wire) Order(ctx context.Context, id string) (crm.Order, error) {
	return pass(ctx, w, "Order", w.Store.Order, id)
}

func (w *wire) PutPurchases(ctx context.Context, lines []crm.Purchase) (added int, refused []crm.RowError, err error) {
	err = w.pass(ctx, "PutPurchases", []any{&lines}, []any{&added, &refused}, func(ctx context.Context) (err error) {
		added, refused, err = w.Store.PutPurchases(ctx, lines)
		return err
	})
	return added, refused, err
}

func (w *wire) Verify(ctx context.Context, after string, limit int) (bad []engine.Discrepancy, last string, err error) {
	err = w.pass(ctx, "Verify", []any{&after, &limit}, []any{&bad, &last}, func(ctx context.Context) (err error) {
		bad, last, err = w.Store.Verify(ctx, after, limit)
		return err
	})
	return bad, last, err
}

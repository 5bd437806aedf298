package qiibee

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"koshelek-adapter/crm/vendors/vendorhttp"
)

// StatusSuccess is the only status that the manual shows; with any other one a
// transaction is not final.
const StatusSuccess = "success"

// Entry is a transaction as the vendor lists it.
type Entry struct {
	ID string
	// Type is one of the constants of transactions, or another.
	Type   string
	Status string
	// Amount is without a sign; it is meaningful when HasAmount is set.
	Amount    decimal.Decimal
	HasAmount bool
	// TokenID and UserID (auth_id) are "" when the list leaves them out.
	TokenID, UserID string
	TxHash          string
	RewardID        string
	Token           Token
	// InsertedAt is zero when it cannot be read.
	InsertedAt time.Time
	// spelt is TxHash as the vendor wrote it, and as it was kept formerly.
	spelt string
}

// Final reports whether the transaction took effect.
func (e Entry) Final() bool { return e.Status == StatusSuccess }

type entryIn struct {
	ID        vendorhttp.Text `json:"id"`
	Type      vendorhttp.Text `json:"type"`
	EventType vendorhttp.Text `json:"loyalty_event_type"`
	Status    vendorhttp.Text `json:"status"`
	Amount    vendorhttp.Text `json:"amount"`
	Points    vendorhttp.Text `json:"points"`
	Burned    vendorhttp.Text `json:"points_burned"`
	Earned    vendorhttp.Text `json:"points_earned"`
	Value     vendorhttp.Text `json:"value"`
	TokenID   vendorhttp.Text `json:"token_id"`
	UserID    vendorhttp.Text `json:"user_auth_id"`
	AuthID    vendorhttp.Text `json:"auth_id"`
	TxHash    vendorhttp.Text `json:"tx_hash"`
	RewardID  vendorhttp.Text `json:"reward_id"`
	Inserted  vendorhttp.Text `json:"inserted_at"`
	Created   vendorhttp.Text `json:"created_at"`
	Timestamp vendorhttp.Text `json:"timestamp"`
	Token     *tokenIn        `json:"token"`
	User      *userIn         `json:"user"`
}

func (in entryIn) entry() Entry {
	e := Entry{
		ID: in.ID.String(), Status: in.Status.String(), TxHash: in.TxHash.String(), RewardID: in.RewardID.String(),
		Type:    firstOf(in.EventType, in.Type),
		TokenID: in.TokenID.String(), UserID: firstOf(in.UserID, in.AuthID),
	}
	amount := vendorhttp.Text(firstOf(in.Amount, in.Points, in.Burned, in.Earned, in.Value))
	e.Amount, e.HasAmount = amount.Decimal()
	e.Amount = e.Amount.Abs()
	e.spelt = e.TxHash
	if hash, ok := canonicalHash(e.TxHash); ok {
		e.TxHash = hash
	}
	e.InsertedAt, _ = vendorhttp.Text(firstOf(in.Inserted, in.Created, in.Timestamp)).Time(nil)
	if in.Token != nil {
		e.Token = in.Token.token()
	}
	if e.TokenID == "" {
		e.TokenID = e.Token.ID
	}
	if e.UserID == "" && in.User != nil {
		e.UserID = in.User.AuthID.String()
	}
	return e
}

func firstOf(texts ...vendorhttp.Text) string {
	for _, t := range texts {
		if s := t.String(); s != "" {
			return s
		}
	}
	return ""
}

// Filter says which transactions to list; the zero value lists all.
type Filter struct {
	// UserID is the user's auth_id.
	UserID string
	Types  []string
	// TokenID is 0 for every token.
	TokenID int64
	Page
}

// Entries is a page of transactions, the newest first.
type Entries struct {
	Entries []Entry
	// Total is how many there are in all, -1 when the answer does not say.
	Total int
}

// Transactions gives a page of transactions (contract: GET /transactions).
func (c *Client) Transactions(ctx context.Context, f Filter) (Entries, error) {
	const call = "list-transactions"
	query, ok := f.query()
	if !ok {
		return Entries{}, refuse(call, badPage)
	}
	if f.UserID != "" {
		query.Set("user_auth_id", f.UserID)
	}
	if f.TokenID != 0 {
		query.Set("token_id", strconv.FormatInt(f.TokenID, 10))
	}
	for _, kind := range f.Types {
		query.Add("types[]", kind)
	}
	r := c.request(call, http.MethodGet, "/transactions?"+query.Encode(), nil)
	return freely(ctx, c, r, readEntries)
}

func readEntries(answer *vendorhttp.Answer) (Entries, error) {
	raw, around, err := findList(answer, "transactions")
	if err != nil {
		return Entries{}, err
	}
	in, err := readItems[entryIn](answer, raw, "transactions", "transaction")
	if err != nil {
		return Entries{}, err
	}
	out := Entries{Entries: make([]Entry, len(in)), Total: -1}
	for i := range in {
		out.Entries[i] = in[i].entry()
	}
	for _, fields := range around {
		out.Total = max(out.Total, count(fields["total_tx_count"]))
	}
	return out, nil
}

// count reads how many there are, -1 when that is not said.
func count(raw json.RawMessage) int {
	var text vendorhttp.Text
	_ = text.UnmarshalJSON(raw)
	total, err := strconv.Atoi(text.String())
	if err != nil || total < 0 {
		return -1
	}
	return total
}

// maxPages bounds how far TransactionsSince looks back.
const maxPages = 50

// TransactionsSince gives every transaction of the filter that was made at since or
// later, and those whose time cannot be read, the newest first and each once. The
// filter's page is not used. It is Malformed when there are more than 5,000: a list
// that was not read to its end proves nothing.
func (c *Client) TransactionsSince(ctx context.Context, f Filter, since time.Time) ([]Entry, error) {
	since = since.Truncate(time.Second) // the vendor's times are whole seconds
	var found []Entry
	seen := map[string]bool{}
	for page := range maxPages {
		// New transactions push older ones on, so pages overlap rather than leave gaps.
		f.Page = Page{Limit: maxPage, Offset: page * maxPage}
		part, err := c.Transactions(ctx, f)
		if err != nil {
			return nil, err
		}
		older := 0
		for _, e := range part.Entries {
			switch {
			case !e.InsertedAt.IsZero() && e.InsertedAt.Before(since):
				older++
			case e.ID == "" || !seen[e.ID]:
				seen[e.ID] = true
				found = append(found, e)
			}
		}
		if len(part.Entries) == 0 || older == len(part.Entries) || part.Total >= 0 && f.Offset+len(part.Entries) >= part.Total ||
			part.Total < 0 && len(part.Entries) < maxPage {
			return found, nil
		}
	}
	return nil, &Error{Vendor: Name, Call: "list-transactions", Kind: vendorhttp.Malformed, Message: "there are too many transactions to look through"}
}

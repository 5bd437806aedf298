package qiibee

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
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
	Inserted  vendorhttp.Text `json:"inserted_at"`
	Created   vendorhttp.Text `json:"created_at"`
	Timestamp vendorhttp.Text `json:"timestamp"`
	Token     struct {
		ID vendorhttp.Text `json:"id"`
	} `json:"token"`
	User userIn `json:"user"`
}

func (in entryIn) entry() Entry {
	e := Entry{
		ID: in.ID.String(), Status: in.Status.String(), TxHash: in.TxHash.String(),
		Type:    firstOf(in.EventType, in.Type),
		TokenID: firstOf(in.TokenID, in.Token.ID), UserID: firstOf(in.UserID, in.AuthID, in.User.AuthID),
	}
	amount := vendorhttp.Text(firstOf(in.Amount, in.Points, in.Burned, in.Earned, in.Value))
	e.Amount, e.HasAmount = amount.Decimal()
	e.Amount = e.Amount.Abs()
	e.spelt = e.TxHash
	if hash, ok := canonicalHash(e.TxHash); ok {
		e.TxHash = hash
	}
	e.InsertedAt, _ = vendorhttp.Text(firstOf(in.Inserted, in.Created, in.Timestamp)).Time(nil)
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

// Filter says which transactions to list.
type Filter struct {
	// UserID is the user's auth_id.
	UserID  string
	Type    string
	TokenID int64
}

// page is a page of transactions, the newest first; total is how many there are in
// all, -1 when the answer does not say.
type page struct {
	entries []Entry
	total   int
}

// maxPage is how many entries the vendor puts on a page.
const maxPage = 100

// transactions gives a page of transactions (contract: GET /transactions).
func (c *Client) transactions(ctx context.Context, f Filter, offset int) (page, error) {
	query := url.Values{
		"limit": {strconv.Itoa(maxPage)}, "offset": {strconv.Itoa(offset)},
		"user_auth_id": {f.UserID}, "types[]": {f.Type}, "token_id": {strconv.FormatInt(f.TokenID, 10)},
	}
	return freely(ctx, c, c.request("list-transactions", http.MethodGet, "/transactions?"+query.Encode(), nil), readEntries)
}

func readEntries(answer *vendorhttp.Answer) (page, error) {
	raw, around, err := findList(answer, "transactions")
	if err != nil {
		return page{}, err
	}
	in, err := readItems[entryIn](answer, raw, "transactions", "transaction")
	if err != nil {
		return page{}, err
	}
	out := page{entries: make([]Entry, len(in)), total: -1}
	for i := range in {
		out.entries[i] = in[i].entry()
	}
	for _, fields := range around {
		out.total = max(out.total, count(fields["total_tx_count"]))
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
// later, and those whose time cannot be read, the newest first and each once.
// It is Malformed when there are more than 5,000: a list
// that was not read to its end proves nothing.
func (c *Client) TransactionsSince(ctx context.Context, f Filter, since time.Time) ([]Entry, error) {
	since = since.Truncate(time.Second) // the vendor's times are whole seconds
	var found []Entry
	seen := map[string]bool{}
	for offset := 0; offset < maxPages*maxPage; offset += maxPage {
		// New transactions push older ones on, so pages overlap rather than leave gaps.
		part, err := c.transactions(ctx, f, offset)
		if err != nil {
			return nil, err
		}
		older := 0
		for _, e := range part.entries {
			switch {
			case !e.InsertedAt.IsZero() && e.InsertedAt.Before(since):
				older++
			case e.ID == "" || !seen[e.ID]:
				seen[e.ID] = true
				found = append(found, e)
			}
		}
		n := len(part.entries)
		if n == 0 || older == n || part.total >= 0 && offset+n >= part.total || part.total < 0 && n < maxPage {
			return found, nil
		}
	}
	return nil, &Error{Vendor: Name, Call: "list-transactions", Kind: vendorhttp.Malformed, Message: "there are too many transactions to look through"}
}

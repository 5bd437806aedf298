package qiibee

import (
	"context"
	"encoding/json"
	"net/http"

	"koshelek-adapter/crm/vendors/vendorhttp"
)

// Types of transactions that are made here.
const (
	CreditPoints            = "credit_points"
	DebitPoints             = "debit_points"
	PointsToExternalRewards = "points_to_external_rewards"
)

// Types of transactions that others make and webhooks report.
const (
	PointsToRewards       = "points_to_rewards"
	CodeToPoints          = "code_to_points"
	CodeToNFT             = "code_to_nft"
	CodeToExternalRewards = "code_to_external_rewards"
	NFTPersonalisation    = "nft_personalisation"
)

// createTransaction is the call's name in errors.
const createTransaction = "create-transaction"

// Transaction asks for points to be moved (contract: POST /transactions).
type Transaction struct {
	// UserID is the user's auth_id.
	UserID string
	Type   string
	// Points is positive.
	Points int64
	// TokenID names the points.
	TokenID int64
	// Provider is for PointsToExternalRewards, for example miles_and_more.
	Provider string
}

type transactionOut struct {
	UserID   string `json:"user_auth_id"`
	Type     string `json:"type"`
	Amount   int64  `json:"amount,string"`
	TokenID  int64  `json:"token_id"`
	Provider string `json:"exchange_provider_implementation_name,omitempty"`
}

// fault says what cannot be sent: what the type needs and does not have, or has and
// does not need; a field too many is a mistake of the caller, and points are money.
func (t Transaction) fault() string {
	isExternal := t.Type == PointsToExternalRewards
	switch {
	case !isExternal && t.Type != CreditPoints && t.Type != DebitPoints:
		return "the type is none that can be made"
	case !vendorhttp.Plain(t.UserID, vendorhttp.MaxID):
		return "user_auth_id is empty, too long or has control characters"
	case t.Points <= 0:
		return "amount is not a positive whole number"
	case t.TokenID <= 0:
		return "token_id is missing"
	case isExternal != (t.Provider != ""), isExternal && !vendorhttp.Plain(t.Provider, vendorhttp.MaxID):
		return "an exchange provider belongs to points_to_external_rewards"
	}
	return ""
}

// Accepted says that the vendor took the transaction; its effect comes later.
type Accepted struct {
	// ID is the vendor's, "" when the answer names none; none is documented.
	ID string
	// Record is the redacted answer.
	Record vendorhttp.Record
}

// SendTransaction asks for a transaction once and never again; what cannot be sent is
// Invalid. The vendor would do a second one twice: after an error for which neither
// NeverSent nor Refused holds, look with TransactionsSince whether it went through.
func (c *Client) SendTransaction(ctx context.Context, t Transaction) (Accepted, error) {
	if fault := t.fault(); fault != "" {
		return Accepted{}, refuse(createTransaction, fault)
	}
	answer, err := c.http.Do(ctx, c.request(createTransaction, http.MethodPost, "/transactions", map[string]transactionOut{
		"transaction": {t.UserID, t.Type, t.Points, t.TokenID, t.Provider},
	}))
	if err != nil {
		return Accepted{}, err
	}
	return readAccepted(answer)
}

func readAccepted(answer *vendorhttp.Answer) (Accepted, error) {
	if err := answer.Accepted(); err != nil {
		return Accepted{}, err
	}
	var in entryIn
	_ = json.Unmarshal(object(answer, "transaction"), &in)
	return Accepted{ID: in.ID.String(), Record: answer.Record()}, nil
}

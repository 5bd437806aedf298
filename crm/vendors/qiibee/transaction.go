package qiibee

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/shopspring/decimal"

	"koshelek-adapter/crm/vendors/vendorhttp"
)

// Types of transactions that can be made.
const (
	CreditPoints            = "credit_points"
	DebitPoints             = "debit_points"
	PointsToRewards         = "points_to_rewards"
	PointsToExternalRewards = "points_to_external_rewards"
	Exchange                = "exchange"
)

// Types of transactions that the vendor makes by other calls and lists.
const (
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
	// Amount is a positive whole number.
	Amount decimal.Decimal
	// TokenID names the points; an Exchange has BrandATokenID and BrandBTokenID.
	TokenID int64
	// RewardTypeID is for PointsToRewards.
	RewardTypeID int64
	// Provider is for PointsToExternalRewards, for example MilesAndMore.
	Provider string
	// MembershipNumber overrides the stored one this time, "" does not.
	MembershipNumber string
	// ExchangeRate overrides the configured one this time, 0 does not.
	ExchangeRate int64
	// BrandATokenID is given and BrandBTokenID taken in an Exchange.
	BrandATokenID, BrandBTokenID int64
}

type transactionOut struct {
	UserID           string `json:"user_auth_id"`
	Type             string `json:"type"`
	Amount           string `json:"amount"`
	TokenID          int64  `json:"token_id,omitempty"`
	RewardTypeID     int64  `json:"reward_type_id,omitempty"`
	Provider         string `json:"exchange_provider_implementation_name,omitempty"`
	MembershipNumber string `json:"membership_number_override,omitempty"`
	ExchangeRate     int64  `json:"exchange_rate_override,omitempty,string"`
	BrandATokenID    int64  `json:"brandA_token_id,omitempty"`
	BrandBTokenID    int64  `json:"brandB_token_id,omitempty"`
}

// fault says what cannot be sent: what the type needs and does not have, or has and does not need:
// a field too many is a mistake of the caller, and points are money.
func (t Transaction) fault() string {
	isExchange, isReward, isExternal := t.Type == Exchange, t.Type == PointsToRewards, t.Type == PointsToExternalRewards
	switch {
	case !isExchange && !isReward && !isExternal && t.Type != CreditPoints && t.Type != DebitPoints:
		return "the type is none that can be made"
	case !vendorhttp.Plain(t.UserID, vendorhttp.MaxID):
		return "user_auth_id is empty, too long or has control characters"
	case isExchange != (t.BrandATokenID > 0), isExchange != (t.BrandBTokenID > 0), isExchange == (t.TokenID > 0):
		return "an exchange needs the tokens of two brands, every other type one token_id"
	case isExchange && t.BrandATokenID == t.BrandBTokenID:
		return "a token cannot be exchanged for itself"
	case isReward != (t.RewardTypeID > 0):
		return "reward_type_id belongs to points_to_rewards"
	case isExternal != (t.Provider != ""), !isExternal && (t.MembershipNumber != "" || t.ExchangeRate != 0):
		return "an exchange provider belongs to points_to_external_rewards"
	case isExternal && !vendorhttp.Plain(t.Provider, vendorhttp.MaxID), t.ExchangeRate < 0, t.TokenID < 0:
		return "the provider, the exchange rate or the token is impossible"
	case t.MembershipNumber != "" && !vendorhttp.Plain(t.MembershipNumber, vendorhttp.MaxID):
		return "membership_number_override is too long or has control characters"
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
	amount, ok := vendorhttp.Whole(t.Amount)
	if !ok {
		return Accepted{}, refuse(createTransaction, "amount is not a positive whole number")
	}
	if fault := t.fault(); fault != "" {
		return Accepted{}, refuse(createTransaction, fault)
	}
	answer, err := c.http.Do(ctx, c.request(createTransaction, http.MethodPost, "/transactions", map[string]transactionOut{"transaction": {
		t.UserID, t.Type, amount, t.TokenID, t.RewardTypeID, t.Provider,
		t.MembershipNumber, t.ExchangeRate, t.BrandATokenID, t.BrandBTokenID,
	}}))
	if err != nil {
		return Accepted{}, err
	}
	return readAccepted(answer)
}

// readAccepted takes any body with a 202, since none is documented. One that calls
// itself an error contradicts its status, and nobody knows what was done.
func readAccepted(answer *vendorhttp.Answer) (Accepted, error) {
	problem, isError := answer.Problem()
	switch {
	case isError && answer.Status == http.StatusAccepted:
		return Accepted{}, answer.Malformed("accepted and an error at once: " + problem.Message)
	case isError:
		return Accepted{}, answer.Failure()
	case answer.Status != http.StatusAccepted && problem.Message == "an HTML page":
		return Accepted{}, answer.Malformed("the answer is HTML")
	}
	var in entryIn
	_ = json.Unmarshal(object(answer, "transaction"), &in)
	return Accepted{ID: in.ID.String(), Record: answer.Record()}, nil
}

package qiibee

import (
	"errors"
	"fmt"

	"github.com/shopspring/decimal"

	"koshelek-adapter/crm/vendors/vendorhttp"
)

// Webhook is what the vendor posts when points moved. It comes up to fourteen times:
// TxHash is the key. Answer 2xx only after it is stored.
type Webhook struct {
	UserID string
	// Amount is as the vendor writes it, perhaps negative.
	Amount                 decimal.Decimal
	Type                   string
	TokenName, TokenSymbol string
	// TxHash is canonical: 0x and lower case.
	TxHash string
	// Reverts is the tx_hash of the transaction that this one takes back, "" when none.
	Reverts string
	// spelt are the hashes as the vendor wrote them, and as they were kept formerly.
	spelt []string
}

// ParseWebhook reads a webhook's body. The error holds nothing of it.
func ParseWebhook(raw []byte) (Webhook, error) {
	var in struct {
		Amount  vendorhttp.Text `json:"amount"`
		AuthID  vendorhttp.Text `json:"auth_id"`
		Name    vendorhttp.Text `json:"token_name"`
		Symbol  vendorhttp.Text `json:"token_symbol"`
		Type    vendorhttp.Text `json:"transaction_type"`
		TxHash  vendorhttp.Text `json:"tx_hash"`
		Reverts vendorhttp.Text `json:"tx_hash_reverted"`
	}
	if err := vendorhttp.Unambiguous(raw, &in); err != nil {
		return Webhook{}, fmt.Errorf("qiibee: this is not a webhook: %w", err)
	}
	hash, isHash := canonicalHash(in.TxHash.String())
	reverts, isReverted := canonicalHash(in.Reverts.String())
	amount, ok := in.Amount.Decimal()
	switch {
	case !isHash, in.Reverts.String() != "" && !isReverted:
		return Webhook{}, errors.New("qiibee: webhook without a tx_hash in hexadecimal digits")
	case in.AuthID.String() == "" || in.Type.String() == "":
		return Webhook{}, errors.New("qiibee: webhook without a user or a type")
	case !ok:
		return Webhook{}, errors.New("qiibee: webhook without an amount that can be read in one way")
	}
	return Webhook{
		UserID: in.AuthID.String(), Amount: amount, Type: in.Type.String(), TokenName: in.Name.String(),
		TokenSymbol: in.Symbol.String(), TxHash: hash, Reverts: reverts,
		spelt: []string{in.TxHash.String(), in.Reverts.String()},
	}, nil
}

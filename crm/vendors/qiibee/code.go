package qiibee

import (
	"context"
	"net/http"

	"github.com/shopspring/decimal"

	"koshelek-adapter/crm/vendors/vendorhttp"
)

// NewCode asks for a code that a user can redeem.
type NewCode struct {
	// Value is a positive whole number of points.
	Value decimal.Decimal
	// CampaignID is given by the vendor.
	CampaignID int64
	// Length is 9 or more; the vendor's default when 0.
	Length int
	// Email gets the code by mail when set, in Language ("en" by default).
	Email, Language string
	// ReferenceID makes the code once: a second call with it is a Conflict. Make it
	// unique over all campaigns.
	ReferenceID string
}

// Code is a code that was made. It is worth money: store it safely.
type Code struct {
	Code        string
	Value       decimal.Decimal
	CampaignID  string
	ReferenceID string
}

type codeOut struct {
	Value       string `json:"value"`
	CampaignID  int64  `json:"campaign_id"`
	Length      int    `json:"length,omitempty"`
	Email       string `json:"email,omitempty"`
	Language    string `json:"language,omitempty"`
	ReferenceID string `json:"reference_id,omitempty"`
}

const minCodeLength = 9

// CreateCode makes a code (contract: POST /codes). With a ReferenceID it is repeated
// when that may help, and a Conflict says that the reference was used before, perhaps
// by an attempt whose answer was lost: that code cannot be fetched again. Without one
// it is sent once.
func (c *Client) CreateCode(ctx context.Context, n NewCode) (Code, error) {
	const call = "create-code"
	value, ok := vendorhttp.Whole(n.Value)
	switch {
	case !ok:
		return Code{}, refuse(call, "value is not a positive whole number")
	case n.CampaignID <= 0:
		return Code{}, refuse(call, "campaign_id is needed")
	case n.Length != 0 && n.Length < minCodeLength:
		return Code{}, refuse(call, "length is below 9")
	case n.Email != "" && !possibleEmail(n.Email):
		return Code{}, refuse(call, "email cannot be an address")
	case n.ReferenceID != "" && !vendorhttp.Plain(n.ReferenceID, vendorhttp.MaxID), n.Language != "" && !vendorhttp.Plain(n.Language, vendorhttp.MaxID):
		return Code{}, refuse(call, "reference_id or language is too long or has control characters")
	}
	r := c.request(call, http.MethodPost, "/codes", map[string]codeOut{
		"code": {value, n.CampaignID, n.Length, n.Email, n.Language, n.ReferenceID},
	})
	if n.ReferenceID == "" {
		return once(ctx, c, r, readCode)
	}
	return freely(ctx, c, r, readCode)
}

func readCode(answer *vendorhttp.Answer) (Code, error) {
	var in struct {
		Code        vendorhttp.Text `json:"code"`
		Value       vendorhttp.Text `json:"value"`
		CampaignID  vendorhttp.Text `json:"campaign_id"`
		ReferenceID vendorhttp.Text `json:"reference_id"`
	}
	if err := readObject(answer, "code", &in); err != nil {
		return Code{}, err
	}
	if in.Code.String() == "" {
		return Code{}, answer.Malformed("the answer holds no code")
	}
	value, _ := in.Value.Decimal()
	return Code{Code: in.Code.String(), Value: value, CampaignID: in.CampaignID.String(), ReferenceID: in.ReferenceID.String()}, nil
}

package points

import (
	"errors"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"koshelek-adapter/crm/vendors/vendorhttp"
)

// Callback is how a transaction ended (contract: "callback"). Nothing in it proves
// who sent it: compare the address's own token, clientId, userId, ruleId and the
// action with what was stored before believing it.
type Callback struct {
	// Earned is true for point_earn and false for point_burn.
	Earned                              bool
	ClientID, UserID, RequestID, RuleID string
	// Succeeded is true for success and false for failed.
	Succeeded bool
	// Points is what was really moved, on success. Less than was asked for means
	// that a cap was reached, and is final.
	Points        decimal.Decimal
	TransactionID string
	// Message is the reason of a failure in the vendor's words.
	Message string
}

// ParseCallback reads a callback's body. The error says what is wrong with it and
// holds nothing of it.
func ParseCallback(raw []byte) (Callback, error) {
	var in struct {
		Action        vendorhttp.Text `json:"action"`
		ClientID      vendorhttp.Text `json:"clientId"`
		UserID        vendorhttp.Text `json:"userId"`
		RequestID     vendorhttp.Text `json:"requestId"`
		RuleID        vendorhttp.Text `json:"ruleId"`
		Status        vendorhttp.Text `json:"status"`
		Point         vendorhttp.Text `json:"point"`
		TransactionID vendorhttp.Text `json:"transactionId"`
		ErrorMessage  vendorhttp.Text `json:"errorMessage"`
	}
	if err := vendorhttp.Unambiguous(raw, &in); err != nil {
		return Callback{}, fmt.Errorf("points: this is not a callback: %w", err)
	}
	action, status := in.Action.String(), strings.ToLower(in.Status.String())
	switch {
	case action != "point_earn" && action != "point_burn":
		return Callback{}, errors.New("points: callback of an unknown action")
	case status != "success" && status != "failed":
		return Callback{}, errors.New("points: callback of an unknown status")
	case in.RequestID.String() == "":
		return Callback{}, errors.New("points: callback without a requestId")
	}
	out := Callback{
		Earned: action == "point_earn", Succeeded: status == "success",
		ClientID: in.ClientID.String(), UserID: in.UserID.String(), RequestID: in.RequestID.String(), RuleID: in.RuleID.String(),
		TransactionID: in.TransactionID.String(), Message: in.ErrorMessage.String(),
	}
	if out.Succeeded {
		points, ok := in.Point.Decimal()
		if !ok || points.IsNegative() {
			return Callback{}, errors.New("points: callback of a success without points")
		}
		out.Points = points
	}
	return out, nil
}

// Reasons of a failure, by what their messages have in common.
const (
	ReasonLimit   = "limit"
	ReasonBalance = "balance"
	ReasonOther   = "other"
)

// Reason sorts the vendor's words loosely; they are not a documented list.
func (c Callback) Reason() string {
	message := strings.ToLower(c.Message)
	switch {
	case strings.Contains(message, "limit"):
		return ReasonLimit
	case strings.Contains(message, "balance") || strings.Contains(message, "insufficient"):
		return ReasonBalance
	}
	return ReasonOther
}

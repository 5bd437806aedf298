package microsite

import (
	_ "embed"
	"net/http"
)

// OpenAPI is the contract as an OpenAPI 3.1 document.
//
//go:embed openapi.yaml
var OpenAPI []byte

// The paths of the five endpoints. [C]
const (
	PathGenerateOTP = "/api/v1/auth/generate-otp"
	PathVerifyOTP   = "/api/v1/auth/verify-otp"
	PathPoints      = "/api/v1/customer/points"
	PathRedeem      = "/api/v1/orders/redeem"
	PathReverse     = "/api/v1/orders/reverse"
)

// Prefix begins every path of the surface.
const Prefix = "/api/v1/"

// Method is an endpoint by verb and path.
type Method struct{ OperationID, Verb, Path string }

// Methods lists the endpoints.
func Methods() []Method {
	return []Method{
		{"generateOTP", http.MethodPost, PathGenerateOTP},
		{"verifyOTP", http.MethodPost, PathVerifyOTP},
		{"getPoints", http.MethodGet, PathPoints},
		{"redeemOrder", http.MethodPost, PathRedeem},
		{"reverseOrder", http.MethodPost, PathReverse},
	}
}

// Messages of the contract. [C]
const (
	MessageOTPGenerated    = "OTP generated successfully"
	MessageDeducted        = "Points deducted successfully"
	MessageReversed        = "Points reversed successfully"
	MessageInvalidCustomer = "Invalid Customer ID"
	MessageInvalidOTP      = "Invalid OTP"
	MessageExpiredOTP      = "OTP has expired. Please request a new one."
	MessageTooMany         = "Too many attempts. Please try again later."
	MessageInsufficient    = "Insufficient balance"
)

// GenerateOTP asks for a code to be sent. [C]
type GenerateOTP struct {
	CustomerID Text `json:"customer_id"`
}

// GeneratedOTP answers GenerateOTP. [C]
type GeneratedOTP struct {
	Status      bool   `json:"status"`
	Message     string `json:"message"`
	ReferenceID string `json:"reference_id"`
}

// VerifyOTP brings the code that the customer typed. [C]
type VerifyOTP struct {
	CustomerID  Text `json:"customer_id"`
	OTP         Text `json:"otp"`
	ReferenceID Text `json:"reference_id"`
}

// VerifiedOTP answers VerifyOTP. [C]
type VerifiedOTP struct {
	Status        bool     `json:"status"`
	Token         string   `json:"token"`
	Customer      Customer `json:"customer"`
	PointsEarned  int64    `json:"points_earned"`
	BalancePoints int64    `json:"balance_points"`
}

// Customer is as much as the microsite may see of a person. [C]
type Customer struct {
	CustomerID string `json:"customer_id"`
	// Mobile is masked: two digits at either end, an X for each other.
	Mobile string `json:"mobile"`
}

// Points is the state of a customer's points. [C]
type Points struct {
	Status     bool   `json:"status"`
	CustomerID string `json:"customer_id"`
	// PointsEarned is all that was ever earned; it does not fall on redemption. [I]
	PointsEarned  int64 `json:"points_earned"`
	BalancePoints int64 `json:"balance_points"`
}

// Redeem asks for the points of an order. [C]
type Redeem struct {
	OrderID         Text   `json:"order_id"`
	CustomerID      Text   `json:"customer_id"`
	PointsConsumed  Number `json:"points_consumed"`
	TransactionDate Text   `json:"transaction_date"`
}

// Reverse asks for the points of an order to be given back. [C]
type Reverse struct {
	OrderID        Text   `json:"order_id"`
	CustomerID     Text   `json:"customer_id"`
	PointsReversed Number `json:"points_reversed"`
	Reason         Text   `json:"reason"`
}

// Result is an answer without content of its own, good or bad. [C]
type Result struct {
	Status  bool   `json:"status"`
	Message string `json:"message"`
}

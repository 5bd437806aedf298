package koshelek

// QRCode is what the customer scanned from a cash receipt. One of CardNumber and
// MSISDN says whose receipt it is. Since 1.1.0. [I]
type QRCode struct {
	CardNumber Text `json:"cardNumber,omitempty"` // [I]
	MSISDN     Text `json:"msisdn,omitempty"`     // phone, digits with the country code [I]
	QRCode     Text `json:"qrCode,omitempty"`     // the text in the code, t=…&s=…&fn=…&i=…&fp=…&n=… [I]
}

// PromoCode is a code that the customer typed in. One of CardNumber and MSISDN
// says who did. Since 1.3.0. [I]
type PromoCode struct {
	CardNumber Text `json:"cardNumber,omitempty"` // [I]
	MSISDN     Text `json:"msisdn,omitempty"`     // phone, digits with the country code [I]
	Code       Text `json:"code,omitempty"`       // [I]
}

package crm

import "strings"

// NormalizeCode writes a promo code as it is stored: upper case, no spaces at
// its ends. What cannot be a code is ErrCodeUnknown.
func NormalizeCode(code string) (string, error) {
	// First, since ToUpper would make one code of all that are not UTF-8.
	code, err := CleanText("code", code, MaxPromoCodeBytes)
	code = strings.ToUpper(code)
	if err != nil || code == "" || len(code) > MaxPromoCodeBytes {
		return "", ErrCodeUnknown
	}
	return code, nil
}

// MaxPromoCodeBytes limits a promo code.
const MaxPromoCodeBytes = 64

// Submitted is the answer to a receipt or a code.
type Submitted struct {
	// Repeated tells that the call had been made before and changed nothing.
	Repeated bool
	// Points that were credited, by this call or by the first one; negative when
	// a refund took them back.
	Points int64
}

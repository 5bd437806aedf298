package crm

import "strings"

// NormalizeCode writes a promo code as it is stored: upper case, without
// spaces at its ends and invisible characters. What cannot be a code is ErrCodeUnknown.
func NormalizeCode(code string) (string, error) {
	// First, since upper case would make one code of all that are not UTF-8.
	if strings.ContainsAny(code, asciiTwins) {
		return "", ErrCodeUnknown
	}
	code, err := CleanText("code", code, MaxPromoCodeBytes)
	code = foldUpper(canonicalText(code))
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

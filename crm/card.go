package crm

import (
	"slices"
	"strings"
	"time"
)

// CardState is what a card may do.
type CardState string

// The states of a card. An inactive card is shown and kept but earns nothing;
// a blocked card is refused.
const (
	CardActive   CardState = "active"
	CardInactive CardState = "inactive"
	CardBlocked  CardState = "blocked"
)

// Valid reports whether the state is one of the three.
func (s CardState) Valid() bool {
	return s == CardActive || s == CardInactive || s == CardBlocked
}

// BarcodeType is a symbology by its name in the contract.
type BarcodeType string

// The symbologies that Koshelek can draw.
const (
	EAN8    BarcodeType = "EAN_8"
	EAN13   BarcodeType = "EAN_13"
	Code128 BarcodeType = "CODE_128"
	UPCA    BarcodeType = "UPC_A"
	QRCode  BarcodeType = "QR_CODE"
)

// CardNumber is a number with what is drawn under it. The number that a person
// sees and the number in the barcode may differ.
type CardNumber struct {
	Number        string
	BarcodeNumber string
	BarcodeType   BarcodeType
}

// Card is a loyalty card.
type Card struct {
	CardNumber
	State CardState
	// CustomerID is the holder, "" for a card that nobody has registered.
	CustomerID string
	// Balance is what the card's postings add up to, in points: pending ones
	// and those whose expiry is not booked yet included.
	Balance int64
	// EarnedTotal is all that was ever credited, in points.
	EarnedTotal int64
	IssuedAt    time.Time
}

// MaxCardNumberBytes limits card and barcode numbers.
const MaxCardNumberBytes = 64

// reservedNumbers are static path segments that a card number must never be.
var reservedNumbers = []string{"anonymous", "getallusers", "getallusersextended"}

// ParseCardNumber checks a card number that came from outside: 1 to
// MaxCardNumberBytes letters, digits, '-', '_' and '.', and none of the
// contract's static path segments. Nothing is trimmed or folded: numbers are
// compared byte by byte. The error is ErrInvalidCardNumber.
func ParseCardNumber(text string) (string, error) {
	if text == "" || len(text) > MaxCardNumberBytes {
		return "", Fail(ErrInvalidCardNumber, "empty or too long")
	}
	for _, r := range text {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (r < '0' || r > '9') && !strings.ContainsRune("-_.", r) {
			return "", Fail(ErrInvalidCardNumber, "foreign character")
		}
	}
	if strings.Trim(text, ".") == "" || slices.Contains(reservedNumbers, strings.ToLower(text)) {
		return "", Fail(ErrInvalidCardNumber, "reserved word")
	}
	return text, nil
}

// PickCard chooses the one card that stands for a customer: active before
// inactive before blocked, the newest first, the higher number when all else
// is equal (contract: "the partner picks one"). It reports false for none.
func PickCard(cards []Card) (Card, bool) {
	if len(cards) == 0 {
		return Card{}, false
	}
	return slices.MinFunc(cards, func(a, b Card) int {
		if d := stateRank(a.State) - stateRank(b.State); d != 0 {
			return d
		}
		if d := b.IssuedAt.Compare(a.IssuedAt); d != 0 {
			return d
		}
		return strings.Compare(b.Number, a.Number)
	}), true
}

func stateRank(s CardState) int {
	switch s {
	case CardActive:
		return 0
	case CardInactive:
		return 1
	}
	return 2
}

// Usable gives nil for a card that may earn and spend, else ErrCardInactive or
// ErrCardBlocked.
func (s CardState) Usable() error {
	switch s {
	case CardActive:
		return nil
	case CardInactive:
		return ErrCardInactive
	}
	return ErrCardBlocked
}

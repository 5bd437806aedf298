package engine

import (
	"context"
	"time"

	"koshelek-adapter/crm"
)

// Claims limits what a person gets by card numbers and promo codes, which anybody
// can type or guess (contract: "Identity").
type Claims struct {
	// Refuse gives a card without a holder to nobody.
	Refuse bool
	// Failures is how many claims and codes may fail for one phone within
	// FailureWindow; zero for no limit.
	Failures int64
	// PerDay is how many cards without a holder one customer may take within
	// ClaimWindow; zero for no limit.
	PerDay int64
	// Day is the programme's day. Purchases of an earlier one are not shown to who
	// takes a card.
	Day crm.Date
}

// The windows of Claims.
const (
	FailureWindow = time.Hour
	ClaimWindow   = 24 * time.Hour
)

// FormerPhoneFor is how long a phone is kept that a customer had before.
const FormerPhoneFor = 90 * 24 * time.Hour

// FormerPhone is a phone that a customer had, so that support can undo a change.
type FormerPhone struct {
	Phone string
	// Until is when it is forgotten.
	Until time.Time
}

// FormerPhones is a Store that keeps the phones which customers had before.
type FormerPhones interface {
	// FormerPhones gives those of the card's holder, the newest first. ErrCardNotFound.
	FormerPhones(ctx context.Context, number string, now time.Time) ([]FormerPhone, error)

	// Forget removes what has to be kept no longer: phones and counts of attempts.
	Forget(ctx context.Context, now time.Time) error
}

// FormerPhones gives the phones that the card's holder had in the last 90 days, the
// newest first; none where the store keeps none. Errors: ErrInvalidCardNumber,
// ErrCardNotFound.
func (s *Engine) FormerPhones(ctx context.Context, number string) ([]FormerPhone, error) {
	number, err := crm.ParseCardNumber(number)
	if err != nil {
		return nil, err
	}
	if keeper, can := s.backend.(FormerPhones); can {
		return keeper.FormerPhones(ctx, number, s.now())
	}
	return nil, nil
}

// Forget removes what has to be kept no longer.
func (s *Engine) Forget(ctx context.Context) error {
	if keeper, can := s.backend.(FormerPhones); can {
		return keeper.Forget(ctx, s.now())
	}
	return nil
}

func (s *Engine) claims(now time.Time) Claims {
	claims := s.rules.Claims
	claims.Day = crm.DateOf(now, s.rules.Zone)
	return claims
}

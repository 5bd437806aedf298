package engine

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/big"
	"time"

	"koshelek-adapter/crm"
)

// CodeSender brings a one-time code to a phone. It is safe for concurrent use,
// keeps to the time of its context, and neither logs nor returns the code.
type CodeSender interface {
	// SendCode returns nil when the code was handed over for delivery.
	SendCode(ctx context.Context, phone, code string) error
}

// CodeRules shape the one-time codes by which a customer signs in at a vendor's.
type CodeRules struct {
	// Key hashes the codes, 32 bytes or more; nil for a programme without codes.
	Key []byte
	// Sender brings them to the customer.
	Sender CodeSender
	// Lifetime of a code.
	Lifetime time.Duration
	Limits   CodeLimits
}

// minKeyBytes is as much as the hash has itself.
const minKeyBytes = sha256.Size

func (r CodeRules) validate() error {
	if r.Key == nil {
		return nil
	}
	var faults []error
	if len(r.Key) < minKeyBytes {
		faults = append(faults, fmt.Errorf("the key of one-time codes needs %d bytes", minKeyBytes))
	}
	if r.Sender == nil {
		faults = append(faults, errors.New("one-time codes need a sender"))
	}
	l := r.Limits
	if r.Lifetime <= 0 || l.MaxAttempts <= 0 || l.MaxSends <= 0 || l.MaxFailures <= 0 || l.Window <= 0 {
		faults = append(faults, errors.New("the limits of one-time codes must be positive"))
	}
	return errors.Join(faults...)
}

// codeSpace is how many codes there are: six digits.
var codeSpace = big.NewInt(1_000_000)

// errNoCodes answers where the programme has no codes.
var errNoCodes = crm.Fail(crm.ErrUnavailable, "one-time codes are not set up")

// SendOneTimeCode implements [crm.SignIn].
func (s *Engine) SendOneTimeCode(ctx context.Context, who crm.Identifier) (reference string, err error) {
	if s.codes.Key == nil {
		return "", errNoCodes
	}
	account, err := s.resolve(ctx, who)
	if err != nil {
		return "", err
	}
	if account.Phone == "" || account.Card.State != crm.CardActive {
		return "", crm.ErrCustomerNotFound
	}
	number, err := rand.Int(s.random, codeSpace)
	if err != nil {
		return "", crm.Wrap(crm.ErrInternal, err)
	}
	if reference, err = s.nonce(); err != nil {
		return "", err
	}
	code, now := fmt.Sprintf("%06d", number), s.now()
	err = s.backend.PutOneTimeCode(ctx, OneTimeCode{
		CustomerID: account.CustomerID, CardNumber: account.Card.Number, Reference: reference,
		Hash: s.codeHash(account, reference, code), Limits: s.codes.Limits, Now: now, ExpiresAt: now.Add(s.codes.Lifetime),
	})
	if err != nil {
		return "", err
	}
	return reference, crm.Wrap(crm.ErrUnavailable, s.codes.Sender.SendCode(ctx, account.Phone, code))
}

// UseOneTimeCode implements [crm.SignIn]. See [OneTimeCodes].UseOneTimeCode.
func (s *Engine) UseOneTimeCode(ctx context.Context, who crm.Identifier, reference, code string) (crm.Account, error) {
	if s.codes.Key == nil {
		return crm.Account{}, errNoCodes
	}
	// The account is read before the code is used up, so that a store which fails
	// in between costs the customer nothing.
	account, err := s.Account(ctx, who)
	switch {
	case errors.Is(err, crm.ErrCustomerNotFound):
		return crm.Account{}, crm.ErrCodeWrong
	case err != nil:
		return crm.Account{}, err
	case account.Card.State != crm.CardActive:
		return crm.Account{}, crm.ErrCodeWrong
	}
	attempt, err := s.nonce()
	if err != nil {
		return crm.Account{}, err
	}
	err = s.backend.UseOneTimeCode(ctx, CodeAttempt{
		CustomerID: account.CustomerID, CardNumber: account.Card.Number, Reference: reference,
		Hash: s.codeHash(account, reference, code), Attempt: attempt, Limits: s.codes.Limits, Now: s.now(),
	})
	if err != nil {
		return crm.Account{}, err
	}
	return account, nil
}

// codeHash binds a code to the customer, the card and the reference.
func (s *Engine) codeHash(to crm.Account, reference, code string) string {
	mac := hmac.New(sha256.New, s.codes.Key)
	for _, part := range []string{to.CustomerID, to.Card.Number, reference, code} {
		_, _ = fmt.Fprintf(mac, "%d:%s", len(part), part) // a hash takes everything
	}
	return hex.EncodeToString(mac.Sum(nil))
}

// nonce gives 26 letters and digits that nobody can guess.
func (s *Engine) nonce() (string, error) {
	var raw [16]byte
	if _, err := io.ReadFull(s.random, raw[:]); err != nil {
		return "", crm.Wrap(crm.ErrInternal, err)
	}
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw[:]), nil
}

package engine

import (
	"context"
	"crypto/subtle"
	"time"

	"koshelek-adapter/crm"
)

// OneTimeCodes keeps the codes by which a customer proves to hold the
// registered phone: one for each customer at a time, as a hash.
type OneTimeCodes interface {
	// PutOneTimeCode stores a code for a customer in place of the one before,
	// which is good no more, and counts it as sent. The counts of a customer
	// outlive a code, so that asking for another one does not set them back: they
	// begin anew when Window is over since the first. The same Reference again is
	// the same success and changes nothing, also when the code was tried or used.
	// Errors, with which the code before stays as it was: ErrCustomerNotFound,
	// ErrTooManyCodes (MaxSends were sent within the window), ErrTooManyAttempts
	// (MaxFailures attempts failed within it).
	PutOneTimeCode(ctx context.Context, r OneTimeCode) error

	// UseOneTimeCode judges one attempt and counts it, in one transaction. Nil
	// means that the code is right and used up by this: of two attempts with the
	// right code at one moment one wins. The same Attempt again, when no other
	// came between, gives the same answer and is not counted again.
	// Errors: ErrCodeWrong (also for a customer without a code, another
	// Reference, another card, and a code that was used), ErrCodeOver (from
	// ExpiresAt on), ErrTooManyAttempts (MaxAttempts at this code, or MaxFailures
	// at all codes of the window, have failed: the right code is refused then,
	// too). Only an attempt at a code that is still good is counted.
	UseOneTimeCode(ctx context.Context, r CodeAttempt) error
}

// CodeLimits bound what can be tried. All are positive.
type CodeLimits struct {
	// MaxAttempts at one code.
	MaxAttempts int64
	// MaxSends and MaxFailures bound the codes that are sent to a customer and
	// the attempts that fail, over all codes, within Window.
	MaxSends, MaxFailures int64
	Window                time.Duration
}

// OneTimeCode is a code to be stored.
type OneTimeCode struct {
	CustomerID, CardNumber string
	// Reference names the code to whoever shows the form; it is random and unique.
	Reference string
	// Hash stands for the code and cannot be turned back without the key.
	Hash   string
	Limits CodeLimits
	// ExpiresAt is the first moment at which the code is good no more.
	Now, ExpiresAt time.Time
}

// CodeAttempt is a code that was typed.
type CodeAttempt struct {
	CustomerID, CardNumber, Reference string
	// Hash is made of the typed code as that of the right one was.
	Hash string
	// Attempt is random and unique: a store that lost its connection in the
	// commit knows by it that the attempt was counted.
	Attempt string
	Limits  CodeLimits
	Now     time.Time
}

// CodeRecord is what is stored of a customer's code. A [Store] reads it under
// the customer's lock, lets Renew or Judge decide, and stores what they give.
type CodeRecord struct {
	CardNumber, Reference, Hash string
	ExpiresAt                   time.Time
	// Attempts failed or succeeded at this code; Used tells that one succeeded.
	Attempts int64
	Used     bool
	// LastAttempt is the one that was counted last, Verdict how it was answered:
	// empty for success.
	LastAttempt string
	Verdict     crm.Kind
	// Sends and Failures are counted since WindowStart.
	WindowStart     time.Time
	Sends, Failures int64
}

// Renew gives the record with a new code in it, or the error with which that is
// refused. changed is false for a code that is stored already.
func (c CodeRecord) Renew(r OneTimeCode) (after CodeRecord, changed bool, err error) {
	if c.Reference == r.Reference {
		return c, false, nil
	}
	c = c.inWindow(r.Now, r.Limits)
	switch {
	case c.Sends >= r.Limits.MaxSends:
		return c, false, crm.ErrTooManyCodes
	case c.Failures >= r.Limits.MaxFailures:
		return c, false, crm.ErrTooManyAttempts
	}
	return CodeRecord{
		CardNumber: r.CardNumber, Reference: r.Reference, Hash: r.Hash, ExpiresAt: r.ExpiresAt,
		WindowStart: c.WindowStart, Sends: c.Sends + 1, Failures: c.Failures,
	}, true, nil
}

// Judge gives the record after an attempt and how it is answered. changed is
// false when nothing of it was counted.
func (c CodeRecord) Judge(a CodeAttempt) (after CodeRecord, changed bool, verdict error) {
	known := c.Reference != "" && c.Reference == a.Reference && c.CardNumber == a.CardNumber
	switch {
	case known && c.LastAttempt == a.Attempt:
		return c, false, orNil(c.Verdict)
	case !known || c.Used:
		return c, false, crm.ErrCodeWrong
	case !a.Now.Before(c.ExpiresAt):
		return c, false, crm.ErrCodeOver
	}
	windowed := c.inWindow(a.Now, a.Limits)
	if c.Attempts >= a.Limits.MaxAttempts || windowed.Failures >= a.Limits.MaxFailures {
		return c, false, crm.ErrTooManyAttempts
	}
	after = windowed
	after.Attempts++
	after.LastAttempt = a.Attempt
	if subtle.ConstantTimeCompare([]byte(c.Hash), []byte(a.Hash)) == 1 {
		after.Used, after.Hash, after.Verdict = true, "", ""
		return after, true, nil
	}
	after.Failures++
	after.Verdict = crm.ErrCodeWrong
	return after, true, crm.ErrCodeWrong
}

// inWindow begins the counts anew when their time is over.
func (c CodeRecord) inWindow(now time.Time, limits CodeLimits) CodeRecord {
	if !now.Before(c.WindowStart.Add(limits.Window)) {
		c.WindowStart, c.Sends, c.Failures = now, 0, 0
	}
	return c
}

// orNil makes the empty kind no error.
func orNil(k crm.Kind) error {
	if k == "" {
		return nil
	}
	return k
}

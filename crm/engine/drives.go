package engine

import (
	"context"
	"time"

	"koshelek-adapter/crm"
)

// Drive is a fiscal drive of one of the programme's own tills.
type Drive struct {
	// FN is its number, 16 digits.
	FN string
	// Zone is the IANA name of the zone in which the till stands, "" when it is not
	// known.
	Zone string
}

// Drives is a Store that knows the fiscal drives of the programme's tills.
type Drives interface {
	// PutDrives stores drives and counts what became of them; one that is known gets
	// the new zone.
	PutDrives(ctx context.Context, drives []Drive, by By) (Counts, error)

	// Drive gives a drive and tells whether it is listed, and whether any is.
	Drive(ctx context.Context, fn string) (drive Drive, listed, any bool, err error)

	// ListDrives gives up to limit drives after a number, by number.
	ListDrives(ctx context.Context, after string, limit int) ([]Drive, error)

	// RemoveDrives takes drives off the list, all in one transaction with a line in
	// the audit log for each, and counts those that were on it.
	RemoveDrives(ctx context.Context, fns []string, by By) (removed int64, err error)
}

// Drives gives all fiscal drives, by number. Errors: ErrNotSupported.
func (s *Engine) Drives(ctx context.Context) ([]Drive, error) {
	keeper, can := s.backend.(Drives)
	if !can {
		return nil, crm.Fail(crm.ErrNotSupported, "the store keeps no fiscal drives")
	}
	var all []Drive
	for after := ""; ; after = all[len(all)-1].FN {
		more, err := keeper.ListDrives(ctx, after, contactPage)
		if err != nil || len(more) == 0 {
			return all, err
		}
		all = append(all, more...)
	}
}

// RemoveDrives takes drives off the list and tells how many were on it. Receipts of
// a removed one earn nothing while others are listed. Errors: ErrNotSupported,
// ErrInvalidRecord.
func (s *Engine) RemoveDrives(ctx context.Context, actor string, fns []string) (removed int64, err error) {
	keeper, can := s.backend.(Drives)
	if !can {
		return 0, crm.Fail(crm.ErrNotSupported, "the store keeps no fiscal drives")
	}
	for _, fn := range fns {
		if _, err := checkedDrive(Drive{FN: fn}); err != nil {
			return 0, err
		}
	}
	return keeper.RemoveDrives(ctx, fns, By{actor, s.now()})
}

// PutDrives stores the fiscal drives whose receipts may earn: with one, others may
// not. Errors: ErrNotSupported (the store keeps none).
func (s *Engine) PutDrives(ctx context.Context, actor string, drives []Drive) (Counts, []crm.RowError, error) {
	keeper, can := s.backend.(Drives)
	if !can {
		return nil, nil, crm.Fail(crm.ErrNotSupported, "the store keeps no fiscal drives")
	}
	good, _, refused := admit(drives, checkedDrive)
	counts, err := keeper.PutDrives(ctx, good, By{actor, s.now()})
	return counts, refused, err
}

func checkedDrive(d Drive) (Drive, error) {
	if len(d.FN) != 16 || !digits(d.FN) {
		return d, crm.Fail(crm.ErrInvalidRecord, "fn is not 16 digits")
	}
	if _, err := time.LoadLocation(d.Zone); err != nil || d.Zone == "Local" {
		return d, crm.Fail(crm.ErrInvalidRecord, "zone is no IANA time zone, such as Asia/Yekaterinburg")
	}
	return d, nil
}

func digits(text string) bool {
	for _, c := range text {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// till gives a receipt as its drive's till wrote it, and how far the till's zone may
// lie from the one in which the receipt is read then. ErrReceiptForeign.
func (s *Engine) till(ctx context.Context, receipt crm.Receipt) (_ crm.Receipt, east, west time.Duration, err error) {
	east, west = s.rules.TillsEast, s.rules.TillsWest
	keeper, can := s.backend.(Drives)
	if !can {
		return receipt, east, west, nil
	}
	drive, listed, some, err := keeper.Drive(ctx, receipt.FN)
	switch {
	case err != nil:
		return receipt, 0, 0, err
	case some && !listed:
		return receipt, 0, 0, crm.ErrReceiptForeign
	case drive.Zone == "":
		return receipt, east, west, nil
	}
	zone, err := time.LoadLocation(drive.Zone)
	if err != nil {
		return receipt, 0, 0, crm.Wrap(crm.ErrInternal, err)
	}
	return receipt.In(zone), 0, 0, nil
}

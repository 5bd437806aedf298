package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"regexp"

	"koshelek-adapter/crm"
)

// signal is how a transaction tells the operation around it why it was given
// up. Signals never leave the package.
type signal string

// Error implements error.
func (s signal) Error() string { return "sqldb: " + string(s) }

const (
	// errAgain runs the whole transaction again: somebody else changed what it
	// had read.
	errAgain signal = "overtaken by another operation"
	// errKnown says that what was taken for new is not.
	errKnown signal = "it is stored already"
	// errRepeated says that the operation's key was claimed before.
	errRepeated signal = "the operation happened before"
	// errGuarded says that the card did not pass the guard; why is found out
	// once the operation is known not to be a repetition.
	errGuarded signal = "the card does not allow it"
)

// errChanged answers a call that found a card unusable which is usable again:
// the same call may be made again at once.
var errChanged = crm.Fail(crm.ErrBusy, "the card changed in this moment")

// isOwn reports an error that the package has decided on: any other may come
// from the database, also when the rows of a query were read.
func isOwn(err error) bool {
	var inner signal
	return isRefusal(err) || errors.As(err, &inner)
}

// isRefusal reports an error that speaks of the request, not of the store.
func isRefusal(err error) bool {
	var e *crm.Error
	var kind crm.Kind
	return errors.As(err, &e) || errors.As(err, &kind)
}

// repeatable reports an error after which the operation may be run again.
func (d *dialect) repeatable(err error) bool {
	return err != nil && (errors.Is(err, errAgain) || !isOwn(err) && d.classify(err) == classRepeatable)
}

// translate gives an error of a kind: the package's own pass, what the database
// says becomes ErrUnavailable, ErrInvalidRecord or ErrInternal with a text that
// holds no data.
func (d *dialect) translate(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errAgain):
		return crm.Fail(crm.ErrBusy, "overtaken too often")
	case isOwn(err):
		return err
	}
	cause := errors.New(withoutData(err.Error()))
	switch d.classify(err) {
	case classRepeatable, classUnavailable:
		return crm.Wrap(crm.ErrUnavailable, cause)
	case classUnfit:
		return crm.Wrap(crm.ErrInvalidRecord, cause)
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, errClosed) {
		return crm.Wrap(crm.ErrUnavailable, cause)
	}
	return crm.Wrap(crm.ErrInternal, cause)
}

// isLost reports that a connection went.
func isLost(err error) bool {
	var network net.Error
	return errors.Is(err, driver.ErrBadConn) || errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// quoted is what databases put into messages from the data.
var quoted = regexp.MustCompile(`'.*'|".*"`)

// withoutData takes the values out of a database's message: it may hold a phone
// or an address, and goes to the log.
func withoutData(text string) string { return quoted.ReplaceAllString(text, "'…'") }

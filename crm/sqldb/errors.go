package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"net"

	"github.com/go-sql-driver/mysql"

	"koshelek-adapter/crm"
)

// translate gives an error of a kind: the package's own pass, what the database
// says becomes ErrUnavailable or ErrInternal with a text that holds no data.
func translate(err error) error {
	if err == nil {
		return nil
	}
	var own *crm.Error
	var kind crm.Kind
	var inner signal
	if errors.As(err, &own) || errors.As(err, &kind) || errors.As(err, &inner) {
		return err
	}
	cause := errors.New(withoutData(err.Error()))
	switch {
	case isOutage(err), isConflict(err), isContext(err), errors.Is(err, sql.ErrConnDone), errors.Is(err, errClosed):
		return crm.Wrap(crm.ErrUnavailable, cause)
	case isTooLong(err):
		return crm.Wrap(crm.ErrInvalidRecord, cause)
	}
	return crm.Wrap(crm.ErrInternal, cause)
}

func isContext(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

func isNetwork(err error) bool {
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// isTooLong reports a value that a column refused, so that it is the caller's
// fault and nothing was cut short.
func isTooLong(err error) bool {
	var my *mysql.MySQLError
	if errors.As(err, &my) {
		return my.Number == 1406 || my.Number == 1264 || my.Number == 1366 ||
			my.Number == 3819 || my.Number == 4025 // CHECK on MySQL and MariaDB
	}
	return sqliteCheckFailed(err)
}

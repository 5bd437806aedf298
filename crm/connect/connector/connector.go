// Package connector is what every connector of the program's own has: settings, and
// what it is opened with.
package connector

import (
	"context"
	"time"

	"github.com/rs/zerolog"

	"koshelek-adapter/crm"
)

// Settings is what the program needs of a connector's settings.
type Settings interface {
	// Check reports what tags cannot say, of the connector that is used with the rest
	// of ADAPTER_CRM: the name of a variable behind its prefix ("" for ADAPTER_CRM
	// itself), and what is wrong with its value; "" for nothing.
	Check(rest string, fault func(name, message string))
	// Open makes the connector. It may look at files and open pools of connections,
	// but must not fail because the CRM is down.
	Open(ctx context.Context, rest string, o Options) (crm.Connector, error)
}

// Options are what connectors have in common.
type Options struct {
	// Zone is where the programme's days begin.
	Zone *time.Location
	// Country is by whose habits the CRM writes phones.
	Country crm.Country
	// Admit tells whether a receipt is neither from the future, nor too old, nor a
	// foreign till's, for a CRM that does not judge that; nil for every receipt.
	// Errors: crm.ErrReceiptFuture, crm.ErrReceiptTooOld, crm.ErrReceiptForeign.
	Admit func(ctx context.Context, receipt crm.Receipt) error
	// InFlight is how many calls come at once at most.
	InFlight int
	Log      zerolog.Logger
}

// Queried is a connector whose questions to the CRM can be tried by hand.
type Queried interface {
	// Query asks a question by its name, with values for its parameters as a person
	// types them. Personal data are masked unless they are asked for.
	Query(ctx context.Context, name string, values map[string]string, personal bool) ([]Row, error)
}

// Row is a part of the CRM's answer as the server would take it.
type Row struct {
	// Fields are names and values.
	Fields [][2]string
	// LeftOut says why the server leaves the row out, "" when it takes it.
	LeftOut string
}

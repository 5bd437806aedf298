package sqlmap

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/rs/zerolog"

	"koshelek-adapter/crm"
)

const (
	// connections is how many each pool has at most, ownWrites for how long and of how
	// many cards a write of ours sends the reads to the primary.
	connections  = 8
	ownWritesFor = 5 * time.Second
	ownWrites    = 10_000
)

// Options shape a Connector.
type Options struct {
	// Read is the data source of reads, which may be a replica; Write that of the
	// primary, "" for a CRM that is only read. Read is Write where it is "".
	Read, Write string
	// Zone is where the programme's days begin, Country by whose habits the CRM writes
	// phones.
	Zone    *time.Location
	Country crm.Country
	// Clock is the clock; nil for the real one.
	Clock func() time.Time
	Log   zerolog.Logger
}

// Connector is a CRM behind a mapping. It is safe for concurrent use.
type Connector struct {
	*mapping
	options Options
	// read may lag behind; fresh is the primary, only read; write is the primary, nil
	// for a CRM that is only read.
	read, fresh, write *sql.DB
	prepared           sync.Map // of *sql.Stmt by *sql.DB and *statement
	written            *lru.Cache[string, time.Time]
	checked            atomic.Pointer[[]Finding]
}

var (
	_ crm.Connector          = (*Connector)(nil)
	_ crm.ConnectedBalances  = (*Connector)(nil)
	_ crm.ConnectedConsents  = (*Connector)(nil)
	_ crm.ConnectedPurchases = (*Connector)(nil)
	_ crm.ConnectedOffers    = (*Connector)(nil)
	_ crm.ConnectedDirectory = (*Connector)(nil)
	_ crm.ConnectedReceipts  = (*Connector)(nil)
	_ crm.ConnectedCodes     = (*Connector)(nil)
	_ crm.ConnectedPoints    = (*Connector)(nil)
	_ crm.ConnectedLookup    = (*Connector)(nil)
	_ crm.ConnectedErasure   = (*Connector)(nil)
)

// Open makes a connector of a mapping file. The databases need not be there yet; one
// that is there and does not fit the mapping is an error.
func Open(ctx context.Context, path string, o Options) (*Connector, error) {
	m, err := load(path)
	if err != nil {
		return nil, err
	}
	c, err := open(m, o)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 2*m.timeout)
	defer cancel()
	findings, err := c.Check(ctx)
	if err == nil {
		err = faults(findings)
	} else {
		o.Log.Warn().Err(err).Msg("crm.not_checked")
		err = nil
	}
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

func open(m *mapping, o Options) (*Connector, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	o.Zone = cmp.Or(o.Zone, time.UTC)
	o.Read = cmp.Or(o.Read, o.Write)
	if o.Write == "" && m.writes() {
		return nil, errors.New("the mapping has statements that write, and there is no connection to write with")
	}
	memory, err := lru.New[string, time.Time](ownWrites)
	if err != nil {
		return nil, err
	}
	c := &Connector{mapping: m, options: o, written: memory}
	if c.read, err = c.pool(o.Read, true); err != nil {
		return nil, fmt.Errorf("the connection to read with: %w", err)
	}
	if c.fresh = c.read; o.Write != "" {
		if c.fresh, err = c.pool(o.Write, true); err == nil {
			c.write, err = c.pool(o.Write, false)
		}
		if err != nil {
			return nil, fmt.Errorf("the connection to write with: %w", err)
		}
	}
	return c, nil
}

func (c *Connector) pool(dsn string, readOnly bool) (*sql.DB, error) {
	connector, err := c.dialect.connector(dsn, c.options.Zone)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(prepared{connector, c.dialect.session(session{readOnly: readOnly, timeout: c.timeout, zone: c.options.Zone})})
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	db.SetConnMaxIdleTime(time.Minute)
	db.SetConnMaxLifetime(10 * time.Minute)
	return db, nil
}

// Close implements [crm.Connector].
func (c *Connector) Close() error {
	var errs []error
	for _, db := range []*sql.DB{c.read, c.fresh, c.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// offers gives each optional operation with the statement that it needs.
var offers = map[string]string{
	crm.OffersBalance: "balance", crm.OffersChannels: "set_channel", crm.OffersPurchases: "purchases", crm.OffersOffers: "offers",
	crm.OffersMembers: "members", crm.OffersReceipt: "receipt", crm.OffersCode: "code", crm.OffersPoints: "points", crm.OffersLookup: "lookup", crm.OffersErase: "erase",
}

var writes = map[crm.Write]string{
	crm.WriteEnroll: "enroll", crm.WriteUpdate: "update", crm.WriteChannels: "set_channel", crm.WriteReceipt: "receipt", crm.WriteCode: "code", crm.WritePoints: "points",
}

// Describe implements [crm.Connector]. The first time it compares the database with
// the mapping; what does not fit is the error.
func (c *Connector) Describe(ctx context.Context) (crm.About, error) {
	findings := c.checked.Load()
	if findings == nil {
		found, err := c.Check(ctx)
		if err != nil {
			return crm.About{}, c.failed(err)
		}
		findings = &found
	}
	if err := faults(*findings); err != nil {
		return crm.About{}, crm.Wrap(crm.ErrUnavailable, err)
	}
	about := crm.About{Name: c.name, Writes: map[crm.Write]crm.Guarantee{}}
	var now int64
	if err := c.fresh.QueryRowContext(ctx, c.dialect.clock).Scan(&now); err != nil {
		return crm.About{}, c.failed(err)
	}
	about.Now = time.UnixMilli(now)
	for offer, name := range offers {
		if c.statements[name] != nil {
			about.Offers = append(about.Offers, offer)
		}
	}
	for write, name := range writes {
		if c.statements[name] != nil {
			about.Writes[write] = crm.GuaranteeKeyed
		}
	}
	for _, f := range *findings {
		about.Notes = append(about.Notes, f.String())
	}
	if c.statements["enroll"] == nil {
		about.Notes = append(about.Notes, "The mapping has no statement enroll: no cards are issued.")
	}
	return about, nil
}

// rows runs a statement that reads.
func (c *Connector) rows(ctx context.Context, name string, lag bool, limit int, values map[string]any) ([]record, error) {
	s := c.statements[name]
	if s == nil {
		return nil, crm.Fail(crm.ErrNotSupported, "the mapping has no statement "+name)
	}
	db := c.fresh
	if lag && !s.fresh {
		db = c.read
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	records, err := c.query(ctx, db, s, limit, values)
	if err != nil {
		return nil, c.failed(fmt.Errorf("statement %s: %w", name, err))
	}
	return records, nil
}

func (c *Connector) query(ctx context.Context, db *sql.DB, s *statement, limit int, values map[string]any) ([]record, error) {
	key := preparedKey{db, s}
	stmt, err := c.prepare(ctx, key)
	if err != nil {
		return nil, err
	}
	rows, err := stmt.QueryContext(ctx, s.args(values)...)
	if err != nil {
		// A table may have been changed since: the next call prepares anew.
		if c.prepared.CompareAndDelete(key, stmt) {
			release(stmt)
		}
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	return s.read(rows, limit, c.options.Zone)
}

type preparedKey struct {
	*sql.DB
	*statement
}

// prepare gives a statement that lives as long as the connector.
func (c *Connector) prepare(ctx context.Context, key preparedKey) (*sql.Stmt, error) {
	if stmt, ready := c.prepared.Load(key); ready {
		return stmt.(*sql.Stmt), nil
	}
	made, err := key.PrepareContext(ctx, key.text)
	if err != nil {
		return nil, err
	}
	stmt, lost := c.prepared.LoadOrStore(key, made)
	if lost {
		release(made)
	}
	return stmt.(*sql.Stmt), nil
}

// release ends a statement that nobody will use again.
func release(stmt io.Closer) { _ = stmt.Close() }

// failed gives an error of the database without the data that its text may hold.
func (c *Connector) failed(err error) error {
	if reason := c.dialect.reason(err); reason != "" {
		err = errors.New(reason)
	}
	return crm.Wrap(crm.ErrUnavailable, err)
}

// lags reports whether a card may be read from a replica: we have not just changed it.
func (c *Connector) lags(ref crm.Ref) bool {
	at, wrote := c.written.Get(ref.Card)
	return !wrote || c.options.Clock().Sub(at) > ownWritesFor
}

// given is a text that is bound: what is not known is NULL.
func given(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func refValues(ref crm.Ref) map[string]any {
	return map[string]any{"ref": given(ref.ID), "card": given(ref.Card)}
}

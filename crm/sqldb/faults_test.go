package sqldb

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/go-sql-driver/mysql"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/sqldb/mariadbtest"
)

func TestErrorsGetAKindAndLoseTheirData(t *testing.T) {
	my := func(number uint16, text string) error { return &mysql.MySQLError{Number: number, Message: text} }
	for _, c := range []struct {
		err  error
		want crm.Kind
	}{
		{crm.ErrCardNotFound, crm.ErrCardNotFound},
		{fmt.Errorf("wrapped: %w", crm.Fail(crm.ErrBusy, "x")), crm.ErrBusy},
		{my(1213, "Deadlock"), crm.ErrUnavailable},
		{my(1047, "WSREP has not yet prepared node"), crm.ErrUnavailable},
		{my(1040, "Too many connections"), crm.ErrUnavailable},
		{my(1062, "Duplicate entry '79216668899' for key 'x'"), crm.ErrInternal},
		{my(1406, "Data too long for column 'surname' at row 1"), crm.ErrInvalidRecord},
		{my(1064, `You have an error near 'ann@example.com "x"'`), crm.ErrInternal},
		{driver.ErrBadConn, crm.ErrUnavailable},
		{mysql.ErrInvalidConn, crm.ErrUnavailable},
		{io.ErrUnexpectedEOF, crm.ErrUnavailable},
		{&net.OpError{Op: "dial", Err: errors.New("refused")}, crm.ErrUnavailable},
		{context.DeadlineExceeded, crm.ErrUnavailable},
		{errors.New("something else"), crm.ErrInternal},
	} {
		got := mysqlDialect.translate(c.err)
		assert.Equal(t, c.want, crm.KindOf(got), "%v", c.err)
		assert.NotContains(t, got.Error(), "79216668899")
		assert.NotContains(t, got.Error(), "ann@example.com")
	}
	assert.NoError(t, mysqlDialect.translate(nil))
}

func TestUnsafeSettingsAreNamed(t *testing.T) {
	safe := map[string]string{
		"innodb_flush_log_at_trx_commit": "1", "innodb_doublewrite": "ON", "log_bin": "ON", "sync_binlog": "1",
		"binlog_format": "ROW", "sql_mode": "STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION", "tx_isolation": "READ-COMMITTED",
		"wsrep_on": "ON", "wsrep_sync_wait": "1",
	}
	assert.Empty(t, unsafeSettings(safe))
	for name, value := range map[string]string{
		"innodb_flush_log_at_trx_commit": "2", "innodb_doublewrite": "OFF", "sync_binlog": "0", "binlog_format": "STATEMENT",
		"sql_mode": "NO_ENGINE_SUBSTITUTION", "tx_isolation": "REPEATABLE-READ", "wsrep_sync_wait": "0",
	} {
		changed := map[string]string{}
		for k, v := range safe {
			changed[k] = v
		}
		changed[name] = value
		faults := unsafeSettings(changed)
		require.Len(t, faults, 1, name)
		assert.True(t, strings.HasPrefix(faults[0], name), faults[0])
	}
	safe["log_bin"], safe["sync_binlog"] = "OFF", "0"
	assert.Empty(t, unsafeSettings(safe), "without a binary log its settings do not matter")
}

func TestBadAddressesNeverTellThePassword(t *testing.T) {
	for _, dsn := range []string{"app:s3cret@tcp(127.0.0.1:1)/x", "app:s3cret@tcp(127.0.0.1:1", "app:s3cret@tcp(127.0.0.1:1)/"} {
		_, err := Open(context.Background(), "mysql:"+dsn, Options{})
		require.Error(t, err)
		assert.NotContains(t, err.Error(), "s3cret")
	}
}

// TestMigratorsAtOnce starts several processes' worth of stores on one empty
// database; one migrates, all serve.
func TestMigratorsAtOnce(t *testing.T) {
	t.Parallel()
	for dbms, url := range map[string]string{"sqlite": "sqlite:" + t.TempDir() + "/m.db", "mariadb": "mysql:" + mariadbtest.DSN(t)} {
		t.Run(dbms, func(t *testing.T) {
			var group sync.WaitGroup
			for range 4 {
				group.Go(func() {
					store, err := Open(context.Background(), url, Options{})
					if assert.NoError(t, err) {
						assert.NoError(t, store.Ping(context.Background()))
						assert.NoError(t, store.Close())
					}
				})
			}
			group.Wait()
		})
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	url := "sqlite:" + t.TempDir() + "/newer.db"
	store, err := Open(context.Background(), url, Options{})
	require.NoError(t, err)
	require.NoError(t, store.do(context.Background(), func(c conn) error {
		_, err := c.exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)")
		return err
	}))
	require.NoError(t, store.Close())
	_, err = Open(context.Background(), url, Options{})
	assert.ErrorContains(t, err, "start the newer build")
}

// TestConnectionsCutAtRandom works through a proxy that cuts every connection
// again and again, also between COMMIT and its answer: each customer has one
// card and each receipt one award in the end.
func TestConnectionsCutAtRandom(t *testing.T) {
	t.Parallel()
	config, err := mysql.ParseDSN(mariadbtest.DSN(t))
	require.NoError(t, err)
	proxy := toxiproxy.NewProxy(toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()), "db", "127.0.0.1:0", config.Addr)
	require.NoError(t, proxy.Start())
	defer proxy.Stop()
	config.Addr = proxy.Listen
	retries := 0
	var mu sync.Mutex
	store, err := Open(context.Background(), "mysql:"+config.FormatDSN(), Options{OnRetry: func() { mu.Lock(); retries++; mu.Unlock() }})
	require.NoError(t, err)
	defer store.Close()

	ctx, stop := context.WithCancel(context.Background())
	var cutter sync.WaitGroup
	cutter.Go(func() {
		for ctx.Err() == nil {
			proxy.Stop()
			_ = proxy.Start()
			select {
			case <-ctx.Done():
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
	const customers, receipts = 8, 12
	var group sync.WaitGroup
	for i := range customers {
		group.Go(func() { workThroughCuts(t, store, i, receipts) })
	}
	group.Wait()
	stop()
	cutter.Wait()
	assert.Positive(t, retries, "nothing was cut, so nothing was shown")
	for i := range customers {
		var total int64
		matches, err := store.FindCards(context.Background(), crm.Identity{Phone: fmt.Sprintf("7921000%04d", i)})
		require.NoError(t, err)
		require.Len(t, matches, 1)
		require.Len(t, matches[0].Cards, 1)
		total = matches[0].Cards[0].Balance
		assert.EqualValues(t, 5+10*receipts, total)
	}
	bad, _, err := store.Verify(context.Background(), "", 100)
	require.NoError(t, err)
	assert.Empty(t, bad)
}

// workThroughCuts issues a card and sends receipts, each until it is answered.
func workThroughCuts(t *testing.T, store *Store, id, receipts int) {
	ctx, now := context.Background(), time.Now().UTC().Truncate(time.Millisecond)
	until := func(call func() error) {
		for {
			err := call()
			if err == nil {
				return
			}
			if crm.KindOf(err) != crm.ErrUnavailable {
				t.Errorf("an outage is answered as %v", err)
				return
			}
		}
	}
	number := crm.CardNumber{Number: fmt.Sprintf("N%04d", id), BarcodeNumber: "1", BarcodeType: crm.Code128}
	award := crm.Accrual{Points: 10, Kind: crm.PostingReceipt, AvailableFrom: now, ValidUntil: crm.Forever}
	welcome := crm.Accrual{Points: 5, Kind: crm.PostingWelcome, AvailableFrom: now, ValidUntil: crm.Forever}
	until(func() error {
		issued, err := store.Issue(ctx, engine.IssueRequest{
			Profile: crm.Profile{Phone: fmt.Sprintf("7921000%04d", id)}, Number: number, Welcome: welcome, Now: now,
		})
		if err == nil && !issued.Created {
			t.Error("the number was used, and is not told so")
		}
		return err
	})
	for i := range receipts {
		receipt := crm.Receipt{ReceiptKey: crm.ReceiptKey{FN: "9960440300000000", I: int64(id*1_000_000 + i), FP: 1}, At: now, SumKopecks: 1, Kind: 1}
		until(func() error {
			_, err := store.SubmitReceipt(ctx, engine.ReceiptSubmission{CardNumber: number.Number, Receipt: receipt, Award: award, Now: now})
			return err
		})
	}
}

package connect_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/connect"
	"koshelek-adapter/crm/connect/connecttest"
	"koshelek-adapter/crm/connect/remote"
	"koshelek-adapter/crm/connect/remote/remotetest"
	"koshelek-adapter/crm/connect/sqlmap"
	"koshelek-adapter/crm/sqldb"
	"koshelek-adapter/crm/sqldb/mariadbtest"
	"koshelek-adapter/crm/sqldb/sqldbtest"
)

// victim is the variable that makes this program a server which is killed.
const victim = "CONNECT_TEST_VICTIM"

// job is what a victim does.
type job struct {
	Store string
	// URL is a CRM over HTTP; else the others are one behind SQL.
	URL, Mapping, Read, Write string
	From, To                  int
	// Ahead is how far its clock runs ahead, and At when the receipts are of.
	Ahead time.Duration
	At    time.Time
}

func (j job) phone(i int) string { return fmt.Sprint(79210000000 + i) }

func (j job) receipt(i int) crm.Receipt {
	r := receiptOf(i)
	r.At = j.At
	return r
}

func (j job) now() time.Time { return time.Now().Add(j.Ahead) }

// open opens the CRM.
func (j job) open(ctx context.Context) (crm.Connector, error) {
	if j.URL != "" {
		return remote.Open(remote.Options{URL: j.URL, Secrets: []string{remotetest.Secret}})
	}
	return sqlmap.Open(ctx, j.Mapping, sqlmap.Options{Read: j.Read, Write: j.Write, Zone: time.UTC})
}

// program opens a programme over the CRM and our store, which live until the process
// ends, or the context's owner closes them.
func (j job) program(ctx context.Context) (*connect.Program, *sqldb.Store, error) {
	over, err := j.open(ctx)
	if err != nil {
		return nil, nil, err
	}
	store, err := sqldb.Open(ctx, j.Store, sqldb.Options{})
	if err != nil {
		return nil, nil, err
	}
	ours, err := ownRules(store, j.now)
	if err != nil {
		return nil, nil, err
	}
	p, err := connect.New(over, store, ours, connect.Options{
		Barcode: barcode, Email: crm.EmailHints, Receipts: true, Clock: j.now, ReadTimeout: time.Minute, WriteTimeout: time.Minute, BreakerDelay: time.Nanosecond,
		After: func(time.Duration) <-chan time.Time { return time.After(time.Millisecond) },
	})
	return p, store, err
}

// beVictim serves some customers, and prints what was acknowledged.
func beVictim(text string) int {
	var j job
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		panic(err)
	}
	ctx := context.Background()
	p, _, err := j.program(ctx)
	if err != nil {
		panic(err)
	}
	var running sync.WaitGroup
	var calls atomic.Int64
	places := make(chan struct{}, 16)
	for i := j.From; i < j.To; i++ {
		places <- struct{}{}
		running.Go(func() {
			drive(ctx, p, j.phone(i), j.receipt(i), func(what string) { fmt.Println(what, j.phone(i)) }, &calls)
			fmt.Println("served", j.phone(i))
			<-places
		})
	}
	running.Wait()
	fmt.Println("calls", calls.Load())
	return 0
}

// fails gives one write in five a fault.
func fails() connecttest.Fault {
	return []connecttest.Fault{connecttest.Refused, connecttest.CutBefore, connecttest.CutAfter, connecttest.Fine}[min(rand.N(15), 3)]
}

// overHTTP is a CRM over HTTP that answers "busy", or loses its connection before or
// after it has written.
func overHTTP(t *testing.T) (j job, heal func()) {
	host := remotetest.New()
	var healed atomic.Bool
	host.Around = func(_ string, w http.ResponseWriter, _ *http.Request, next func(http.ResponseWriter)) {
		fault := connecttest.Fine
		if !healed.Load() {
			fault = fails()
		}
		switch fault {
		case connecttest.Fine:
			next(w)
			return
		case connecttest.Refused:
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		case connecttest.CutAfter:
			next(httptest.NewRecorder())
		}
		panic(http.ErrAbortHandler)
	}
	server := httptest.NewServer(host)
	t.Cleanup(server.Close)
	return job{URL: server.URL}, func() { healed.Store(true) }
}

// overSQL is the reference tables on MariaDB, whose commits lose their connection before
// or after the database has them.
func overSQL(t *testing.T) (j job, heal func()) {
	const examples = "../../examples/crm-sql/"
	script, err := os.ReadFile(examples + "reference-mysql.sql")
	require.NoError(t, err)
	dsn := mariadbtest.DSN(t)
	mariadbtest.Script(t, dsn, string(script))
	config, err := mysql.ParseDSN(dsn)
	require.NoError(t, err)
	proxy, err := connecttest.NewProxy(config.Addr)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, proxy.Close()) })
	proxy.Fail(fails)
	name := config.DBName[max(0, len(config.DBName)-12):] + "_read"
	mariadbtest.Administer(t, "CREATE USER "+name+"@'%' IDENTIFIED BY 'secret'")
	mariadbtest.Administer(t, "GRANT SELECT ON `"+config.DBName+"`.* TO "+name+"@'%'")
	reader := config.Clone()
	reader.User, reader.Passwd = name, "secret"
	mapping, err := filepath.Abs(examples + "reference-mysql.toml")
	require.NoError(t, err)
	through := strings.Replace(dsn, config.Addr, proxy.Addr().String(), 1)
	return job{Mapping: mapping, Read: reader.FormatDSN(), Write: through}, func() { proxy.Fail(nil) }
}

// TestNothingIsLostOrDoubledByKills is the storm over HTTP and SQL with our store on
// MariaDB, and with servers that are processes and end by kill -9.
func TestNothingIsLostOrDoubledByKills(t *testing.T) {
	for name, open := range map[string]func(*testing.T) (job, func()){"http": overHTTP, "sql": overSQL} {
		t.Run(name, func(t *testing.T) {
			customers, kills := *stormCustomers, max(1, *stormKills/2)
			if *stormCustomers > 60 {
				kills = *stormKills
			}
			j, heal := open(t)
			j.Store, j.At = sqldbtest.MariaDB(t), time.Now().UTC().Truncate(24*time.Hour)
			acknowledged := map[string]bool{}
			calls := 0
			for kill := range kills {
				j.From, j.To = kill*customers/kills, (kill+1)*customers/kills
				calls += j.killed(t, acknowledged)
				j.Ahead += time.Hour // what the dead server had claimed is free
			}
			heal()
			j.end(t, customers, acknowledged)
			t.Logf("%d kills, %d calls acknowledged", kills, calls)
		})
	}
}

// killed runs a server, kills it when it has served two thirds of the customers, and
// notes what was acknowledged until then.
func (j job) killed(t *testing.T, acknowledged map[string]bool) (lines int) {
	text, err := json.Marshal(j)
	require.NoError(t, err)
	child := exec.Command(os.Args[0])
	child.Env, child.Stderr = append(os.Environ(), victim+"="+string(text)), os.Stderr
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	served := 0
	for said := bufio.NewScanner(out); said.Scan(); {
		what, _, _ := strings.Cut(said.Text(), " ")
		if what != "served" {
			acknowledged[said.Text()] = true
			lines++
			continue
		}
		if served++; served == max(1, (j.To-j.From)*2/3) {
			require.NoError(t, child.Process.Kill())
		}
	}
	require.Error(t, child.Wait(), "it was killed")
	return lines
}

// end finishes what is open over a CRM that works again, and counts.
func (j job) end(t *testing.T, customers int, acknowledged map[string]bool) {
	ctx := t.Context()
	p, store, err := j.program(ctx)
	require.NoError(t, err)
	defer func() { require.NoError(t, p.Close()); require.NoError(t, store.Close()) }()
	for range 10 * customers {
		took, err := p.FinishDue(ctx)
		require.NoError(t, err)
		if !took {
			break
		}
	}
	for i := range customers { // the wallet's last repetition
		card, err := p.Issue(ctx, crm.Profile{Phone: j.phone(i)})
		require.NoError(t, err)
		_, err = p.SubmitReceipt(ctx, card.Number, j.receipt(i))
		require.NoError(t, err)
	}
	counted, err := store.CountIntents(ctx)
	require.NoError(t, err)
	require.Zero(t, counted[connect.StateOpen].Count)
	require.Zero(t, counted[connect.StateUnknown].Count)
	over, err := j.open(ctx)
	require.NoError(t, err)
	defer func() { require.NoError(t, over.Close()) }()
	var phones []string
	for after := ""; ; {
		members, next, err := over.(crm.ConnectedDirectory).Members(ctx, after, 500)
		require.NoError(t, err)
		for _, m := range members {
			phone := m.Profile.Phone
			phones = append(phones, phone)
			b, err := over.(crm.ConnectedBalances).Balance(ctx, m.Ref)
			require.NoError(t, err)
			require.EqualValues(t, 1, b.Total, "a receipt is a point, once")
			if acknowledged[askedName+" "+phone] {
				require.Equal(t, "Иванова", m.Profile.Surname, "a name was lost")
			}
		}
		if after = next; next == "" {
			break
		}
	}
	slices.Sort(phones)
	require.Len(t, slices.Compact(slices.Clone(phones)), len(phones), "second cards")
	require.Len(t, phones, customers)
}

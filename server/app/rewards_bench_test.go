package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/outbox"
	"koshelek-adapter/crm/sqldb"
	"koshelek-adapter/crm/sqldb/mariadbtest"
)

const (
	benchDeliveries = 6000
	benchCustomers  = 300
)

// BenchmarkOutbox tells how fast one process and two empty an outbox on MariaDB to
// vendors that answer at once, and that each customer's deliveries arrive in order:
//
//	go test ./server/app -run NONE -bench Outbox -benchtime 1x
func BenchmarkOutbox(b *testing.B) {
	payloads := map[string]outbox.Message{
		"points":  {Vendor: "points", Action: "earn", Points: 1, Payload: json.RawMessage(`{"rule_id":"earn"}`)},
		"bigcity": {Vendor: "bigcity", Action: "vouchers", AtMostOnce: true, Payload: json.RawMessage(`{"skus":[{"sku":"TEA-100","qty":1}],"total":"0"}`)},
		"qiibee":  {Vendor: "qiibee", Action: "credit", Points: 1, AtMostOnce: true, Holds: true, Payload: json.RawMessage(`{"token_id":12}`)},
	}
	for _, vendor := range []string{"points", "bigcity", "qiibee"} {
		for _, processes := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/%d-process", vendor, processes), func(b *testing.B) {
				for range b.N {
					p := newProof(b, "mysql:"+mariadbtest.DSN(b), 1)
					require.NoError(b, p.vendors.points.Knobs.Set("settle_after", "0s"))
					require.NoError(b, p.vendors.qiibee.Knobs.Set("effect_after", "0s"))
					p.fill(payloads[vendor])
					b.ReportMetric(p.drained(processes), "deliveries/s")
					p.inOrder(b)
				}
			})
		}
	}
}

// fill orders the same errand many times.
func (p *proof) fill(pattern outbox.Message) {
	store := p.open()
	defer store.Close()
	ctx := context.Background()
	var hands sync.WaitGroup
	for n := range benchCustomers {
		hands.Go(func() {
			number := fmt.Sprintf("card-%d", n)
			_, err := store.Issue(ctx, engine.IssueRequest{
				Profile: crm.Profile{Phone: fmt.Sprintf("7921%07d", n), Email: fmt.Sprintf("c%d@example.com", n)},
				Number:  crm.CardNumber{Number: number, BarcodeNumber: number, BarcodeType: crm.Code128}, Now: time.Now(),
			})
			require.NoError(p.t, err)
			for i := range benchDeliveries / benchCustomers {
				e := pattern
				e.Key = fmt.Sprintf("%d/%d", n, i)
				e.Cause = e.Key
				if e.Points > 0 {
					e.Points = int64(i + 1) // by which the order shows at a vendor that knows no key of ours
				}
				_, err := store.SubmitReceipt(ctx, engine.ReceiptSubmission{
					CardNumber: number, Receipt: crm.Receipt{ReceiptKey: crm.ReceiptKey{FN: "9960440300123456", I: int64(1_000_000*n + i), FP: 1}, At: time.Now()},
					Messages: []outbox.Message{e}, Now: time.Now(),
				})
				require.NoError(p.t, err)
			}
		})
	}
	hands.Wait()
}

// drained runs servers until everything is done and gives the rate from the first
// delivery that was done to the last.
func (p *proof) drained(processes int) float64 {
	store := p.open()
	defer store.Close()
	done := func() int64 {
		n := int64(benchDeliveries)
		counts, err := store.CountDeliveries(context.Background(), false)
		require.NoError(p.t, err)
		for _, c := range counts {
			n -= c.Count
		}
		return n
	}
	var children []*exec.Cmd
	for i := range processes {
		children = append(children, p.child0(i))
		// The first one hears the callbacks, for which a vendor does not wait long.
		require.Eventually(p.t, func() bool { return done() > 0 }, time.Minute, time.Millisecond)
	}
	begun, first := time.Now(), done()
	for n := first; n < benchDeliveries; n = done() {
		// A count costs as much as thirty deliveries, so half of what is left is waited for.
		took := time.Since(begun)
		require.Less(p.t, took, 5*time.Minute)
		left := took * time.Duration(benchDeliveries-n) / time.Duration(max(1, n-first))
		time.Sleep(min(max(left/2, 25*time.Millisecond), time.Second))
	}
	rate := float64(benchDeliveries-first) / time.Since(begun).Seconds()
	ended, err := store.CountDeliveries(context.Background(), true)
	require.NoError(p.t, err)
	require.Len(p.t, ended, 1)
	require.Equal(p.t, outbox.StateDone, ended[0].State)
	for _, child := range children {
		require.NoError(p.t, child.Process.Signal(syscall.SIGTERM))
		require.NoError(p.t, child.Wait())
	}
	return rate
}

// child0 starts one of several servers; the first has the address of callbacks.
func (p *proof) child0(i int) *exec.Cmd {
	child := exec.Command(os.Args[0])
	child.Env = append(append(os.Environ(), crashChild+"=1"), p.environment()...)
	// Polls as by default, not as often as the proof.
	child.Env = append(child.Env, "ADAPTER_OUTBOX_CONCURRENCY=16", "ADAPTER_OUTBOX_POLL=1s", "ADAPTER_LOG_LEVEL=warn", "ADAPTER_QIIBEE_SETTLE_AFTER=1ms")
	if i > 0 {
		child.Env = append(child.Env, "ADAPTER_LISTEN=127.0.0.1:0")
	}
	child.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	require.NoError(p.t, child.Start())
	return child
}

// inOrder compares the order in which a vendor saw each customer's requests with
// the order in which they were ordered.
func (p *proof) inOrder(t testing.TB) {
	last, seen := map[string]string{}, 0
	next := func(customer, key string) {
		require.Less(t, last[customer], key, "the order of a customer's deliveries")
		last[customer] = key
		seen++
	}
	for _, r := range p.vendors.points.Requests() {
		next(r.UserID, r.RequestID)
	}
	for _, o := range p.vendors.bigcity.Orders() {
		next(o.Customer, o.OrderID)
	}
	for _, transaction := range p.vendors.qiibee.Transactions() {
		next(fmt.Sprint(transaction["user_auth_id"]), fmt.Sprintf("%9s", transaction["amount"]))
	}
	require.Equal(t, benchDeliveries, seen)
}

// BenchmarkVendorsDown tells how much slower Koshelek's calls are while every
// vendor is down: the same receipts, with vendors that answer and with none, in
// turns.
//
//	go test ./server/app -run NONE -bench VendorsDown -benchtime 1x
func BenchmarkVendorsDown(b *testing.B) {
	for _, dbms := range []string{"sqlite", "mariadb"} {
		b.Run(dbms, func(b *testing.B) {
			for range b.N {
				up, down := []float64{}, []float64{}
				for range 5 {
					up = append(up, receiptsPerSecond(b, dbms, true))
					down = append(down, receiptsPerSecond(b, dbms, false))
				}
				slices.Sort(up)
				slices.Sort(down)
				b.ReportMetric(up[2], "up/s")
				b.ReportMetric(down[2], "down/s")
				b.ReportMetric(up[2]/down[2], "times-slower")
			}
		})
	}
}

func receiptsPerSecond(b *testing.B, dbms string, up bool) float64 {
	database := "sqlite:" + b.TempDir() + "/down.db"
	if dbms == "mariadb" {
		database = "mysql:" + mariadbtest.DSN(b)
	}
	p := newProof(b, database, 1)
	if !up {
		nowhere := "http://" + freeAddress(b)
		p.urls.points, p.urls.qiibee, p.urls.bigcity = nowhere, nowhere, nowhere
	}
	p.start()
	cards := p.cards(proofCustomers)
	var sent atomic.Int64
	var customers sync.WaitGroup
	begun := time.Now()
	for n, card := range cards {
		customers.Go(func() { p.shop(n, card, 60); sent.Add(60) })
	}
	customers.Wait()
	rate := float64(sent.Load()) / time.Since(begun).Seconds()
	if !up {
		p.vendorsReturn(b)
	} else {
		p.stop()
	}
	return rate
}

// vendorsReturn starts the server again with vendors that answer, and finds
// everything done that was ordered while there were none.
func (p *proof) vendorsReturn(t testing.TB) {
	p.stop()
	p.urls = p.up
	p.start()
	p.quiet()
	p.stop()
	store, err := sqldb.Open(context.Background(), p.database, sqldb.Options{})
	require.NoError(t, err)
	defer store.Close()
	counts, err := store.CountDeliveries(context.Background(), true)
	require.NoError(t, err)
	total := int64(0)
	for _, c := range counts {
		require.Equal(t, outbox.StateDone, c.State)
		total += c.Count
	}
	require.Equal(t, int64(3*proofCustomers*60), total, "nothing is lost when vendors return")
}

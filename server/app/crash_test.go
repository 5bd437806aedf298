package app_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/sqldb"
	"koshelek-adapter/crm/sqldb/mariadbtest"
	"koshelek-adapter/schema/koshelek"
)

// crashChild makes this test's binary be the server: a process of its own that
// can be killed.
const crashChild = "KOSHELEK_CRASH_CHILD"

// childArgs are the arguments of such a process, none for the server.
const childArgs = "KOSHELEK_CRASH_ARGS"

var (
	crashRounds = flag.Int("crash.rounds", 3, "rounds of kill -9 on each engine")
	crashSeed   = flag.Uint64("crash.seed", 0, "seed of the moments of the kills; 0 for a new one")
)

// childEnvironment is the environment without the switch.
func childEnvironment() []string {
	var list []string
	for _, variable := range os.Environ() {
		if strings.HasPrefix(variable, "ADAPTER_") {
			list = append(list, variable)
		}
	}
	return list
}

// TestCrash kills the server, and every few rounds the database too, while
// customers are issued cards and send receipts. What was acknowledged is there
// afterwards, what was not may be sent again, and each customer ends with one
// card and each receipt with one award.
func TestCrash(t *testing.T) {
	t.Parallel()
	seed := *crashSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		database := "sqlite:" + filepath.Join(t.TempDir(), "crash.db")
		newCrash(t, database, seed, func(int) {}).rounds(*crashRounds)
	})
	t.Run("mariadb", func(t *testing.T) {
		t.Parallel()
		server := mariadbtest.Start(t)
		newCrash(t, "mysql:"+server.Database(t), seed, func(round int) {
			if round%3 == 2 {
				require.NoError(t, server.Kill())
				require.NoError(t, server.Restart(context.Background()))
			}
		}).rounds(*crashRounds)
	})
}

const (
	crashCustomers = 12  // who work at once
	receiptKopecks = 1e4 // 100 roubles, ten points at the test's 10 %
	receiptPoints  = 10
)

// crash is one run on one engine.
type crash struct {
	t            *testing.T
	database     string
	random       *rand.Rand
	killDatabase func(round int)
	client       *http.Client
	url          string
	child        *exec.Cmd

	customers []*customer
	acked     int // calls that were acknowledged
	lost      int // calls whose answer was lost in a kill
}

// customer is what one customer did and was told; only its goroutine writes.
type customer struct {
	phone    string
	number   string   // of the acknowledged card, "" while unknown
	receipts []string // all that were sent
	acked    []string // of these the acknowledged ones
	lost     int
}

func newCrash(t *testing.T, database string, seed uint64, killDatabase func(int)) *crash {
	t.Logf("replay with -crash.seed=%d", seed)
	return &crash{
		t: t, database: database, random: rand.New(rand.NewPCG(seed, 1)), killDatabase: killDatabase,
		client: &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 32}},
	}
}

func (c *crash) rounds(n int) {
	for round := range n {
		c.start()
		c.settle()
		customers := c.work(round)
		c.customers = append(c.customers, customers...)
	}
	c.start()
	c.settle()
	c.stop()
	c.audit(n)
}

// start runs the server and waits until it serves.
func (c *crash) start() {
	log, err := os.CreateTemp(c.t.TempDir(), "log")
	require.NoError(c.t, err)
	c.child = exec.Command(os.Args[0])
	c.child.Stderr = log
	c.child.Env = append(os.Environ(), crashChild+"=1", "ADAPTER_LISTEN=127.0.0.1:0", "ADAPTER_OPS_LISTEN=off", "ADAPTER_TLS=off",
		"ADAPTER_DATABASE="+c.database, "ADAPTER_DATA_DIR="+c.t.TempDir(), "ADAPTER_KOSHELEK_PASSWORD="+testPassword,
		"ADAPTER_DATABASE_ALLOW_UNSAFE=true", "ADAPTER_EARN_PERCENT=10", "ADAPTER_EARN_WELCOME=7", "ADAPTER_LOG_LEVEL=info",
		"ADAPTER_EARN_RECEIPTS_PER_DAY=0", "ADAPTER_EARN_POINTS_PER_DAY=0")
	c.child.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	require.NoError(c.t, c.child.Start())
	c.url = ""
	require.Eventually(c.t, func() bool {
		text, err := os.ReadFile(log.Name())
		require.NoError(c.t, err)
		for line := range strings.Lines(string(text)) {
			var entry struct{ URL, Message string }
			if json.Unmarshal([]byte(line), &entry) == nil && entry.Message == "serving" {
				c.url = entry.URL
			}
		}
		return c.url != ""
	}, 60*time.Second, 2*time.Millisecond)
	require.NoError(c.t, log.Close())
}

func (c *crash) stop() {
	require.NoError(c.t, c.child.Process.Signal(syscall.SIGTERM))
	require.NoError(c.t, c.child.Wait())
}

// work lets customers work until the kill.
func (c *crash) work(round int) []*customer {
	var group sync.WaitGroup
	customers := make([]*customer, crashCustomers)
	for i := range customers {
		customers[i] = &customer{phone: fmt.Sprintf("7921%07d", round*crashCustomers+i)}
		group.Go(func() { c.live(customers[i], round*crashCustomers+i) })
	}
	time.Sleep(time.Duration(20+c.random.IntN(250)) * time.Millisecond)
	require.NoError(c.t, c.child.Process.Kill())
	_ = c.child.Wait()
	group.Wait()
	c.killDatabase(round)
	c.client.CloseIdleConnections()
	return customers
}

// live issues a card and sends receipts until the server is gone.
func (c *crash) live(who *customer, id int) {
	number, ok := c.issue(who.phone)
	if !ok {
		who.lost++
		return
	}
	who.number = number
	for i := 1; ; i++ {
		receipt := fmt.Sprintf("t=%s&s=%d.00&fn=99604403%08d&i=%d&fp=1234567890&n=1",
			time.Now().Add(-24*time.Hour).Format("20060102T1504"), int(receiptKopecks/100), id, i)
		who.receipts = append(who.receipts, receipt)
		if !c.submit(number, receipt) {
			who.lost++
			return
		}
		who.acked = append(who.acked, receipt)
	}
}

// issue reports false when no good answer came.
func (c *crash) issue(phone string) (string, bool) {
	status, body, err := send(c.client, testUser, testPassword, "POST", c.url+"/v1/card/anonymous", `{"phone":"`+phone+`"}`)
	if err != nil || status != 200 {
		return "", false
	}
	var answer koshelek.CardAnswer
	if json.Unmarshal([]byte(body), &answer) != nil {
		return "", false
	}
	return answer.Card.CardNumber, true
}

func (c *crash) submit(number, receipt string) bool {
	status, _, err := send(c.client, testUser, testPassword, "POST", c.url+"/v1/promo/qrCode",
		`{"cardNumber":"`+number+`","qrCode":"`+receipt+`"}`)
	return err == nil && status == 200
}

// settle looks at what the last rounds left, and sends again what had no answer.
func (c *crash) settle() {
	for _, who := range c.customers {
		c.acked += len(who.acked)
		c.lost += who.lost
		number, ok := c.issue(who.phone)
		require.True(c.t, ok, "a call may be sent again")
		if who.number != "" {
			require.Equal(c.t, who.number, number, "the acknowledged card is the customer's card")
			c.acked++
		}
		for _, receipt := range who.receipts {
			require.True(c.t, c.submit(number, receipt), "a receipt may be sent again")
		}
		status, body, err := send(c.client, testUser, testPassword, "GET", c.url+"/v1/card/"+number, "")
		require.NoError(c.t, err)
		require.Equal(c.t, 200, status, body)
		var answer koshelek.CardAnswer
		require.NoError(c.t, json.Unmarshal([]byte(body), &answer))
		require.Equal(c.t, fmt.Sprint(7+receiptPoints*len(who.receipts)), answer.Card.Bonus.Total,
			"one welcome bonus and one award for each receipt")
	}
	c.customers = nil
}

// audit counts what is in the store after all rounds.
func (c *crash) audit(rounds int) {
	ctx := context.Background()
	store, err := sqldb.Open(ctx, c.database, sqldb.Options{})
	require.NoError(c.t, err)
	defer store.Close()
	cards := 0
	for after := ""; ; {
		page, err := store.ListHolders(ctx, after, 500)
		require.NoError(c.t, err)
		cards += len(page)
		if len(page) < 500 {
			break
		}
		after = page[len(page)-1].Profile.Phone
	}
	assert.Equal(c.t, rounds*crashCustomers, cards, "one customer and one card for each phone")
	differing := []engine.Discrepancy{}
	for after, more := "", true; more; more = after != "" {
		var bad []engine.Discrepancy
		bad, after, err = store.Verify(ctx, after, 500)
		require.NoError(c.t, err)
		differing = append(differing, bad...)
	}
	assert.Empty(c.t, differing)
	c.t.Logf("%d kills, %d calls acknowledged before a kill, %d answers lost in one: nothing lost, nothing doubled", rounds, c.acked, c.lost)
}

package app_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance/sim"
	"koshelek-adapter/conformance/sim/bigcity"
	"koshelek-adapter/conformance/sim/points"
	"koshelek-adapter/conformance/sim/qiibee"
	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/sqldb"
	"koshelek-adapter/crm/sqldb/mariadbtest"
)

var (
	rewardAwards = flag.Int("rewards.awards", 120, "awards for each bridge that are driven through faults and kills")
	rewardKills  = flag.Int("rewards.kills", 4, "kills of the server while they are")
	rewardSeed   = flag.Uint64("rewards.seed", 0, "seed of faults and kills; 0 for a new one")
)

// TestExactlyOnce drives awards through all three bridges while the vendors lose
// answers after the work was done, delay, repeat, reorder and contradict their
// callbacks, answer with errors, and end tokens, and while the server is killed.
// Afterwards every award is at its vendor exactly once, or stands as unknown with
// its cause, and nothing is unknown where the vendor can be asked.
func TestExactlyOnce(t *testing.T) {
	t.Parallel()
	seed := *rewardSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		newProof(t, "sqlite:"+filepath.Join(t.TempDir(), "rewards.db"), seed).run()
	})
	t.Run("mariadb", func(t *testing.T) {
		t.Parallel()
		newProof(t, "mysql:"+mariadbtest.DSN(t), seed).run()
	})
}

// proof is one run on one engine.
type proof struct {
	t        testing.TB
	database string
	random   *rand.Rand
	address  string
	client   *http.Client
	child    *exec.Cmd
	// ended closes when the child has.
	ended chan struct{}
	// log is where the child writes.
	log string

	vendors vendorSims
	// urls are where the server looks for the vendors, up where they are.
	urls, up vendorURLs
}

type vendorURLs struct{ points, qiibee, bigcity string }

// vendorSims are the simulated vendors.
type vendorSims struct {
	points  *points.Simulator
	qiibee  *qiibee.Simulator
	bigcity *bigcity.Simulator
}

const (
	proofCustomers = 24 // at least
	proofToken     = 12
)

// customersFor is how many customers share the awards: a customer's deliveries to
// a vendor go out one after the other.
func customersFor(awards int) int { return max(proofCustomers, awards/50) }

// proofRules award every receipt at all three vendors. A receipt is of a whole
// number of roubles, and a rouble is a point.
const proofRules = `{"rules": [
	{"id": "points", "on": "receipt", "vendor": "points", "action": "earn", "percent": "100", "book": true, "params": {"rule_id": "earn"}},
	{"id": "qiibee", "on": "receipt", "vendor": "qiibee", "action": "credit", "percent": "100", "params": {"token_id": 12}},
	{"id": "vouchers", "on": "receipt", "vendor": "bigcity", "action": "vouchers", "params": {"skus": [{"sku": "TEA-100"}]}}
]}`

func newProof(t testing.TB, database string, seed uint64) *proof {
	t.Logf("replay with -rewards.seed=%d", seed)
	p := &proof{
		t: t, database: database, random: rand.New(rand.NewPCG(seed, 2)), address: freeAddress(t),
		client: &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 32}},
	}
	settings := sim.Settings{Seed: seed}
	p.vendors = vendorSims{
		points: points.New(points.Options{Settings: settings}), qiibee: qiibee.New(qiibee.Options{Settings: settings}),
		bigcity: bigcity.New(bigcity.Options{Settings: settings}),
	}
	serve := func(handler http.Handler, closeStage func()) string {
		server := httptest.NewServer(handler)
		t.Cleanup(func() { closeStage(); server.CloseClientConnections(); server.Close() })
		return server.URL
	}
	p.urls.points = serve(p.vendors.points.Handler(), p.vendors.points.Close)
	p.urls.qiibee = serve(p.vendors.qiibee.Handler(), p.vendors.qiibee.Close)
	p.urls.bigcity = serve(p.vendors.bigcity.Handler(), p.vendors.bigcity.Close)
	p.up = p.urls
	return p
}

// freeAddress is an address of this machine that nobody listens on: callbacks
// must find the server after a restart. Its port is below those that the system
// gives to whoever asks for any, so that nobody takes it meanwhile.
func freeAddress(t testing.TB) string {
	for range 100 {
		socket, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 12000+rand.IntN(18000)))
		if err == nil {
			require.NoError(t, socket.Close())
			return socket.Addr().String()
		}
	}
	require.FailNow(t, "no port is free")
	return ""
}

// trouble is what the vendors do wrong, with odds.
func (p *proof) trouble() {
	wire := []sim.Rule{
		{Fault: sim.LostAnswer, Odds: 0.03}, {Fault: sim.ResetAnswer, Odds: 0.02}, {Fault: sim.Status500After, Odds: 0.02},
		{Fault: sim.HTML502After, Odds: 0.01}, {Fault: sim.TruncatedAnswer, Odds: 0.01}, {Fault: sim.EmptyAnswer, Odds: 0.01},
		{Fault: sim.Status500, Odds: 0.02}, {Fault: sim.Status429, Odds: 0.02, Value: "0"}, {Fault: sim.CutBefore, Odds: 0.02},
		{Fault: sim.Status401, Odds: 0.01}, {Fault: sim.Slow, Odds: 0.02, Value: "50ms"}, {Fault: sim.LateAnswer, Odds: 0.02, Value: "80ms"},
	}
	add := func(faults *sim.Faults, rules ...sim.Rule) {
		_, err := faults.Add(rules...)
		require.NoError(p.t, err)
	}
	add(p.vendors.points.Faults, wire...)
	add(p.vendors.qiibee.Faults, wire...)
	add(p.vendors.bigcity.Faults, wire...)
	add(p.vendors.points.Faults,
		sim.Rule{Fault: sim.Duplicate, Odds: 0.1}, sim.Rule{Fault: sim.Delayed, Odds: 0.1, Value: "200ms"},
		sim.Rule{Fault: sim.Reordered, Odds: 0.1, Value: "300ms"}, sim.Rule{Fault: sim.Dropped, Odds: 0.01},
		sim.Rule{Fault: "callback_before_answer", Odds: 0.1}, sim.Rule{Fault: "settlement_fails", Odds: 0.02},
		sim.Rule{Fault: "forged", Odds: 0.03, Value: "user"},
		sim.Rule{Fault: "token_over", Odds: 0.02})
	add(p.vendors.qiibee.Faults, sim.Rule{Fault: "effect_late", Odds: 0.05, Value: "400ms"}, sim.Rule{Fault: "effect_fails", Odds: 0.02})
	add(p.vendors.bigcity.Faults, sim.Rule{Fault: "token_over", Odds: 0.02})
	require.NoError(p.t, p.vendors.points.Knobs.Set("callback_attempts", "40"))
	require.NoError(p.t, p.vendors.points.Knobs.Set("callback_retry_after", "500ms"))
}

// environment is the server's.
func (p *proof) environment() []string {
	return []string{
		"ADAPTER_LISTEN=" + p.address, "ADAPTER_OPS_LISTEN=off", "ADAPTER_TLS=off", "ADAPTER_DATABASE=" + p.database,
		"ADAPTER_DATA_DIR=" + p.t.TempDir(), "ADAPTER_KOSHELEK_PASSWORD=" + testPassword, "ADAPTER_EARN_PERCENT=0", "ADAPTER_EARN_RECEIPTS_PER_DAY=0", "ADAPTER_EARN_POINTS_PER_DAY=0",
		"ADAPTER_DATABASE_ALLOW_UNSAFE=true",
		"ADAPTER_AWARDS=" + proofRules,
		"ADAPTER_OUTBOX_POLL=20ms", "ADAPTER_OUTBOX_TIMEOUT=2s", "ADAPTER_OUTBOX_BACKOFF_FIRST=5ms", "ADAPTER_OUTBOX_BACKOFF_MOST=100ms",
		"ADAPTER_OUTBOX_BREAKER_DELAY=50ms",
		"ADAPTER_POINTS_TOKEN_URL=" + p.urls.points + "/realms/partner/protocol/openid-connect/token",
		"ADAPTER_POINTS_EARN_URL=" + p.urls.points + "/points/v1/earn", "ADAPTER_POINTS_REDEEM_URL=" + p.urls.points + "/points/v1/redeem",
		"ADAPTER_POINTS_CLIENT_ID=client", "ADAPTER_POINTS_CLIENT_SECRET=secret",
		"ADAPTER_POINTS_CALLBACK_URL=http://" + p.address + "/callbacks/points", "ADAPTER_POINTS_CALLBACK_SECRET=a secret of callbacks",
		"ADAPTER_POINTS_CALLBACK_WAIT=20s",
		"ADAPTER_QIIBEE_URL=" + p.urls.qiibee + "/api/admin", "ADAPTER_QIIBEE_API_KEY=key",
		"ADAPTER_QIIBEE_SETTLE_AFTER=60ms", "ADAPTER_QIIBEE_ABSENT_AFTER=4s",
		"ADAPTER_BIGCITY_URL=" + p.urls.bigcity + "/v1", "ADAPTER_BIGCITY_SECRET=secret",
	}
}

// start runs the server as a process of its own until it serves.
func (p *proof) start() {
	p.log = filepath.Join(p.t.TempDir(), "log")
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_WRONLY, 0o600)
	require.NoError(p.t, err)
	p.child = exec.Command(os.Args[0])
	p.child.Stderr = log
	p.child.Env = append(append(os.Environ(), crashChild+"=1"), p.environment()...)
	p.child.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	require.NoError(p.t, p.child.Start())
	require.NoError(p.t, log.Close())
	child, ended := p.child, make(chan struct{})
	p.ended = ended
	go func() { defer close(ended); _ = child.Wait() }()
	for {
		status, _, err := send(p.client, testUser, testPassword, "GET", "http://"+p.address+"/v1/card/anonymous-none", "")
		if err == nil && status == 422 {
			return
		}
		select {
		case <-ended:
			said, _ := os.ReadFile(p.log)
			require.FailNow(p.t, "the server ended", "%s", said)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// run is the whole proof.
func (p *proof) run() {
	p.start()
	cards := p.cards(customersFor(*rewardAwards))
	p.trouble()
	var customers sync.WaitGroup
	perCustomer := (*rewardAwards + len(cards) - 1) / len(cards)
	begun := time.Now()
	for n, card := range cards {
		customers.Go(func() { p.shop(n, card, perCustomer) })
	}
	done := make(chan struct{})
	go func() { customers.Wait(); close(done) }()
	kills := p.killUntil(done)
	for _, faults := range []*sim.Faults{p.vendors.points.Faults, p.vendors.qiibee.Faults, p.vendors.bigcity.Faults} {
		faults.Clear()
	}
	p.quiet()
	p.stop()
	p.judge(cards, perCustomer, kills, time.Since(begun))
}

func (p *proof) stop() {
	require.NoError(p.t, p.child.Process.Signal(syscall.SIGTERM))
	<-p.ended
	require.True(p.t, p.child.ProcessState.Success())
}

// TestContradictingCallbacks: the first result stands, and the second, which says
// the opposite, is refused and logged as an error. (Under kills the lie may come
// first, and then nobody could know.)
func TestContradictingCallbacks(t *testing.T) {
	p := newProof(t, "sqlite:"+filepath.Join(t.TempDir(), "rewards.db"), 1)
	_, err := p.vendors.points.Faults.Add(sim.Rule{Fault: "contradict"})
	require.NoError(t, err)
	p.start()
	cards := p.cards(3)
	for n, card := range cards {
		p.shop(n, card, 4)
	}
	p.quiet()
	require.Eventually(t, func() bool {
		refused := 0
		for _, d := range p.vendors.points.Deliveries() {
			for _, status := range d.Statuses {
				if status == http.StatusConflict {
					refused++
				}
			}
		}
		return refused >= 12
	}, time.Minute, 10*time.Millisecond, "every contradiction is refused")
	p.stop()
	p.judge(cards, 4, 0, 0)
	log, err := os.ReadFile(p.log)
	require.NoError(t, err)
	require.Contains(t, string(log), `"level":"error","api":"callbacks"`)
}

// killUntil kills the server at random moments, at least as often as asked for
// and until the customers have done.
func (p *proof) killUntil(done chan struct{}) (kills int) {
	for {
		pause := time.Duration(200+p.random.IntN(1500)) * time.Millisecond
		select {
		case <-done:
			if kills >= *rewardKills {
				return kills
			}
			time.Sleep(pause)
		case <-time.After(pause):
			if kills >= *rewardKills {
				<-done
				return kills
			}
		}
		require.NoError(p.t, p.child.Process.Kill())
		<-p.ended
		kills++
		p.start()
	}
}

// cards issues one to each customer, who has the e-mail that qiibee wants.
func (p *proof) cards(customers int) (numbers []string) {
	store, err := sqldb.Open(context.Background(), p.database, sqldb.Options{})
	require.NoError(p.t, err)
	defer store.Close()
	for n := range customers {
		number := fmt.Sprintf("card-%d", n)
		_, err := store.Issue(context.Background(), engine.IssueRequest{
			Profile: crm.Profile{Phone: fmt.Sprintf("7921%07d", n), Email: fmt.Sprintf("c%d@example.com", n)},
			Number:  crm.CardNumber{Number: number, BarcodeNumber: number, BarcodeType: crm.Code128}, Now: time.Now(),
		})
		require.NoError(p.t, err)
		numbers = append(numbers, number)
	}
	return numbers
}

// roubles of a customer's i-th receipt: each sum comes twice, so that twins at
// the vendor must be told apart.
func roubles(i int) int { return 1 + i/2 }

// shop submits a customer's receipts until each is acknowledged.
func (p *proof) shop(n int, card string, receipts int) {
	at := time.Now().Add(-24 * time.Hour).Format("20060102T1504")
	for i := range receipts {
		body := fmt.Sprintf(`{"cardNumber":%q,"qrCode":"t=%s&s=%d.00&fn=99604403%08d&i=%d&fp=1234567890&n=1"}`, card, at, roubles(i), n, i+1)
		for {
			status, _, err := send(p.client, testUser, testPassword, "POST", "http://"+p.address+"/v1/promo/qrCode", body)
			if err == nil && status == 200 {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
}

package app_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/sqldb/mariadbtest"
	"koshelek-adapter/server/app"
)

const (
	testUser     = "koshelek"
	testPassword = "correct horse battery"
)

func TestMain(m *testing.M) {
	if os.Getenv(crashChild) != "" {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		defer stop()
		var options []app.Option
		if scheme := os.Getenv(childHalts); scheme != "" {
			options = append(options, withHalting(scheme, standStill))
		}
		os.Exit(app.Main(ctx, strings.Fields(os.Getenv(childArgs)), childEnvironment(), os.Stdout, options...))
	}
	os.Exit(mariadbtest.Run(m))
}

// buffer collects output that several goroutines write.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// running is a whole program under test.
type running struct {
	t        *testing.T
	dir      string
	env      map[string]string
	out, log *buffer
	stop     context.CancelFunc
	exit     chan int
	url, ops string
	client   *http.Client
}

// environment is the settings of a test: a folder of its own, any free port, a
// known password, no TLS unless asked for. Its store may lie in memory.
func environment(t *testing.T, changes ...string) map[string]string {
	t.Helper()
	dir := t.TempDir()
	env := map[string]string{
		"ADAPTER_LISTEN": "127.0.0.1:0", "ADAPTER_OPS_LISTEN": "127.0.0.1:0", "ADAPTER_TLS": "off",
		"ADAPTER_DATA_DIR": dir, "ADAPTER_DATABASE": "sqlite:" + filepath.Join(dir, "adapter.db"),
		"ADAPTER_KOSHELEK_PASSWORD": testPassword, "ADAPTER_EARN_PERCENT": "10", "ADAPTER_DATABASE_ALLOW_UNSAFE": "true",
	}
	for _, change := range changes {
		name, value, _ := strings.Cut(change, "=")
		env[name] = value
	}
	return env
}

func environ(env map[string]string) []string {
	var list []string
	for name, value := range env {
		if value != "" {
			list = append(list, name+"="+value)
		}
	}
	return list
}

// start runs the program until the test ends or stops it, and waits until it
// serves.
func start(t *testing.T, env map[string]string, options ...app.Option) *running {
	t.Helper()
	log := &buffer{}
	return startWith(t, env, log, log, options...)
}

// startWith is start with a log of one's own and what it has kept.
func startWith(t *testing.T, env map[string]string, out io.Writer, log *buffer, options ...app.Option) *running {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	r := &running{
		t: t, env: env, dir: env["ADAPTER_DATA_DIR"], out: &buffer{}, log: log, stop: stop, exit: make(chan int, 1),
		client: &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64}},
	}
	options = append(options, app.WithLogOutput(out))
	go func() { r.exit <- app.Main(ctx, nil, environ(env), r.out, options...) }()
	t.Cleanup(func() { r.end() })
	require.Eventually(t, r.serving, time.Minute, 2*time.Millisecond, "the program does not serve: %s", r.log)
	return r
}

func (r *running) serving() bool {
	for line := range strings.Lines(r.log.String()) {
		var entry struct{ URL, Message string }
		if json.Unmarshal([]byte(line), &entry) != nil {
			continue
		}
		switch entry.Message {
		case "serving":
			r.url = entry.URL
		case "operations":
			r.ops = entry.URL
		}
	}
	return r.url != "" && (r.ops != "" || r.env["ADAPTER_OPS_LISTEN"] == "off")
}

// end stops the program and gives its exit code.
func (r *running) end() int {
	r.stop()
	select {
	case code := <-r.exit:
		r.exit <- code
		return code
	case <-time.After(60 * time.Second):
		r.t.Fatalf("the program does not stop: %s", r.log)
		return -1
	}
}

// trust makes the client trust a certificate file and nothing else.
func (r *running) trust(file string) {
	pem, err := os.ReadFile(file)
	require.NoError(r.t, err)
	pool := x509.NewCertPool()
	require.True(r.t, pool.AppendCertsFromPEM(pem))
	r.client = &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true,
	}}
}

// call sends a request with the test's credentials.
func (r *running) call(method, path, body string) (int, string) {
	r.t.Helper()
	return r.callAs(testUser, testPassword, method, path, body)
}

func (r *running) callAs(user, password, method, path, body string) (int, string) {
	r.t.Helper()
	status, text, err := send(r.client, user, password, method, r.url+path, body)
	require.NoError(r.t, err)
	return status, text
}

func send(client *http.Client, user, password, method, url, body string) (int, string, error) {
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	request.SetBasicAuth(user, password)
	answer, err := client.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(text), err
}

// get reads a page of the operator's surface.
func (r *running) get(path string) (int, string) {
	r.t.Helper()
	answer, err := http.Get(r.ops + path)
	require.NoError(r.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(r.t, err)
	return answer.StatusCode, string(text)
}

// command runs a command to its end.
func command(t *testing.T, env map[string]string, args ...string) (code int, out, log string) {
	t.Helper()
	var stdout, stderr buffer
	code = app.Main(context.Background(), args, environ(env), &stdout, app.WithLogOutput(&stderr))
	return code, stdout.String(), stderr.String()
}

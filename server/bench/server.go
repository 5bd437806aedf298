package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"koshelek-adapter/server/bench/dataset"
	"koshelek-adapter/server/bench/proc"
)

// password of the servers that are started here.
const password = "measured-in-the-open"

// startTimeout bounds the wait for a server.
const startTimeout = 30 * time.Second

// server is a running process that answers for the operations: the program, or
// its baseline.
type server struct {
	*proc.Child
	name, url string
	header    http.Header
	metrics   string // page with the allocations
	database  int    // process of the database, 0 for none
}

// startAdapter starts the program, or another command that serves the same, over
// a store.
func (b *bench) startAdapter(ctx context.Context, st *dataset.Store, path string, args ...string) (*server, error) {
	dir, err := os.MkdirTemp(b.scratch, "adapter-")
	if err != nil {
		return nil, err
	}
	env := slices.Concat(foreign(os.Environ()), []string{
		"ADAPTER_LISTEN=127.0.0.1:0", "ADAPTER_OPS_LISTEN=127.0.0.1:0", "ADAPTER_TLS=off", "ADAPTER_DATABASE_ALLOW_UNSAFE=true",
		"ADAPTER_EARN_RECEIPTS_PER_DAY=0", "ADAPTER_EARN_POINTS_PER_DAY=0",
		"ADAPTER_DATA_DIR=" + dir, "ADAPTER_DATABASE=" + st.URL, "ADAPTER_KOSHELEK_PASSWORD=" + password,
		"ADAPTER_DATABASE_CONNECTIONS=" + strconv.Itoa(b.o.databaseConnections),
	}, b.o.settings)
	s := &server{name: "server", database: st.PID, header: basic(password)}
	s.Child, err = proc.Start(proc.Command{Path: path, Args: args, Env: env, Log: filepath.Join(dir, "access.log")})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if s.url, err = s.Await(ctx, announced("serving")); err == nil {
		s.metrics, err = s.Await(ctx, announced("operations"))
		s.metrics += "/metrics"
	}
	if err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

func basic(password string) http.Header {
	return http.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte("koshelek:"+password))}}
}

// foreign are the variables that are not the program's settings.
func foreign(environ []string) []string {
	return slices.DeleteFunc(slices.Clone(environ), func(v string) bool { return strings.HasPrefix(v, "ADAPTER_") })
}

// announced finds the URL in the log line with a message.
func announced(message string) func(log []byte) string {
	return func(log []byte) string {
		for line := range strings.Lines(string(log)) {
			var entry struct{ URL, Message string }
			if json.Unmarshal([]byte(line), &entry) == nil && entry.Message == message {
				return entry.URL
			}
		}
		return ""
	}
}

// startBaseline starts this very program as the baseline over a store.
func (b *bench) startBaseline(ctx context.Context, st *dataset.Store) (*server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(b.scratch, "baseline-")
	if err != nil {
		return nil, err
	}
	s := &server{name: "baseline", database: st.PID}
	s.Child, err = proc.Start(proc.Command{
		Path: self, Args: []string{"-baseline", st.URL, "-database-connections", strconv.Itoa(b.o.databaseConnections)},
		Env: os.Environ(), Log: filepath.Join(dir, "log"),
	})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if s.url, err = s.Await(ctx, firstLine); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	s.metrics = s.url + "/metrics"
	return s, nil
}

func firstLine(log []byte) string {
	line, _, whole := strings.Cut(string(log), "\n")
	if !whole || !strings.HasPrefix(line, "http") {
		return ""
	}
	return line
}

// pair starts the program and its baseline over a store, which use ends.
func (b *bench) pair(ctx context.Context, st *dataset.Store, use func(ours, base *server) error) (err error) {
	ours, err := b.startAdapter(ctx, st, b.binary, "serve")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ours.Stop()) }()
	base, err := b.startBaseline(ctx, st)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, base.Stop()) }()
	return use(ours, base)
}

// usage is what a server has used up so far: processor time with its database's,
// and allocated objects and bytes.
type usage struct {
	cpu            time.Duration
	objects, bytes float64
}

// used reads the usage of a server.
func (s *server) used(ctx context.Context) (u usage, err error) {
	u.cpu = proc.CPU(s.PID()) + proc.CPU(s.database)
	body, err := s.get(ctx, s.metrics)
	if err != nil {
		return u, err
	}
	for lines := bufio.NewScanner(strings.NewReader(string(body))); lines.Scan(); {
		name, text, _ := strings.Cut(lines.Text(), " ")
		value, _ := strconv.ParseFloat(text, 64) // zero is missed below
		switch name {
		case "go_memstats_mallocs_total":
			u.objects = value
		case "go_memstats_alloc_bytes_total":
			u.bytes = value
		}
	}
	if u.objects == 0 || u.bytes == 0 {
		err = fmt.Errorf("%s does not tell the allocations", s.metrics)
	}
	return u, err
}

// client asks a server that has just made its own certificate.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: ownCertificate}}

// get makes one call.
func (s *server) get(ctx context.Context, url string) (answer []byte, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	for name := range s.header {
		request.Header.Set(name, s.header.Get(name))
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	answer, err = io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %.200s", s.name, response.Status, answer)
	}
	return answer, err
}

package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"koshelek-adapter/server/bench/proc"
	"koshelek-adapter/server/bench/report"
	"koshelek-adapter/server/bench/stock"
)

// rowStart measures first starts: an empty folder, no settings but where to
// listen, so that the password, the certificate and the store are made too.
func (b *bench) rowStart(ctx context.Context) error {
	if !b.o.wants("start") {
		return nil
	}
	b.say("%d first starts", b.o.starts)
	var times []float64
	for range b.o.starts {
		took, err := b.firstStart(ctx)
		if err != nil {
			return fmt.Errorf("first start: %w", err)
		}
		times = append(times, inMillis(took))
	}
	b.figure(report.Figure{
		Name: "first start to first good answer, over TLS", Engine: stock.SQLite, Unit: report.Millis,
		Value: report.SpreadOf(times), Goal: report.Goal{Relation: report.Below, Bound: 1000},
	})
	return nil
}

func (b *bench) firstStart(ctx context.Context) (took time.Duration, err error) {
	dir, err := os.MkdirTemp(b.scratch, "first-")
	if err != nil {
		return 0, err
	}
	address, err := freeAddress()
	if err != nil {
		return 0, err
	}
	data := filepath.Join(dir, "data")
	env := append(foreign(os.Environ()), "ADAPTER_LISTEN="+address, "ADAPTER_OPS_LISTEN=127.0.0.1:0",
		"ADAPTER_DATA_DIR="+data, "ADAPTER_DATABASE=sqlite:"+filepath.Join(data, "adapter.db"))
	start := time.Now()
	child, err := proc.Start(proc.Command{Path: b.binary, Args: []string{"serve"}, Env: env, Log: filepath.Join(dir, "log")})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, child.Stop()) }()
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		if greeted(ctx, address, data) {
			return time.Since(start), nil
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(time.Millisecond):
		}
	}
}

// greeted reports whether the program answers a customer's question with 200.
func greeted(ctx context.Context, address, data string) bool {
	secret, err := os.ReadFile(filepath.Join(data, "koshelek-password"))
	if err != nil {
		return false
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+address+"/v1/card?msisdn=79216668899", nil)
	if err != nil {
		return false
	}
	request.SetBasicAuth(user, strings.TrimSpace(string(secret)))
	answer, err := impatient.Do(request)
	if err != nil {
		return false
	}
	defer func() { _ = answer.Body.Close() }()
	return answer.StatusCode == http.StatusOK
}

// impatient trusts any certificate: the program has just made its own.
var impatient = &http.Client{Transport: &http.Transport{
	DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12},
}}

func freeAddress() (string, error) {
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return socket.Addr().String(), socket.Close()
}

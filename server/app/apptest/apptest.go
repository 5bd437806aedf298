// Package apptest runs the product for tests of other packages, as somebody does who
// starts it with settings.
package apptest

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"koshelek-adapter/server/app"
)

// Adapter is the product with the settings of an environment.
type Adapter struct {
	T   testing.TB
	Env []string
}

// Run runs a command, which must end well.
func (a Adapter) Run(words ...string) {
	a.T.Helper()
	var out, log buffer
	if code := app.Main(context.Background(), words, a.Env, &out, app.WithLogOutput(&log)); code != app.ExitOK {
		a.T.Fatalf("%s: code %d, %s%s", strings.Join(words, " "), code, &out, &log)
	}
}

// Serve serves until the test ends and gives the address. The log is shown when the
// test has failed.
func (a Adapter) Serve() (address string) {
	a.T.Helper()
	ctx, stop := context.WithCancel(context.Background())
	var out, log buffer
	ended := make(chan int, 1)
	go func() { ended <- app.Main(ctx, []string{"serve"}, a.Env, &out, app.WithLogOutput(&log)) }()
	a.T.Cleanup(func() {
		stop()
		<-ended
		if a.T.Failed() {
			text := log.String()
			a.T.Log(text[max(0, len(text)-20_000):])
		}
	})
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		for line := range strings.Lines(log.String()) {
			var entry struct{ URL, Message string }
			if json.Unmarshal([]byte(line), &entry) == nil && entry.Message == "serving" {
				return entry.URL
			}
		}
	}
	a.T.Fatalf("the adapter does not serve: %s%s", &out, &log)
	return ""
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

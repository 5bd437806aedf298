package load

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// worker is one connection with its requests and what became of them.
type worker struct {
	target Target
	source Source
	wire   *wire

	latencies []time.Duration
	failures  int
	first     string
}

func newWorkers(t Target, w Workload, connections int) []*worker {
	all := make([]*worker, connections)
	for i := range all {
		all[i] = &worker{target: t, source: w(i)}
	}
	return all
}

// send makes one call and counts its latency from a moment on.
func (w *worker) send(ctx context.Context, since time.Time) {
	if err := w.call(ctx, w.source()); err != nil {
		w.fail(err)
		return
	}
	w.latencies = append(w.latencies, time.Since(since))
}

func (w *worker) call(ctx context.Context, r Request) error {
	if err := w.connect(ctx); err != nil {
		return err
	}
	status, body, err := w.wire.do(r)
	if err != nil {
		w.hangUp()
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("status %d: %.200s", status, body)
	}
	if r.Want == nil {
		return nil
	}
	return r.Want(body)
}

// redialPause keeps a worker from spinning while the server is away.
const redialPause = 10 * time.Millisecond

func (w *worker) connect(ctx context.Context) error {
	if w.wire != nil {
		return nil
	}
	conn, err := w.target.Dial(ctx)
	if err != nil {
		time.Sleep(redialPause)
		return err
	}
	w.wire = newWire(conn, w.target.Authorization)
	return nil
}

func (w *worker) fail(err error) {
	w.failures++
	if w.first == "" {
		w.first = err.Error()
	}
}

func (w *worker) hangUp() {
	if w.wire != nil {
		w.wire.close()
		w.wire = nil
	}
}

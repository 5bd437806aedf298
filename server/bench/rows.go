package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"koshelek-adapter/server/bench/dataset"
	"koshelek-adapter/server/bench/proc"
	"koshelek-adapter/server/bench/scenario"
)

// rowDay lets server and baseline live through the mixed day, one after the other.
func (b *bench) rowDay(ctx context.Context, st *dataset.Store) error {
	return b.pair(ctx, st, func(ours, base *server) error {
		var p50, p99, p999, slowest pairs
		var runs []result
		r := row{Engine: st.Engine, Cards: st.Cards}
		for _, s := range []*server{ours, base} {
			b.atRate(ctx, st, scenario.Day, s, min(b.o.duration, b.o.day)) // warms up
			run := b.atRate(ctx, st, scenario.Day, s, b.o.day)
			runs, r.Faults = append(runs, run), append(r.Faults, run.faults(s)...)
		}
		p50.add(runs[0].millis(50), runs[1].millis(50))
		p99.add(runs[0].millis(99), runs[1].millis(99))
		p999.add(runs[0].millis(99.9), runs[1].millis(99.9))
		slowest.add(runs[0].millis(100), runs[1].millis(100))
		name := fmt.Sprintf("the mixed day at %d requests/s", b.o.dayRate)
		for _, figure := range []row{
			p50.row(name+": p50", millis, goal{}), p99.row(name+": p99", millis, valueBelow(10)),
			p999.row(name+": p99.9", millis, goal{}), slowest.row(name+": longest", millis, goal{}),
		} {
			figure.Engine, figure.Cards, figure.Faults = r.Engine, r.Cards, r.Faults
			b.add(figure)
		}
		return nil
	})
}

// rowMemory tells what the processes hold in memory, before the first call and
// at most while the mixed day runs as fast as it can.
func (b *bench) rowMemory(ctx context.Context, st *dataset.Store) error {
	return b.pair(ctx, st, func(ours, base *server) error {
		time.Sleep(min(b.o.duration, 2*time.Second)) // what the start left over settles
		var idle, load pairs
		var peaks, resting []float64
		var faults []string
		for _, s := range []*server{ours, base} {
			now, _ := proc.Memory(s.PID())
			run := b.atLimit(ctx, st, scenario.Day, s, 3*b.o.duration)
			_, peak := proc.Memory(s.PID())
			resting, peaks, faults = append(resting, mebibytes(now)), append(peaks, mebibytes(peak)), append(faults, run.faults(s)...)
		}
		idle.add(resting[0], resting[1])
		load.add(peaks[0], peaks[1])
		for _, r := range []row{
			idle.row("resident memory, idle", mib, valueBelow(40)), load.row("resident memory, under load", mib, valueBelow(120)),
		} {
			r.Engine, r.Cards, r.Faults = st.Engine, st.Cards, faults
			b.add(r)
		}
		return nil
	})
}

func mebibytes(n int64) float64 { return float64(n) / (1 << 20) }

// rowStart measures first starts: an empty folder, no settings but where to
// listen, so that the password, the certificate and the store are made too. The
// baseline opens a store that is there and makes nothing.
func (b *bench) rowStart(ctx context.Context, st *dataset.Store) error {
	if st.Engine != dataset.SQLite {
		return nil // an empty folder means SQLite
	}
	var starts pairs
	for range b.o.starts {
		ours, err := b.firstStart(ctx)
		if err != nil {
			return err
		}
		begun := time.Now()
		base, err := b.startBaseline(ctx, st)
		if err != nil {
			return err
		}
		_, err = base.get(ctx, base.url+"/v1/card?msisdn="+st.Phone(0))
		starts.add(ours.Seconds()*1000, time.Since(begun).Seconds()*1000)
		if err := errors.Join(err, base.Stop()); err != nil {
			return err
		}
	}
	r := starts.row("first start to first good answer, over TLS", millis, valueBelow(1000))
	r.Engine = st.Engine
	b.add(r)
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
		if secret, err := os.ReadFile(filepath.Join(data, "koshelek-password")); err == nil {
			s := &server{name: "server", header: basic(strings.TrimSpace(string(secret)))}
			if _, err := s.get(ctx, "https://"+address+"/v1/card?msisdn=79216668899"); err == nil {
				return time.Since(start), nil
			}
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(time.Millisecond):
		}
	}
}

func freeAddress() (string, error) {
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return socket.Addr().String(), socket.Close()
}

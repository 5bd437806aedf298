package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	vegeta "github.com/tsenart/vegeta/v12/lib"

	"koshelek-adapter/server/bench/dataset"
	"koshelek-adapter/server/bench/scenario"
)

// result is what a run of load got through.
type result struct {
	// good answers, and failed ones; first tells the first failure.
	good, failed int
	first        error
	elapsed      time.Duration
	// latencies of the good answers, in microseconds.
	latencies *hdrhistogram.Histogram
}

// longest is the longest latency that is told apart, in microseconds.
const longest = int64(time.Minute / time.Microsecond)

// atLimit keeps so many connections busy for a while: each sends its next
// request when the last one was answered.
func (b *bench) atLimit(ctx context.Context, st *dataset.Store, name string, s *server, d time.Duration) result {
	connections := b.o.reads
	if scenario.Writes(name) {
		connections = b.o.writes
	}
	attacker := vegeta.NewAttacker(vegeta.Workers(uint64(connections)), vegeta.MaxWorkers(uint64(connections)),
		vegeta.Connections(connections), vegeta.TLSConfig(ownCertificate))
	return attack(ctx, attacker, vegeta.ConstantPacer{}, scenario.New(name, s.url, s.header, st), d)
}

// atRate sends requests at a fixed rate, whatever the server does: when all
// workers wait for it, more are started.
func (b *bench) atRate(ctx context.Context, st *dataset.Store, name string, s *server, d time.Duration) result {
	attacker := vegeta.NewAttacker(vegeta.Workers(uint64(b.o.reads)), vegeta.Connections(b.o.reads), vegeta.TLSConfig(ownCertificate))
	return attack(ctx, attacker, vegeta.ConstantPacer{Freq: b.o.dayRate, Per: time.Second}, scenario.New(name, s.url, s.header, st), d)
}

// ownCertificate trusts any: the server is one that was just started, with a
// certificate of its own making.
var ownCertificate = &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}

func attack(ctx context.Context, a *vegeta.Attacker, pace vegeta.Pacer, g *scenario.Generator, d time.Duration) result {
	r := result{latencies: hdrhistogram.New(1, longest, 3)}
	stop := context.AfterFunc(ctx, func() { a.Stop() })
	defer stop()
	start := time.Now()
	for answer := range a.Attack(g.Next, pace, d, "") {
		if err := g.Judge(answer); err != nil {
			if r.failed++; r.first == nil {
				r.first = err
			}
			continue
		}
		r.good++
		_ = r.latencies.RecordValue(min(answer.Latency.Microseconds(), longest)) // always within its bounds
	}
	r.elapsed = time.Since(start)
	return r
}

// rate is good answers a second.
func (r result) rate() float64 { return float64(r.good) / r.elapsed.Seconds() }

// millis is the latency that a share of the requests, in per cent, did not exceed.
func (r result) millis(percent float64) float64 {
	return float64(r.latencies.ValueAtQuantile(percent)) / 1000
}

// faults tells what was wrong with a run. One without any answer is wrong too.
func (r result) faults(of *server) []string {
	switch {
	case r.failed > 0:
		return []string{fmt.Sprintf("%s: %d of %d failed, first: %v", of.name, r.failed, r.failed+r.good, r.first)}
	case r.good == 0:
		return []string{of.name + ": no request was answered"}
	}
	return nil
}

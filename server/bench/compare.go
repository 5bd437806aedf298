package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"

	"koshelek-adapter/server/bench/load"
	"koshelek-adapter/server/bench/proc"
	"koshelek-adapter/server/bench/report"
	"koshelek-adapter/server/bench/stock"
	"koshelek-adapter/server/bench/workload"
)

// compare measures an operation on the server and on its floor, in turns.
func (b *bench) compare(ctx context.Context, st *stock.Store, op workload.Operation, ours, floor *server) error {
	if err := b.topUp(ctx, st, op); err != nil {
		return err
	}
	b.warmUp(ctx, st, op, ours, floor)
	var a, c []turn
	for range b.o.turns(op) {
		for _, side := range []struct {
			server *server
			turns  *[]turn
		}{{ours, &a}, {floor, &c}} {
			t, err := b.take(ctx, st, op, side.server)
			if err != nil {
				return fmt.Errorf("%s on %s: %w", op.Name, side.server.name, err)
			}
			*side.turns = append(*side.turns, t)
		}
	}
	result := summary(op, st, a, c)
	result.Connections, result.Generator = b.connections(op), b.generator()
	if err := b.pace(ctx, st, op, ours, floor, &result); err != nil {
		return err
	}
	b.report.Operations = append(b.report.Operations, result)
	b.figure(figureOf(result))
	b.say("  %s/s, floor %s/s, ratio %.2f %s", rounded(result.Server.PerSecond), rounded(result.Floor.PerSecond), result.Ratio.Median, warning(result.Faults))
	return nil
}

func rounded(s report.Spread) string { return fmt.Sprintf("%.0f", s.Median) }

func warning(faults []string) string {
	if len(faults) == 0 {
		return ""
	}
	return "FAULTY: " + faults[0]
}

// pace adds what clients see at a fixed rate. The floor gets the same rate, or
// none when it could not keep up.
func (b *bench) pace(ctx context.Context, st *stock.Store, op workload.Operation, ours, floor *server, result *report.Operation) error {
	rate := b.o.rate
	if rate == 0 {
		rate = result.Server.PerSecond.Median / 2
	}
	for _, side := range []struct {
		server *server
		side   *report.Side
	}{{ours, &result.Server}, {floor, &result.Floor}} {
		side.side.Memory, _ = proc.Memory(side.server.PID())
		if rate < 1 || rate > sustainable*side.side.PerSecond.Median {
			continue
		}
		if err := b.topUp(ctx, st, op); err != nil {
			return err
		}
		run := b.atRate(ctx, st, op, side.server, rate, b.o.paced)
		side.side.Paced = pacedOf(rate, run)
		if text := run.Fault(); text != "" {
			result.Faults = append(result.Faults, side.server.name+" at a fixed rate: "+text)
		}
	}
	return nil
}

// sustainable is the share of a server's throughput up to which latencies at a
// fixed rate say something: beyond, they only grow with the length of the run.
const sustainable = 0.8

func pacedOf(rate float64, run load.Result) *report.Paced {
	l := run.Latencies
	return &report.Paced{Rate: rate, P50: l.At(0.5), P99: l.At(0.99), P999: l.At(0.999), Max: l.At(1)}
}

// sameBytes proves that the floor is one: for the same question both must print
// the same answer.
func (b *bench) sameBytes(ctx context.Context, st *stock.Store, ours, floor *server) error {
	for _, path := range []string{"/v1/card?msisdn=" + st.Phone(1), "/v1/card/" + st.Number(1)} {
		var answers [2][]byte
		for i, s := range []*server{ours, floor} {
			var err error
			if answers[i], err = s.ask(ctx, path); err != nil {
				return err
			}
		}
		if !bytes.Equal(answers[0], answers[1]) {
			return fmt.Errorf("the floor is none: to %s it answers\n%s\nin place of\n%s", path, answers[1], answers[0])
		}
	}
	return nil
}

// ask makes one call the slow way.
func (s *server) ask(ctx context.Context, path string) (answer []byte, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.target.URL+path, nil)
	if err != nil {
		return nil, err
	}
	if s.target.Authorization != "" {
		request.Header.Set("Authorization", s.target.Authorization)
	}
	response, err := http.DefaultClient.Do(request)
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

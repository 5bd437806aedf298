package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"koshelek-adapter/server/bench/floor"
	"koshelek-adapter/server/bench/proc"
)

// allocations of a process since it started.
type allocations struct{ objects, bytes float64 }

// usage is what a server has used up so far.
type usage struct {
	cpu, database time.Duration
	allocations
}

func (s *server) usage(ctx context.Context) (usage, error) {
	allocated, err := s.allocations(ctx)
	return usage{cpu: proc.CPU(s.PID()), database: proc.CPU(s.database()), allocations: allocated}, err
}

// cost is what one request took.
type cost struct{ cpu, database, objects, bytes float64 }

// per divides what was used between two moments by a number of requests; times
// are in microseconds.
func (u usage) per(before usage, requests int) cost {
	n := float64(max(requests, 1))
	return cost{
		cpu:      float64((u.cpu - before.cpu).Microseconds()) / n,
		database: float64((u.database - before.database).Microseconds()) / n,
		objects:  (u.objects - before.objects) / n,
		bytes:    (u.bytes - before.bytes) / n,
	}
}

// Names in the program's metrics.
const (
	metricObjects = "go_memstats_mallocs_total "
	metricBytes   = "go_memstats_alloc_bytes_total "
)

// scrape reads the allocations from the program's metrics.
func scrape(ctx context.Context, url string) (a allocations, err error) {
	err = fetch(ctx, url, func(body io.Reader) error {
		lines := bufio.NewScanner(body)
		for lines.Scan() {
			if text, found := strings.CutPrefix(lines.Text(), metricObjects); found {
				a.objects, _ = strconv.ParseFloat(text, 64) // zero is missed below
			}
			if text, found := strings.CutPrefix(lines.Text(), metricBytes); found {
				a.bytes, _ = strconv.ParseFloat(text, 64)
			}
		}
		return lines.Err()
	})
	if err == nil && (a.objects == 0 || a.bytes == 0) {
		err = fmt.Errorf("%s does not tell the allocations", url)
	}
	return a, err
}

// askFloor reads the allocations from the floor.
func askFloor(ctx context.Context, url string) (allocations, error) {
	var memory floor.Memory
	err := fetch(ctx, url+floor.PathMemory, func(body io.Reader) error { return json.NewDecoder(body).Decode(&memory) })
	return allocations{objects: float64(memory.Objects), bytes: float64(memory.Bytes)}, err
}

func fetch(ctx context.Context, url string, read func(io.Reader) error) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, answer.Status)
	}
	return read(answer.Body)
}

package load

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// Wrk is an installed wrk, the load generator that most figures of other
// servers were made with.
type Wrk struct {
	// Path of the program.
	Path    string
	Threads int
}

// FindWrk looks for wrk: name is a path, or a name that is searched in PATH.
func FindWrk(name string, threads int) (Wrk, error) {
	path, err := exec.LookPath(name)
	return Wrk{Path: path, Threads: threads}, err
}

// report is the end of every script: wrk's own text has rounded figures.
const report = `
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("figures %.0f %.0f %.0f %.0f\n", summary.requests, summary.duration,
    e.status, e.connect + e.read + e.write + e.timeout))
end
`

// Run puts the target under load with a script in Lua that defines request().
func (w Wrk) Run(ctx context.Context, t Target, script string, connections int, d time.Duration) (Throughput, error) {
	file, err := os.CreateTemp("", "load-*.lua")
	if err != nil {
		return Throughput{}, err
	}
	defer func() { _ = os.Remove(file.Name()) }()
	_, err = file.WriteString(script + report)
	if err := errors.Join(err, file.Close()); err != nil {
		return Throughput{}, err
	}
	// wrk counts whole seconds.
	seconds := max(1, int((d+time.Second/2)/time.Second))
	cmd := exec.CommandContext(ctx, w.Path, "-t", strconv.Itoa(min(w.Threads, connections)), "-c", strconv.Itoa(connections),
		"-d", strconv.Itoa(seconds)+"s", "--timeout", "10s", "-s", file.Name(), t.URL)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return Throughput{}, fmt.Errorf("wrk: %w\n%s", err, bytes.TrimSpace(out))
	}
	return parseWrk(string(out))
}

// parseWrk reads the line that report wrote.
func parseWrk(out string) (Throughput, error) {
	_, line, found := strings.Cut(out, "figures ")
	var requests, micros, status, network int
	if n, err := fmt.Sscan(line, &requests, &micros, &status, &network); !found || n != 4 {
		return Throughput{}, fmt.Errorf("wrk wrote no figures (%v):\n%s", err, out)
	}
	t := Throughput{
		Requests: requests - status, Failures: status + network, Elapsed: time.Duration(micros) * time.Microsecond,
	}
	if t.Failures > 0 {
		t.First = fmt.Sprintf("wrk: %d answers of status 400 or more, %d broken connections", status, network)
	}
	return t, nil
}

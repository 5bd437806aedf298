package sim

import (
	"net/http"
	"sync"
	"time"
)

// movedPath is where a redirect leads; who calls there has followed one.
const movedPath = "/moved"

// keptCalls bounds the record of calls; the counts go on.
const keptCalls = 10_000

// CallRecord is one call that a simulator got.
type CallRecord struct {
	Serial   int       `json:"serial"`
	At       time.Time `json:"at"`
	Endpoint string    `json:"endpoint"`
	Method   string    `json:"method"`
	Path     string    `json:"path"`
	Status   int       `json:"status"` // 0: there was no answer
	Worked   bool      `json:"worked"` // it reached the vendor's work
	Lost     bool      `json:"lost"`   // the caller did not get the answer, or not the whole
	Faults   []string  `json:"faults,omitempty"`
	Note     string    `json:"note,omitempty"`
}

// Calls is the record of the last ten thousand calls, with counts of all. Safe
// for concurrent use.
type Calls struct {
	mu     sync.Mutex
	last   int
	kept   []CallRecord
	counts map[string]int
}

func (c *Calls) begin(now time.Time, endpoint string, r *http.Request) *CallRecord {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last++
	if c.counts == nil {
		c.counts = map[string]int{}
	}
	c.counts[endpoint]++
	return &CallRecord{Serial: c.last, At: now, Endpoint: endpoint, Method: r.Method, Path: r.URL.EscapedPath()}
}

func (c *Calls) end(r *CallRecord) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.kept) >= 2*keptCalls {
		c.kept = append([]CallRecord{}, c.kept[keptCalls:]...)
	}
	c.kept = append(c.kept, *r)
}

// Last returns up to n records, oldest first, of one endpoint or, when it is
// empty, of all.
func (c *Calls) Last(n int, endpoint string) []CallRecord {
	c.mu.Lock()
	defer c.mu.Unlock()
	records := []CallRecord{}
	for _, r := range c.kept {
		if endpoint == "" || r.Endpoint == endpoint {
			records = append(records, r)
		}
	}
	return records[max(0, len(records)-n):]
}

// Count returns how many calls an endpoint got, from the start or the last
// reset.
func (c *Calls) Count(endpoint string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.counts[endpoint]
}

// Followed counts who followed a redirect.
func (c *Calls) Followed() int { return c.Count(Unknown) }

// Unknown is the endpoint under which calls to unknown paths are recorded.
const Unknown = "unknown"

func (c *Calls) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept, c.counts, c.last = nil, nil, 0
}

package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// progress is what an event tells. Silence and Say are in the reader's language.
type progress struct {
	Done    int    `json:"done"`
	Percent int    `json:"percent"`
	Silence string `json:"silence"`
	Say     string `json:"say"`
	Over    bool   `json:"over"`
}

const (
	// pace is the least time between two events: a page cannot show more.
	pace = 150 * time.Millisecond
	// beat is how often an event is sent while nothing changes, so that a page can
	// say how long the host has been silent.
	beat = time.Second
)

// events follows a run until it is over or the browser has gone.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	one, ok := s.given(w, r)
	if !ok {
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	l := s.speaks(r)
	stream := http.NewResponseController(w)
	for {
		now, changed := one.look()
		text, err := json.Marshal(progress{now.Done, now.Percent(), now.Silence(l), l.Say("%d of %d checks are done.", now.Done, now.Total), now.Over()})
		if err != nil {
			return // a struct of numbers and text always marshals
		}
		if _, err := fmt.Fprintf(w, "data: %s\n\n", text); err != nil {
			return
		}
		if stream.Flush() != nil || now.Over() {
			return
		}
		if !s.waitFor(r, changed) {
			return
		}
	}
}

// waitFor waits for a change, but no longer than a beat, and then a little longer,
// so that many changes are one event.
func (s *Server) waitFor(r *http.Request, changed <-chan struct{}) bool {
	select {
	case <-changed:
	case <-time.After(beat):
		return true
	case <-r.Context().Done():
		return false
	case <-s.ctx.Done():
		return false
	}
	select {
	case <-time.After(pace):
	case <-r.Context().Done():
		return false
	case <-s.ctx.Done():
		return false
	}
	return true
}

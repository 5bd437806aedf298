package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// progress is what an event tells.
type progress struct {
	Done    int    `json:"done"`
	Total   int    `json:"total"`
	Percent int    `json:"percent"`
	Current string `json:"current"`
	Over    bool   `json:"over"`
}

// pace is the least time between two events: a page cannot show more.
const pace = 150 * time.Millisecond

// events follows a run until it is over or the browser has gone.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	one, ok := s.given(w, r)
	if !ok {
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	stream := http.NewResponseController(w)
	for {
		now, changed := one.look()
		text, err := json.Marshal(progress{now.Done, now.Total, now.Percent(), now.Current, now.Over})
		if err != nil {
			return // a struct of numbers and text always marshals
		}
		if _, err := fmt.Fprintf(w, "data: %s\n\n", text); err != nil {
			return
		}
		if stream.Flush() != nil || now.Over {
			return
		}
		if !s.waitFor(r, changed) {
			return
		}
	}
}

// waitFor waits for a change and then a little longer, so that many changes are
// one event.
func (s *Server) waitFor(r *http.Request, changed <-chan struct{}) bool {
	for _, ready := range []<-chan struct{}{changed, after(pace)} {
		select {
		case <-ready:
		case <-r.Context().Done():
			return false
		case <-s.ctx.Done():
			return false
		}
	}
	return true
}

func after(d time.Duration) <-chan struct{} {
	over := make(chan struct{})
	time.AfterFunc(d, func() { close(over) })
	return over
}

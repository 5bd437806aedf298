package conformance

import (
	"context"
	"errors"
	"net"
	"sync"
)

// mostUnanswered is how many calls in a row may time out before the run asks
// whether the host answers at all.
const mostUnanswered = 5

// hostHangs is why the checks that are left are not carried out.
const hostHangs = "The host has stopped answering: several calls in a row timed out, and then a plain search and a look at a card, too; the checks that were left were not carried out"

// silence notices a host that hangs in the middle of a run. A rule whose own calls
// hang is broken and the run goes on, for a search or a look at a card is answered
// between; when both hang as well, no further call is made. It is safe for concurrent use.
type silence struct {
	mu      sync.Mutex
	inARow  int
	stopped bool
	// asking is closed when it is known whether the host hangs; nil while nobody asks.
	asking chan struct{}
}

// hangs reports whether the host has stopped answering. It waits while that is
// being asked, so that nothing is judged by calls that nobody may have answered.
func (s *silence) hangs() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.asking != nil {
		asking := s.asking
		s.mu.Unlock()
		<-asking
		s.mu.Lock()
	}
	return s.stopped
}

// suspects counts a call that has ended and reports whether the caller has to ask
// the host, and to tell settle of it.
func (s *silence) suspects(e Exchange) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !timedOut(e.Trouble) {
		s.inARow = 0
		return false
	}
	s.inARow++
	if s.inARow < mostUnanswered || s.asking != nil {
		return false
	}
	s.asking = make(chan struct{})
	return true
}

// settle takes whether the host answered none of the probes.
func (s *silence) settle(hangs bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.asking)
	s.asking, s.inARow, s.stopped = nil, 0, hangs
}

func timedOut(err error) bool {
	var waiting net.Error
	return errors.As(err, &waiting) && waiting.Timeout() && !errors.Is(err, context.Canceled)
}

// errHangs is the trouble of a call that is not made any more.
var errHangs = errors.New("the host has stopped answering")

// silent is the error of a check on a host that hangs: that is one cause, not the
// breach of each rule.
func (c *check) silent(err error) error {
	var none *noAnswer
	var stop *unready
	if !c.client.silence.hangs() || !errors.As(err, &none) && !errors.As(err, &stop) {
		return err
	}
	return &unready{why: hostHangs, hangs: true}
}

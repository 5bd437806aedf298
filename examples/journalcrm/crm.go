package journalcrm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"unicode/utf8"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// CRM is a engine.Store that keeps its journal in one file.
type CRM struct {
	mutex   sync.RWMutex
	state   *state
	journal *journal
	// down is why no call is served any more: the journal failed, or Close.
	down error
}

var _ engine.Store = (*CRM)(nil)

// Open opens the CRM whose journal is the file at path, and begins a new one
// when there is none. Only one process at a time may have it open.
func Open(ctx context.Context, path string) (*CRM, error) {
	c := &CRM{state: newState()}
	var err error
	c.journal, err = openJournal(path, func(e entry) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return c.state.replay(e)
	})
	if err != nil {
		return nil, fmt.Errorf("journal %s: %w", path, err)
	}
	return c, nil
}

// Close ends the CRM after the operation under way.
func (c *CRM) Close() error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if errors.Is(c.down, errClosed) {
		return nil
	}
	c.down = errClosed
	return c.journal.close()
}

// Ping reports whether calls are served.
func (c *CRM) Ping(ctx context.Context) error {
	c.mutex.RLock()
	defer c.mutex.RUnlock()
	return c.ready(ctx)
}

var (
	errClosed = errors.New("the CRM is closed")
	// errUnchanged comes with the answer of a call that found nothing to do, so
	// that it is not written to the journal. No caller ever sees it.
	errUnchanged = errors.New("nothing changed")
)

// ready gives the error with which a call is refused before it has begun.
func (c *CRM) ready(ctx context.Context) error {
	if c.down != nil {
		return crm.Wrap(crm.ErrUnavailable, c.down)
	}
	return crm.Wrap(crm.ErrUnavailable, ctx.Err())
}

// look is the way of every call that only reads.
func look[A any](ctx context.Context, c *CRM, read func(*state) (A, error)) (answer A, err error) {
	c.mutex.RLock()
	defer c.mutex.RUnlock()
	if err := c.ready(ctx); err != nil {
		return answer, err
	}
	return read(c.state)
}

// change is the way of every call that changes something. apply either fails
// and has changed nothing, or succeeds; then the call is in the journal before
// anybody hears of it.
func change[Q, A any](ctx context.Context, c *CRM, method string, request Q, apply func(*state, Q) (A, error)) (none A, _ error) {
	raw, err := encode(request)
	if err != nil {
		return none, err
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if err := c.ready(ctx); err != nil {
		return none, err
	}
	answer, err := run(c.state, raw, apply)
	if errors.Is(err, errUnchanged) {
		return answer, nil
	}
	if err != nil {
		return none, err
	}
	return answer, c.settle(c.journal.append(entry{Method: method, Request: raw}))
}

// settle ends the service when the journal has failed: the maps are ahead of
// the disk then, and only opening it again brings them together.
func (c *CRM) settle(err error) error {
	if err != nil {
		c.down = fmt.Errorf("the journal failed: %w", err)
	}
	return crm.Wrap(crm.ErrUnavailable, err)
}

// encode writes a request as JSON. Text that is not UTF-8 would come back from
// there as another text, so it is refused rather than kept inexactly.
func encode(request any) (json.RawMessage, error) {
	if !utf8.ValidString(fmt.Sprint(request)) {
		return nil, crm.Fail(crm.ErrInvalidRecord, "text is not UTF-8")
	}
	raw, err := json.Marshal(request)
	return raw, crm.Wrap(crm.ErrInternal, err)
}

// run applies a request as it stands in the journal, also when it is new: so
// the first time cannot differ from a replay, and nothing of the caller's is kept.
func run[Q, A any](s *state, raw json.RawMessage, apply func(*state, Q) (A, error)) (answer A, err error) {
	var request Q
	if err := json.Unmarshal(raw, &request); err != nil {
		return answer, crm.Wrap(crm.ErrInternal, err)
	}
	return apply(s, request)
}

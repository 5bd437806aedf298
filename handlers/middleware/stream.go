package middleware

import (
	"encoding/json"
	"iter"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

const (
	// pageItems and pageBytes end a page, whichever comes first.
	pageItems = 500
	pageBytes = 64 << 10
	// minPageSend is the least time that a client gets to take a page.
	minPageSend = 30 * time.Second
)

// list writes an array page by page. Nothing leaves before the first page is
// full, so that an error at the start is still an answer of the contract, and
// a short list has its length.
type list struct {
	c     *gin.Context
	page  []byte
	items int
	sent  bool
	// fetch and send are how long the store may take for a page, and the client.
	fetch, send time.Duration
}

// Stream answers an [Endpoint] that streams with an array of what render makes of
// the items, each page within its own time. The first error ends it; when a part
// has left already, the connection is cut.
func Stream[T any](r *Router, c *gin.Context, items iter.Seq2[T, error], render func(T) any) error {
	fetch := r.options.RequestTimeout
	out := &list{c: c, page: []byte{'['}, fetch: fetch, send: max(minPageSend, 2*fetch)}
	for item, err := range items {
		if err != nil {
			return err
		}
		if err := out.add(render(item)); err != nil {
			return err
		}
	}
	return out.end()
}

func (l *list) add(value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	if l.sent || l.items > 0 {
		l.page = append(l.page, ',')
	}
	l.page = append(l.page, text...)
	if l.items++; l.items < pageItems && len(l.page) < pageBytes {
		return nil
	}
	if err := l.flush(); err != nil {
		return err
	}
	return l.work()
}

// flush sends a page. The client gets time of its own for it, which counts
// neither as the store's nor against the pages to come, and holds no place among
// the calls at work: readers that stand still would keep the others out.
func (l *list) flush() error {
	callOf(l.c).extend(l.send)
	callOf(l.c).slot.leave()
	control := http.NewResponseController(l.c.Writer)
	// A writer without deadlines has none to move.
	_ = control.SetWriteDeadline(time.Now().Add(l.fetch + l.send))
	if _, err := l.c.Writer.Write(l.page); err != nil {
		return gone(err)
	}
	if err := control.Flush(); err != nil {
		return gone(err)
	}
	l.page, l.items, l.sent = l.page[:0], 0, true
	callOf(l.c).extend(l.fetch)
	return nil
}

// work takes a place again for the page to come.
func (l *list) work() error { return callOf(l.c).slot.take(l.c.Request.Context()) }

func (l *list) end() error {
	l.page = append(l.page, ']')
	if l.sent {
		return l.flush()
	}
	return Send(l.c, l.page)
}

package sim

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"strconv"
	"time"
)

// Faults of the wire, which every simulator has.
const (
	Slow            = "slow"
	Status401       = "status_401"
	Status429       = "status_429"
	Status500       = "status_500"
	Redirect301     = "redirect_301"
	HTML502         = "html_502"
	CutBefore       = "cut_before"
	LateAnswer      = "late_answer"
	LostAnswer      = "lost_answer"
	ResetAnswer     = "reset_answer"
	Status500After  = "status_500_after"
	HTML502After    = "html_502_after"
	EmptyAnswer     = "empty_answer"
	TruncatedAnswer = "truncated_answer"
	HugeAnswer      = "huge_answer"
)

const hugeSize = 10 << 20

// WireFaults returns the faults that every HTTP endpoint of every simulator
// can meet. Those that end in _after, and every _answer, strike when the work
// was done.
func WireFaults() []Fault {
	length := func(name, doc, standard string) Fault {
		return Fault{Name: name, Value: "a duration of the machine's clock; " + standard, Doc: doc}.Checked(Duration)
	}
	return []Fault{
		length(Slow, "waits before the work", "200ms"),
		{Name: Status401, Doc: "401 in the vendor's words; nothing is done"},
		Fault{Name: Status429, Value: "the Retry-After header: seconds, or \"date\" for an HTTP date in 2 s; none without it",
			Doc: "429; nothing is done"}.Checked(retryAfter),
		{Name: Status500, Doc: "500 in the vendor's envelope; nothing is done"},
		{Name: Redirect301, Doc: "301 to a path of the same host, which counts who follows; nothing is done"},
		{Name: HTML502, Doc: "502 with a page of HTML, as a proxy answers; nothing is done"},
		{Name: CutBefore, Doc: "the connection is cut; nothing is done"},
		length(LateAnswer, "the work is done at once, its answer comes late", "200ms"),
		{Name: LostAnswer, Doc: "the work is done, then the connection is closed without an answer"},
		{Name: ResetAnswer, Doc: "the work is done, then the connection is reset without an answer"},
		{Name: Status500After, Doc: "the work is done, and the answer says 500"},
		{Name: HTML502After, Doc: "the work is done, and a proxy answers 502 with HTML"},
		{Name: EmptyAnswer, Doc: "the work is done; the status is right, the body empty"},
		{Name: TruncatedAnswer, Doc: "the work is done; the body ends half-way although its length was promised"},
		{Name: HugeAnswer, Doc: "the work is done; the body is blown up to 10 MiB of valid JSON"},
	}
}

func retryAfter(v string) error {
	if v == "date" {
		return nil
	}
	return WholeFrom(0)(v)
}

// before lets the faults strike that leave the work undone.
func (s *Stage) before(c *Call) (answer *Answer, cut bool) {
	for _, strike := range c.Struck {
		switch strike.Fault {
		case Slow:
			pause(c.Context(), lengthOr(strike.Value, 200*time.Millisecond))
		case CutBefore:
			return nil, true
		case Status401:
			return ptr(s.vendor.Refuse(c, http.StatusUnauthorized, "")), false
		case Status429:
			a := s.vendor.Refuse(c, http.StatusTooManyRequests, "Too many requests")
			a.Header = s.retryAfter(strike.Value)
			return &a, false
		case Status500:
			return ptr(s.vendor.Refuse(c, http.StatusInternalServerError, "Internal server error")), false
		case Redirect301:
			return &Answer{Status: http.StatusMovedPermanently, Header: http.Header{"Location": {movedPath + c.URL.EscapedPath()}}}, false
		case HTML502:
			return ptr(badGateway()), false
		}
	}
	return nil, false
}

// after sends the answer, as far as faults let it.
func (s *Stage) after(w http.ResponseWriter, c *Call, a Answer) {
	for _, strike := range c.Struck {
		switch strike.Fault {
		case LateAnswer:
			pause(c.Context(), lengthOr(strike.Value, 200*time.Millisecond))
		case LostAnswer:
			s.cut(w, c, false)
			return
		case ResetAnswer:
			s.cut(w, c, true)
			return
		case Status500After:
			a = s.vendor.Refuse(c, http.StatusInternalServerError, "Internal server error")
		case HTML502After:
			a = badGateway()
		case EmptyAnswer:
			a = Answer{Status: a.Status, Header: a.Header}
		case TruncatedAnswer:
			s.truncate(w, c, a)
			return
		case HugeAnswer:
			body, kind := a.rendered()
			a = Answer{Status: a.Status, Header: a.Header, Type: kind, Raw: append(bytes.Repeat([]byte(" "), hugeSize), body...)}
		}
	}
	s.finish(w, c, a)
}

func (s *Stage) retryAfter(value string) http.Header {
	switch value {
	case "":
		return nil
	case "date":
		return http.Header{"Retry-After": {s.Clock.Now().Add(2 * time.Second).Format(http.TimeFormat)}}
	}
	return http.Header{"Retry-After": {value}}
}

// truncate promises the whole body and sends half of it.
func (s *Stage) truncate(w http.ResponseWriter, c *Call, a Answer) {
	body, kind := a.rendered()
	w.Header().Set("Content-Length", strconv.Itoa(max(2, len(body))))
	c.record.Lost = true
	s.finish(w, c, Answer{Status: a.Status, Header: a.Header, Raw: body[:len(body)/2], Type: kind})
	_ = http.NewResponseController(w).Flush()
	hangUp(w, false)
}

// hangUp ends the connection without a further byte.
func hangUp(w http.ResponseWriter, reset bool) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2: ends the stream
	}
	if tcp, is := conn.(*net.TCPConn); is && reset {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

func badGateway() Answer {
	return Answer{Status: http.StatusBadGateway, Type: "text/html",
		Raw: []byte("<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center><h1>502 Bad Gateway</h1></center></body>\r\n</html>\r\n")}
}

func lengthOr(value string, standard time.Duration) time.Duration {
	if d, err := time.ParseDuration(value); err == nil {
		return d
	}
	return standard
}

func ptr[T any](v T) *T { return &v }

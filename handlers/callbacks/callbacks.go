package callbacks

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"koshelek-adapter/crm"
	"koshelek-adapter/handlers/entrance"
)

// Options shape the surface; a vendor whose function is nil is not served.
type Options struct {
	// Points takes a result of the Points API that came to the address of a request,
	// with the address's token.
	Points func(ctx context.Context, requestID, token string, body []byte) error
	// Qiibee takes a webhook of qiibee from one of QiibeePairs.
	Qiibee      func(ctx context.Context, body []byte) error
	QiibeePairs entrance.Pairs
	// MaxInFlight limits calls at work, RequestTimeout the time of one.
	MaxInFlight    int
	RequestTimeout time.Duration
	Log            zerolog.Logger
	// Observe counts answers; may be nil.
	Observe func(route string, status int)
}

// The paths under which everything here is.
const (
	PrefixCallbacks = "/callbacks/"
	PrefixWebhooks  = "/webhooks/"
)

// Serves reports whether a path belongs to this surface.
func Serves(path string) bool {
	return strings.HasPrefix(path, PrefixCallbacks) || strings.HasPrefix(path, PrefixWebhooks)
}

// maxBody bounds what a vendor may send, in bytes; their calls have a few hundred.
const maxBody = 64 << 10

// surface is the handler; it is safe for concurrent use.
type surface struct {
	Options
	slots chan struct{}
}

// New makes the surface.
func New(o Options) http.Handler {
	if o.Observe == nil {
		o.Observe = func(string, int) {}
	}
	s := &surface{o, make(chan struct{}, max(1, o.MaxInFlight))}
	mux := http.NewServeMux()
	if o.Points != nil {
		mux.Handle("POST "+PrefixCallbacks+"points/{id}/{token}", s.route("/callbacks/points", nil, func(r *http.Request, body []byte) error {
			return o.Points(r.Context(), r.PathValue("id"), r.PathValue("token"), body)
		}))
	}
	if o.Qiibee != nil {
		mux.Handle("POST "+PrefixWebhooks+"qiibee", s.route("/webhooks/qiibee", o.QiibeePairs, func(r *http.Request, body []byte) error {
			return o.Qiibee(r.Context(), body)
		}))
	}
	mux.Handle("/", s.route("unknown", nil, func(*http.Request, []byte) error { return errUnknownPath }))
	return mux
}

var (
	errUnknownPath  = errors.New("there is no such path")
	errUnauthorized = errors.New("wrong or missing credentials")
	errTooLarge     = errors.New("the body is too large")
	errIncomplete   = errors.New("the body did not arrive whole")
)

// route is the way of every call: a place at work, credentials, the whole body,
// the work, one answer, one line in the log. Neither the path nor the body stands
// there: a path holds a token.
func (s *surface) route(name string, pairs entrance.Pairs, work func(*http.Request, []byte) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, id := time.Now(), entrance.RequestID(r.Header.Get(entrance.HeaderRequestID))
		ctx, cancel := context.WithTimeout(r.Context(), s.RequestTimeout)
		defer cancel()
		err := s.call(w, r.WithContext(ctx), pairs, work)
		status, text := answerOf(err)
		if status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", `Basic realm="webhooks", charset="UTF-8"`)
		}
		w.Header().Set(entrance.HeaderRequestID, id)
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"status":"`+text+`"}`)
		s.Observe(name, status)
		s.report(name, id, status, err, time.Since(start))
	})
}

func (s *surface) call(w http.ResponseWriter, r *http.Request, pairs entrance.Pairs, work func(*http.Request, []byte) error) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = crm.Wrap(crm.ErrInternal, fmt.Errorf("panic: %v\n%s", fault, debug.Stack()))
		}
	}()
	if pairs != nil && !pairs.Admit(r) {
		return errUnauthorized
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return errTooLarge
	}
	if err != nil {
		return errIncomplete
	}
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	default:
		return crm.ErrBusy
	}
	return work(r, body)
}

// answerOf is the table of this surface's errors. A vendor is told no more than
// whether it should come again.
func answerOf(err error) (status int, text string) {
	switch {
	case err == nil:
		return http.StatusOK, "ok"
	case errors.Is(err, errUnknownPath):
		return http.StatusNotFound, "unknown path"
	case errors.Is(err, errUnauthorized):
		return http.StatusUnauthorized, "unauthorized"
	case errors.Is(err, errTooLarge):
		return http.StatusRequestEntityTooLarge, "too large"
	case errors.Is(err, errIncomplete):
		return http.StatusBadRequest, "incomplete"
	}
	switch crm.KindOf(err) {
	case crm.ErrDeliveryNotFound, crm.ErrCustomerNotFound, crm.ErrCardNotFound:
		return http.StatusNotFound, "not found"
	case crm.ErrInvalidRecord, crm.ErrInvalidAmount:
		return http.StatusBadRequest, "invalid"
	case crm.ErrOperationConflict, crm.ErrInsufficientPoints, crm.ErrCardBlocked, crm.ErrCardInactive:
		return http.StatusConflict, "conflict"
	case crm.ErrBusy, crm.ErrUnavailable:
		return http.StatusServiceUnavailable, "try again"
	}
	return http.StatusInternalServerError, "internal error"
}

// report writes one line. A contradiction is an alarm.
func (s *surface) report(route, id string, status int, err error, took time.Duration) {
	level := zerolog.InfoLevel
	switch {
	case status >= 500 && status != http.StatusServiceUnavailable, status == http.StatusConflict:
		level = zerolog.ErrorLevel
	case status >= 400:
		level = zerolog.WarnLevel
	}
	line := s.Log.WithLevel(level).Str("surface", "callbacks").Str("id", id).Str("route", route).Int("status", status)
	if err != nil {
		line.Str("note", entrance.Redact(err.Error()))
	}
	line.Dur("ms", took).Msg("request")
}

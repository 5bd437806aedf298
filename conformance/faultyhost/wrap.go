package faultyhost

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
)

// wrapper is a fault that stands between the caller and the host: it changes
// calls on their way in or answers on their way out. Most faults can be written
// so, and then they need nothing of the host's inside.
type wrapper func(h *Host, next http.Handler) http.Handler

// wrappers gathers the wrappers by the names of their faults; one function a
// subject.
func wrappers() map[string]wrapper {
	all := map[string]wrapper{}
	for _, subject := range []func() map[string]wrapper{
		answerWrappers,
		bodyWrappers,
		cardWrappers,
		credentialWrappers,
		doorWrappers,
		fieldWrappers,
		framingWrappers,
		historyWrappers,
		numberWrappers,
		pathWrappers,
		promoWrappers,
		readWrappers,
		raceWrappers,
		receiptWrappers,
		searchWrappers,
		wayInWrappers,
		writeWrappers,
	} {
		maps.Copy(all, subject())
	}
	return all
}

// changing is a fault that changes calls on their way in.
func changing(change func(h *Host, r *http.Request) *http.Request) wrapper {
	return func(h *Host, next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(w, change(h, r)) })
	}
}

// breaking is a fault that answers some calls with 500, once the door is open.
func breaking(fits func(r *http.Request) bool) wrapper {
	return answering(http.StatusInternalServerError, fits)
}

// answering is a fault that answers some calls with a status of its own, once the
// door is open.
func answering(status int, fits func(r *http.Request) bool) wrapper {
	return spoiling(func(c *call, a *kept) {
		if a.status != http.StatusUnauthorized && fits(c.request) {
			a.refuse(c.host, brokenQuery)
			a.status = status
		}
	})
}

// holder is the profile of the first customer with an active card who fits; nil
// for none.
func (h *Host) holder(fits func(profile) bool) profile {
	h.mu.Lock()
	defer h.mu.Unlock()
	if found := h.first(func(one *customer) bool { return fits(one.profile) }); found != nil {
		return found.profile.clone()
	}
	return nil
}

// signed is a call with the right credentials.
func (h *Host) signed(r *http.Request) *http.Request {
	r = r.Clone(r.Context())
	r.SetBasicAuth(h.user, h.password)
	return r
}

// carrying is a call with another body.
func carrying(r *http.Request, text string) *http.Request {
	r = r.Clone(r.Context())
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
	return r
}

// read takes the body of a call and leaves it there. One that is too long is left
// unread.
func read(r *http.Request) (*http.Request, string) {
	if r.ContentLength > maxBody {
		return r, ""
	}
	text, err := io.ReadAll(r.Body)
	rest := io.Reader(bytes.NewReader(text))
	if err != nil {
		rest = io.MultiReader(rest, failing{err})
	}
	length := r.ContentLength
	r = r.Clone(r.Context())
	r.Body, r.ContentLength = io.NopCloser(rest), length
	return r, string(text)
}

// failing is a body that breaks off.
type failing struct{ err error }

// Read implements io.Reader.
func (f failing) Read([]byte) (int, error) { return 0, f.err }

// at is a call of another path and query.
func at(r *http.Request, path, query string) *http.Request {
	r = r.Clone(r.Context())
	plain, err := url.PathUnescape(path)
	if err != nil {
		plain = path
	}
	r.URL = &url.URL{Path: plain, RawPath: path, RawQuery: query}
	return r
}

// ask makes a call and keeps the answer.
func ask(next http.Handler, r *http.Request) *kept {
	k := &kept{status: http.StatusOK, header: http.Header{}}
	next.ServeHTTP(k, r)
	k.header.Del("Content-Length")
	return k
}

// send sends the answer on.
func (k *kept) send(w http.ResponseWriter) {
	maps.Copy(w.Header(), k.header)
	w.Header().Set("Content-Length", itoa(k.body.Len()))
	w.WriteHeader(k.status)
	_, _ = w.Write(k.body.Bytes()) // the caller may have gone
}

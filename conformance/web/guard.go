package web

import (
	"crypto/subtle"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// policy lets a page load from this site alone, and nobody frame it.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guard keeps out what is not the person at this machine.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		// No address of a run leaves this site, but its own forms must say where
		// they come from.
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if !s.answersUnder(r.Host) {
			http.Error(w, "This site answers only under its own name: "+strings.Join(s.options.Hosts, ", "), http.StatusMisdirectedRequest)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead && !s.fromHere(w, r) {
			s.oops(w, r, http.StatusForbidden, "This form did not come from this site, or the site was started again since. Load the page again and send it once more.")
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) answersUnder(host string) bool {
	return slices.ContainsFunc(s.options.Hosts, func(name string) bool { return strings.EqualFold(name, host) })
}

// fromHere tells whether a form was sent by one of our pages: the browser says
// so, and the form has the token that only our pages carry.
func (s *Server) fromHere(w http.ResponseWriter, r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
	default:
		return false
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		address, err := url.Parse(origin)
		if err != nil || !s.answersUnder(address.Host) {
			return false
		}
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if r.ParseForm() != nil {
		return false
	}
	return subtle.ConstantTimeCompare([]byte(r.PostForm.Get("token")), []byte(s.token)) == 1
}

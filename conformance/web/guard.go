package web

import (
	"crypto/subtle"
	"errors"
	"net/http"
	"slices"
	"strings"

	"koshelek-adapter/conformance/language"
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
		s.remember(w, r)
		if r.Method != http.MethodGet && r.Method != http.MethodHead && !s.accept(w, r) {
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) answersUnder(host string) bool {
	return slices.ContainsFunc(s.options.Hosts, func(name string) bool { return strings.EqualFold(name, host) })
}

// accept takes a form that one of our pages has sent, or says why not.
func (s *Server) accept(w http.ResponseWriter, r *http.Request) bool {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	err := r.ParseForm()
	if err == nil {
		err = r.ParseMultipartForm(maxForm) // so much in memory that no file is put on disk
	}
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		s.oops(w, r, http.StatusRequestEntityTooLarge, "What was sent is too large: all files and texts together may have %d KiB.", maxForm>>10)
		return false
	case err != nil && !errors.Is(err, http.ErrNotMultipart) || !s.fromHere(r):
		s.oops(w, r, http.StatusForbidden, "This form did not come from this site, or the site was started again since. Load the page again and send it once more.")
		return false
	}
	return true
}

// languageCookie keeps the reader's choice of a language.
const languageCookie = "language"

// speaks is the language of the answer: the reader's choice, else the browser's.
func (s *Server) speaks(r *http.Request) language.Language {
	if l, err := language.Parse(r.URL.Query().Get("lang")); err == nil {
		return l
	}
	if cookie, err := r.Cookie(languageCookie); err == nil {
		if l, err := language.Parse(cookie.Value); err == nil {
			return l
		}
	}
	return language.Accepted(r.Header.Get("Accept-Language"), s.options.Language)
}

// remember keeps a language that was chosen by a link.
func (s *Server) remember(w http.ResponseWriter, r *http.Request) {
	if l, err := language.Parse(r.URL.Query().Get("lang")); err == nil {
		const year = 365 * 24 * 60 * 60
		http.SetCookie(w, &http.Cookie{Name: languageCookie, Value: string(l), Path: "/", MaxAge: year, HttpOnly: true, SameSite: http.SameSiteStrictMode})
	}
}

// fromHere tells whether a form was sent by one of our pages: the browser says
// so, and the form has the token that only our pages carry.
func (s *Server) fromHere(r *http.Request) bool {
	return http.NewCrossOriginProtection().Check(r) == nil &&
		subtle.ConstantTimeCompare([]byte(r.PostForm.Get("token")), []byte(s.token)) == 1
}

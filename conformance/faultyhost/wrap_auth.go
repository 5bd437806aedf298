package faultyhost

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode"
)

// credentialWrappers are the faults of comparing login and password.
func credentialWrappers() map[string]wrapper {
	trimmed := func(text string) string { return strings.TrimSpace(text) }
	return map[string]wrapper{
		"password-trimmed":      comparing(nil, trimmed),
		"password-line-end-cut": comparing(nil, func(text string) string { return strings.TrimRight(text, "\r\n") }),
		"login-trimmed":         comparing(trimmed, nil),
		"password-width-folded": comparing(nil, mapped(func(r rune) rune {
			if r > 0xFF00 && r < 0xFF5F {
				return r - 0xFEE0
			}
			return r
		})),
		"password-accents-dropped": comparing(nil, strings.NewReplacer("Á", "A", "á", "a", "Ć", "C", "ć", "c", "É", "E", "é", "e", "Ó", "O", "ó", "o", "Ś", "S", "ś", "s").Replace),
		"password-invisible-dropped": comparing(nil, mapped(func(r rune) rune {
			if unicode.Is(unicode.Cf, r) {
				return -1
			}
			return r
		})),
		"password-zero-cuts": comparing(nil, upTo("\x00")),
		"login-zero-cuts":    comparing(upTo("\x00"), nil),
		"password-unescaped": comparing(nil, func(text string) string {
			plain, _ := url.PathUnescape(text)
			return plain
		}),
		"password-as-number": comparing(nil, func(text string) string {
			return strings.TrimSuffix(strings.TrimSuffix(strings.TrimLeft(text, "0+"), ".0"), "e0")
		}),
		"password-first-part": comparing(nil, upTo(":")),
		"password-last-part":  comparing(nil, func(text string) string { return text[strings.LastIndexByte(text, ':')+1:] }),
		"credentials-injected": opening(func(_ *Host, user, password string) bool {
			return strings.Contains(user+password, "'") && strings.Contains(user+password, "--") || strings.Contains(password, "OR '1'='1")
		}),
		"password-like":     opening(func(h *Host, user, password string) bool { return user == h.user && like(h.password, password) }),
		"login-like":        opening(func(h *Host, user, password string) bool { return like(h.user, user) && password == h.password }),
		"default-pair-open": opening(func(_ *Host, user, password string) bool { return user == "admin" && password == "admin" }),
		"login-is-password": opening(func(h *Host, user, password string) bool { return user == h.user && password == h.user }),
		"login-not-needed":  opening(func(h *Host, user, password string) bool { return user == "" && password == h.password }),
		"null-is-password":  opening(func(h *Host, user, password string) bool { return user == h.user && password == "null" }),
		"refusal-repeats-password": refusing(func(_ *Host, password string) string {
			return "Not this password: " + password
		}),
		"refusal-shows-password": refusing(func(h *Host, _ string) string { return "Only " + h.user + ":" + h.password + " may" }),
	}
}

func mapped(change func(rune) rune) func(string) string {
	return func(text string) string { return strings.Map(change, text) }
}

// upTo cuts a text before a mark.
func upTo(mark string) func(string) string {
	return func(text string) string {
		before, _, _ := strings.Cut(text, mark)
		return before
	}
}

// opening is a door that opens for wrong pairs that fit.
func opening(fits func(h *Host, user, password string) bool) wrapper {
	return changing(func(h *Host, r *http.Request) *http.Request {
		if user, password, basic := r.BasicAuth(); basic && fits(h, user, password) {
			return h.signed(r)
		}
		return r
	})
}

// comparing is a door that changes login and password before it compares them;
// nil changes nothing.
func comparing(login, secret func(string) string) wrapper {
	return opening(func(h *Host, user, password string) bool {
		if login != nil {
			user = login(user)
		}
		if secret != nil {
			password = secret(password)
		}
		return user == h.user && password == h.password
	})
}

// refusing is a door whose refusals say something of their own.
func refusing(says func(h *Host, password string) string) wrapper {
	return func(h *Host, next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			answer := ask(next, r)
			if _, password, basic := r.BasicAuth(); basic && answer.status == http.StatusUnauthorized {
				answer.body.Reset()
				fmt.Fprintf(&answer.body, `{"code":"401","description":%q}`, says(h, password))
			}
			answer.send(w)
		})
	}
}

// wayInWrappers are the ways around the door, and what refused calls leave behind.
func wayInWrappers() map[string]wrapper {
	slashes := func(path string) string { return strings.ReplaceAll(path, "//", "/") }
	escapes := func(path string) string {
		plain, err := url.PathUnescape(path)
		if err != nil || strings.Contains(path, "%2f") {
			return path
		}
		return plain
	}
	return map[string]wrapper{
		"escaped-path-open":       around(http.MethodGet, escapes),
		"double-slash-open":       around(http.MethodGet, slashes),
		"upper-path-open":         around(http.MethodGet, strings.NewReplacer("/V1/", "/v1/", "/Card", "/card").Replace),
		"dotted-path-open":        around(http.MethodGet, strings.NewReplacer("/./", "/", "/x/../", "/", "anonymous/../", "").Replace),
		"semicolon-path-open":     around(http.MethodGet, upTo(";")),
		"slash-end-open":          around(http.MethodGet, func(path string) string { return strings.TrimSuffix(path, "/") }),
		"suffix-path-open":        around(http.MethodGet, func(path string) string { return strings.TrimSuffix(path, ".json") }),
		"escaped-write-open":      around(http.MethodPost, escapes),
		"double-slash-write-open": around(http.MethodPost, slashes),
		"rewrite-header-open": changing(func(h *Host, r *http.Request) *http.Request {
			path, query, _ := strings.Cut(r.Header.Get("X-Rewrite-Url"), "?")
			if path == "" || r.URL.Path != "/" {
				return r
			}
			return at(h.signed(r), path, query)
		}),
		"card-before-door":               untold(`^/v1/card/\d+$`, func(*kept) bool { return true }),
		"phone-before-door":              untold(`^/v1/card$`, func(answer *kept) bool { return answer.body.Len() == 0 }),
		"connection-signed-in":           signedIn,
		"refused-body-is-next-call":      leavingBody(func(r *http.Request, status int) bool { return status == http.StatusUnauthorized }),
		"unknown-path-body-is-next-call": leavingBody(func(r *http.Request, _ int) bool { return r.URL.Path == "/v1/nothing" }),
		"issue-before-door":              beforeDoor(`^/v1/card/anonymous$`),
		"confirm-before-door":            beforeDoor(`^/v1/card/anonymous/.+$`),
		"receipt-before-door":            beforeDoor(`^/v1/promo/qrCode$`),
		"answers-kept-for-all":           keeping(func(_ string, answer *kept) bool { return answer.status == http.StatusOK }),
		"refusals-kept":                  keeping(func(_ string, answer *kept) bool { return answer.status == http.StatusUnauthorized }),
	}
}

// around is a door that only looks at paths that are spelled plainly, before a
// router that takes others for the same.
func around(method string, plain func(string) string) wrapper {
	return changing(func(h *Host, r *http.Request) *http.Request {
		path := r.URL.EscapedPath()
		if own := plain(path); own != path && r.Method == method {
			return at(h.signed(r), own, r.URL.RawQuery)
		}
		return r
	})
}

// signedIn is a door that remembers connections.
func signedIn(h *Host, next http.Handler) http.Handler {
	var known sync.Map
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user == h.user && password == h.password {
			known.Store(r.RemoteAddr, true)
		} else if _, in := known.Load(r.RemoteAddr); in {
			r = h.signed(r)
		}
		next.ServeHTTP(w, r)
	})
}

// leavingBody answers some writes without reading their bodies and keeps the
// connection, on which the body is then taken for a call.
func leavingBody(fits func(r *http.Request, status int) bool) wrapper {
	return func(_ *Host, next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			const small = 4096
			if r.ContentLength <= 0 || r.ContentLength > small {
				next.ServeHTTP(w, r)
				return
			}
			r, _ = read(r)
			answer := ask(next, r)
			if !fits(r, answer.status) {
				answer.send(w)
				return
			}
			answer.sendAndTakeForCall(w)
		})
	}
}

// sendAndTakeForCall sends the answer over the bare connection; whatever comes
// next stands behind the body, which no host can read as a call.
func (k *kept) sendAndTakeForCall(w http.ResponseWriter) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		k.send(w)
		return
	}
	defer func() { _ = conn.Close() }() // its answer was sent
	k.header.Set("Content-Length", itoa(k.body.Len()))
	fmt.Fprintf(buffered, "HTTP/1.1 %d %s\r\n", k.status, http.StatusText(k.status))
	_ = k.header.Write(buffered)
	_, _ = buffered.WriteString("\r\n" + k.body.String())
	_ = buffered.Flush()
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second)) // nobody may call again
	if _, err := buffered.ReadString('\n'); err == nil {
		_, _ = buffered.WriteString("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		_ = buffered.Flush()
	}
}

// beforeDoor is a method that works before it looks at the credentials.
func beforeDoor(path string) wrapper {
	matches := regexp.MustCompile(path).MatchString
	return func(h *Host, next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if user, password, _ := r.BasicAuth(); r.Method == http.MethodPost && matches(r.URL.Path) && (user != h.user || password != h.password) {
				ask(next, h.signed(r))
			}
			next.ServeHTTP(w, r)
		})
	}
}

// untold is a method that tells everybody what does not exist.
func untold(path string, nothing func(*kept) bool) wrapper {
	matches := regexp.MustCompile(path).MatchString
	return func(h *Host, next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet && matches(r.URL.Path) {
				if answer := ask(next, h.signed(r)); nothing(answer) && !strings.Contains(answer.body.String(), "cardNumber") {
					answer.status = http.StatusUnprocessableEntity
					answer.send(w)
					return
				}
			}
			next.ServeHTTP(w, r)
		})
	}
}

// keeping is a store of answers that fit, by their address.
func keeping(fits func(path string, answer *kept) bool) wrapper {
	return func(_ *Host, next http.Handler) http.Handler {
		var answers sync.Map
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if stored, has := answers.Load(r.URL.String()); has && r.Method == http.MethodGet {
				stored.(*kept).send(w)
				return
			}
			answer := ask(next, r)
			if r.Method == http.MethodGet && fits(r.URL.Path, answer) {
				answers.Store(r.URL.String(), answer)
			}
			answer.send(w)
		})
	}
}

// lost is a connection on which headers in lower case get other names.
type lost struct{ net.Conn }

// Read implements net.Conn.
func (l *lost) Read(p []byte) (int, error) {
	n, err := l.Conn.Read(p)
	copy(p, bytes.ReplaceAll(p[:n], []byte("\r\nauthorization:"), []byte("\r\nauthorisation:")))
	return n, err
}

// losing makes such connections.
type losing struct{ net.Listener }

// Accept implements net.Listener.
func (l *losing) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &lost{conn}, nil
}

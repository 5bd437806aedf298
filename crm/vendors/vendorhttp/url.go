package vendorhttp

import (
	"net"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// CheckURL says what is wrong with an address of a vendor, "" when nothing is: it
// must be absolute, without user and fragment, and https unless it points to this
// machine or plain HTTP is allowed. The address is not quoted: it may hold a key.
func CheckURL(raw string, allowHTTP bool) string {
	u, err := url.Parse(raw)
	switch {
	case err != nil, u.Host == "", u.Opaque != "", u.User != nil, u.Fragment != "":
		return "is not an address such as https://api.example.com/v1"
	case u.Scheme == "https", u.Scheme == "http" && (allowHTTP || isLoopback(u.Hostname())):
		return ""
	}
	return "does not begin with https://; http:// is allowed for this machine, and with ADAPTER_OUTBOX_ALLOW_HTTP"
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// CheckBase is CheckURL for an address that is followed by a path; an empty one is
// a fault when it is wanted.
func CheckBase(raw string, wanted, allowHTTP bool) string {
	switch {
	case raw == "" && wanted:
		return "missing; it is needed with the other settings of this vendor"
	case raw == "":
		return ""
	case strings.Contains(raw, "?"):
		return "holds a query; an address that a path can follow is allowed"
	}
	return CheckURL(raw, allowHTTP)
}

// Segment escapes an identifier for one segment of a path. It fails on what a
// server or a proxy would take for something else: the empty text, "." and "..",
// and on what no identifier is (see [Plain]).
func Segment(id string) (string, bool) {
	if id == "." || id == ".." || !Plain(id, MaxID) {
		return "", false
	}
	return url.PathEscape(id), true
}

// Base makes a base address ready to be followed by a path.
func Base(raw string) string { return strings.TrimRight(strings.TrimSpace(raw), "/") }

// MaxID bounds identifiers and names that are sent, in bytes.
const MaxID = 255

// Plain reports whether a text may be sent as an identifier or a name: valid
// UTF-8 of 1 to limit bytes without control characters.
func Plain(s string, limit int) bool {
	return s != "" && len(s) <= limit && utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

package wire

import (
	"net"
	"net/url"
	"strings"
)

// checkURL refuses addresses that would carry secrets in the clear.
func (c *Client) checkURL(r Request) error {
	if reason := c.options.urlFault(r.URL); reason != "" {
		return Refuse(c.vendor, r.Call, reason)
	}
	return nil
}

// CheckURL says what is wrong with an address of a vendor, "" when nothing is:
// it must be absolute, without user and fragment, and https unless it points to
// this machine or Options.AllowHTTP is set.
func CheckURL(raw string, options Options) string { return options.urlFault(raw) }

func (o Options) urlFault(raw string) string {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "":
		return "the address is not an absolute URL"
	case u.User != nil:
		return "the address holds credentials"
	case u.Fragment != "":
		return "the address holds a fragment"
	case u.Scheme == "https":
		return ""
	case u.Scheme != "http":
		return "the address is neither https nor http"
	case o.AllowHTTP || isLoopback(u.Hostname()):
		return ""
	}
	return "the address is not https"
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// Segment escapes an identifier for one segment of a path. It fails on what a
// server or a proxy would take for something else: the empty text, "." and "..".
func Segment(id string) (string, bool) {
	if id == "" || id == "." || id == ".." {
		return "", false
	}
	return url.PathEscape(id), true
}

// Base makes a base address ready to be followed by a path.
func Base(raw string) string { return strings.TrimRight(strings.TrimSpace(raw), "/") }

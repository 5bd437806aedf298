package config

import (
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

var hostName = regexp.MustCompile(`^[A-Za-z0-9._-]*$`)

// badAddress takes host:port with a port number; the host may be empty, a name or an IP address.
func badAddress(address string) string {
	host, port, err := net.SplitHostPort(address)
	_, notPort := strconv.ParseUint(port, 10, 16)
	_, notIP := netip.ParseAddr(host)
	if err != nil || notPort != nil || notIP != nil && !hostName.MatchString(host) {
		return show(address) + " is not host:port; allowed are such as :8443, 127.0.0.1:9090 or [::1]:0"
	}
	return ""
}

func badOpsListen(c *Config) string {
	if !c.OpsEnabled() {
		return ""
	}
	if wrong := badAddress(c.OpsListen); wrong != "" {
		return wrong + ", or off"
	}
	return ""
}

// sameAddress finds two listeners that cannot both be opened: an empty host takes the port on every address.
func sameAddress(c *Config) string {
	if !c.OpsEnabled() {
		return ""
	}
	host, port, _ := net.SplitHostPort(c.Listen)
	opsHost, opsPort, _ := net.SplitHostPort(c.OpsListen)
	n, _ := strconv.Atoi(port)
	opsN, _ := strconv.Atoi(opsPort)
	if n == 0 || n != opsN || !strings.EqualFold(host, opsHost) && !everyHost(host) && !everyHost(opsHost) {
		return ""
	}
	return show(c.OpsListen) + " takes the port of ADAPTER_LISTEN; another port, port 0 or off is allowed"
}

func everyHost(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "" || err == nil && ip.IsUnspecified()
}

// badDatabase checks the parts of the address that this package understands. It quotes none of them: a text that is no address may be anything.
func badDatabase(c *Config) string {
	text, scheme, rest := c.Database.Reveal(), c.Database.Scheme(), c.Database.Rest()
	switch {
	case strings.ContainsFunc(text, unicode.IsControl):
		return "holds a control character" + c.allowedDatabases()
	case scheme == "":
		return "the scheme is missing" + c.allowedDatabases()
	case scheme == SchemeSQLite && strings.HasPrefix(rest, "?"), scheme == SchemeSQLite && rest == "":
		return "the path of the file is missing" + c.allowedDatabases()
	case scheme == SchemeMySQL:
		if _, wrong := parseMySQL(rest); wrong != "" {
			return wrong + c.allowedDatabases()
		}
	}
	if slices.Contains(c.databaseSchemes(), scheme) {
		return ""
	}
	if near := nearest(scheme, c.databaseSchemes()); near != "" {
		return "the scheme is unknown, did you mean " + near + "?" + c.allowedDatabases()
	}
	return "the scheme is unknown" + c.allowedDatabases()
}

func (c *Config) databaseSchemes() []string {
	return append([]string{SchemeSQLite, SchemeMySQL}, c.schemes...)
}

func (c *Config) allowedDatabases() string {
	allowed := "; allowed: sqlite:PATH, mysql:USER:PASSWORD@tcp(HOST:3306)/NAME"
	for _, scheme := range c.schemes {
		allowed += ", " + scheme + ":ANYTHING"
	}
	return allowed
}

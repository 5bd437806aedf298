package config

import "strings"

// mysqlAddress is USER[:PASSWORD]@NETWORK(ADDRESS)/NAME[?PARAMS], the form of the Go driver for MySQL.
type mysqlAddress struct {
	user, password         string
	network, address, name string
	params                 string
	hasPassword, hasParams bool
}

// parseMySQL splits the address as the driver does: the last / comes before the name and the last @ before the network, because passwords
// and socket paths may hold both. The second result says what is wrong, without quoting any of it.
func parseMySQL(text string) (a mysqlAddress, wrong string) {
	if strings.HasPrefix(text, "//") {
		return a, "is written as a URL"
	}
	slash := strings.LastIndexByte(text, '/')
	if slash < 0 {
		return a, "the name of the database is missing"
	}
	a.name, a.params, a.hasParams = strings.Cut(text[slash+1:], "?")
	at := strings.LastIndexByte(text[:slash], '@')
	if at < 0 {
		return a, "the user is missing"
	}
	a.user, a.password, a.hasPassword = strings.Cut(text[:at], ":")
	network, address, ok := strings.Cut(text[at+1:slash], "(")
	a.network, a.address = network, strings.TrimSuffix(address, ")")
	return a, a.missing(ok && strings.HasSuffix(address, ")"))
}

func (a mysqlAddress) missing(inParentheses bool) string {
	switch {
	case a.user == "":
		return "the user is missing"
	case !inParentheses || a.network != "tcp" && a.network != "unix":
		return "the server is not written as tcp(HOST:PORT) or unix(PATH)"
	case a.address == "":
		return "the host is missing"
	case a.name == "":
		return "the name of the database is missing"
	}
	return ""
}

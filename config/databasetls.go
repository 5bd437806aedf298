package config

import "net/url"

// badDatabaseFile does not quote the path: people put the key itself there.
func badDatabaseFile(c *Config, path string) string {
	switch {
	case path == "":
		return ""
	case c.Database.Scheme() != SchemeMySQL:
		return "set although ADAPTER_DATABASE is no mysql address; allowed with one only"
	}
	return unreadable(path)
}

func lonelyDatabaseKey(c *Config) string {
	if (c.DatabaseCert == "") != (c.DatabaseKey == "") {
		return "ADAPTER_DATABASE_CERT and ADAPTER_DATABASE_KEY belong together; both or neither is allowed"
	}
	return ""
}

// DatabaseTLS reports whether the settings, beside the address, ask for TLS to the database.
func (s Store) DatabaseTLS() bool { return s.DatabaseCA != "" || s.DatabaseCert != "" }

// badDatabaseTLS compares tls= of the address with the files. The driver knows more names only when a program registers them.
func badDatabaseTLS(c *Config) string {
	if c.Database.Scheme() != SchemeMySQL {
		return ""
	}
	address, _ := parseMySQL(c.Database.Rest())
	params, err := url.ParseQuery(address.params)
	if err != nil {
		return "the parameters are badly escaped"
	}
	switch value := params.Get("tls"); {
	case c.DatabaseTLS() && value != "" && value != "true" && value != "custom":
		return "its tls= contradicts ADAPTER_DATABASE_CA or ADAPTER_DATABASE_CERT; leave it out, or write tls=true"
	case c.DatabaseTLS(), value == "", value == "true", value == "false", value == "skip-verify", value == "preferred":
		return ""
	}
	return "its tls= is not known; allowed: true, skip-verify, preferred, false, and custom with ADAPTER_DATABASE_CA (an authority of your own)"
}

package config

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"koshelek-adapter/config/setting"
)

// rule is what tags cannot say. broken returns what is wrong with the variable on, or "". reads names the other variables that it looks at:
// when one of them has a fault of its own, the rule has nothing to say.
type rule struct {
	on     string
	reads  []string
	broken func(*Config) string
}

// rules are in the order of the table, cross-field rules after those of the variables that they read.
var rules = append([]rule{
	{on: "ADAPTER_LISTEN", broken: func(c *Config) string { return badAddress(c.Listen) }},
	{on: "ADAPTER_OPS_LISTEN", broken: badOpsListen},
	{on: "ADAPTER_OPS_LISTEN", reads: []string{"ADAPTER_LISTEN"}, broken: sameAddress},
	{on: "ADAPTER_TLS_CERT", reads: []string{"ADAPTER_TLS"}, broken: func(c *Config) string { return badTLSFile(c.TLS, c.TLSCert) }},
	{on: "ADAPTER_TLS_KEY", reads: []string{"ADAPTER_TLS"}, broken: func(c *Config) string { return badTLSFile(c.TLS, c.TLSKey) }},
	{on: "ADAPTER_DATABASE", broken: badDatabase},
	{on: "ADAPTER_DATABASE_CA", reads: []string{"ADAPTER_DATABASE"}, broken: func(c *Config) string { return badDatabaseFile(c, c.DatabaseCA) }},
	{on: "ADAPTER_DATABASE_CERT", reads: []string{"ADAPTER_DATABASE"}, broken: func(c *Config) string { return badDatabaseFile(c, c.DatabaseCert) }},
	{on: "ADAPTER_DATABASE_KEY", reads: []string{"ADAPTER_DATABASE"}, broken: func(c *Config) string { return badDatabaseFile(c, c.DatabaseKey) }},
	{on: "ADAPTER_DATABASE_KEY", reads: []string{"ADAPTER_DATABASE_CERT"}, broken: lonelyDatabaseKey},
	{on: "ADAPTER_DATABASE", reads: []string{"ADAPTER_DATABASE_CA", "ADAPTER_DATABASE_CERT"}, broken: badDatabaseTLS},
	{on: "ADAPTER_KOSHELEK_USER", broken: func(c *Config) string { return setting.BadUser(c.Koshelek.User) }},
	{on: "ADAPTER_KOSHELEK_PASSWORD", broken: func(c *Config) string { return setting.BadPassword(c.Koshelek.Password) }},
	{on: "ADAPTER_KOSHELEK_USER_NEXT", broken: func(c *Config) string { return setting.BadUser(c.Koshelek.UserNext) }},
	{on: "ADAPTER_KOSHELEK_PASSWORD_NEXT", broken: func(c *Config) string { return setting.BadPassword(c.Koshelek.PasswordNext) }},
	{on: "ADAPTER_KOSHELEK_USER_NEXT", reads: []string{"ADAPTER_KOSHELEK_PASSWORD_NEXT"}, broken: lonelyUser},
	{on: "ADAPTER_KOSHELEK_OFFERS_PATH", broken: badOffersPath},
	{on: "ADAPTER_KOSHELEK_NO_BIRTH_DATES", broken: badBirthDates},
	{on: "ADAPTER_CARD_TEMPLATE", broken: func(c *Config) string { return blank(c.Card.Template) }},
	{on: "ADAPTER_CARD_BARCODE_TEMPLATE", broken: func(c *Config) string { return blank(c.Card.BarcodeTemplate) }},
	{on: "ADAPTER_EARN_PERCENT", broken: badPercent},
	{on: "ADAPTER_EARN_PENDING", reads: []string{"ADAPTER_EARN_LIFETIME"}, broken: expiresUnused},
	{on: "ADAPTER_WRITE_TIMEOUT", reads: []string{"ADAPTER_REQUEST_TIMEOUT"}, broken: cutAnswer},
}, slices.Concat(rewardRules, micrositeRules)...)

// badTLSFile does not quote the path: people put the key itself there.
func badTLSFile(mode, path string) string {
	switch {
	case mode != TLSFiles && path != "":
		return "set although ADAPTER_TLS is " + mode + "; allowed with ADAPTER_TLS=files only"
	case mode != TLSFiles:
		return ""
	case path == "":
		return "missing; with ADAPTER_TLS=files the path of a PEM file is needed"
	}
	return unreadable(path)
}

// unreadable says why a PEM file cannot be read, "" when it can.
func unreadable(path string) string {
	file, err := os.Open(path)
	if err != nil {
		return "the file cannot be opened: " + reason(err) + "; the path of a readable PEM file is needed"
	}
	defer func() { _ = file.Close() }()
	if info, err := file.Stat(); err != nil || info.IsDir() {
		return "names a directory; the path of a readable PEM file is needed"
	}
	return ""
}

func lonelyUser(c *Config) string {
	if c.Koshelek.UserNext != "" && !c.Koshelek.PasswordNext.IsSet() {
		return "set without ADAPTER_KOSHELEK_PASSWORD_NEXT; both, the password alone, or neither is allowed"
	}
	return ""
}

var segment = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

func badOffersPath(c *Config) string {
	path := c.Koshelek.OffersPath
	if !segment.MatchString(path) || strings.EqualFold(path, "purchases") || strings.EqualFold(path, "communication") {
		return show(path) + " is not allowed; one path segment of letters, digits, _ and - is, but not purchases or communication"
	}
	return ""
}

func blank(text string) string {
	if strings.TrimSpace(text) == "" {
		return "blank; a template is needed"
	}
	return ""
}

// badPercent is for a Config that was built by hand: Percent refuses such a text.
func badPercent(c *Config) string {
	if c.Earn.Percent < 0 || c.Earn.Percent > maxPercent {
		return c.Earn.Percent.String() + " is out of range; allowed: 0 to 100"
	}
	return ""
}

func expiresUnused(c *Config) string {
	if c.Earn.Lifetime > 0 && c.Earn.Pending >= c.Earn.Lifetime {
		return fmt.Sprintf("%s is too long; less than ADAPTER_EARN_LIFETIME (%s) is allowed, or points expire before they can be spent", c.Earn.Pending, c.Earn.Lifetime)
	}
	return ""
}

func cutAnswer(c *Config) string {
	if c.WriteTimeout <= c.RequestTimeout {
		return fmt.Sprintf("%s is too short; more than ADAPTER_REQUEST_TIMEOUT (%s) is allowed, or late answers are cut off", c.WriteTimeout, c.RequestTimeout)
	}
	return ""
}

// Package config is the one place that knows the settings of the program: their names, defaults, limits and meanings.
//
// All settings are environment variables that begin with ADAPTER_. Load reads them from a list in the form of os.Environ, so that a test can
// start many programs with different settings, and reports every fault at once: who sets up a server should not learn of the mistakes one
// restart at a time. A variable that is set to nothing (ADAPTER_LISTEN=) counts as not set. A variable that nobody knows is a fault as well,
// because a misspelt name would otherwise silently leave a default in force.
//
// Secrets (passwords, the database address) may come from a file, ADAPTER_KOSHELEK_PASSWORD_FILE=/run/secrets/password. They are kept in types
// that print as *** in every format, so that a Config can be logged as it is.
//
// The struct tags say everything about one variable: default, desc (what it does), allowed (the values, divided by |), min and max, file (has
// the _FILE form). Table prints them, so the manual cannot drift from the code. Rules that tags cannot express stand in rules.go.
package config

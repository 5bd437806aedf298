package config

import (
	"os"
	"strings"
	"sync"
)

// environment guards the process environment while it holds the variables of one Load: envconfig reads nothing else.
var environment sync.Mutex

// withEnvironment runs f while the process environment has exactly these ADAPTER_ variables, and puts back what was there before.
func withEnvironment(vars map[string]string, f func() error) error {
	environment.Lock()
	defer environment.Unlock()
	before := ours(os.Environ())
	defer replaceOurs(before)
	replaceOurs(vars)
	return f()
}

// replaceOurs cannot fail half-way: names come from an environment, and values with a NUL byte were refused before.
func replaceOurs(vars map[string]string) {
	for name := range ours(os.Environ()) {
		_ = os.Unsetenv(name)
	}
	for name, value := range vars {
		_ = os.Setenv(name, value)
	}
}

// ours returns the ADAPTER_ variables of a list in the form of os.Environ. The last one of a name counts, as it does for started programs.
func ours(environ []string) map[string]string {
	vars := map[string]string{}
	for _, entry := range environ {
		name, value, ok := strings.Cut(entry, "=")
		if ok && strings.HasPrefix(name, prefix+"_") {
			vars[name] = value
		}
	}
	return vars
}

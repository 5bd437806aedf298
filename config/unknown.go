package config

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// refuseUnknown reports the variables that have our prefix and no meaning. Their values are never shown: a misspelt name may hold a password.
func (l *loader) refuseUnknown() {
	names := map[string]bool{}
	for _, f := range l.known {
		names[f.name] = true
		if f.hasFile() {
			names[f.fileName()] = true
		}
	}
	foreign := serviceVariables(l.vars)
	for _, name := range slices.Sorted(maps.Keys(l.vars)) {
		switch {
		case names[name]:
		case foreign(name):
			delete(l.vars, name)
		default:
			l.fault(name, name, unknown(name, names))
		}
	}
}

func unknown(name string, names map[string]bool) string {
	if base, ok := strings.CutSuffix(name, "_FILE"); ok && names[base] {
		return "unknown; " + base + " cannot be given as a file"
	}
	if near := nearest(name, slices.Sorted(maps.Keys(names))); near != "" {
		return "unknown; did you mean " + near + "?"
	}
	return "unknown; the table of settings lists the names that are allowed"
}

// serviceSuffix is what Kubernetes appends to the name of a Service when it tells every pod of the namespace about it.
var serviceSuffix = regexp.MustCompile(`^(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$`)

// serviceVariables recognises what Kubernetes sets on its own for a Service called adapter or adapter-something. They are no mistake of
// anybody, and refusing them would keep the program from starting. Only whole families count: a lone ADAPTER_PORT was set by a person.
func serviceVariables(vars map[string]string) func(name string) bool {
	var services []string
	for name := range vars {
		if service, ok := strings.CutSuffix(name, "_SERVICE_HOST"); ok && vars[service+"_SERVICE_PORT"] != "" {
			services = append(services, service)
		}
	}
	return func(name string) bool {
		return slices.ContainsFunc(services, func(service string) bool {
			rest, ok := strings.CutPrefix(name, service+"_")
			return ok && serviceSuffix.MatchString(rest)
		})
	}
}

// nearest returns the candidate that differs from word by the fewest slips of the finger, or "" when all differ by more than three, or by
// half of the word or more.
func nearest(word string, candidates []string) string {
	best, least := "", 4
	word = strings.TrimPrefix(word, prefix+"_")
	for _, candidate := range candidates {
		c := strings.TrimPrefix(candidate, prefix+"_")
		if len(word) > len(c)+3 { // cannot be near, and may be too long to compare letter by letter
			continue
		}
		if d := distance(word, c); d < least && 2*d < len(c) {
			best, least = candidate, d
		}
	}
	return best
}

// distance counts the letters to add, drop, change, or swap with their neighbour that turn a into b.
func distance(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

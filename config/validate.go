package config

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Validate returns everything that is wrong with the Config, nothing when it is sound. Load has done it already; it is for a Config that was
// built or changed by hand, which knows the extra database schemes only if it came from Load. It tries to open the certificate files.
func (c *Config) Validate() []Fault { return c.validate(map[string]bool{}) }

// validate leaves out what depends on a variable that has a fault already: one mistake, one line.
func (c *Config) validate(bad map[string]bool) []Fault {
	var faults []Fault
	note := func(name, message string) {
		if message != "" {
			faults = append(faults, Fault{Variable: name, Message: message})
			bad[name] = true
		}
	}
	fields := c.fields()
	for _, f := range fields {
		note(f.name, outOfRange(f))
	}
	for _, r := range rules {
		if !bad[r.on] && !slices.ContainsFunc(r.reads, func(name string) bool { return bad[name] }) {
			note(r.on, r.broken(c))
		}
	}
	c.vendorFaults(func(name, message string) {
		if !bad[name] {
			note(name, message)
		}
	})
	c.crmFaults(func(name, message string) {
		if !bad[name] {
			note(name, message)
		}
	})
	sortFaults(faults, fields)
	return faults
}

// outOfRange checks the tags allowed, min and max.
func outOfRange(f field) string {
	if allowed := f.tag.Get("allowed"); allowed != "" {
		value := fmt.Sprint(f.value.Interface())
		if slices.Contains(strings.Split(allowed, "|"), value) {
			return ""
		}
		return show(value) + " is not allowed; allowed: " + strings.ReplaceAll(allowed, "|", ", ")
	}
	low, high, bounded := bounds(f)
	if n := f.value; bounded && (n.Int() < low || n.Int() > high) {
		return fmt.Sprintf("%v is out of range; allowed: %s", n.Interface(), span(f))
	}
	return ""
}

// bounds returns the limits of a number or duration. The tags are constants of this package; a test reads them all.
func bounds(f field) (low, high int64, bounded bool) {
	low, high = -1<<63, 1<<63-1
	if text, ok := f.tag.Lookup("min"); ok {
		low, bounded = limit(f, text), true
	}
	if text, ok := f.tag.Lookup("max"); ok {
		high, bounded = limit(f, text), true
	}
	return low, high, bounded
}

func limit(f field, text string) int64 {
	if f.isDuration() {
		d, err := time.ParseDuration(text)
		if err != nil {
			panic("config: " + f.name + " has a limit that is no duration")
		}
		return int64(d)
	}
	var n int64
	if _, err := fmt.Sscan(text, &n); err != nil {
		panic("config: " + f.name + " has a limit that is no number")
	}
	return n
}

// span says in words what bounds says in numbers.
func span(f field) string {
	low, high := f.tag.Get("min"), f.tag.Get("max")
	switch {
	case f.tag.Get("allowed") != "":
		return strings.ReplaceAll(f.tag.Get("allowed"), "|", ", ")
	case low != "" && high != "":
		return low + " to " + high
	case low == "1ns":
		return "more than 0s"
	case low != "":
		return low + " or more"
	}
	return "any"
}

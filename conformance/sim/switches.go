package sim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fault describes one way in which a simulator can misbehave in a single call.
type Fault struct {
	Name      string   `json:"name"`
	Endpoints []string `json:"endpoints"` // where it can strike; empty: every HTTP endpoint
	Value     string   `json:"value"`     // what a rule's value means and what holds without one
	Doc       string   `json:"doc"`
	check     func(string) error
}

// Checked returns the fault with a check of a rule's value; the check is not
// asked about an empty value.
func (f Fault) Checked(check func(string) error) Fault {
	f.check = check
	return f
}

func (f Fault) strikes(endpoint string) bool {
	if len(f.Endpoints) == 0 {
		return endpoint != ""
	}
	return slices.Contains(f.Endpoints, endpoint)
}

// Knob describes one setting of a simulator's behaviour.
type Knob struct {
	Name    string `json:"name"`
	Default string `json:"default"`
	Values  string `json:"values"` // what may be set, in words
	Doc     string `json:"doc"`
	check   func(string) error
}

// Choice returns a knob that takes one of the values; the first is the default.
func Choice(name, doc string, values ...string) Knob {
	return Knob{Name: name, Default: values[0], Values: strings.Join(values, ", "), Doc: doc, check: OneOf(values...)}
}

// Length returns a knob that takes a duration such as 1.5s or 24h.
func Length(name, doc string, standard time.Duration) Knob {
	return Knob{Name: name, Default: standard.String(), Values: "a duration", Doc: doc, check: Duration}
}

// Count returns a knob that takes a whole number from least upwards.
func Count(name, doc string, standard, least int) Knob {
	return Knob{Name: name, Default: strconv.Itoa(standard), Values: fmt.Sprintf("a number from %d", least), Doc: doc, check: WholeFrom(least)}
}

// OneOf checks that a value is one of the given.
func OneOf(values ...string) func(string) error {
	return func(v string) error {
		if !slices.Contains(values, v) {
			return fmt.Errorf("%q is none of: %s", v, strings.Join(values, ", "))
		}
		return nil
	}
}

// Duration checks that a value is a duration and not negative.
func Duration(v string) error {
	d, err := time.ParseDuration(v)
	if err != nil || d < 0 {
		return fmt.Errorf("%q is no duration such as 50ms or 2h", v)
	}
	return nil
}

// WholeFrom checks that a value is a whole number from least upwards.
func WholeFrom(least int) func(string) error {
	return func(v string) error {
		if n, err := strconv.Atoi(v); err != nil || n < least {
			return fmt.Errorf("%q is no whole number from %d", v, least)
		}
		return nil
	}
}

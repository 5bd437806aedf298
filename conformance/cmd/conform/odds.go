package main

import (
	"fmt"
	"strconv"
	"strings"

	"koshelek-adapter/schema/koshelek"
)

// odds is a flag for a chance: 20%, or 0.2.
type odds float64

func (o *odds) String() string { return strconv.FormatFloat(float64(*o)*100, 'g', -1, 64) + "%" }

func (o *odds) Type() string { return "percent" }

func (o *odds) Set(text string) error {
	number, percent := strings.CutSuffix(strings.TrimSpace(text), "%")
	value, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if percent {
		value /= 100
	}
	if err != nil || !(value >= 0 && value <= 1) {
		return fmt.Errorf("%q is not a chance such as 20%% or 0.2", text)
	}
	*o = odds(value)
	return nil
}

// mix is a flag that weighs versions: 1.0.0=1,1.3.0=4; a version alone weighs 1.
type mix map[koshelek.Version]int

func (m *mix) String() string {
	var parts []string
	for _, version := range koshelek.Versions() {
		if weight := (*m)[version]; weight > 0 {
			parts = append(parts, fmt.Sprintf("%s=%d", version, weight))
		}
	}
	return strings.Join(parts, ",")
}

// until is the mix without versions later than one.
func (m *mix) until(last koshelek.Version) mix {
	some := mix{}
	for version, weight := range *m {
		if last.AtLeast(version) {
			some[version] = weight
		}
	}
	return some
}

func (m *mix) Type() string { return "version=weight,…" }

func (m *mix) Set(text string) error {
	weights := mix{}
	for part := range strings.SplitSeq(text, ",") {
		name, weight, weighed := strings.Cut(strings.TrimSpace(part), "=")
		version, err := koshelek.ParseVersion(name)
		if err != nil {
			return fmt.Errorf("%q is not one of 1.0.0, 1.1.0, 1.2.0, 1.3.0", name)
		}
		n := 1
		if weighed {
			if n, err = strconv.Atoi(weight); err != nil || n < 0 {
				return fmt.Errorf("%q is not a weight", weight)
			}
		}
		weights[version] += n
	}
	*m = weights
	return nil
}

package conformance

import "koshelek-adapter/conformance/contract"

// ParseProfile reads a partner's profile as [contract.ParseProfile] does; its
// deviations must name rules of the suite.
func ParseProfile(text []byte) (contract.Profile, error) {
	return contract.ParseProfile(text, func(rule string) bool { _, known := RuleByID(rule); return known })
}

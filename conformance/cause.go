package conformance

// Cause is one reason for which several checks did not hold. The checks carry
// its ID; to mend it may mend them all.
type Cause struct {
	ID string `json:"id"`
	// Text says in one sentence what the host does.
	Text string `json:"text"`
	// Rules are the IDs of the rules whose checks it explains.
	Rules []string `json:"rules"`
	// Step is a call that shows it.
	Step *Step `json:"step,omitempty"`
}

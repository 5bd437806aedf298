package hosts

import (
	"slices"

	"koshelek-adapter/conformance"
)

// Fault is one thing that a host gets wrong; everything else it does right.
type Fault = conformance.Fault

// Faults lists everything that a host can get wrong, each once. The slice is
// the caller's own.
func Faults() []Fault {
	var all []Fault
	for _, f := range slices.Concat(
		connectionFaults(), authFaults(), bypassFaults(), findFaults(), strangerFaults(), reserveFaults(), issueFaults(), cardFaults(), blockedFaults(),
		holderFaults(), channelFaults(), userFaults(), balanceFaults(), historyFaults(), offerFaults(),
		receiptFaults(), promoFaults(), pathFaults(), bodyFaults(), injectionFaults(), raceFaults(),
		headerFaults(), valueFaults(), errorFaults(),
	) {
		all = append(all, Fault{Name: string(f.name), Rule: f.rule, Breaks: f.breaks})
	}
	return append(all, conformance.Faults()...)
}

// row is a fault in the tables of this package.
type row struct {
	name         name
	rule, breaks string
}

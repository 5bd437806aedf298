// Package bigcity simulates BigCity's Rewards API below /v1, with /health beside
// it. What BigCity's microsite calls on a partner is made by
// conformance/microsite.
//
// TEST ONLY: everything is in memory, and it misbehaves when told to. What the
// vendor's manual leaves open is a knob, what can go wrong is a fault; see
// docs/simulators.md or [Simulator.Switches].
package bigcity

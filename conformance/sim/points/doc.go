// Package points simulates the Points API of a rewards platform: the token
// endpoint, earn and redeem that settle later, callbacks, signatures, balances.
//
// TEST ONLY: everything is in memory, and it misbehaves when told to. What the
// vendor's manual leaves open is a knob, what can go wrong is a fault; see
// docs/simulators.md or [Simulator.Switches].
package points

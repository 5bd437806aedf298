// Package bigcity simulates what BigCity hosts: the Rewards API below /v1 with
// /health beside it, and the microsite's catalogue, orders and their status
// below /api/v1. What BigCity calls on a partner is played by package
// microsite.
//
// TEST ONLY: everything is in memory, and it misbehaves when told to. What the
// vendor's manual leaves open is a knob, what can go wrong is a fault; see
// docs/simulators.md or [Simulator.Switches].
package bigcity

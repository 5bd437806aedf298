// Package bigcity simulates what BigCity hosts: the Rewards API below /v1 with
// /health beside it, and the microsite's catalogue, orders and their status
// below /api/v1. Orders move points at the partner's own endpoints; all that the
// contract asks of these is judged by conformance/microsite.
//
// TEST ONLY: everything is in memory, and it misbehaves when told to. What the
// vendor's manual leaves open is a knob, what can go wrong is a fault; see
// docs/simulators.md or [Simulator.Switches].
package bigcity

// Package qiibee simulates the qiibee Loyalty API below /api/admin: users,
// balances, memberships, codes, transactions that take effect later, and the
// webhook that it sends.
//
// TEST ONLY: everything is in memory, and it misbehaves when told to. What the
// vendor's manual leaves open is a knob, what can go wrong is a fault; see
// docs/simulators.md or [Simulator.Switches].
package qiibee

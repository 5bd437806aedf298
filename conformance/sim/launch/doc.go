// Package launch starts simulators on addresses of this machine, on one clock,
// with generated credentials, for `conform simulate` and for demonstrations.
//
// TEST ONLY: whoever reaches the addresses can earn and spend at will.
package launch

// Package host is a small client's system in memory: what BigCity's rewards
// microsite calls, with faults that can be switched on, each of which breaks one
// rule of the suite. It is for tests of the suite only.
package host

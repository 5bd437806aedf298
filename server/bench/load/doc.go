// Package load sends requests to a server and measures how it answers.
//
// [Closed] keeps a number of connections busy and so finds the throughput;
// [Wrk] does the same with the program of that name. [Open] sends at a fixed
// rate, each request at a moment that was set beforehand, and counts a latency
// from that moment on: a server that stalls is charged for every request that
// should have been sent meanwhile.
package load

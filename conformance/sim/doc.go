// Package sim is what the simulators of the reward vendors share: a settable
// [Clock], [Faults] that strike by odds, by count and by endpoint, [Knobs], a
// [Sender] for calls to the partner, an [Audit] of what was done, and a
// control API over HTTP. The vendors are the packages below it: bigcity,
// qiibee and points.
//
// TEST ONLY. A simulator keeps everything in memory, hands out secrets to whoever
// holds its control token, and misbehaves on purpose. Every answer says so in
// the header [Header].
//
// A simulator is unkind in three ways. A fault strikes a single call: before
// the work (nothing was done) or after it (it was done, and the caller does not
// learn of it). A knob changes how the vendor behaves from now on, where its
// manual leaves that open. And the clock decides when work that was accepted
// takes effect.
package sim

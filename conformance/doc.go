// Package conformance judges a host of the Koshelek Loyalty Online API from
// outside, over HTTP, and knows nothing of how it is made.
//
// [Run] replays every scenario of a card's life as Koshelek's backend would, and
// gives a [Report] of [Check]s: one for every rule of the contract (package
// contract), with the calls that were made, what was answered and what was
// expected. [Judge] holds a single [Exchange] to the rules that hold for every
// answer; recorded traffic is judged with it.
//
// A run makes its own customers in a marked range of phones and a marked e-mail
// domain, and touches only cards that it made or that the profile names.
// Credentials never stand in a report; personal data that is not the run's own
// is masked.
package conformance

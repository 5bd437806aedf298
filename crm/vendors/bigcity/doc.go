// Package bigcity is a client of the BigCity Rewards API, which gives vouchers for
// SKUs ([Client]).
//
// The vendor documents neither what it does with a repeated order nor a call that
// reads one back. So [Client.Redeem] sends an order once, and again only when the
// customer's token was refused. An error for which neither NeverSent nor Refused
// holds leaves the outcome unknown, for a person to find out. Logins are repeated as
// [vendorhttp.Retry] says.
//
// Make one client for each secret and share it: a new login may end the tokens of
// the one before. Errors are [*Error]; see package vendorhttp for what they promise.
package bigcity

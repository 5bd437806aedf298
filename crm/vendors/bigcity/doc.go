// Package bigcity is a client of the BigCity Rewards API, which gives vouchers for
// SKUs ([Client]), and of its microsite's catalogue and orders ([Microsite]).
//
// The vendor documents neither what it does with a repeated order nor a call that
// reads one back. So [Client.Redeem] sends an order once, and again only when the
// customer's token was refused; [Client.PrepareRedemption] makes the bytes to store
// before that. An error for which neither NeverSent nor Refused holds leaves the
// outcome unknown, for a person to find out. Logins, rewards and health are repeated
// as [Config.Retry] says.
//
// Make one client for each secret and share it: a new login may end the tokens of
// the one before. Errors are [*Error]; see package wire for what they promise.
package bigcity

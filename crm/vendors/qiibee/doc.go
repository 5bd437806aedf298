// Package qiibee is a client of the qiibee Loyalty API: users and their balances,
// memberships of airlines, codes, rewards, transactions and NFTs.
//
// The vendor has no key for a repeated transaction. So [Client.SendTransaction] sends
// once and never again by itself; [Client.PrepareTransaction] makes the bytes to store
// before that, and [Client.TransactionsSince] shows afterwards whether a transaction
// whose answer was lost went through. Calls that only read, and those that may arrive
// twice without harm, are repeated as [Config.Retry] says.
//
// Errors are [*Error]; see package wire for what they promise.
package qiibee

// Package wallet is the unkind wallet: it calls a partner's host as Koshelek's
// backend does with many users at once, on a bad day. It sends calls twice, at
// once beside their twins or later, hangs up before the answer is read, sends
// bodies slowly, overtakes itself and mixes versions of the API. It judges every
// answer by the wire contract, and at the end it looks whether the host is in the
// state that one polite client would have left: one card for each user, every
// award exactly once, the profile that was sent last, and nobody's card shown to
// anybody else.
//
// [NewPlan] decides everything before the first call as a pure function of its
// options: the same seed is the same plan, so a run can be replayed. What the
// host alone decides (card numbers, who wins a race) is learned on the way by
// [Run].
//
// # What order can be promised
//
// No call of the contract carries a sequence number, so a late copy of an update
// is a later write, and of two calls at the same moment either may be the last.
// The wallet therefore notes when each write was sent and answered. A value may
// be the final one unless another write was accepted that began after this one
// had ended; a write whose answer the wallet dropped ends [Options].Grace later.
// Everything else is a lost or a revived update.
//
// # What it touches
//
// Only customers of its own: phones counted from [Options].FirstPhone, e-mail
// addresses under [Options].EmailDomain, receipts of drive numbers made from those phones. It
// refuses to begin when the host knows one of them.
package wallet

// Package wire is the HTTP under every vendor's client: one request out, one
// answer in, and a typed [Error] that says what is certain about it.
//
// What it promises, and net/http alone does not:
//
//   - Every error tells whether the vendor can have seen the request
//     ([Error.NeverSent]). Not one byte of a request that is said never to have
//     left was given to the network, and none will be later. Any doubt counts
//     as "may have arrived".
//   - A request with a body is never sent a second time behind the caller's
//     back. Only when a kept connection turned out to be dead before a byte of
//     the request was written, it goes out on another one.
//   - No redirect is followed. Answers are read up to a limit and never beyond.
//   - Secrets and personal data stay out of errors and out of the [Record] of an
//     answer that may be stored.
//
// HTTP/1.1 only: HTTP/2 repeats requests by rules of its own, and what cannot be
// reasoned about has no place where points are money.
package wire

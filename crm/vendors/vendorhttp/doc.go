// Package vendorhttp is what the clients of reward vendors have in common: one
// request out and one answer in, JSON as vendors write it, and access tokens.
//
// What it promises, and net/http alone does not:
//
//   - Every error tells whether the vendor can have seen the request
//     ([Error.NeverSent]). A request is said never to have left only when there
//     was no connection to send it on. Any doubt counts as "may have arrived".
//   - A POST is never sent a second time. net/http itself sends one again on
//     another connection only when a kept one was closed before a byte of the
//     request was written.
//   - No redirect is followed. Answers are read up to a limit and never beyond.
//   - Secrets and personal data stay out of errors and out of the [Record] of an
//     answer that may be stored.
//
// HTTP/1.1 only: HTTP/2 repeats requests by rules of its own, and what cannot be
// reasoned about has no place where points are money.
package vendorhttp

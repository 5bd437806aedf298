// Package middleware is the way of a request into every API of the server:
// request id, recovery, access log and metrics, authentication, reading of the
// body, the limit of requests in flight, and the deadline, in this order. The
// APIs differ in their endpoints and in how they say an error; both they give to
// a [Router].
//
// Personal data stays out of logs and metrics: a line holds the pattern of the
// route, never the path or the query, and texts of unforeseen errors pass
// [Redact] first.
package middleware

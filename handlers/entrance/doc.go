// Package entrance is what the surfaces that others call have in common: who may
// come in, how a call is named, and what may be said about it in a log.
package entrance

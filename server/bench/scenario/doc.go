// Package scenario says which calls a server is measured with: for each
// operation the requests, one after another, and what a good answer to them is.
package scenario

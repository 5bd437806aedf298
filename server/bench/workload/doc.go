// Package workload says which calls a server is measured with: for each
// operation the requests of our own generators, what a good answer looks like,
// and the same requests as a script for wrk.
package workload

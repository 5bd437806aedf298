// Package app is the program as a package: commands, wiring, listeners, TLS and
// drain. The command server calls [Main] and nothing else; a CRM team's own
// binary does the same with [WithProgram], and tests start the whole program
// with an environment of their own.
package app

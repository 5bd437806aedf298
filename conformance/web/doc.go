// Package web is a demo zone for people: a small site on this machine in which a
// partner enters a host and credentials, picks a version and scenarios, watches
// them run, reads the report with what is broken first, opens each call, runs
// again, compares two runs and downloads the reports, in English or Russian.
//
// Pages are rendered by the server and work without JavaScript; with it, a
// running page follows the run by server-sent events, and checks can be filtered.
// Everything comes from the binary: nothing is loaded from elsewhere.
//
// Runs are kept in memory, and in a folder when [Options].Dir names one: a file
// each, that only its owner may read. A run that was going when the site ended is
// shown as interrupted.
//
// # Who may use it
//
// It is meant for the person at this machine. It answers only under the names
// that [Options].Hosts lists, so that a page of the open network cannot reach it
// by a name of its own (DNS rebinding), and takes forms only from its own pages,
// with a token that they carry. It calls no host but the one that was typed.
//
// Credentials live in memory as long as their run does. They are never shown,
// logged or kept, so to run again asks for them again. Where a host repeats the
// password in an answer, it is taken out of what is kept. A partner's profile is
// kept as it was given, with the phones and card numbers in it.
package web

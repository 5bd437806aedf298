// Package web is a demo zone for people: a small site on this machine in which a
// partner enters a host and credentials, picks a version and scenarios, watches
// them run, opens each step, compares two runs and downloads the reports.
//
// Pages are rendered by the server and work without JavaScript; with it, a
// running page follows the run by server-sent events. Everything comes from the
// binary: nothing is loaded from elsewhere, and nothing is written to disk.
//
// # Who may use it
//
// It is meant for the person at this machine. It answers only under the names
// that [Options].Hosts lists, so that a page of the open network cannot reach it
// by a name of its own (DNS rebinding), and takes forms only from its own pages,
// with a token that they carry. It calls no host but the one that was typed.
//
// Credentials live in memory as long as their run does. They are never shown,
// logged or kept.
package web

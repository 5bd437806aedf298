// Package mariadbtest gives tests a real MariaDB or MySQL server.
//
// [DSN] is what most tests want: a fresh, empty database on a server that all
// tests of the process share. [Start] gives a private server to a test that
// kills it, and [Launch] does the same for a program that is not a test.
//
// # Where a server comes from
//
//  1. ADAPTER_TEST_MYSQL_DSN names a server that already runs ([DSN] only).
//     Its user must be allowed to create and drop databases.
//  2. A mariadbd of this machine, started on a private data folder and a port
//     of 127.0.0.1. If there is none, scripts/need is asked to install it.
//  3. Docker ([DSN] only).
//
// A test that finds no server is skipped with the reason, or fails when
// REQUIRE_MYSQL=1. A server that was found and does not start always fails it.
//
// # What stays behind
//
// Everything lives in one folder of [os.TempDir] that belongs to the user. It
// keeps an initialised data folder as a template, because to initialise one
// takes seconds and to copy it a fraction of a second. A server's own folder
// goes when the server does; after a killed process the next one removes it.
// On Linux the kernel kills a server with the process that started it. On
// other systems only [Run] and a test's clean-up do. A container ends two hours
// after its start at the latest.
//
// The servers commit durably (innodb_flush_log_at_trx_commit=1), as in
// production. Their accounts are those of a test: never put real data in.
package mariadbtest

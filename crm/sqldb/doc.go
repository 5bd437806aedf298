// Package sqldb is the engine.Store on SQLite and on MySQL, MariaDB and their
// clusters: one set of statements, and dialect.go for every difference.
//
// Reading guide: store.go opens; sqlite.go and mysql.go are the two engines,
// each with its own way to run a write (groupcommit.go: one writer that commits
// many waiting operations at once; mysql.go: one transaction each, repeated
// when the database asks for it); every other file is one group of operations.
//
// Three habits keep the promises of engine.Store. A change is decided by a
// guarded statement and the count of rows that it changed, or by a unique key,
// never by a value that was read before. Whoever changes a card's points holds
// the lock of the card's row first. And an operation that finds its unique key
// taken rolls back and then looks at what the first one left.
package sqldb

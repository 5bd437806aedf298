// Package sqldb is the engine.Store on SQLite and on MySQL, MariaDB and their
// clusters: one set of statements, and one struct for each family of databases.
//
// Reading guide: store.go opens, and holds the one loop that runs an operation
// again; dbms.go says what a family owns; sqlite.go (with groupcommit.go: one
// writer that commits many waiting operations at once) and mysql.go are the two
// families; every other file is one group of operations.
//
// From a method of the store to its COMMIT are four calls on MySQL (write, run, the
// attempt, the family's write) and on SQLite the writer's two more.
//
// Three habits keep the promises of engine.Store. A change is decided by a
// guarded statement and the count of rows that it changed, or by a unique key,
// never by a value that was read before. Whoever changes a card's points holds
// the lock of the card's row first. And an operation that finds its unique key
// taken, having changed something already, rolls back and then looks at what the
// first one left.
package sqldb

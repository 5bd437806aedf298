// Package engine is the built-in loyalty programme: its rules (who may see which
// card, what a receipt earns, when a code is over) over a store.
//
// [Engine] normalises what comes in, applies the rules and hands each business
// operation to a [Store] in one call. A Store remembers: it carries out that
// operation in one transaction, and keeps its promise when the same call
// comes twice, late, or beside its twin. Package storetest holds a check for
// every one of these promises, package sqldb the Store for SQLite and MySQL.
package engine

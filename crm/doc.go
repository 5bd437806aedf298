// Package crm is the product: what a loyalty programme promises, without a
// word about HTTP or SQL.
//
// [Service] is the one concrete type that the surfaces call. It normalises
// what comes in, applies the rules of the programme (who may see which card,
// what a receipt earns, when a code is over) and hands each business operation
// to a [Backend] in one call. A Backend remembers: it carries out that
// operation in one transaction, and keeps its promise when the same call
// comes twice, late, or beside its twin. Package crmtest holds a check for
// every one of these promises, package sqldb the Backend for SQLite and MySQL.
//
// Units: points are whole int64, money is int64 kopecks, times are
// time.Time in UTC, days are [Date] in the programme's time zone.
package crm

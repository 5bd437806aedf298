// Package baseline is the least that a server can do for the same answers: bare
// net/http, the same statements as package crm/sqldb sent through database/sql,
// and the same bytes. It asks for no credentials, checks nothing, logs nothing
// and counts nothing, so it is fit for comparing with and for nothing else.
//
// What it writes it writes the plain way: one transaction for each request, one
// statement at a time, on SQLite through a single connection.
package baseline

// Package crm is the seam between the surfaces and a loyalty programme: the
// types that both speak of, the kinds of errors, and how identifiers that come
// from outside are read. It holds nothing of HTTP or SQL and imports the
// standard library, the numbering plans and the tables of Unicode alone. Package engine is the built-in programme.
//
// Units: points are whole int64, money is int64 kopecks, times are
// time.Time in UTC, days are [Date] in the programme's time zone.
package crm

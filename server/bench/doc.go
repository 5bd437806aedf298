// Command bench measures the built program beside its floor, on SQLite and on
// MariaDB, and writes a report: how many requests a second, how long they take
// at a fixed rate, what they cost in processor time and allocations, and
// whether the figures reach what was promised.
//
//	go run ./server/bench -quick     # everything in about a minute, small stores
//	go run ./server/bench -standard -fill && go run ./server/bench -standard
//	                                 # the whole table in about twenty minutes; wants a quiet machine
//	go run ./server/bench            # the same for longer: hours for a million cards
//	go run ./server/bench -profile profiles
//
// Every answer is checked, and a run with a wrong one is marked as faulty.
//
// Reading guide: session.go walks through the engines and stores, compare.go
// sets an operation beside its floor, and every file with a row in its name
// measures one row of the report. Packages below: stock fills stores, workload
// makes the requests, load sends them, floor is the least server for the same
// answers, proc watches processes, report writes.
package main

// Command bench measures the built program beside a baseline, on SQLite and on
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
// Every answer is checked, and a row with a wrong one is marked as faulty.
//
// Packages below: dataset fills stores, scenario makes the requests (vegeta
// sends them), baseline is the least server for the same answers, proc watches
// processes.
package main

// Package importer takes a file of records into the programme: in chunks, with
// a list of the refused rows, a state from which an interrupted import goes on,
// and a report of its progress. It knows neither commands nor settings.
package importer

// Package tables reads and writes the programme's records as CSV files, and as
// Koshelek's registries, which are CSV in ZIP. docs/formats.md describes every
// file. Reading and writing take memory for one row at a time, and what comes
// from outside is bounded: the length of a row, the size of what a ZIP unpacks
// to. It imports the standard library and crm only.
package tables

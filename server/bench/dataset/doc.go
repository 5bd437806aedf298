// Package dataset fills stores with cards to measure on. The rows are what the
// programme itself would have written: every balance has its postings and lots,
// so that a verification finds nothing wrong.
//
// A filled store is kept and copied for every run, so that each run meets the
// same data whatever the last one wrote.
package dataset

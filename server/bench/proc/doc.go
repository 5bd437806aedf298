// Package proc starts the processes that are measured and reads what they cost:
// processor time and memory from /proc, allocations from what they tell
// themselves. Where there is no /proc, these figures are zero.
package proc

// Package report holds what a run measured and writes it for people and
// programs: Markdown, JSON, and two plots in SVG.
package report

// Package report writes the report of a conformance run: JSON for programs,
// JUnit for build servers, one self-contained HTML page for people, a summary in
// Markdown and a badge.
package report

// Package version holds the project's version: the one place from which the
// server, conform, their reports and the archives of a release take it.
package version

// Number is the version of this source, in the form of semver.org. The suite's
// rules are part of it: it grows when a rule comes, goes or gets stricter.
const Number = "2.0.0"

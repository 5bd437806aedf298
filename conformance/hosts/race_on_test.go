//go:build race

package hosts_test

// raceDetector tells that the tests were built with it.
const raceDetector = true

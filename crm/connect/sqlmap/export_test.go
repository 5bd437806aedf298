//go:build !race

package sqlmap

import "testing"

// Engine is an engine for tests that import who imports this package.
type Engine struct {
	Driver, Reader, Writer string
	Run                    func(t testing.TB, script string)
}

// Engines runs a test over the reference tables on each engine.
func Engines(t *testing.T, test func(t *testing.T, e Engine)) {
	engines(t, func(t *testing.T, e engine) { test(t, Engine{e.driver, e.reader, e.writer, e.run}) })
}

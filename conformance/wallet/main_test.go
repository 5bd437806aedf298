package wallet_test

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"koshelek-adapter/crm/sqldb/mariadbtest"
)

// The size of the run against our own server; make wallet sets the full one.
var (
	runUsers = flag.Int("wallet.users", 12, "users of a run against our server")
	runCalls = flag.Int("wallet.calls", 500, "calls of a run against our server")
	runSeed  = flag.Uint64("wallet.seed", 1, "seed of a run against our server")
)

func TestMain(m *testing.M) {
	code := mariadbtest.Run(m)
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

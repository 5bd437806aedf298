package handlers_test

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"koshelek-adapter/crm/sqldb/mariadbtest"
)

func TestMain(m *testing.M) {
	code := mariadbtest.Run(m)
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

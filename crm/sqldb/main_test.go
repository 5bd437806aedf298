package sqldb_test

import (
	"os"
	"testing"

	"koshelek-adapter/crm/sqldb/mariadbtest"
)

func TestMain(m *testing.M) { os.Exit(mariadbtest.Run(m)) }

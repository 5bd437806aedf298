package sqldb_test

import (
	"os"
	"testing"

	"koshelek-adapter/crm/sqldb/sqldbtest"
)

func TestMain(m *testing.M) { os.Exit(sqldbtest.Run(m)) }

package config_test

import (
	"testing"

	"koshelek-adapter/config"
)

// Several nodes of a cluster stand in one address.
func TestClusterOfDatabases(t *testing.T) {
	cfg, err := config.Load([]string{"ADAPTER_DATABASE=mysql:app:secret@tcp(db1:3306,db2:3306,db3:3306)/loyalty"})
	if err != nil {
		t.Fatal(err)
	}
	if got := cfg.Database.String(); got != "mysql:app:***@tcp(db1:3306,db2:3306,db3:3306)/loyalty" {
		t.Error(got)
	}
}

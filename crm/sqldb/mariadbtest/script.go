package mariadbtest

import (
	"database/sql"
	"strings"
	"testing"
)

// Script runs a script on a database as the mariadb client does, with its DELIMITER.
func Script(t testing.TB, dsn, script string) {
	t.Helper()
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }() // nothing is lost
	end, statement := ";", ""
	for line := range strings.Lines(script) {
		if delimiter, is := strings.CutPrefix(line, "DELIMITER "); is {
			end = strings.TrimSpace(delimiter)
			continue
		}
		code, _, _ := strings.Cut(line, "-- ")
		statement += code
		if before, ends := strings.CutSuffix(strings.TrimSpace(statement), end); ends {
			if _, err := db.Exec(before); err != nil {
				t.Fatalf("%s: %v", before, err)
			}
			statement = ""
		}
	}
	if rest := strings.TrimSpace(statement); rest != "" {
		t.Fatalf("the script ends within %q", rest)
	}
}

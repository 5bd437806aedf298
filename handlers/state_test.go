package handlers_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// state writes down everything that the store holds, row by row, so that two
// states can be compared.
func (h *fixture) state(t testing.TB) []string {
	t.Helper()
	driver, source, _ := strings.Cut(h.url, ":")
	list := "SELECT name FROM sqlite_master WHERE type = 'table'"
	if driver == "mysql" {
		list = "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
	}
	db, err := sql.Open(driver, source)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	var all []string
	for _, table := range rows(t, db, list) {
		for _, row := range rows(t, db, "SELECT * FROM "+table) {
			all = append(all, table+": "+row)
		}
	}
	slices.Sort(all)
	return all
}

// rows gives every row of a query as one text.
func rows(t testing.TB, db *sql.DB, query string) []string {
	t.Helper()
	result, err := db.Query(query)
	require.NoError(t, err)
	defer func() { require.NoError(t, result.Close()) }()
	columns, err := result.Columns()
	require.NoError(t, err)
	var all []string
	for result.Next() {
		values, targets := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		require.NoError(t, result.Scan(targets...))
		texts := make([]string, len(values))
		for i, value := range values {
			texts[i] = fmt.Sprint(value.String)
		}
		all = append(all, strings.Join(texts, " | "))
	}
	require.NoError(t, result.Err())
	return all
}

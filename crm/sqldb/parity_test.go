package sqldb

import (
	"context"
	"database/sql"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/sqldb/mariadbtest"
)

// shape is a schema by names that mean the same on both engines.
type shape map[string]table

type table struct {
	Columns map[string]column
	Indexes map[string]string // name → columns, "!" before a unique one
	Primary string
}

type column struct {
	Class    string // text or integer
	Nullable bool
	Limit    string // bytes:n or characters:n
}

// TestSchemasAgree compares what the two folders of migrations really made.
func TestSchemasAgree(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	lite, err := openSQLite(ctx, filepath.Join(t.TempDir(), "parity.db"), Options{}.withDefaults())
	require.NoError(t, err)
	defer lite.close()
	my, err := openMySQL(ctx, mariadbtest.DSN(t), Options{}.withDefaults())
	require.NoError(t, err)
	defer my.close()
	left, right := sqliteShape(t, lite.readers), mysqlShape(t, my.db)
	require.NotEmpty(t, left)
	for name := range left {
		assert.Equal(t, left[name], right[name], name)
	}
	assert.Len(t, right, len(left))
}

func sqliteShape(t *testing.T, db *sql.DB) shape {
	found := shape{}
	for _, row := range strings3(t, db, `SELECT name, sql, '' FROM sqlite_master WHERE type = 'table'
		AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'goose_%'`) {
		found[row[0]] = table{Columns: sqliteColumns(t, db, row[0], row[1]), Indexes: map[string]string{}, Primary: strings3(t, db,
			`SELECT group_concat(name), '', '' FROM (SELECT name FROM pragma_table_info('`+row[0]+`') WHERE pk > 0 ORDER BY pk)`)[0][0]}
	}
	for _, row := range strings3(t, db, `SELECT m.name, m.tbl_name, (SELECT group_concat(i.name) FROM pragma_index_info(m.name) i)
		FROM sqlite_master m WHERE m.type = 'index' AND m.sql IS NOT NULL AND m.tbl_name NOT LIKE 'goose_%'`) {
		unique := strings3(t, db, `SELECT CASE WHEN "unique" THEN '!' ELSE '' END, '', '' FROM pragma_index_list('`+row[1]+`') WHERE name = '`+row[0]+`'`)
		found[row[1]].Indexes[row[0]] = unique[0][0] + row[2]
	}
	return found
}

var (
	byteLimit = regexp.MustCompile(`octet_length\((\w+)\) <= (\d+)`)
	charLimit = regexp.MustCompile(`[^_]length\((\w+)\) <= (\d+)`)
)

func sqliteColumns(t *testing.T, db *sql.DB, name, ddl string) map[string]column {
	limits := map[string]string{}
	for _, match := range byteLimit.FindAllStringSubmatch(ddl, -1) {
		limits[match[1]] = "bytes:" + match[2]
	}
	for _, match := range charLimit.FindAllStringSubmatch(ddl, -1) {
		limits[match[1]] = "characters:" + match[2]
	}
	columns := map[string]column{}
	for _, row := range strings3(t, db, `SELECT name, type, CASE WHEN "notnull" THEN '' ELSE 'null' END FROM pragma_table_info('`+name+`')`) {
		columns[row[0]] = column{Class: strings.ToLower(row[1]), Nullable: row[2] != "", Limit: limits[row[0]]}
	}
	return columns
}

func mysqlShape(t *testing.T, db *sql.DB) shape {
	found := shape{}
	checks := map[string]string{}
	for _, row := range strings3(t, db, `SELECT table_name, check_clause, '' FROM information_schema.check_constraints
		WHERE constraint_schema = DATABASE()`) {
		checks[row[0]] += row[1] + ";"
	}
	for _, row := range strings3(t, db, `SELECT table_name, column_name, CONCAT(data_type, ':', COALESCE(character_octet_length, 0), ':', is_nullable)
		FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name NOT LIKE 'goose%'`) {
		if _, known := found[row[0]]; !known {
			found[row[0]] = table{Columns: map[string]column{}, Indexes: map[string]string{}}
		}
		found[row[0]].Columns[row[1]] = mysqlColumn(row[1], row[2], checks[row[0]])
	}
	for _, row := range strings3(t, db, `SELECT table_name, CONCAT(CASE WHEN non_unique = 0 THEN '!' ELSE '' END, index_name),
		GROUP_CONCAT(column_name ORDER BY seq_in_index) FROM information_schema.statistics
		WHERE table_schema = DATABASE() AND table_name NOT LIKE 'goose%' GROUP BY table_name, index_name, non_unique`) {
		name := strings.TrimPrefix(row[1], "!")
		if name == "PRIMARY" {
			entry := found[row[0]]
			entry.Primary = row[2]
			found[row[0]] = entry
			continue
		}
		found[row[0]].Indexes[name] = row[1][:len(row[1])-len(name)] + row[2]
	}
	return found
}

func mysqlColumn(name, described, checks string) column {
	parts := strings.Split(described, ":")
	c := column{Class: "text", Nullable: parts[2] == "YES"}
	switch parts[0] {
	case "bigint":
		c.Class = "integer"
	case "varbinary":
		c.Limit = "bytes:" + parts[1]
	case "varchar":
		limit := regexp.MustCompile("char_length\\(`" + name + "`\\) <= (\\d+)").FindStringSubmatch(strings.ToLower(checks))
		if limit != nil {
			c.Limit = "characters:" + limit[1]
		}
	}
	return c
}

// strings3 reads rows of three texts.
func strings3(t *testing.T, db *sql.DB, query string) [][3]string {
	t.Helper()
	rows, err := db.Query(query)
	require.NoError(t, err)
	defer rows.Close()
	var list [][3]string
	for rows.Next() {
		var row [3]sql.NullString
		require.NoError(t, rows.Scan(&row[0], &row[1], &row[2]))
		list = append(list, [3]string{row[0].String, row[1].String, row[2].String})
	}
	require.NoError(t, rows.Err())
	return list
}

package sqlmap

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMappingsThatDoNotFit(t *testing.T) {
	writing := map[string]string{"mysql": "SELECT NEXTVAL(counter) AS points, description,", "postgres": "WITH gone AS (DELETE FROM wallet_offers RETURNING id) SELECT points, description,"}
	engines(t, func(t *testing.T, e engine) {
		e.run(t, "CREATE SEQUENCE counter;")
		for name, c := range map[string]struct{ old, new, says string }{
			"unknown table":     {"FROM wallet_points", "FROM wallet_pionts", "wallet_pionts"},
			"unknown column":    {"SELECT points, description, available_from", "SELECT points, description, id", `there is no column "id"`},
			"missing column":    {"SELECT points, description,", "SELECT description,", "column points is missing"},
			"colliding names":   {"SELECT points, description,", "SELECT points, description AS points,", "two columns are called points"},
			"text for a number": {"SELECT points, description,", "SELECT description AS points,", "exact decimals"},
			"float":             {"SELECT points, description,", "SELECT CAST(points AS float) AS points,", "float"},
			"writing read":      {"SELECT points, description,", writing[e.driver], "balance"},
			"no procedure":      {"wallet_move(", "wallet_mvoe(", "wallet_mvoe"},
			"arguments":         {"wallet_code(:key, :card, :code)", "wallet_code(:key, :card, :code, :code)", "wallet_code"},
		} {
			t.Run(name, func(t *testing.T) {
				_, err := e.open(t, c.old, c.new)
				assert.ErrorContains(t, err, c.says)
			})
		}
		if e.driver == "postgres" {
			t.Run("columns of a write", func(t *testing.T) {
				_, err := e.open(t, `"SELECT * FROM wallet_code`, `"SELECT outcome, ref, card FROM wallet_code`)
				assert.ErrorContains(t, err, "column points is missing")
			})
		}
		t.Run("reader who may write", func(t *testing.T) {
			writing := e
			writing.reader = e.owner
			_, err := writing.open(t)
			assert.ErrorContains(t, err, "may change data")
		})
		t.Run("reads are read only whoever reads", func(t *testing.T) {
			writing := e
			writing.reader, writing.writer = e.owner, e.owner
			c := writing.connector(t)
			_, err := c.fresh.ExecContext(t.Context(), "DELETE FROM wallet_offers")
			assert.Error(t, err)
			about, err := c.Describe(t.Context())
			require.NoError(t, err)
			assert.Contains(t, strings.Join(about.Notes, "\n"), "can only read")
		})
	})
}

func TestScansAreWarnedOf(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		e.run(t, map[string]string{
			"mysql":    "INSERT INTO wallet_customers (phone) SELECT 79000000000 + seq FROM seq_1_to_20000;\nANALYZE TABLE wallet_customers;",
			"postgres": "INSERT INTO wallet_customers (phone) SELECT (79000000000 + n)::text FROM generate_series(1, 20000) n; ANALYZE wallet_customers;",
		}[e.driver])
		c := e.connector(t)
		about, err := c.Describe(t.Context())
		require.NoError(t, err)
		assert.Empty(t, about.Notes)
		c = e.connector(t, "WHERE c.phone = :phone", "WHERE c.surname = :phone")
		about, err = c.Describe(t.Context())
		require.NoError(t, err)
		require.Len(t, about.Notes, 1)
		assert.Contains(t, about.Notes[0], "find_by_phone: it reads the whole of")
	})
}

func TestRowsAreLimited(t *testing.T) {
	e := postgresEngine(t)
	c := e.connector(t, "rows    = 1000", "rows = 3")
	made, err := c.Enroll(t.Context(), enrollment(1))
	require.NoError(t, err)
	for i := range 4 {
		e.run(t, fmt.Sprintf("INSERT INTO wallet_points (card, points) VALUES ('%s', %d)", made.Card, i))
	}
	_, err = c.Balance(t.Context(), made.Ref)
	assert.ErrorContains(t, err, "more than 3 rows")
}

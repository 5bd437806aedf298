package app_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/server/app"
)

// older changes a store behind the program's back, as an older version filled it.
func (d *desk) older(statements ...string) {
	d.t.Helper()
	driver, source, _ := strings.Cut(d.env["ADAPTER_DATABASE"], ":")
	db, err := sql.Open(driver, source)
	require.NoError(d.t, err)
	defer func() { assert.NoError(d.t, db.Close()) }()
	for _, statement := range statements {
		result, err := db.Exec(statement)
		require.NoError(d.t, err, statement)
		n, err := result.RowsAffected()
		require.NoError(d.t, err)
		require.Equal(d.t, int64(1), n, statement)
	}
}

// settled runs 'identifiers' and gives its answer.
func (d *desk) settled(exit int, flags ...string) (answer struct {
	Customers, Changed, Refused int64
	Shared                      int64 `json:"would_merge"`
	Left                        []map[string]string
}) {
	d.t.Helper()
	code, out, log := d.try(append([]string{"identifiers", "--json", "--actor", "boss"}, flags...)...)
	require.Equal(d.t, exit, code, log)
	require.NoError(d.t, json.Unmarshal([]byte(out), &answer))
	return answer
}

// TestIdentifiersOfAnOlderStore: what an older version stored in its own form is
// found again; who would become one customer, and what cannot be read, stays.
func TestIdentifiersOfAnOlderStore(t *testing.T) {
	onBoth(t, func(d *desk) {
		d.env["ADAPTER_CARD_BARCODE_TYPE"] = "CODE_128"
		rows := "card_number;phone;email\n"
		for i := range 12 {
			rows += fmt.Sprintf("C-%02d;790000000%02d;u%02d@shop.example\n", i, i, i)
		}
		d.must("import", "cards", d.file("cards.csv", rows))
		set := func(i int, column, value string) string {
			return fmt.Sprintf("UPDATE customer SET %s = '%s' WHERE id = (SELECT customer_id FROM card WHERE number = 'C-%02d')", column, value, i)
		}
		older := []string{
			set(0, "phone", "87012345678"), set(1, "phone", "9161234567"), // national forms of KZ and RU
			set(2, "phone", "80291234567"),                                // BY
			set(3, "email", "u03\u200b@shop.example"),                     // a zero-width space
			set(4, "email", "cafe\u0301@shop.example"),                    // not composed
			set(5, "email", "u05@xn--e1afmkfd.xn--p1ai"),                  // IDNA
			set(6, "phone", "9161234568"), set(7, "phone", "79161234568"), // one person twice
			set(8, "phone", "9161234569"), set(9, "phone", "89161234569"), // both in old forms
			set(10, "phone", "1234567"), set(11, "email", "\u212a@shop.example"), // seven digits, the Kelvin sign
		}
		d.older(older...)
		dry := d.settled(app.ExitIncomplete, "--dry-run")
		assert.Equal(d.t, "nothing was found\n", d.must("search", "77012345678"), "a dry run stores nothing")

		first := d.settled(app.ExitIncomplete)
		assert.Equal(d.t, dry, first, "the dry run says what the run does")
		assert.Equal(d.t, int64(12), first.Customers)
		assert.Equal(d.t, int64(7), first.Changed)
		assert.Equal(d.t, int64(2), first.Shared)
		assert.Equal(d.t, int64(2), first.Refused)
		again := d.settled(app.ExitIncomplete, "--limit", "1")
		assert.Zero(d.t, again.Changed)
		assert.Len(d.t, again.Left, 1)

		for card, word := range map[string]string{
			"C-00": "+7 701 234-56-78", "C-01": "8 916 123-45-67", "C-02": "+375 29 123-45-67", "C-03": "u03@shop.example", "C-04": "caf\u00e9@shop.example",
			"C-05": "u05@пример.рф", "C-07": "79161234568",
		} {
			assert.Contains(d.t, d.must("search", word), card, word)
		}
		out, _ := json.Marshal(first)
		for _, personal := range []string{"9161234568", "1234567", "\u212a@"} {
			assert.NotContains(d.t, string(out), personal)
		}
		both := d.settled(app.ExitIncomplete, "--personal").Left
		require.Len(d.t, both, 4)
		at := slices.IndexFunc(both, func(l map[string]string) bool { return l["stored"] == "9161234568" })
		require.GreaterOrEqual(d.t, at, 0)
		for field, want := range map[string]string{"canonical": "79161234568", "card_number": "C-06", "other_card_number": "C-07"} {
			assert.Equal(d.t, want, both[at][field], field)
		}
		assert.Contains(d.t, d.must("audit"), "boss")

		d.must("card", "phone", "C-10", "+79990000010")
		assert.Equal(d.t, int64(1), d.settled(app.ExitIncomplete).Refused)
	})
}

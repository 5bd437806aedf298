package app_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/server/app"
	"koshelek-adapter/server/app/importer"
)

// An import says what it changed, a dry run says the same and changes nothing.
func TestImportsCount(t *testing.T) {
	t.Parallel()
	onBoth(t, func(d *desk) {
		first := d.file("a.csv", "card_number,balance,phone,surname\n2900000000018,5,79216668899,Petrova\n2900000000025,7,79216668811,Ivanov\n2900000000032,1,,\n")
		second := d.file("b.csv", "card_number,balance,phone,surname\n2900000000018,5,79216668899,Petrova\n2900000000025,9,79216668811,Ivanov\n"+
			"2900000000032,1,79216668800,Orlov\n2900000000049,2,79216668822,Lvov\n2900000000049,2,79216668822,Lvova\n")
		d.must("import", "cards", first)
		before := d.exports()
		for _, flags := range [][]string{{"--dry-run"}, nil} {
			code, out, log := d.try(append([]string{"import", "cards", second}, flags...)...)
			require.Equal(d.t, app.ExitIncomplete, code, log)
			assert.Contains(d.t, out, "1 new, 2 updated, 1 unchanged")
			assert.Contains(d.t, log, "line 3, balance 9: the points are out of range (the card has 7, the file 9; --balances correct")
			assert.Contains(d.t, log, "warning: 1 times one of the card numbers stands in the file again")
			if flags != nil {
				assert.Equal(d.t, before, d.exports(), "a dry run changes nothing")
				assert.NotContains(d.t, d.must("audit"), "5 rows")
			}
		}
		assert.Contains(d.t, d.must("audit"), "import cards")
		assert.Contains(d.t, d.must("import", "cards", second, "--balances", "correct", "--dry-run"), "0 new, 3 updated, 2 unchanged")
		d.must("import", "cards", second, "--balances", "correct")
		assert.Contains(d.t, d.must("export", "cards"), ",9,")
		assert.Contains(d.t, d.must("import", "cards", second), "0 new, 2 updated, 3 unchanged", "only the name that stands there twice changes")
		d.must("points", "grant", "--key", "k", "2900000000025", "100")
		d.must("import", "cards", second, "--balances", "keep")
		d.must("verify")

		customers := d.file("c.csv", "phone,surname\n79216668899,Petrova\n79216668811,Ivanova\n79216668833,Novikov\n")
		assert.Contains(d.t, d.must("import", "customers", customers, "--dry-run"), "1 new, 1 updated, 1 unchanged")
		assert.Contains(d.t, d.must("import", "customers", customers), "1 new, 1 updated, 1 unchanged")
		assert.Contains(d.t, d.must("import", "customers", customers), "0 new, 0 updated, 3 unchanged")
		assert.Contains(d.t, d.must("pool", "import", samples+"numbers.csv", "--dry-run"), "2 new, 0 updated, 0 unchanged")

		offers := d.file("o.csv", "id,audience,target,name\na,card,2999999999999,x\nb,all,,y\n")
		code, _, log := d.try("import", "offers", offers)
		require.Equal(d.t, app.ExitIncomplete, code)
		assert.Contains(d.t, log, "line 2, target 29***99: there is no such card")
	})
}

// Customers that come before their cards have one card in the end, the shop's.
func TestCustomersBeforeCards(t *testing.T) {
	t.Parallel()
	onBoth(t, func(d *desk) {
		var customers, cards strings.Builder
		customers.WriteString("phone\n")
		cards.WriteString("card_number,phone,balance\n")
		for i := range 20 {
			fmt.Fprintf(&customers, "+7 921 666 88 %02d\n", i)
			fmt.Fprintf(&cards, "A%02d,8 (921) 666-88-%02d,%d\n", i, i, i)
		}
		d.env["ADAPTER_CARD_BARCODE_TYPE"] = "CODE_128"
		d.must("import", "customers", d.file("customers.csv", customers.String()))
		list := strings.Split(d.must("export", "customers"), "\n")
		used := list[1][strings.LastIndex(list[1], ",")+1:]
		d.must("points", "grant", "--key", "k", used, "5")
		path := d.file("cards.csv", cards.String())
		code, out, log := d.try("import", "cards", path)
		require.Equal(d.t, app.ExitIncomplete, code, log)
		assert.Contains(d.t, out, "20 rows, 19 stored, 1 refused")
		assert.Contains(d.t, log, "an import of customers gave this customer a card, which is used already")
		assert.Equal(d.t, 20, strings.Count(d.must("export", "cards"), "\n")-1, "one card each")
		assert.Equal(d.t, 19, strings.Count(d.must("export", "cards"), "\nA"))
		assert.Contains(d.t, d.must("import", "customers", d.dir+"/customers.csv"), "0 new, 0 updated, 20 unchanged")
		d.must("verify")
	})
}

// messy makes a file of a kind in which rows repeat, differ and break rules.
func messy(random *rand.Rand, kind string) string {
	one := func(list ...string) string { return list[random.IntN(len(list))] }
	number := func() string { return one("A", "B", "C", "D", "E", "F", "!") }
	phone := func() string { return "921666881" + one("0", "1", "2", "3", "x") }
	row := map[string]func() []string{
		"cards": func() []string {
			return []string{number(), one("5", "6", "x"), one(phone(), ""), one("", "Ivanov", "Petrov"), one("", "a@example.com", "b@example.com")}
		},
		"customers": func() []string {
			return []string{one("", number()), one(phone(), ""), one("", "Orlov", "Lvov"), one("", "a@example.com", "b@example.com")}
		},
		"purchases": func() []string {
			return []string{number(), one("r1", "r2"), "2026-01-01", one("tea", "milk"), one("1", "2")}
		},
		"offers": func() []string { return []string{one("o1", "o2"), one("all", "card", "none"), number(), one("x", "y")} },
		"codes":  func() []string { return []string{one("ONE", "two", "TWO"), one("1", "2", "-1")} },
		"points": func() []string { return []string{one("k1", "k2", "k3", "k4"), number(), one("1", "2", "-1", "-100")} },
		"drives": func() []string {
			return []string{one("1234567890123456", "1234567890123457", "1"), one("", "Europe/Moscow")}
		},
		"numbers": func() []string { return []string{number() + one("1", "2", "3"), one("free", "handed-over")} },
	}[kind]
	var b strings.Builder
	b.WriteString(strings.Join(map[string][]string{
		"cards": {"card_number", "balance", "phone", "surname", "email"}, "customers": {"card_number", "phone", "surname", "email"},
		"purchases": {"card_number", "ref", "date", "item", "amount"}, "offers": {"id", "audience", "target", "name"}, "codes": {"code", "points"},
		"points": {"key", "card_number", "points"}, "drives": {"fn", "zone"}, "numbers": {"card_number", "state"},
	}[kind], ",") + "\n")
	for range 25 {
		b.WriteString(strings.Join(row(), ",") + "\n")
	}
	return b.String()
}

// told is what an import says of itself, and what it leaves in the audit log.
type told struct {
	Counted                                          bool
	Rows, Accepted, Refused, New, Updated, Unchanged int64
	Warnings                                         []string
	Refusals                                         []importer.Refusal
}

// A dry run says what the run says, row for row, and each record that a run changed
// stands in the audit log with who did it.
func TestDryRunsSayWhatRunsDo(t *testing.T) {
	t.Parallel()
	onBoth(t, func(d *desk) {
		d.env["ADAPTER_CARD_BARCODE_TYPE"], d.env["ADAPTER_CARD_TEMPLATE"] = "CODE_128", "77########"
		random := rand.New(rand.NewPCG(14, 10))
		for i := range 16 {
			kind := wholeKinds[i%len(wholeKinds)]
			path := d.file(fmt.Sprintf("%d.csv", i), messy(random, kind))
			run := func(flags ...string) (r told) {
				args := []string{"import", kind, path, "--json", "--actor", fmt.Sprintf("run-%d", i)}
				if kind == "numbers" {
					args = append([]string{"pool"}, slices.Delete(args, 1, 2)...)
				}
				_, out, log := d.try(append(args, flags...)...)
				require.NoError(d.t, json.Unmarshal([]byte(out), &r), log)
				return r
			}
			dry, wet := run("--dry-run"), run()
			assert.Equal(d.t, wet, dry, "%s: %s", kind, path)
			assert.True(d.t, wet.Counted)
			assert.Equal(d.t, wet.Accepted, wet.New+wet.Updated+wet.Unchanged, "%s: %v", kind, wet)
			notes := strings.Count(d.must("audit", "--limit", "10000"), fmt.Sprintf("run-%d ", i))
			if wet.Accepted > 0 {
				notes-- // the line of the import itself
			}
			assert.Equal(d.t, wet.New+wet.Updated, int64(notes), "%s: %v\n%s", kind, wet, d.must("audit"))
			again := run()
			assert.Zero(d.t, again.New, "%s", kind)
		}
		d.must("verify")
	})
}

var wholeKinds = []string{"cards", "customers", "purchases", "offers", "codes", "points", "drives", "numbers"}

// Rows that stand in a file again as they are need no warning; others do.
func TestRepeatedRowsAreWarnedOf(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "", anyBarcode)
	d.must("import", "cards", d.file("c.csv", "card_number\nA\n"))
	for kind, c := range map[string][3]string{
		"points": {"key,card_number,points,valid_until", "k,A,5,2096-01-01", "k,A,5,2097-01-01"}, "codes": {"code,points", "X,1", "x,2"},
		"offers": {"id,audience,name", "a,all,x", "a,all,y"}, "drives": {"fn,zone", "1234567890123456,", "1234567890123456,Asia/Omsk"},
		"purchases": {"card_number,ref,date,item,amount", "A,r,2026-01-01,tea,1", "A,r,2026-01-01,tea,2"},
	} {
		_, _, log := d.try("import", kind, d.file("f.csv", c[0]+"\n"+c[1]+"\n"+c[1]+"\n"))
		assert.NotContains(t, log, "warning", kind)
		_, _, log = d.try("import", kind, d.file("f.csv", c[0]+"\n"+c[1]+"\n"+c[2]+"\n"))
		assert.Contains(t, log, "warning: 1 times one of the ", kind)
	}
}

package app_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"koshelek-adapter/server/app"
)

// oddTexts are what cells hold that spreadsheets, separators and quotes are hard on.
var oddTexts = []string{"", "=1+1", "-5", "+7", "@x", "'quoted", "''=2", "a,b;c", `say "yes"`, "Ё ж", "🙂", "0012", "'12", "1,5E+3"}

// wholeStore lists the exports of all kinds in an order in which they can be imported.
var wholeStore = []string{"cards", "customers", "purchases", "offers", "codes", "points", "numbers"}

// export writes a kind to a file, or gives it as CSV without a path.
func (d *desk) export(kind string, path ...string) string {
	d.t.Helper()
	args := []string{"export", kind}
	if kind == "numbers" {
		args = []string{"pool", "export", "--state", "all"}
	}
	return d.must(append(args, path...)...)
}

func (d *desk) load(kind, path string, flags ...string) {
	d.t.Helper()
	args := []string{"import", kind, path}
	if kind == "numbers" {
		args = []string{"pool", "import", path}
	}
	d.must(append(args, flags...)...)
}

// sorted has the rows in one order: customers are listed by the ID that a store gave.
func sorted(text string) []string { return slices.Sorted(strings.Lines(text)) }

// What random stores export, as CSV or as workbooks, is imported elsewhere as it was:
// also the ledger, with the days of its points, beside the balances of the cards.
func TestRandomStoresAreExported(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(14, 12))
	d := newDesk(t, "", anyBarcode)
	d.fill(random, 30)
	for _, form := range []string{"csv", "xlsx"} {
		other := newDesk(t, "", anyBarcode)
		for range 2 { // the second time nothing changes
			for _, kind := range wholeStore {
				path := filepath.Join(d.dir, kind+"."+form)
				d.export(kind, path)
				other.load(kind, path)
			}
			for _, kind := range wholeStore {
				assert.Equal(t, sorted(d.export(kind)), sorted(other.export(kind)), "%s as %s", kind, form)
			}
			other.must("verify")
		}
		for _, kind := range []string{"customers", "codes", "numbers", "cards"} {
			alone := newDesk(t, "", anyBarcode)
			alone.load(kind, filepath.Join(d.dir, kind+"."+form))
			assert.Equal(t, sorted(d.export(kind)), sorted(alone.export(kind)), "%s as %s, alone", kind, form)
		}
	}
}

// fill makes a store of n records of each kind.
func (d *desk) fill(random *rand.Rand, n int) {
	d.t.Helper()
	text := func() string { return `"` + strings.ReplaceAll(oddTexts[random.IntN(len(oddTexts))], `"`, `""`) + `"` }
	var cards, purchases, offers, codes, numbers, points strings.Builder
	cards.WriteString("card_number,balance,state,phone,surname,locality,birth_date,barcode,barcode_type\n")
	purchases.WriteString("card_number,ref,date,item,amount,quantity,location,bonus_points\n")
	offers.WriteString("id,audience,target,name,description,start_date,end_date,discount\n")
	codes.WriteString("code,points,starts_at,ends_at,max_uses,used,description\n")
	numbers.WriteString("card_number,state\n")
	points.WriteString("key,card_number,points,description,available_from,valid_until\n")
	for i := range n {
		fmt.Fprintf(&cards, "C%d,%d,%s,%s,%s,%s,%s,%s\n", i, 10+random.IntN(100), []string{"active", "inactive", "blocked", "active"}[min(i%8, 3)],
			[]string{fmt.Sprintf("+4930123%03d", i), fmt.Sprintf("+791612340%02d", i), fmt.Sprintf("+86138001380%02d", i)}[random.IntN(3)],
			text(), text(), []string{"", "1990-02-28"}[random.IntN(2)], []string{",", fmt.Sprintf("B%d,QR_CODE", i)}[random.IntN(2)])
		fmt.Fprintf(&purchases, "C%d,r%d,2026-01-%02d,%s,%d.%02d,%d.5,%s,%d\n", i, i, 1+i%28, `"item `+text()[1:], random.IntN(900), random.IntN(100), random.IntN(9), text(), random.IntN(9))
		fmt.Fprintf(&offers, "o%d,card,C%d,%s,%s,2026-01-01,2026-12-31,%s\n", i, i, `"n`+text()[1:], text(), text())
		fmt.Fprintf(&codes, "CODE%d,%d,2026-01-01,%s,%d,%d,%s\n", i, random.IntN(50), []string{"", "2096-12-31", "2096-12-31T10:00:00+03:00"}[random.IntN(3)], 5+random.IntN(5), random.IntN(5), text())
		fmt.Fprintf(&numbers, "N%d,%s\n", i, []string{"free", "handed-over"}[random.IntN(2)])
		if i%8 > 2 {
			fmt.Fprintf(&points, "g%d,C%d,%d,%s,%s\n", i, i, 1+random.IntN(100), text(), []string{",", ",2097-01-01", "2096-01-01,2097-01-01T10:00:00Z", "2096-01-01T10:00:00.5Z,2097-01-01"}[random.IntN(4)])
			fmt.Fprintf(&points, "t%d,C%d,-%d,%s,,\n", i, i, 1+random.IntN(9), text())
		}
	}
	for _, file := range []struct{ kind, content string }{
		{"cards", cards.String()}, {"purchases", purchases.String()}, {"offers", offers.String()},
		{"codes", codes.String()}, {"points", points.String()}, {"numbers", numbers.String()},
	} {
		d.load(file.kind, d.file(file.kind, file.content))
	}
	d.must("card", "replace", "C7", "C7a")
	d.must("card", "replace", "C11", "C11a")
	d.must("points", "take", "--key", "after", "C7a", "3")
}

// A ledger is not restored over a balance that was used, and not without its beginning.
func TestLedgersAreNotMixed(t *testing.T) {
	t.Parallel()
	onBoth(t, func(d *desk) {
		d.env["ADAPTER_CARD_BARCODE_TYPE"] = "CODE_128"
		cards := d.file("cards.csv", "card_number,balance\nA,50\nB,50\n")
		d.must("import", "cards", cards)
		const ledger = "key,card_number,points,valid_until,posting,kind,at,left\n" +
			"import:A,A,60,,01KBCXVQ7M0000000000000000,grant,2026-01-01,50\nmove:x,A,-10,,01KBCXVQ7M0000000000000001,take,2026-01-02,\n" +
			"import:B,B,50,,01KBCXVQ7M0000000000000002,grant,2026-01-01,50\n"
		path := d.file("points.csv", ledger)
		d.must("points", "take", "--key", "used", "B", "1")
		code, out, log := d.try("import", "points", path)
		assert.Equal(d.t, app.ExitIncomplete, code)
		assert.Contains(d.t, out, "2 new, 0 updated, 0 unchanged")
		assert.Contains(d.t, log, "line 4, key ***: the same key was used before for something else (an import gave the card a balance, and some of it is spent")
		assert.Contains(d.t, d.must("export", "points"), "import:A,A,60,")
		assert.Contains(d.t, d.must("export", "cards"), "A,A,CODE_128,active,50,")
		code, _, log = d.try("import", "points", d.file("late.csv", strings.NewReplacer("import:A,A,60", "move:y,A,-70", "0000000000,grant", "0000000009,take", ",50\n", ",\n").Replace(ledger)))
		assert.Equal(d.t, app.ExitIncomplete, code)
		assert.Contains(d.t, log, "lines of the card that come before this one are missing")
		d.must("verify")
	})
}

package app_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// oddTexts are what cells hold that spreadsheets, separators and quotes are hard on.
var oddTexts = []string{"", "=1+1", "-5", "+7", "@x", "'quoted", "''=2", "a,b;c", `say "yes"`, "Ё ж", "🙂", "0012", "'12", "1,5E+3"}

// What random stores export is imported elsewhere as it was.
func TestRandomStoresAreExported(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(14, 12))
	text := func() string { return `"` + strings.ReplaceAll(oddTexts[random.IntN(len(oddTexts))], `"`, `""`) + `"` }
	for range 3 {
		d, other := newDesk(t, "", anyBarcode), newDesk(t, "", anyBarcode)
		var cards, purchases, offers, codes, numbers strings.Builder
		cards.WriteString("card_number,balance,state,phone,surname,locality,birth_date\n")
		purchases.WriteString("card_number,ref,date,item,amount,quantity,location,bonus_points\n")
		offers.WriteString("id,audience,target,name,description,start_date,end_date,discount\n")
		codes.WriteString("code,points,starts_at,ends_at,max_uses,description\n")
		numbers.WriteString("card_number\n")
		for i := range 30 {
			fmt.Fprintf(&cards, "C%d,%d,%s,%s,%s,%s,%s\n", i, random.IntN(100), []string{"active", "inactive", "blocked"}[random.IntN(3)],
				[]string{fmt.Sprintf("+4930123%03d", i), fmt.Sprintf("+791612340%02d", i), fmt.Sprintf("+86138001380%02d", i)}[random.IntN(3)],
				text(), text(), []string{"", "1990-02-28"}[random.IntN(2)])
			fmt.Fprintf(&purchases, "C%d,r%d,2026-01-%02d,%s,%d.%02d,%d.5,%s,%d\n", i, i, 1+i%28, `"item `+text()[1:], random.IntN(900), random.IntN(100), random.IntN(9), text(), random.IntN(9))
			fmt.Fprintf(&offers, "o%d,card,C%d,%s,%s,2026-01-01,2026-12-31,%s\n", i, i, `"n`+text()[1:], text(), text())
			fmt.Fprintf(&codes, "CODE%d,%d,2026-01-01,%s,%d,%s\n", i, random.IntN(50), []string{"", "2026-12-31", "2026-12-31T10:00:00+03:00"}[random.IntN(3)], random.IntN(5), text())
			fmt.Fprintf(&numbers, "N%d\n", i)
		}
		for _, file := range []struct{ kind, content string }{
			{"cards", cards.String()}, {"purchases", purchases.String()},
			{"offers", offers.String()}, {"codes", codes.String()},
		} {
			d.must("import", file.kind, d.file(file.kind, file.content))
			path := filepath.Join(d.dir, file.kind+".out")
			d.must("export", file.kind, path)
			other.must("import", file.kind, path)
			assert.Equal(t, d.must("export", file.kind), other.must("export", file.kind))
		}
		d.must("pool", "import", d.file("numbers", numbers.String()))
		d.must("pool", "export", d.dir+"/n.out", "--state", "free")
		other.must("pool", "import", d.dir+"/n.out")
		assert.Equal(t, d.must("pool", "export", "--state", "all"), other.must("pool", "export", "--state", "all"))
		assert.ElementsMatch(t, strings.Split(d.must("export", "customers"), "\n"), strings.Split(other.must("export", "customers"), "\n"))
	}
}

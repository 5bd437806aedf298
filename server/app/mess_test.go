package app_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"

	"koshelek-adapter/server/app"
	"koshelek-adapter/server/app/importer"
)

var messCustomers = flag.Int("mess.customers", 300, "customers of an export as accounting programs write it")

// phoneForms are how one phone is written in one file.
var phoneForms = []string{"+7 (9%s) %s-%s-%s", "8 (9%s) %s-%s-%s", "9%s%s%s%s", "89%s%s%s%s", "79%s%s%s%s", "8-9%s-%s-%s-%s", "+7\u00a09%s\u00a0%s\u00a0%s\u00a0%s"}

func writtenPhone(i, form int) string {
	digits := fmt.Sprintf("%09d", 161_000_000+i)
	return fmt.Sprintf(phoneForms[form%len(phoneForms)], digits[:2], digits[2:5], digits[5:7], digits[7:])
}

// An export of an accounting program, with what is usual in it, is loaded by one
// flag; each refused row is in a file that can be mended, and the same people in
// other forms of their phones are nobody new.
func TestMessOfAShop(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "", anyBarcode)
	random := rand.New(rand.NewPCG(14, 1))
	n := *messCustomers
	var b, again strings.Builder
	b.WriteString("Отчёт по дисконтным картам;;;;;;\r\n;;;;;;\r\nКод карты;Клиент;Телефон;Дата рождения;Пол;Бонусный баланс;Статус;\r\n")
	again.WriteString("Телефон;ФИО\r\n")
	bad := 0
	for i := range n {
		balance := fmt.Sprintf("%d\u00a0%03d,%02d", 1+random.IntN(9), random.IntN(1000), random.IntN(100))
		number := fmt.Sprintf("DK-%06d", i)
		if i%50 == 49 {
			bad++
			number = "2,90001E+12"
		}
		fmt.Fprintf(&b, "%s;Петров%d  Иван Ильич;%s;%02d.%02d.19%02d;%s;%s;Активна;;\r\n", number, i, writtenPhone(i, random.IntN(7)),
			1+random.IntN(28), 1+random.IntN(12), 40+random.IntN(60), []string{"М", "ж", "", "муж"}[random.IntN(4)], balance)
		if i%50 != 49 {
			fmt.Fprintf(&again, "%s;Петров%d Иван Ильич\r\n", writtenPhone(i, random.IntN(7)), i)
		}
	}
	text, err := charmap.Windows1251.NewEncoder().String(b.String())
	require.NoError(t, err)
	path, rejects := d.file("cards.csv", text), filepath.Join(d.dir, "rejects.csv")
	code, out, log := d.try("import", "cards", path, "--round-down", "--rejects", rejects)
	require.Equal(t, app.ExitIncomplete, code, log)
	assert.Contains(t, out, fmt.Sprintf("%d rows, %d stored, %d refused", n, n-bad, bad))
	result := answer[importer.Result](d, "import", "customers", d.file("again.csv", again.String()))
	assert.Equal(t, int64(n-bad), result.Unchanged, "other forms of the same phones")
	assert.Equal(t, n-bad, strings.Count(d.must("export", "cards"), "\n")-1, "no second card")

	mended := string(must(os.ReadFile(rejects)))
	for i := range bad {
		mended = strings.Replace(mended, ";2,90001E+12;", fmt.Sprintf(";DK-9%05d;", i), 1)
	}
	d.must("import", "cards", d.file("mended.csv", mended), "--round-down")
	assert.Equal(t, n, strings.Count(d.must("export", "cards"), "\n")-1)
}

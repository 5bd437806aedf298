package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/server/app"
	"koshelek-adapter/server/app/importer"
)

// Refused rows are written as they are, with all that is wrong; mended, the file is
// imported like any other, and so once more.
func TestRejectsAreMended(t *testing.T) {
	d := newDesk(t, "")
	path := d.file("cards.csv", "Номер карты;Баллы;Телефон;E-mail\n"+
		"2900000000018;5;9216668899;anna@example.com\n"+
		"2900000000025;5,5;12;nobody\n"+ // three faults
		"2900000000032;many;8 921 666-88-90;\"b;\"\"c\"\"@example\"\n"+
		"29000\"00;;;\n"+
		"2900000000049;1\n")
	rejects := filepath.Join(d.dir, "rejects.csv")
	code, out, log := d.try("import", "cards", path, "--rejects", rejects)
	require.Equal(t, app.ExitIncomplete, code, log)
	assert.Contains(t, out, "5 rows, 1 stored, 4 refused")
	assert.Contains(t, out, "refused 1 times: balance: is not a whole number; --round-down")
	assert.Contains(t, log, "line 3, balance 5,5:")
	text, err := os.ReadFile(rejects)
	require.NoError(t, err)
	rows := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	require.Len(t, rows, 5, string(text))
	assert.Equal(t, "\ufeffrefused_because;Номер карты;Баллы;Телефон;E-mail", rows[0])
	for _, column := range []string{"balance: ", "phone: ", "email: "} {
		assert.Contains(t, rows[1], column)
	}
	for i, raw := range []string{"2900000000025;5,5;12;nobody", "2900000000032;many;8 921 666-88-90;\"b;\"\"c\"\"@example\"", "29000\"00;;;", "2900000000049;1"} {
		assert.True(t, strings.HasSuffix(rows[i+1], "\";"+raw), rows[i+1])
	}

	mended := strings.NewReplacer("5,5;12;nobody", "5;9216668811;", "many", "7", "\"b;\"\"c\"\"@example\"", "c@example.com",
		"29000\"00;;;", "2900000000056;;;", "2900000000049;1", "2900000000049;1;;x").Replace(string(text))
	path = d.file("mended.csv", mended)
	again := filepath.Join(d.dir, "again.csv")
	code, out, log = d.try("import", "cards", path, "--rejects", again)
	require.Equal(t, app.ExitIncomplete, code, log)
	assert.Contains(t, out, "4 rows, 3 stored, 1 refused")
	d.must("import", "cards", d.file("last.csv", strings.Replace(string(must(os.ReadFile(again))), ";x\n", ";\n", 1)))
	assert.Equal(t, 5, strings.Count(d.must("export", "cards"), "\n")-1)
	assert.Contains(t, d.must("export", "cards"), "79216668899", "ten digits are a phone of the country")
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// A file is never written over by what is wrong with it, whatever name it has.
func TestAFileIsNotItsOwnReport(t *testing.T) {
	d := newDesk(t, "")
	const content = "card_number\n2900000000018\n\"\"\n"
	path := d.file("cards.csv", content)
	link, hard := filepath.Join(d.dir, "link.csv"), filepath.Join(d.dir, "hard.csv")
	require.NoError(t, os.Symlink(path, link))
	require.NoError(t, os.Link(path, hard))
	for _, flag := range []string{"--report", "--rejects"} {
		for _, name := range []string{path, link, hard, filepath.Join(d.dir, ".", "x", "..", "cards.csv")} {
			code, _, log := d.try("import", "cards", path, flag, name)
			if !strings.Contains(name, "x/..") {
				require.Equal(t, app.ExitFailed, code, log)
				assert.Contains(t, log, "is the file that is imported")
			}
			assert.Equal(t, content, string(must(os.ReadFile(path))))
		}
	}
	code, _, log := d.try("import", "cards", path, "--report", d.dir+"/r.csv", "--rejects", d.dir+"/r.csv")
	require.Equal(t, app.ExitFailed, code)
	assert.Contains(t, log, "name one file")
	assert.Empty(t, must(filepath.Glob(path+importer.StateSuffix)))
}

// Columns that are not known are passed over when that is said, and the refusal
// says how.
func TestColumnsToPassOver(t *testing.T) {
	d := newDesk(t, "")
	path := d.file("cards.csv", "Отчёт,по картам\nНомер карты,Скидка,,Мобильный,Телефон\n2900000000018,5,x,,9216668899\n")
	code, _, log := d.try("import", "cards", path)
	require.Equal(t, app.ExitFailed, code)
	assert.Contains(t, log, `line 2: unknown column "скидка"`, "the title is not the header")
	assert.Contains(t, log, "--ignore-unknown")
	code, _, log = d.try("import", "cards", d.file("two.csv", "Номер карты;Скидка;Менеджер\n2900000000018;5;x\n"))
	require.Equal(t, app.ExitFailed, code)
	assert.Contains(t, log, `unknown column "скидка", "менеджер"`)
	code, _, log = d.try("import", "cards", path, "--ignore-unknown")
	require.Equal(t, app.ExitFailed, code)
	assert.Contains(t, log, "--map 'NAME='")
	d.must("import", "cards", path, "--ignore-unknown", "--map", "Мобильный=")
	assert.Contains(t, d.must("export", "cards"), "79216668899")
}

package app_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/sqldb"
	"koshelek-adapter/crm/sqldb/sqldbtest"
	"koshelek-adapter/server/app"
	"koshelek-adapter/server/app/importer"
)

const cp1251Anna = "\xc0\xed\xed\xe0"

// A file that is wrong as a whole is refused with the line and loads nothing,
// or what stands before the line.
func TestWrongFiles(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "")
	header := "card_number,phone,firstname\n"
	good := "2900000000018,79216668899,Anna\n"
	many := strings.Repeat(good, 3000)
	for name, c := range map[string]struct {
		content string
		want    []string
		loaded  int
	}{
		"mixed1251":     {header + "2900000000018,79216668899,Анна\n2900000000025,79031234567," + cp1251Anna + "\n", []string{"line 3", "Windows-1251", "nothing was loaded"}, 0},
		"late1251":      {header + many + "2900000000025,79031234567," + cp1251Anna + "\n", []string{"line 3002", "Windows-1251", "3000 rows before are loaded"}, 1},
		"binary":        {header + "\x00\x01\n", []string{"line 1", "binary"}, 0},
		"empty":         {"", []string{"the file is empty", "nothing was loaded"}, 0},
		"blank":         {"\n\n", []string{"the file is empty"}, 0},
		"missing":       {"phone,firstname\n7921,Anna\n", []string{"line 1", "lacks card_number", "nothing was loaded"}, 0},
		"doubled":       {"card_number,phone,Phone\n", []string{"line 1", `"phone" stands in the header twice`}, 0},
		"unknown":       {"card_number,telephone\n", []string{"line 1", `unknown column "telephone"`, "phone"}, 0},
		"nameless":      {"card_number,,phone\n", []string{"line 1", "without a name"}, 0},
		"long line":     {header + good + "2900000000025,," + strings.Repeat("x", 10<<20) + "\n", []string{"line 3", "longer than", "1 rows before are loaded"}, 1},
		"open quote":    {header + good + "2900000000025,,\"" + strings.Repeat("a,b\n", 1<<20), []string{"line 3", "is not closed"}, 1},
		"zip as csv":    {"PK\x03\x04rest", []string{"ZIP archive", "--format"}, 0},
		"unclosed tail": {header + good + "2900000000025,,\"Anna\nBoris\n", []string{"line 3", "is not closed"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, "")
			code, _, log := d.try("import", "cards", d.file("f.csv", c.content))
			require.Equal(t, app.ExitFailed, code, log)
			for _, want := range c.want {
				assert.Contains(t, log, want)
			}
			assert.NotContains(t, log, "79031234567")
			assert.Equal(t, c.loaded, strings.Count(d.must("export", "cards"), "\n")-1)
		})
	}
	code, _, log := d.try("import", "cards", d.dir)
	require.Equal(t, app.ExitFailed, code)
	assert.Contains(t, log, "is a directory")
	code, _, log = d.try("import", "cards", filepath.Join(d.dir, "none"))
	require.Equal(t, app.ExitFailed, code)
	assert.Contains(t, log, "no such file")
}

// What people's programs write all the same: a byte order mark, CRLF,
// semicolons, quoted separators and line ends, columns in any order.
func TestOddButGoodFiles(t *testing.T) {
	for name, content := range map[string]string{
		"bom":       "\xef\xbb\xbfcard_number,phone,locality\n2900000000018,79216668899,\"Tver, centre\"\n",
		"crlf":      "card_number,phone,locality\r\n2900000000018,79216668899,\"Tver, centre\"\r\n",
		"semicolon": "card_number;phone;locality\n2900000000018;79216668899;Tver, centre\n",
		"tab":       "card_number\tphone\tlocality\n2900000000018\t79216668899\tTver, centre\n",
		"order":     " Locality ,PHONE,card_number\n\"Tver, centre\",79216668899,2900000000018\n",
		"no end":    "card_number,phone,locality\n2900000000018,79216668899,\"Tver, centre\"",
		"blanks":    "card_number,phone,locality\n\n2900000000018, +7 921 666-88-99 ,\"Tver, centre\"\n\n",
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, "")
			d.must("import", "cards", d.file("f.csv", content))
			assert.Contains(t, d.must("export", "cards"), "79216668899")
			assert.Contains(t, d.must("export", "cards"), "\"Tver, centre\"")
		})
	}
}

// packed is a ZIP archive of files.
func packed(t *testing.T, files ...[2]string) string {
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, file := range files {
		w, err := archive.Create(file[0])
		require.NoError(t, err)
		_, err = io.WriteString(w, file[1])
		require.NoError(t, err)
	}
	require.NoError(t, archive.Close())
	return out.String()
}

// bombBytes is what the archive unpacks to that is made to fill a disk: more than
// may be unpacked without being asked for a ratio.
var bombBytes = flag.Int("archive.bytes", 24<<20, "bytes that an archive unpacks to which is made to fill a disk")

const registryHeader = "card_number;barcode;date;first_name;last_name;patronymic_name;phone;email;sex;birthday;bonus_balance;discount\n"

func TestWrongArchives(t *testing.T) {
	line := "2900000002012;2900000002012;20260906;;;;;;;;0;\n"
	good := packed(t, [2]string{"r.csv", registryHeader + line})
	bomb := packed(t, [2]string{"r.csv", registryHeader + line + strings.Repeat("\n", *bombBytes)})
	require.Less(t, len(bomb), *bombBytes/500)
	for name, c := range map[string]struct {
		content string
		want    []string
	}{
		"bomb":      {bomb, []string{"unpacks to more than"}},
		"path":      {packed(t, [2]string{"../r.csv", registryHeader}), []string{"with a path", "nothing was loaded"}},
		"windows":   {packed(t, [2]string{`c:\r.csv`, registryHeader}), []string{"with a path"}},
		"several":   {packed(t, [2]string{"a.csv", registryHeader}, [2]string{"b.csv", registryHeader}), []string{"holds 2 files"}},
		"none":      {packed(t), []string{"holds 0 files"}},
		"cut":       {good[:len(good)/2], []string{"is not a ZIP archive, or it is damaged"}},
		"no column": {packed(t, [2]string{"r.csv", "card_number;barcode\n"}), []string{"the header lacks date"}},
		"bad day":   {packed(t, [2]string{"r.csv", registryHeader + "2900000002012;;2026-09-06;;;;;;;;0;\n"}), []string{"line 2, date", "YYYYMMDD"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, "")
			code, _, log := d.try("import", "cards", d.file("r.zip", c.content), "--format", "koshelek-registry")
			require.Contains(t, []int{app.ExitFailed, app.ExitIncomplete}, code, log)
			for _, want := range c.want {
				assert.Contains(t, log, want)
			}
		})
	}
	d := newDesk(t, "")
	d.must("import", "cards", d.file("good.zip", good), "--format", "koshelek-registry")
	d.must("import", "cards", d.file("unpacked.csv", registryHeader+line), "--format", "koshelek-registry")
}

// cardsFile has n cards with holders and ten points each.
func (d *desk) cardsFile(name string, n int) string {
	d.t.Helper()
	var b strings.Builder
	b.WriteString("card_number,balance,phone\n")
	for i := range n {
		fmt.Fprintf(&b, "C%07d,10,7921%07d\n", i, i)
	}
	return d.file(name, b.String())
}

// whole looks that so many cards are there, each with its ten points once.
func (d *desk) whole(n int) {
	d.t.Helper()
	require.Equal(d.t, n, strings.Count(d.must("export", "cards"), "\n")-1)
	require.Equal(d.t, n, strings.Count(d.must("export", "points"), ",10,"))
	d.must("verify")
	require.NoFileExists(d.t, filepath.Join(d.dir, "cards.csv"+importer.StateSuffix))
}

// barcodes of numbers with letters need another kind than EAN.
const anyBarcode = "ADAPTER_CARD_BARCODE_TYPE=CODE_128"

// An import stores this many rows at once; twoChunks and a few need a third time.
const twoChunks = 20_000

func TestTwoImportsAtOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(d *desk) {
		d.env["ADAPTER_CARD_BARCODE_TYPE"] = "CODE_128"
		d.env["ADAPTER_CARD_TEMPLATE"] = "29##########"
		const n = twoChunks/2 + 100
		path := d.cardsFile("cards.csv", n)
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				code, _, log := d.try("import", "cards", path)
				assert.Equal(d.t, app.ExitOK, code, log)
			})
		}
		both.Wait()
		d.whole(n)
	})
}

// halting is a store that halts when it has stored the second chunk of an
// import, before the import hears of it.
type halting struct {
	engine.Store
	stored atomic.Int64
	halt   func()
}

func (h *halting) ImportCards(ctx context.Context, rows []engine.CardRecord, now time.Time) ([]crm.RowError, error) {
	refused, err := h.Store.ImportCards(ctx, rows, now)
	if h.stored.Add(int64(len(rows))) == twoChunks {
		h.halt()
	}
	return refused, err
}

// withHalting lets stores of an scheme halt so.
func withHalting(scheme string, halt func()) app.Option {
	return app.WithStore(scheme, func(ctx context.Context, rest string) (engine.Store, error) {
		store, err := sqldb.Open(ctx, scheme+":"+rest, sqldb.Options{})
		return &halting{Store: store, halt: halt}, err
	})
}

// childHalts names the scheme on which an import of a child stands still half-way,
// and halted is what the child says then.
const (
	childHalts = "KOSHELEK_CRASH_HALTS"
	halted     = "halted"
)

func standStill() {
	fmt.Println(halted)
	select {}
}

// TestImportIsKilled kills an import half-way, starts it again, and finds every
// row once.
func TestImportIsKilled(t *testing.T) {
	t.Parallel()
	onBoth(t, func(d *desk) {
		d.env["ADAPTER_CARD_BARCODE_TYPE"] = "CODE_128"
		d.env["ADAPTER_CARD_TEMPLATE"] = "29##########"
		const n = twoChunks + 10
		path := d.cardsFile("cards.csv", n)
		scheme, _, _ := strings.Cut(d.env["ADAPTER_DATABASE"], ":")
		child := exec.Command(os.Args[0])
		child.Env = append(environ(d.env), crashChild+"=1", childArgs+"=import cards "+path, childHalts+"="+scheme)
		out, err := child.StdoutPipe()
		require.NoError(d.t, err)
		require.NoError(d.t, child.Start())
		for lines := bufio.NewScanner(out); ; {
			require.True(d.t, lines.Scan(), "the import does not halt")
			if lines.Text() == halted {
				break
			}
		}
		require.NoError(d.t, child.Process.Kill())
		require.Error(d.t, child.Wait())

		result := answer[importer.Result](d, "import", "cards", path)
		assert.EqualValues(d.t, twoChunks/2, result.Continued, "the second chunk is stored, but nobody knows")
		assert.Equal(d.t, int64(n), result.Accepted)
		d.whole(n)
	})
}

// A state of another file, or of another import, is not taken for this one's.
func TestStateOfAnotherFile(t *testing.T) {
	d := newDesk(t, "", anyBarcode, "ADAPTER_CARD_TEMPLATE=29##########")
	path := d.cardsFile("cards.csv", 10)
	state, err := json.Marshal(map[string]any{"identity": "another", "rows": 5})
	require.NoError(t, err)
	d.file("cards.csv"+importer.StateSuffix, string(state))
	assert.Zero(t, answer[importer.Result](d, "import", "cards", path).Continued)
	d.whole(10)
}

// full is a store whose disk is full after some chunks.
type full struct {
	engine.Store
	left atomic.Int64
}

func (f *full) ImportCards(ctx context.Context, rows []engine.CardRecord, now time.Time) ([]crm.RowError, error) {
	if f.left.Add(-1) < 0 {
		return nil, crm.Wrap(crm.ErrUnavailable, io.ErrShortWrite)
	}
	return f.Store.ImportCards(ctx, rows, now)
}

// A store that cannot write any more ends the import with what is loaded, and
// the same command loads the rest.
func TestStoreThatIsFull(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "", anyBarcode, "ADAPTER_CARD_TEMPLATE=29##########")
	const n = twoChunks + 10
	path := d.cardsFile("cards.csv", n)
	file := strings.TrimPrefix(d.env["ADAPTER_DATABASE"], "sqlite:")
	disk := &full{}
	disk.left.Store(1)
	open := app.WithStore("full", func(ctx context.Context, rest string) (engine.Store, error) {
		store, err := sqldb.Open(ctx, "sqlite:"+rest, sqldb.Options{})
		disk.Store = store
		return disk, err
	})
	env := maps.Clone(d.env)
	env["ADAPTER_DATABASE"] = "full:" + file
	var out, log buffer
	code := app.Main(t.Context(), []string{"import", "cards", path}, environ(env), &out, app.WithLogOutput(&log), open)
	require.Equal(t, app.ExitFailed, code)
	require.Contains(t, log.String(), "the same command loads the rest")
	require.Contains(t, log.String(), "rows before are loaded")
	disk.left.Store(1000)
	code = app.Main(t.Context(), []string{"import", "cards", path}, environ(env), &out, app.WithLogOutput(&log), open)
	require.Equal(t, app.ExitOK, code, log.String())
	require.Contains(t, out.String(), "went on after row")
	d.whole(n)
}

// Exports and reports say when they cannot be written, and leave no half file.
func TestFullDiskOfFiles(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("this system has no /dev/full")
	}
	d := newDesk(t, "")
	d.must("import", "cards", samples+"cards.csv")
	code, _, log := d.try("export", "cards", "/dev/full")
	assert.Equal(t, app.ExitFailed, code)
	assert.Contains(t, log, "no space left")
	bad := d.file("bad.csv", "card_number\n2900000000100\n,\n")
	code, _, log = d.try("import", "cards", bad, "--report", "/dev/full")
	assert.Equal(t, app.ExitFailed, code)
	assert.Contains(t, log, "no space left")
	assert.Contains(t, log, "nothing was loaded")
}

// An interrupt ends an import in good order.
func TestImportIsInterrupted(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sqldbtest.MariaDB(t), anyBarcode, "ADAPTER_CARD_TEMPLATE=29##########")
	const n = twoChunks + 10
	path := d.cardsFile("cards.csv", n)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var out, log buffer
	code := app.Main(ctx, []string{"import", "cards", path}, environ(d.env), &out, app.WithLogOutput(&log), withHalting("mysql", stop))
	require.Equal(t, app.ExitInterrupted, code, log.String())
	require.Contains(t, log.String(), "the same command loads the rest")
	d.must("import", "cards", path)
	d.whole(n)
}

package journalcrm

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

func TestOneProcessAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "crm.journal")
	c := openFor(t, path)
	_, err := Open(t.Context(), path)
	require.ErrorContains(t, err, "another process has it open")
	require.NoError(t, c.Close())
	openFor(t, path)
}

func TestOpenObeysItsContext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "crm.journal")
	deeds()[0](t, openFor(t, path))
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Open(cancelled, copyOf(t, path))
	require.ErrorIs(t, err, context.Canceled)
}

// When the disk fails, nothing that memory knows better is shown any more, and
// opening again gives what the disk has.
func TestFailedJournalEndsTheService(t *testing.T) {
	path := filepath.Join(t.TempDir(), "crm.journal")
	c := openFor(t, path)
	deeds()[0](t, c)
	require.NoError(t, c.journal.file.Close())
	_, err := c.LeaseNumbers(t.Context(), engine.LeaseRequest{Count: 1, Now: noon, Until: crm.Forever})
	require.ErrorIs(t, err, crm.ErrUnavailable)
	require.ErrorIs(t, c.Ping(t.Context()), crm.ErrUnavailable)
	_, err = c.CountNumbers(t.Context(), noon)
	require.ErrorIs(t, err, crm.ErrUnavailable)
	c.journal.file = nil // closed above

	level, err := openFor(t, copyOf(t, path)).CountNumbers(t.Context(), noon)
	require.Equal(t, crm.PoolLevel{Free: 3}, ok(t, level, err))
}

func TestNothingNewIsNotWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "crm.journal")
	c := openFor(t, path)
	all := deeds()
	for _, do := range all {
		do(t, c)
	}
	size := len(lines(t, path))
	repeatable := []int{0, 3, 6, 7, 8, 9, 10, 12, 14, 16, 19}
	for _, i := range repeatable {
		all[i](t, c)
	}
	require.Len(t, lines(t, path), size)
}

func TestErasureLeavesNoPersonalDataInTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "crm.journal")
	c := openFor(t, path)
	for _, do := range deeds() {
		do(t, c)
	}
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(content), phone)
	require.Contains(t, string(content), "Coffee")

	_, err = c.Erase(t.Context(), engine.EraseRequest{Phone: phone, Actor: "operator", Now: noon})
	require.NoError(t, err)
	content, err = os.ReadFile(path)
	require.NoError(t, err)
	for _, personal := range []string{phone, "Zoë", "first@example.com", "Coffee"} {
		require.NotContains(t, string(content), personal)
	}
	require.NoFileExists(t, path+".new")

	// It goes on, and opens again, behind the new file.
	require.NoError(t, c.SetSegments(t.Context(), "200", []string{"new"}))
	require.Equal(t, memory(t, c), memory(t, openFor(t, copyOf(t, path))))
	audit := c.state.Audit
	require.Equal(t, "erase", audit[len(audit)-1].Action)
}

// Text that JSON cannot carry is refused, not kept as another text.
func TestTextThatIsNotUTF8IsRefused(t *testing.T) {
	c := openFor(t, filepath.Join(t.TempDir(), "crm.journal"))
	deeds()[5](t, c)
	require.ErrorIs(t, c.SetSegments(t.Context(), "200", []string{"a\xffb"}), crm.ErrInvalidRecord)
	_, err := c.Grant(t.Context(), engine.Movement{Key: "\xd0", CardNumber: "200", Points: 1, Now: noon})
	require.ErrorIs(t, err, crm.ErrInvalidRecord)
	require.NoError(t, c.SetSegments(t.Context(), "200", []string{`a\ufffdb`, "a\ufffdb"}))
}

// An erasure that cannot be written did not happen for those who open again,
// and is never shown as done.
func TestErasureThatCannotBeWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "crm.journal")
	c := openFor(t, path)
	for _, do := range deeds() {
		do(t, c)
	}
	want := memory(t, c)
	require.NoError(t, os.Mkdir(path+".new", 0o700)) // in the way of the new file
	_, err := c.Erase(t.Context(), engine.EraseRequest{Phone: phone, Now: noon})
	require.ErrorIs(t, err, crm.ErrUnavailable)
	_, err = c.FindCards(t.Context(), crm.Identity{Phone: phone})
	require.ErrorIs(t, err, crm.ErrUnavailable)
	require.NoError(t, c.Close())
	require.Equal(t, want, memory(t, openFor(t, path)))
}

func TestJournalThatCannotBeOpened(t *testing.T) {
	dir := t.TempDir()
	_, err := Open(t.Context(), dir) // a directory is no journal
	require.Error(t, err)
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err = Open(t.Context(), filepath.Join(file, "crm.journal"))
	require.Error(t, err)
	require.NoError(t, os.Mkdir(filepath.Join(dir, "crm.journal.lock"), 0o700))
	_, err = Open(t.Context(), filepath.Join(dir, "crm.journal"))
	require.Error(t, err)
}

// A row that names somebody without saying whom is refused, unless its card
// says it.
func TestImportOfANameWithoutIdentity(t *testing.T) {
	c := openFor(t, filepath.Join(t.TempDir(), "crm.journal"))
	all := deeds()
	all[0](t, c)
	all[3](t, c)
	row := func(number string) engine.CardRecord {
		return engine.CardRecord{CardNumber: crm.CardNumber{Number: number}, State: crm.CardActive, Holder: crm.Profile{Surname: "Ж"}}
	}
	refused, err := c.ImportCards(t.Context(), []engine.CardRecord{row("300"), row("100")}, noon)
	require.NoError(t, err)
	require.Equal(t, []crm.RowError{{Index: 0, Err: crm.ErrNoIdentity}}, refused)
	holder, err := c.Holder(t.Context(), "100")
	require.Equal(t, "Ж", ok(t, holder, err).Surname)
}

package main

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/crm"
	"koshelek-adapter/schema/koshelek"
	"koshelek-adapter/server/app"
)

// fixtures are what the suite cannot make by itself.
const fixtures = `
INSERT INTO member (id, phone, email, profile) VALUES
	(1, '70010000001', 'known@fixtures.example', '{"Phone":"70010000001","Email":"known@fixtures.example"}'),
	(2, '70010000002', 'blocked@fixtures.example', '{"Phone":"70010000002","Email":"blocked@fixtures.example"}'),
	(3, '70010000003', NULL, '{"Phone":"70010000003"}');
INSERT INTO card (number, member, blocked, issued_at) VALUES
	('known', 1, 0, 1), ('blocked', 2, 1, 1), ('older', 3, 0, 1), ('newer', 3, 0, 2), ('plastic-1', NULL, 0, 1), ('plastic-2', NULL, 0, 1);
INSERT INTO card (number, kept_until) VALUES ('pool-1', 9e15), ('pool-2', 9e15);
INSERT INTO receipt (fn, i, card, content, day, kopecks, points) VALUES
	('9960440300000001', 1, 'known', '', date('now', '-3 days'), 25000, 12), ('9960440300000001', 2, 'known', '', date('now', '-9 days'), 8900, 4);`

// prepared are the fixtures in the suite's words, and what the club does not offer.
func prepared() contract.Profile {
	p := contract.DefaultProfile(koshelek.V130)
	p.Off = []string{"submitPromoCode", "listCampaigns"}
	p.Data = contract.Data{
		Card:    &contract.KnownCard{CardNumber: "known", Phone: "70010000001", Email: "known@fixtures.example"},
		Blocked: &contract.KnownCard{CardNumber: "blocked", Phone: "70010000002", Email: "blocked@fixtures.example"},
		Several: &contract.KnownCard{CardNumber: "newer", Phone: "70010000003"},
		History: "known",
		Pool:    []string{"pool-1", "pool-2"}, Plastic: []string{"plastic-1", "plastic-2"},
	}
	return p
}

// TestConformant judges the adapter over the club as Koshelek would see it.
func TestConformant(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "club.db")
	load(t, path)
	log, written := io.Pipe()
	ctx, stop := context.WithCancel(context.Background())
	exit := make(chan int, 1)
	go func() {
		exit <- app.Main(ctx, nil, []string{
			"ADAPTER_DATABASE=club:" + path, "ADAPTER_DATA_DIR=" + dir, "ADAPTER_LISTEN=127.0.0.1:0", "ADAPTER_OPS_LISTEN=off",
			"ADAPTER_KOSHELEK_PASSWORD=correct horse battery",
		}, io.Discard, app.WithProgram("club", openClub), app.WithLogOutput(written))
		_ = written.Close()
	}()
	defer func() {
		stop()
		assert.Equal(t, app.ExitOK, <-exit)
	}()
	url := served(t, log)
	authority, err := os.ReadFile(filepath.Join(dir, "tls-cert.pem"))
	require.NoError(t, err)
	report, err := conformance.Run(t.Context(), conformance.Target{URL: url, User: "koshelek", Password: "correct horse battery", CA: authority},
		conformance.Options{Profile: prepared()})
	require.NoError(t, err)
	for _, outcome := range []conformance.Outcome{conformance.Fail, conformance.Error, conformance.Warn} {
		for _, c := range report.Checks(outcome) {
			t.Errorf("%s: %s: %s", outcome, c.Rule, c.Message)
		}
	}
	assert.Equal(t, conformance.Conformant, report.Verdict, "%s %v", report.Statement(), report.Partial())
}

// load puts the fixtures into new books.
func load(t *testing.T, path string) {
	t.Helper()
	open(t, path)
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	_, err = db.ExecContext(t.Context(), fixtures)
	require.NoError(t, err)
}

func open(t *testing.T, path string) crm.Program {
	t.Helper()
	program, err := openClub(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, program.(io.Closer).Close()) })
	return program
}

// served waits for the address that the log tells, and reads the log on.
func served(t *testing.T, log io.Reader) string {
	t.Helper()
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		var entry struct{ URL, Message string }
		if json.Unmarshal(lines.Bytes(), &entry) == nil && entry.Message == "serving" {
			go func() { _, _ = io.Copy(io.Discard, log) }()
			return entry.URL
		}
	}
	t.Fatal("the program does not serve")
	return ""
}

// TestOverIsOver: a call whose time is over changes nothing and says so; what was
// answered is there for those who open the file again.
func TestOverIsOver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "club.db")
	club := open(t, path)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := club.Issue(over, crm.Profile{Phone: "79216668899"})
	require.ErrorIs(t, err, crm.ErrUnavailable)
	found, err := club.Find(t.Context(), crm.Identity{Phone: "79216668899"})
	require.NoError(t, err)
	require.Empty(t, found)
	card, err := club.Issue(t.Context(), crm.Profile{Phone: "79216668899"})
	require.NoError(t, err)
	again, err := open(t, path).Issue(t.Context(), crm.Profile{Phone: "79216668899"})
	require.NoError(t, err)
	require.Equal(t, card.Number, again.Number)
}

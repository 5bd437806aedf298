package app_test

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/sqldb"
	"koshelek-adapter/server/app"
)

// plain is a programme of somebody's own that can do nothing but what every
// programme must: the methods of crm.Program, and no capability.
type plain struct {
	crm.Program
	store *sqldb.Store
}

// Close implements io.Closer.
func (p plain) Close() error { return p.store.Close() }

// withPlain connects it as mycrm, over the file that ADAPTER_DATABASE names.
func withPlain() app.Option {
	return app.WithProgram("mycrm", func(ctx context.Context, path string) (crm.Program, error) {
		store, err := sqldb.Open(ctx, "sqlite:"+path, sqldb.Options{})
		if err != nil {
			return nil, err
		}
		barcode := crm.BarcodeRule{Pattern: crm.DefaultBarcodeTemplate, Type: crm.EAN13}
		template, err := crm.ParseNumberTemplate(crm.DefaultTemplate, barcode)
		if err != nil {
			return nil, err
		}
		e, err := engine.New(store, engine.Options{
			Rules:    engine.Rules{MaxAge: 24 * time.Hour, Zone: time.UTC, Texts: engine.EnglishTexts},
			Template: template, Barcode: barcode, ReserveFor: time.Hour,
		})
		return plain{Program: e, store: store}, err
	})
}

// TestOwnProgram: Koshelek's API works over a programme that has no capability;
// what needs one says so and does nothing, and none of it falls over.
func TestOwnProgram(t *testing.T) {
	env := environment(t)
	env["ADAPTER_DATABASE"] = "mycrm:" + filepath.Join(env["ADAPTER_DATA_DIR"], "own.db")
	r := start(t, env, withPlain())
	status, card := r.call("POST", "/v1/card/anonymous", `{"phone":"+7 921 666-88-99"}`)
	require.Equal(t, 200, status)
	status, found := r.call("GET", "/v1/card?msisdn=79216668899", "")
	assert.Equal(t, 200, status)
	assert.JSONEq(t, card, found)
	status, _ = r.get("/readyz")
	assert.Equal(t, 200, status)
	assert.Equal(t, app.ExitOK, r.end())

	run := func(env map[string]string, args ...string) (int, string) {
		var log bytes.Buffer
		code := app.Main(t.Context(), args, environ(env), &bytes.Buffer{}, withPlain(), app.WithLogOutput(&log))
		return code, log.String()
	}
	for _, args := range [][]string{
		{"points", "grant", "2900000000018", "5"}, {"points", "take", "2900000000018", "5"}, {"points", "exchange", "2900000000018", "5"},
		{"pool", "status"}, {"pool", "add", "2900000000018"}, {"verify"}, {"migrate"}, {"outbox", "status"},
	} {
		code, log := run(env, args...)
		assert.Equal(t, app.ExitMisused, code, "%v: %s", args, log)
		assert.Contains(t, log, "programme", "%v", args)
	}
	code, log := run(env, "doctor")
	assert.Equal(t, app.ExitOK, code, log)
	env["ADAPTER_MICROSITE_USER"], env["ADAPTER_MICROSITE_PASSWORD"] = "bigcity", micrositePassword
	env["ADAPTER_MICROSITE_SMS_CONSOLE"] = "true"
	code, log = run(env)
	assert.Equal(t, app.ExitMisused, code, log)
	assert.Contains(t, log, "no signing in")
}

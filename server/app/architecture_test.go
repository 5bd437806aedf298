package app_test

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "koshelek-adapter/"

// allowed says which of the module's packages each may import; a package that
// is not listed may import none. The longest entry that fits counts.
var allowed = map[string][]string{
	"conformance/sim":         nil,
	"conformance/sim/bigcity": {"conformance/sim"},
	"conformance/sim/command": {"conformance/sim", "conformance/sim/bigcity", "conformance/sim/points", "conformance/sim/qiibee"},
	"conformance/sim/maxma":   {"conformance/sim"},
	"conformance/sim/points":  {"conformance/sim"},
	"conformance/sim/qiibee":  {"conformance/sim"},

	"crm":                    nil,
	"crm/engine":             {"crm", "crm/outbox"},
	"crm/connect":            {"crm", "crm/engine", "crm/outbox"},
	"crm/connect/connector":  {"crm"},
	"crm/connect/connectors": {"crm/connect/connector", "crm/connect/remote", "crm/connect/maxma", "crm/connect/sqlmap"},
	"crm/connect/maxma":      {"config/setting", "crm", "crm/connect/connector", "crm/vendors/vendorhttp"},
	"crm/connect/sqlmap":     {"config/setting", "crm", "crm/connect/connector"},
	// Tests' own: nothing of the product imports it.
	"crm/connect/sqlmap/postgrestest": nil,
	// Exported for whoever writes a connector.
	"crm/connect/connecttest": {"crm"},
	"crm/sqldb":               {"crm", "crm/connect", "crm/engine", "crm/outbox"},
	// Tests' own: nothing of the product imports it.
	"crm/sqldb/sqldbtest": {"crm/sqldb", "crm/sqldb/mariadbtest"},
	"crm/outbox":          {"crm"},
	"crm/connect/remote":  {"config/setting", "crm", "crm/connect/connector", "schema/crmapi", "schema/strictjson"},
	// Tests' own: nothing of the product imports it.
	"crm/connect/remote/remotetest": {"schema/crmapi"},

	"crm/vendors":            {"crm/outbox", "crm/vendors/bigcity", "crm/vendors/points", "crm/vendors/qiibee", "crm/vendors/vendorhttp"},
	"crm/vendors/bigcity":    {"config/setting", "crm", "crm/outbox", "crm/vendors/vendorhttp"},
	"crm/vendors/points":     {"config/setting", "crm", "crm/outbox", "crm/vendors/vendorhttp"},
	"crm/vendors/qiibee":     {"config/setting", "crm", "crm/outbox", "crm/vendors/vendorhttp"},
	"crm/vendors/vendorhttp": {"config/setting", "crm", "crm/outbox", "schema/strictjson"},

	"crm/sms": nil,

	"schema":              {"schema/strictjson"},
	"config":              {"config/setting", "crm/connect/connectors", "crm/vendors", "crm/vendors/vendorhttp"},
	"config/setting":      nil,
	"handlers":            {"crm", "handlers/middleware", "schema/koshelek"},
	"handlers/middleware": {"crm"},
	"handlers/callbacks":  {"crm", "crm/outbox", "handlers/middleware"},
	"handlers/microsite":  {"crm", "handlers/middleware", "schema/microsite"},

	"server": {"server/app"},
	// For tests of connectors.
	"server/app/apptest": {"server/app"},
	"server/app": {"config", "crm", "crm/connect", "crm/connect/connector", "crm/connect/remote", "crm/engine", "crm/outbox", "crm/sms", "crm/sqldb", "crm/vendors", "crm/vendors/vendorhttp",
		"handlers", "handlers/callbacks", "handlers/middleware", "handlers/microsite", "schema/koshelek",
		"schema/microsite", "server/app/importer", "server/app/tables", "server/app/tlscert", "version"},
	"server/app/importer": {"crm", "crm/engine", "server/app/tables"},
	"server/app/tables":   {"crm", "crm/engine"},
	"server/bench": {"crm/sqldb", "crm/sqldb/mariadbtest", "server/app", "server/bench/baseline", "server/bench/dataset",
		"server/bench/proc", "server/bench/scenario"},
	"conformance": {"schema/koshelek", "version", "conformance", "conformance/certificate", "conformance/contract", "conformance/document", "conformance/inert",
		"conformance/language", "conformance/reference", "conformance/report"},
	"conformance/microsite": {"conformance", "conformance/inert", "version"},
	"conformance/inert":     nil,
	// It calls a CRM with the adapter's own connector.
	"conformance/remotecrm":  {"conformance", "conformance/contract", "conformance/language", "crm", "crm/connect/remote", "schema/crmapi"},
	"conformance/faultyhost": {"conformance"},
	"conformance/wallet":     {"conformance", "conformance/contract", "conformance/document", "conformance/inert", "schema/koshelek", "version"},
	"conformance/har":        {"conformance", "conformance/contract", "conformance/inert"},
	"conformance/web":        {"conformance", "conformance/contract", "conformance/language", "conformance/report", "schema/koshelek"},
	"conformance/cmd/conform": {"conformance", "conformance/certificate", "conformance/contract", "conformance/har", "conformance/inert",
		"conformance/language", "conformance/microsite", "conformance/remotecrm", "conformance/report",
		"conformance/sim/command", "conformance/wallet", "conformance/web", "schema/koshelek", "version"},
	"conformance/faultyhost/cmd":  {"conformance/faultyhost"},
	"release":                     {"version"},
	"examples":                    {"crm", "server/app"},
	"schema/koshelek/openapitest": {"schema/koshelek"},
	"schema/koshelek/generate":    {},
}

// standardOnly need nothing but Go itself, so that partners may import them
// lightly. crm needs the tables of numbering plans and of Unicode, since a
// canonical form is made there, and server/app/tables those of encodings and workbooks.
var standardOnly = []string{"crm/engine", "crm/sms", "schema/crmapi", "schema/koshelek", "schema/microsite", "schema/strictjson", "server/app/importer"}

// TestArrowsPointOneWay: each package imports what it may, and nothing else.
func TestArrowsPointOneWay(t *testing.T) {
	list := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	list.Dir = "../.."
	out, err := list.Output()
	require.NoError(t, err)
	for decoder := json.NewDecoder(strings.NewReader(string(out))); decoder.More(); {
		var p struct {
			ImportPath string
			Imports    []string
		}
		require.NoError(t, decoder.Decode(&p))
		name := strings.TrimPrefix(p.ImportPath, module)
		for _, imported := range p.Imports {
			if own, found := strings.CutPrefix(imported, module); found {
				assert.Contains(t, mayImport(name), own, "%s must not import %s", name, own)
			} else if slices.Contains(standardOnly, name) {
				assert.NotContains(t, strings.Split(imported, "/")[0], ".", "%s must not import %s", name, imported)
			}
		}
	}
}

func mayImport(name string) []string {
	for at := name; at != ""; {
		if list, found := allowed[at]; found {
			return list
		}
		cut := strings.LastIndex(at, "/")
		if cut < 0 {
			break
		}
		at = at[:cut]
	}
	return nil
}

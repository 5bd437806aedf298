// Package connectors is the list of connectors that the program knows. Each has a
// package of its own beside this one: its settings, and what it makes of a CRM's
// answers. ADAPTER_CRM=scheme:rest chooses one by the lower-case name of its field.
package connectors

import (
	"reflect"
	"strings"

	"koshelek-adapter/crm/connect/connector"
	"koshelek-adapter/crm/connect/maxma"
	"koshelek-adapter/crm/connect/remote"
	"koshelek-adapter/crm/connect/sqlmap"
)

// Registry has a line for each connector, the only place that lists them. A field's
// settings are the variables ADAPTER_CRM_<NAME>_…: config reads them with the tags
// that its own settings have.
type Registry struct {
	HTTP  remote.Settings
	SQL   sqlmap.Settings
	Maxma maxma.Settings
}

// All gives the settings of every connector by its scheme.
func (r Registry) All() map[string]connector.Settings {
	fields := reflect.ValueOf(r)
	all := map[string]connector.Settings{}
	for i := range fields.NumField() {
		all[strings.ToLower(fields.Type().Field(i).Name)] = fields.Field(i).Interface().(connector.Settings)
	}
	return all
}

// Package vendors is the list of reward vendors that the program knows. Each has a
// package of its own below this one: its settings, its client, what an action of
// an award rule sends, what an answer means and, where it calls us, its callbacks.
//
//	vendor   actions              a lost answer
//	points   earn, redeem         sent again under the same requestId
//	qiibee   credit, debit, miles unknown; the user's transactions are asked
//	bigcity  vouchers             unknown; an operator decides
//
// The folder is not called vendor, which is a name that Go keeps for itself.
package vendors

import (
	"reflect"
	"strings"

	"koshelek-adapter/crm/outbox"
	"koshelek-adapter/crm/vendors/bigcity"
	"koshelek-adapter/crm/vendors/points"
	"koshelek-adapter/crm/vendors/qiibee"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

// Registry has a line for each vendor, the only place that lists them. The field's
// name is the vendor's, in lower case, and its settings are the variables
// ADAPTER_<NAME>_…: config reads them with the tags that its own settings have.
type Registry struct {
	Points  points.Settings
	Qiibee  qiibee.Settings
	Bigcity bigcity.Settings
}

// Settings is what the program needs of a vendor's settings.
type Settings interface {
	// Enabled reports whether the vendor is used.
	Enabled() bool
	// Check reports what tags cannot say: the name of a variable behind its prefix,
	// and what is wrong with its value.
	Check(allowHTTP bool, fault func(name, message string))
	// CallsPerSecond limits what the outbox sends and asks; 0 for no limit.
	CallsPerSecond() int
	// Open makes the vendor; nothing is called yet.
	Open(vendorhttp.Options) (outbox.Vendor, error)
}

// Entry is a vendor of the registry with its settings.
type Entry struct {
	Name string
	Settings
}

// All gives every vendor in the order of the registry, used or not.
func (r Registry) All() []Entry {
	fields := reflect.ValueOf(r)
	entries := make([]Entry, fields.NumField())
	for i := range entries {
		entries[i] = Entry{strings.ToLower(fields.Type().Field(i).Name), fields.Field(i).Interface().(Settings)}
	}
	return entries
}

// Names gives the names of all vendors.
func Names() (names []string) {
	for _, entry := range (Registry{}).All() {
		names = append(names, entry.Name)
	}
	return names
}

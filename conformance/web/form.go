package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/schema/koshelek"
)

// form is what a person filled in, without the credentials, so that a form with
// a mistake can be shown again.
type form struct {
	URL, Version, Profile, CA, Seed string
	Insecure, ReadOnly, Strict      bool
	Scenarios                       map[string]bool
	// Faults are by field; "" is for the whole form.
	Faults map[string]string
}

// newForm is a form before anything was filled in.
func newForm() form {
	f := form{Version: koshelek.V130.String(), Scenarios: map[string]bool{}, Faults: map[string]string{}}
	for _, s := range contract.Scenarios() {
		f.Scenarios[s.ID] = true
	}
	return f
}

// readForm takes a sent form, and what a run needs of it when it has no fault.
func readForm(r *http.Request) (form, conformance.Target, conformance.Options) {
	get := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	f := form{
		URL: get("url"), Version: get("version"), Profile: get("profile"), CA: get("ca"), Seed: get("seed"),
		Insecure: get("insecure") != "", ReadOnly: get("read-only") != "", Strict: get("strict") != "",
		Scenarios: map[string]bool{}, Faults: map[string]string{},
	}
	for _, id := range r.PostForm["scenario"] {
		f.Scenarios[id] = true
	}
	target := conformance.Target{
		URL: strings.TrimRight(f.URL, "/"), User: r.PostForm.Get("user"), Password: r.PostForm.Get("password"),
		Insecure: f.Insecure, CA: []byte(f.CA),
	}
	if f.CA == "" {
		target.CA = nil
	}
	f.checkTarget(target)
	return f, target, f.options()
}

func (f form) checkTarget(target conformance.Target) {
	address, err := url.Parse(target.URL)
	switch {
	case target.URL == "":
		f.Faults["url"] = "Enter the address of the host, such as https://shop.example:8443."
	case err != nil || address.Host == "" || address.Scheme != "https" && address.Scheme != "http":
		f.Faults["url"] = "The address must begin with https:// or http:// and name a host."
	case address.User != nil || address.RawQuery != "" || address.Fragment != "":
		f.Faults["url"] = "Enter the address alone, without login, query or fragment."
	}
	if target.User == "" {
		f.Faults["user"] = "Enter the login that the partner handed over."
	}
	if target.Password == "" {
		f.Faults["password"] = "Enter the password that the partner handed over. It is asked for again with every run."
	}
	if f.Insecure && f.CA != "" {
		f.Faults["ca"] = "Either trust these certificates or do not look at the certificate at all."
	}
}

// options are what the form asks for. Faults are noted.
func (f form) options() conformance.Options {
	o := conformance.Options{ReadOnly: f.ReadOnly, Strict: f.Strict}
	version, err := koshelek.ParseVersion(f.Version)
	if err != nil {
		f.Faults["version"] = "Choose a version."
		version = koshelek.V130
	}
	o.Profile = contract.DefaultProfile(version)
	if f.Profile != "" {
		profile, err := conformance.ParseProfile([]byte(f.Profile))
		if err != nil {
			f.Faults["profile"] = "The profile cannot be read: " + err.Error()
		} else {
			o.Profile = profile
			o.Profile.Version = version
		}
	}
	if f.Seed != "" {
		if o.Seed, err = strconv.ParseUint(f.Seed, 10, 64); err != nil {
			f.Faults["seed"] = "A seed is a whole number."
		}
	}
	only, some := f.only()
	if !some {
		f.Faults["scenarios"] = "Choose at least one scenario."
	}
	o.Only = only
	return o
}

// only gives the chosen scenarios, nil for all, and reports whether there are any.
func (f form) only() (chosen []string, some bool) {
	all := contract.Scenarios()
	for _, s := range all {
		if f.Scenarios[s.ID] {
			chosen = append(chosen, s.ID)
		}
	}
	if len(chosen) == len(all) {
		return nil, true
	}
	return chosen, len(chosen) > 0
}

package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/language"
	"koshelek-adapter/schema/koshelek"
)

// Limits of what is sent to the site.
const (
	// maxForm limits a form with its files.
	maxForm = 1 << 20
	// maxFile limits a profile and a file of certificates.
	maxFile = 256 << 10
)

// settings are what a run is asked for, without the credentials.
type settings struct {
	URL       string   `json:"url"`
	Version   string   `json:"version"`
	Profile   string   `json:"profile,omitempty"`
	CA        string   `json:"ca,omitempty"`
	Seed      string   `json:"seed,omitempty"`
	Insecure  bool     `json:"insecure,omitempty"`
	ReadOnly  bool     `json:"readOnly,omitempty"`
	Strict    bool     `json:"strict,omitempty"`
	Scenarios []string `json:"scenarios"`
}

// form is what a person filled in, without the credentials, so that a form with
// a mistake can be shown again.
type form struct {
	settings
	lang language.Language
	// Faults are by field; "" is for the whole form.
	Faults map[string]string
}

// newForm is a form before anything was filled in.
func newForm() form {
	f := form{settings: settings{Version: koshelek.V130.String()}, Faults: map[string]string{}}
	for _, s := range contract.Scenarios() {
		f.Scenarios = append(f.Scenarios, s.ID)
	}
	return f
}

// Chosen reports whether a scenario is to be run.
func (f form) Chosen(id string) bool { return slices.Contains(f.Scenarios, id) }

// Opened reports whether something is filled in that a page folds away.
func (f form) Opened() bool {
	return f.CA != "" || f.Profile != "" || f.Insecure || f.ReadOnly || f.Strict || f.Seed != "" || f.Faults["ca"] != "" || f.Faults["profile"] != ""
}

// Faulty lists the fields with a fault in the order of the page. Each is the id of
// an element there.
func (f form) Faulty() []string {
	order := []string{"url", "user", "password", "version", "scenarios", "profile", "ca", "seed"}
	return slices.DeleteFunc(order, func(field string) bool { return f.Faults[field] == "" })
}

// fault notes what is wrong with a field, in the reader's language.
func (f form) fault(text, field string, values ...any) { f.Faults[field] = f.lang.Say(text, values...) }

// readForm takes a sent form.
func readForm(r *http.Request, l language.Language) form {
	get := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	f := form{lang: l, Faults: map[string]string{}, settings: settings{
		URL: strings.TrimRight(get("url"), "/"), Version: get("version"), Seed: get("seed"),
		Insecure: get("insecure") != "", ReadOnly: get("read-only") != "", Strict: get("strict") != "", Scenarios: r.PostForm["scenario"],
	}}
	f.Profile = f.textOrFile(r, "profile")
	f.CA = f.textOrFile(r, "ca")
	return f
}

// textOrFile is what was typed into a field, or the file that was chosen for it.
func (f form) textOrFile(r *http.Request, field string) string {
	typed := strings.TrimSpace(r.PostForm.Get(field))
	file, header, err := r.FormFile(field + "-file")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return typed
	}
	if err != nil {
		f.fault("The file could not be read.", field)
		return typed
	}
	defer func() { _ = file.Close() }() // it was only read
	if header.Size > maxFile {
		f.fault("The file is larger than %d KiB.", field, maxFile>>10)
		return typed
	}
	text, err := io.ReadAll(file)
	if err != nil {
		f.fault("The file could not be read.", field)
		return typed
	}
	if typed != "" && typed != strings.TrimSpace(string(text)) {
		f.fault("Either choose a file or type the text.", field)
		return typed
	}
	return strings.TrimSpace(string(text))
}

// check notes what is wrong, and gives what a run needs when nothing is.
func (f form) check(user, password string) (conformance.Target, conformance.Options) {
	target := conformance.Target{URL: f.URL, User: user, Password: password, Insecure: f.Insecure}
	if f.CA != "" {
		target.CA = []byte(f.CA)
	}
	f.checkTarget(target)
	return target, f.options()
}

func (f form) checkTarget(target conformance.Target) {
	address, err := url.Parse(target.URL)
	switch {
	case target.URL == "":
		f.fault("Enter the address of the host, such as https://shop.example:8443.", "url")
	case err != nil || address.Host == "" || address.Scheme != "https" && address.Scheme != "http":
		f.fault("The address must begin with https:// or http:// and name a host.", "url")
	case address.User != nil || address.RawQuery != "" || address.Fragment != "":
		f.fault("Enter the address alone, without login, query or fragment.", "url")
	}
	if target.User == "" {
		f.fault("Enter the login that the partner handed over.", "user")
	}
	if target.Password == "" {
		f.fault("Enter the password that the partner handed over. It is asked for again with every run.", "password")
	}
	if f.Insecure && f.CA != "" {
		f.fault("Either trust these certificates or do not look at the certificate at all.", "ca")
	}
}

// options are what the form asks for. Faults are noted.
func (f form) options() conformance.Options {
	o := conformance.Options{ReadOnly: f.ReadOnly, Strict: f.Strict}
	version, err := koshelek.ParseVersion(f.Version)
	if err != nil {
		f.fault("Choose a version.", "version")
		version = koshelek.V130
	}
	o.Profile = contract.DefaultProfile(version)
	if f.Profile != "" {
		profile, err := conformance.ParseProfile([]byte(f.Profile))
		if err != nil {
			f.fault("The profile cannot be read: %s", "profile", fmt.Sprint(err))
		} else {
			o.Profile = profile
			o.Profile.Version = version
		}
	}
	if f.Seed != "" {
		if o.Seed, err = strconv.ParseUint(f.Seed, 10, 64); err != nil {
			f.fault("A seed is a whole number.", "seed")
		}
	}
	only, some := f.only()
	if !some {
		f.fault("Choose at least one scenario.", "scenarios")
	}
	o.Only = only
	return o
}

// only gives the chosen scenarios, nil for all, and reports whether there are any.
func (f form) only() (chosen []string, some bool) {
	all := contract.Scenarios()
	for _, s := range all {
		if f.Chosen(s.ID) {
			chosen = append(chosen, s.ID)
		}
	}
	if len(chosen) == len(all) {
		return nil, true
	}
	return chosen, len(chosen) > 0
}

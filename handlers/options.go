package handlers

import (
	"errors"
	"net/http"
	"regexp"
	"time"

	"koshelek-adapter/handlers/middleware"
	"koshelek-adapter/schema/koshelek"
)

// Languages of the descriptions in errors.
const (
	English = "en"
	Russian = "ru"
)

// DefaultOffersPath is the last segment of the offers' path when the options name none.
const DefaultOffersPath = "campaigns"

// Options shape the Koshelek API. Most are switches over rows of the contract
// that nobody outside knows for sure.
type Options struct {
	// Options are those of every API; at least one credential is needed. [C]
	middleware.Options
	// Version is the contract's version that is served; methods of later ones
	// are refused. The zero value is the latest. [C]
	Version koshelek.Version
	// UnauthorizedStatus is 401 (the default) or 422. [3P]
	UnauthorizedStatus int
	// ContentTypeSemicolon ends Content-Type with a semicolon, as the published
	// page prints it. [C]
	ContentTypeSemicolon bool
	// AcceptPut accepts PUT beside the verbs that are not published. [I]
	AcceptPut bool
	// ReserveDigits answers a reserved number as bare digits, where that is
	// valid JSON: digits only, no leading zero. [I]
	ReserveDigits bool
	// OffersPath is the last segment of the offers' path. [I]
	OffersPath string
	// Language of the descriptions in errors: English (the default) or Russian.
	Language string
	// LenientPaths answers a path with a slash too many as the one that is meant.
	LenientPaths bool
	// Zone is where the programme's days begin; required.
	Zone *time.Location
}

func (o Options) withDefaults() Options {
	versions := koshelek.Versions()
	middleware.Default(&o.Version, versions[len(versions)-1])
	middleware.Default(&o.UnauthorizedStatus, http.StatusUnauthorized)
	middleware.Default(&o.OffersPath, DefaultOffersPath)
	middleware.Default(&o.Language, English)
	o.Options = o.WithDefaults()
	return o
}

var offersPathForm = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// validate reports every fault at once.
func (o Options) validate() error {
	faults := []error{o.Options.Validate()}
	check := func(ok bool, text string) {
		if !ok {
			faults = append(faults, errors.New(text))
		}
	}
	check(o.Version.String() != "", "the version is not a published one")
	check(len(o.Credentials) > 0, "at least one credential is needed")
	check(o.UnauthorizedStatus == http.StatusUnauthorized || o.UnauthorizedStatus == http.StatusUnprocessableEntity,
		"the status for wrong credentials is 401 or 422")
	check(offersPathForm.MatchString(o.OffersPath), "the path of the offers consists of letters, digits, _ and -")
	check(o.OffersPath != "purchases" && o.OffersPath != "communication", "the path of the offers is another method's")
	check(o.Language == English || o.Language == Russian, "the language is en or ru")
	check(o.Zone != nil, "the programme's time zone is needed")
	return errors.Join(faults...)
}

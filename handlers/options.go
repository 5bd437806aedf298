package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"koshelek-adapter/handlers/entrance"
	"koshelek-adapter/schema/koshelek"
)

// Credential is one pair that Koshelek may sign in with. Several are live at a
// time so that a password can change without an outage. [C]
type Credential = entrance.Credential

// Languages of the descriptions in errors.
const (
	English = "en"
	Russian = "ru"
)

// Defaults of the options that are zero.
const (
	DefaultOffersPath     = "campaigns"
	DefaultMaxInFlight    = 256
	DefaultMaxBody        = 64 << 10
	DefaultRequestTimeout = 10 * time.Second
)

// Options shape the Koshelek surface. Most are switches over rows of the
// contract that nobody outside knows for sure.
type Options struct {
	// Version is the contract's version that is served; methods of later ones
	// are refused. The zero value is the latest. [C]
	Version koshelek.Version
	// Credentials are all live pairs, at least one. [C]
	Credentials []Credential
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
	// Zone is where the programme's days begin; required.
	Zone *time.Location
	// MaxInFlight bounds the requests at work; more are answered as busy.
	MaxInFlight int
	// MaxBody bounds the body of a request, in bytes.
	MaxBody int64
	// RequestTimeout bounds the work on one request, or on one page of a list.
	RequestTimeout time.Duration
	// Log gets one line a request; the zero value is silent.
	Log zerolog.Logger
	// Metrics count; nil for nobody to see.
	Metrics *Metrics
}

func (o Options) withDefaults() Options {
	versions := koshelek.Versions()
	setDefault(&o.Version, versions[len(versions)-1])
	setDefault(&o.UnauthorizedStatus, http.StatusUnauthorized)
	setDefault(&o.OffersPath, DefaultOffersPath)
	setDefault(&o.Language, English)
	setDefault(&o.MaxInFlight, DefaultMaxInFlight)
	setDefault(&o.MaxBody, DefaultMaxBody)
	setDefault(&o.RequestTimeout, DefaultRequestTimeout)
	if o.Metrics == nil {
		o.Metrics = NewMetrics(prometheus.NewRegistry())
	}
	return o
}

func setDefault[T comparable](value *T, fallback T) {
	var zero T
	if *value == zero {
		*value = fallback
	}
}

var offersPathForm = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// validate reports every fault at once.
func (o Options) validate() error {
	var faults []error
	check := func(ok bool, text string) {
		if !ok {
			faults = append(faults, errors.New(text))
		}
	}
	check(o.Version.String() != "", "the version is not a published one")
	check(len(o.Credentials) > 0, "at least one credential is needed")
	for i, pair := range o.Credentials {
		check(pair.Valid(), fmt.Sprintf("credential %d: user and password must be UTF-8 and not empty, the user without a colon", i+1))
	}
	check(o.UnauthorizedStatus == http.StatusUnauthorized || o.UnauthorizedStatus == http.StatusUnprocessableEntity,
		"the status for wrong credentials is 401 or 422")
	check(offersPathForm.MatchString(o.OffersPath), "the path of the offers consists of letters, digits, _ and -")
	check(o.OffersPath != "purchases" && o.OffersPath != "communication", "the path of the offers is another method's")
	check(o.Language == English || o.Language == Russian, "the language is en or ru")
	check(o.Zone != nil, "the programme's time zone is needed")
	check(o.MaxInFlight > 0 && o.MaxBody > 0 && o.RequestTimeout > 0, "limits must be positive")
	return errors.Join(faults...)
}

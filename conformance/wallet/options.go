package wallet

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/schema/koshelek"
)

// Limits of a run: what a plan needs stays in memory.
const (
	MaxUsers    = 10_000
	MaxCalls    = 5_000_000
	MaxParallel = 1_000
)

// Options say whom to call and how unkindly. The zero value of a field that has
// a default takes it; odds have none.
type Options struct {
	// URL is the host's address without /v1, User and Password its credentials.
	URL, User, Password string
	// TLS is for hosts with a certificate of their own; nil trusts the system's.
	TLS *tls.Config

	// Seed decides the plan.
	Seed uint64
	// Users, 200 by default, share the Calls, 20,000 by default.
	Users, Calls int
	// Parallel is how many calls are under way at once, 64 by default.
	Parallel int

	// Repeat is the chance that a call is sent again although it was answered,
	// Lose that its answer is dropped (then it is sent again too), Slow that its
	// body takes SlowFor to arrive, Reorder that it is overtaken by the one behind it.
	Repeat, Lose, Slow, Reorder float64
	// SlowFor is 20 ms by default.
	SlowFor time.Duration
	// Mix weighs the versions that the apps speak; the profile's alone by default.
	Mix map[koshelek.Version]int

	// Codes are promo codes that the host knows and that every card may use once.
	Codes []string
	// FirstPhone is the first user's phone, 79990000000 by default.
	FirstPhone int64
	// EmailDomain is "wallet.example" by default.
	EmailDomain string
	// Profile is what the host is held to: verbs, names and paths of its calls, the
	// form of a reserved number, the methods that it offers, how long points take
	// to show. The latest version without choices by default.
	Profile contract.Profile
	// Skip leaves kinds of calls out of the plan; [Optional] lists those that may be.
	Skip []Kind
	// SkipListings leaves getAllUsers and getAllUsersExtended out.
	SkipListings bool

	// Grace is how long a call may still take effect after the wallet hung up; 2 s
	// by default. Timeout is for one answer; 30 s by default, or four times the
	// profile's limit when that is longer.
	Grace, Timeout time.Duration
	// Inspector looks at what the wire does not show; nil leaves that unchecked.
	Inspector Inspector
	// Clock is time.Now by default.
	Clock func() time.Time
	// Progress is told after every call how many of the plan's calls were sent; it
	// is called by many goroutines at once.
	Progress func(done, total int)
}

// Inspector shows what a host keeps and the contract never answers. It must be
// safe for concurrent use.
type Inspector interface {
	// Profile gives the holder of a card.
	Profile(ctx context.Context, card string) (koshelek.User, error)
	// Consents gives the log of the card's holder, oldest first.
	Consents(ctx context.Context, card string) ([]Consent, error)
}

// Consent is one line of the log of consents.
type Consent struct {
	Channel string
	Allowed bool
}

var emailDomain = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)+$`)

// WithDefaults gives the options that a run uses, or every fault of the given
// ones.
func (o Options) WithDefaults() (Options, error) {
	fill(&o.Users, 200)
	fill(&o.Calls, 20_000)
	fill(&o.Parallel, 64)
	fill(&o.SlowFor, 20*time.Millisecond)
	fill(&o.FirstPhone, 79_990_000_000)
	fill(&o.EmailDomain, "wallet.example")
	fill(&o.Grace, 2*time.Second)
	if o.Profile.Version == 0 {
		o.Profile = contract.DefaultProfile(koshelek.V130)
	}
	fill(&o.Timeout, max(30*time.Second, 4*o.Profile.AnswerLimit))
	if len(o.Mix) == 0 {
		o.Mix = map[koshelek.Version]int{o.Profile.Version: 1}
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Progress == nil {
		o.Progress = func(int, int) {}
	}
	o.URL = strings.TrimRight(o.URL, "/")
	return o, errors.Join(o.addressFaults(), o.sizeFaults(), o.oddsFaults(), o.dataFaults())
}

func fill[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

func (o Options) addressFaults() error {
	address, err := url.Parse(o.URL)
	switch {
	case err != nil:
		return errors.New("the URL cannot be read")
	case address.Scheme != "http" && address.Scheme != "https" || address.Host == "":
		return errors.New("the URL must begin with https:// or http:// and name a host")
	case address.User != nil || address.RawQuery != "" || address.Fragment != "":
		return errors.New("the URL is the host's address alone, without login, query or fragment")
	case o.User == "" || strings.Contains(o.User, ":"):
		return errors.New("the user must be given and cannot hold a colon")
	}
	return nil
}

func (o Options) sizeFaults() error {
	var faults []error
	for _, f := range []struct {
		name      string
		value     int
		low, high int
	}{
		{"users", o.Users, 1, MaxUsers}, {"calls", o.Calls, o.Users, MaxCalls}, {"parallel", o.Parallel, 1, MaxParallel},
	} {
		if f.value < f.low || f.value > f.high {
			faults = append(faults, fmt.Errorf("%s must be %d to %d", f.name, f.low, f.high))
		}
	}
	if o.SlowFor < 0 || o.Grace < 0 || o.Timeout <= 0 {
		faults = append(faults, errors.New("durations must not be negative"))
	}
	return errors.Join(faults...)
}

func (o Options) oddsFaults() error {
	var faults []error
	for name, odds := range map[string]float64{"slow": o.Slow, "reorder": o.Reorder} {
		if !(odds >= 0 && odds <= 1) {
			faults = append(faults, fmt.Errorf("the odds of %s must be 0%% to 100%%", name))
		}
	}
	// A call that is always repeated or lost would never end.
	for name, odds := range map[string]float64{"repeat": o.Repeat, "lose": o.Lose} {
		if !(odds >= 0 && odds <= 0.9) {
			faults = append(faults, fmt.Errorf("the odds of %s must be 0%% to 90%%", name))
		}
	}
	total := 0
	for version, weight := range o.Mix {
		if version.String() == "" || weight < 0 || weight > 1000 {
			faults = append(faults, errors.New("the mix of versions has a wrong version or weight"))
		}
		total += weight
	}
	if total == 0 {
		faults = append(faults, errors.New("the mix of versions is empty"))
	}
	return errors.Join(faults...)
}

func (o Options) dataFaults() error {
	var faults []error
	if last := o.FirstPhone + int64(o.Users); o.FirstPhone < 10_000_000_000 || last > 999_999_999_999 {
		faults = append(faults, errors.New("the phones must have 11 or 12 digits, with the country code"))
	}
	if !emailDomain.MatchString(o.EmailDomain) {
		faults = append(faults, errors.New("the e-mail domain must look like wallet.example"))
	}
	for _, code := range o.Codes {
		if strings.TrimSpace(code) == "" || len(code) > 64 {
			faults = append(faults, errors.New("a promo code must have 1 to 64 characters"))
		}
	}
	for _, kind := range o.Skip {
		if !slices.Contains(Optional(), kind) {
			faults = append(faults, fmt.Errorf("%q cannot be left out", kind))
		}
	}
	return errors.Join(faults...)
}

// leavesOut tells whether calls of a kind are left out: by the options, or because
// the host does not offer the method.
func (o Options) leavesOut(kind Kind) bool {
	return slices.Contains(o.Skip, kind) || !o.Profile.Offers(kind.method())
}

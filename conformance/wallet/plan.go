package wallet

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"time"

	"koshelek-adapter/schema/koshelek"
)

// Kind is what a call is for.
type Kind string

// The kinds of calls.
const (
	Find          Kind = "find"           // GET /v1/card by phone
	FindEmail     Kind = "find-email"     // GET /v1/card by the e-mail address of an update
	Reserve       Kind = "reserve"        // GET /v1/card/anonymous
	IssueReserved Kind = "issue-reserved" // POST /v1/card/anonymous/{cardNumber}
	Issue         Kind = "issue"          // POST /v1/card/anonymous
	Look          Kind = "card"           // GET /v1/card/{cardNumber}
	Update        Kind = "update"         // POST /v1/card/{cardNumber}
	Consents      Kind = "channels"       // PUT …/communication
	History       Kind = "purchases"      // GET …/purchases
	Offers        Kind = "offers"         // GET …/campaigns
	Scan          Kind = "receipt"        // POST /v1/promo/qrCode
	Contest       Kind = "contest"        // the same, with a receipt that another user sends too
	Redeem        Kind = "code"           // POST /v1/promo/code
	BadCode       Kind = "unknown-code"   // the same with a code that no host knows
	BadCard       Kind = "unknown-card"   // GET /v1/card/{cardNumber} of a number that no host knows
	Torn          Kind = "torn-update"    // an update that breaks off in its body and is never sent whole
)

// Optional returns the kinds that a run can leave out, for hosts that do not
// offer them. The slice is the caller's own.
func Optional() []Kind {
	return []Kind{FindEmail, Consents, History, Offers, Scan, Contest, Redeem, BadCode, Torn}
}

// method is the ID of the method that a kind of calls is of.
func (k Kind) method() string {
	switch k {
	case Find, FindEmail:
		return "findCard"
	case Reserve:
		return "reserveCard"
	case IssueReserved:
		return "issueReservedCard"
	case Issue:
		return "issueCard"
	case Update, Torn:
		return "updateUser"
	case Consents:
		return "setChannels"
	case History:
		return "listPurchases"
	case Offers:
		return "listCampaigns"
	case Scan, Contest:
		return "submitQRCode"
	case Redeem, BadCode:
		return "submitPromoCode"
	}
	return "getCard" // Look, BadCard
}

// Fate is what the wallet does to a call.
type Fate string

// The fates of a call.
const (
	Answered   Fate = "answered"    // the answer is read
	CutSent    Fate = "cut-sent"    // the connection is cut when the request is sent
	CutHeaders Fate = "cut-headers" // it is cut when the answer's headers have come
	CutBody    Fate = "cut-body"    // it is cut in the middle of the request's body
)

// Intent is what a user wants once, however often it is sent.
type Intent struct {
	Kind     Kind               `json:"kind"`
	Version  string             `json:"version"`
	Profile  *koshelek.User     `json:"profile,omitempty"`
	Channels *koshelek.Channels `json:"channels,omitempty"`
	Receipt  *Receipt           `json:"receipt,omitempty"`
	Code     string             `json:"code,omitempty"`
	Email    string             `json:"email,omitempty"`
}

// Receipt is the name of a fiscal receipt. All receipts of a run have one sum, so
// that all earn the same.
type Receipt struct {
	FN string `json:"fn"`
	I  int    `json:"i"`
	FP uint32 `json:"fp"`
	// MinutesBefore the start of the run is when it was printed.
	MinutesBefore int `json:"minutesBefore"`
}

// Send is one request of the plan.
type Send struct {
	// Intent is the position in the scenario's intents; Repeat tells that it was sent before.
	Intent int  `json:"intent"`
	Repeat bool `json:"repeat,omitempty"`
	Fate   Fate `json:"fate"`
	Slow   bool `json:"slow,omitempty"`
	// After is the wait from the begin of the step, Cut from the end of the
	// request to the cut.
	After time.Duration `json:"afterNs,omitempty"`
	Cut   time.Duration `json:"cutNs,omitempty"`
}

// Step is a set of requests that are under way at once.
type Step []Send

// Scenario is what happens to one user: steps one after the other.
type Scenario struct {
	Phone   string   `json:"phone"`
	Intents []Intent `json:"intents"`
	Steps   []Step   `json:"steps"`
	// Overtaken counts the steps in which a later call goes first.
	Overtaken int `json:"overtaken"`
}

// Sends counts the requests of the scenario.
func (s *Scenario) Sends() int {
	n := 0
	for _, step := range s.Steps {
		n += len(step)
	}
	return n
}

// Plan is every call of a run.
type Plan struct {
	Seed      uint64     `json:"seed"`
	Scenarios []Scenario `json:"scenarios"`
}

// NewPlan makes the plan of the options, which must be complete (see
// [Options.WithDefaults]). Equal options give equal plans; credentials, the
// address and time limits do not matter.
func NewPlan(o Options) Plan {
	plan := Plan{Seed: o.Seed, Scenarios: make([]Scenario, o.Users)}
	for i := range plan.Scenarios {
		n := o.Calls / o.Users
		if i < o.Calls%o.Users {
			n++
		}
		plan.Scenarios[i] = newGenerator(o, i).generate(n)
	}
	return plan
}

// Digest names the plan: two runs with equal digests sent the same calls.
func (p Plan) Digest() string {
	sum := fnv.New64a()
	fmt.Fprintln(sum, p.Seed)
	for _, scenario := range p.Scenarios {
		// Pointers print as addresses, so the contents are written one by one.
		for _, in := range scenario.Intents {
			fmt.Fprintf(sum, "%s %s %s %s|", in.Kind, in.Version, in.Code, in.Email)
			if in.Profile != nil {
				fmt.Fprintf(sum, "%v", *in.Profile)
			}
			if in.Channels != nil {
				fmt.Fprintf(sum, "%v", *in.Channels)
			}
			if in.Receipt != nil {
				fmt.Fprintf(sum, "%v", *in.Receipt)
			}
		}
		fmt.Fprintf(sum, "%s%v\n", scenario.Phone, scenario.Steps)
	}
	return fmt.Sprintf("%016x", sum.Sum64())
}

// dice are the random numbers of one user.
func dice(seed uint64, user int) *rand.Rand {
	var text [16]byte
	binary.BigEndian.PutUint64(text[:], seed)
	binary.BigEndian.PutUint64(text[8:], uint64(user))
	sum := fnv.New64a()
	_, _ = sum.Write(text[:]) // a hash does not fail
	return rand.New(rand.NewPCG(seed, sum.Sum64()))
}

// versions are the versions of the mix in order, each as often as it weighs.
func (o Options) versions() []koshelek.Version {
	var all []koshelek.Version
	for version, weight := range o.Mix {
		for range weight {
			all = append(all, version)
		}
	}
	slices.Sort(all)
	return all
}

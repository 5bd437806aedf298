// Package crmapi is the contract of a remote CRM: what the adapter sends to a
// team's own service, and what it understands of the answers. The document
// openapi.yaml is its text; the tables and types here are the same in Go.
//
// Fields without which an answer means nothing are pointers: an empty object must
// not read as "nobody has this phone" or "no points".
package crmapi

import (
	_ "embed"
)

// A string and not bytes, so that nobody can change it.
//
//go:embed openapi.yaml
var openAPI string

// OpenAPI returns the contract as an OpenAPI 3.1 document in YAML. The bytes are
// the caller's own.
func OpenAPI() []byte { return []byte(openAPI) }

// Version is the version of the contract that this package knows; it stands in
// the path of every call and in the answer to ping.
const Version = 1

// The headers of a call beside those of HTTP and of Standard Webhooks.
const (
	// HeaderKey is the key of a write: the same for every repetition of it.
	HeaderKey = "Idempotency-Key"
	// HeaderDeadline is how long the caller waits for the answer, in milliseconds.
	HeaderDeadline = "X-Deadline-Ms"
)

// Tolerance is how many seconds a signature's moment may be away from the
// receiver's clock.
const Tolerance = 300

// MaxAnswerBytes limits an answer, MaxFound the members of one find, and MaxPage
// the lines of one page.
const (
	MaxAnswerBytes = 1 << 20
	MaxFound       = 10
	MaxPage        = 500
)

// Call is one call of the contract.
type Call struct {
	// Name is the last segment of the path, and what ping offers.
	Name string
	// Mandatory calls are there always; the others when ping names them.
	Mandatory bool
	// Keyed calls carry an Idempotency-Key.
	Keyed bool
	// Refusals are the codes with which the CRM may refuse, beside those in
	// Anywhere.
	Refusals []string
}

// Anywhere lists the codes with which every call may refuse a value that it
// cannot take.
func Anywhere() []string { return []string{"invalid_phone", "invalid_email", "invalid_profile"} }

// Calls lists the calls in the order of the document.
func Calls() []Call {
	return []Call{
		{Name: "ping", Mandatory: true},
		{Name: "find", Mandatory: true},
		{Name: "member", Mandatory: true, Refusals: []string{"card_not_found"}},
		{Name: "enroll", Mandatory: true, Keyed: true, Refusals: []string{
			"number_taken", "phone_taken", "email_taken", "ambiguous_customer", "card_blocked", "invalid_card_number", "operation_conflict"}},
		{Name: "update", Mandatory: true, Keyed: true, Refusals: []string{
			"card_not_found", "card_blocked", "phone_taken", "email_taken", "operation_conflict"}},
		{Name: "channels", Keyed: true, Refusals: []string{"card_not_found", "customer_not_found", "operation_conflict"}},
		{Name: "balance", Refusals: []string{"card_not_found", "card_blocked"}},
		{Name: "purchases", Refusals: []string{"card_not_found"}},
		{Name: "offers", Refusals: []string{"card_not_found"}},
		{Name: "receipt", Keyed: true, Refusals: []string{
			"card_not_found", "card_blocked", "card_inactive", "receipt_future", "receipt_too_old", "receipt_taken", "receipt_mismatch", "operation_conflict"}},
		{Name: "code", Keyed: true, Refusals: []string{
			"card_not_found", "card_blocked", "card_inactive", "code_unknown", "code_used_up", "code_expired", "code_not_started", "operation_conflict"}},
		{Name: "members"},
		{Name: "points", Keyed: true, Refusals: []string{
			"card_not_found", "card_blocked", "card_inactive", "insufficient_points", "invalid_amount", "operation_conflict"}},
		{Name: "lookup"},
		{Name: "erase"},
	}
}

// Ref names a card and, where it is known, its customer.
type Ref struct {
	ID   string `json:"id,omitempty"`
	Card string `json:"card,omitempty"`
}

// Profile is what is known of a customer. In requests a field that is left out
// stays as it is.
type Profile struct {
	Phone       string `json:"phone,omitempty"`
	Email       string `json:"email,omitempty"`
	Surname     string `json:"surname,omitempty"`
	FirstName   string `json:"firstName,omitempty"`
	Patronymic  string `json:"patronymic,omitempty"`
	Sex         string `json:"sex,omitempty"`
	BirthDate   string `json:"birthDate,omitempty"`
	CountryCode string `json:"countryCode,omitempty"`
	Locality    string `json:"locality,omitempty"`
}

// Member is a customer with one card.
type Member struct {
	Ref
	// State is active, inactive or blocked.
	State    string   `json:"state"`
	Profile  *Profile `json:"profile,omitempty"`
	Barcode  *Barcode `json:"barcode,omitempty"`
	IssuedAt string   `json:"issuedAt,omitempty"`
	Balance  *Balance `json:"balance,omitempty"`
}

// Barcode is what is drawn under a card's number.
type Barcode struct {
	Number string `json:"number"`
	Type   string `json:"type,omitempty"`
}

// Balance is a card's points.
type Balance struct {
	Ref
	Total     *int64 `json:"total"`
	Available *int64 `json:"available"`
	Lots      []Lot  `json:"lots,omitempty"`
}

// Lot is a part of a balance. Its ends are moments, or days of the programme's
// zone: from the beginning of the first to the end of the last.
type Lot struct {
	Points        *int64 `json:"points"`
	Description   string `json:"description,omitempty"`
	AvailableFrom string `json:"availableFrom,omitempty"`
	ValidUntil    string `json:"validUntil,omitempty"`
}

// Purchase is one line of what was bought.
type Purchase struct {
	Ref      string `json:"ref,omitempty"`
	Day      string `json:"day"`
	Item     string `json:"item"`
	Kopecks  *int64 `json:"kopecks"`
	Quantity *int64 `json:"quantityMilli,omitempty"`
	Place    string `json:"place,omitempty"`
	Points   int64  `json:"points,omitempty"`
}

// Offer is what is open to a card.
type Offer struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	From        string `json:"from,omitempty"`
	To          string `json:"to,omitempty"`
	ImageURL    string `json:"imageUrl,omitempty"`
	Discount    string `json:"discount,omitempty"`
}

// Receipt is a fiscal receipt.
type Receipt struct {
	FN      string `json:"fn"`
	I       int64  `json:"i"`
	FP      int64  `json:"fp"`
	At      string `json:"at"`
	Kopecks int64  `json:"kopecks"`
	Kind    int    `json:"kind,omitempty"`
}

// The bodies of requests.
type (
	// Nothing is the body of ping.
	Nothing struct{}
	// Find asks for the customers of a phone or an e-mail.
	Find struct {
		Phone string `json:"phone,omitempty"`
		Email string `json:"email,omitempty"`
	}
	// Enroll makes a card.
	Enroll struct {
		Number  string   `json:"number"`
		Barcode *Barcode `json:"barcode,omitempty"`
		Profile Profile  `json:"profile"`
	}
	// Update changes a customer.
	Update struct {
		Ref
		Profile Profile `json:"profile"`
	}
	// Channels is what a customer allows and forbids.
	Channels struct {
		Ref
		Channels map[string]bool `json:"channels"`
	}
	// Purchases asks for a page of what was bought.
	Purchases struct {
		Ref
		From string `json:"from"`
		To   string `json:"to"`
		Page
	}
	// Page asks for a page of a list.
	Page struct {
		After string `json:"after,omitempty"`
		Limit int    `json:"limit"`
	}
	// BookReceipt books a receipt for a card.
	BookReceipt struct {
		Ref
		Receipt Receipt `json:"receipt"`
	}
	// Redeem uses a promo code.
	Redeem struct {
		Ref
		Code string `json:"code"`
	}
	// Move credits points, or takes them when they are negative.
	Move struct {
		Ref
		Points        int64  `json:"points"`
		Description   string `json:"description,omitempty"`
		AvailableFrom string `json:"availableFrom,omitempty"`
		ValidUntil    string `json:"validUntil,omitempty"`
	}
	// Lookup asks what became of a write.
	Lookup struct {
		Ref
		Key   string `json:"key"`
		Since string `json:"since"`
	}
)

// The bodies of answers.
type (
	// About is the answer to ping.
	About struct {
		Version   int               `json:"version"`
		Name      string            `json:"name"`
		Offers    *[]string         `json:"offers"`
		Writes    map[string]string `json:"writes,omitempty"`
		Now       string            `json:"now,omitempty"`
		PerSecond float64           `json:"perSecond,omitempty"`
		InFlight  int               `json:"inFlight,omitempty"`
		Notes     []string          `json:"notes,omitempty"`
	}
	// Members is the answer to find and members.
	Members struct {
		Members *[]Member `json:"members"`
		Next    string    `json:"next,omitempty"`
	}
	// OneMember is the answer to member and enroll.
	OneMember struct {
		Member *Member `json:"member"`
	}
	// PurchaseLines is the answer to purchases.
	PurchaseLines struct {
		Lines *[]Purchase `json:"lines"`
		Next  string      `json:"next,omitempty"`
	}
	// OpenOffers is the answer to offers.
	OpenOffers struct {
		Offers *[]Offer `json:"offers"`
	}
	// Applied is the answer to receipt, code and points.
	Applied struct {
		Points   *int64 `json:"points"`
		Repeated bool   `json:"repeated,omitempty"`
		Ref      string `json:"ref,omitempty"`
	}
	// Found is the answer to lookup.
	Found struct {
		Done   *bool  `json:"done"`
		Points int64  `json:"points,omitempty"`
		Ref    string `json:"ref,omitempty"`
	}
	// Refusal is the body of 401, 404, 409 and 422.
	Refusal struct {
		Code        string `json:"code"`
		Description string `json:"description,omitempty"`
	}
)

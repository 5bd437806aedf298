package crm

// Identity is what a customer is looked for by; at least one is set.
type Identity struct {
	Phone string
	Email string
}

// Match is a customer who was found, with all cards.
type Match struct {
	CustomerID string
	// ByPhone and ByEmail tell which part of the identity matched.
	ByPhone, ByEmail bool
	// HasPhone tells whether the customer has a phone, matched or not.
	HasPhone  bool
	BirthDate Date
	Cards     []Card
}

// EmailTrust is what an e-mail proves when it comes with a phone that nobody has.
// Koshelek has confirmed the phone; the e-mail is typed by anybody (contract:
// "Identity"). An e-mail without a phone names its customer whatever the trust.
type EmailTrust string

// The trusts.
const (
	// EmailIdentifies: the e-mail names its customer, the published OR to the
	// letter. Whoever types a stranger's e-mail is given the stranger's card. For
	// rows of imports, where the partner vouches for both.
	EmailIdentifies EmailTrust = ""
	// EmailHints: the e-mail names a customer who has no phone, if names and birth
	// date do not contradict. Else it is left out, and its customer stays as he is.
	EmailHints EmailTrust = "hint"
	// EmailConflicts is like EmailHints, but what would be left out is ErrAmbiguous.
	EmailConflicts EmailTrust = "refuse"
)

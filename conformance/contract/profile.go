package contract

import (
	"time"

	"koshelek-adapter/schema/koshelek"
)

// Profile is what a partner's host is held to: a version of the contract, and
// the partner's choices where the contract leaves one. The zero value is no
// profile; [DefaultProfile] makes one.
type Profile struct {
	// Name stands in reports and certificates.
	Name    string
	Version koshelek.Version
	// Off are the IDs of optional methods that the partner does not offer.
	Off []string
	// Verbs replaces verbs by the method's ID, where the contract has AlsoVerbs.
	Verbs map[string]string
	// ReserveForm is how a reserved number is answered. [I]
	ReserveForm ReserveForm
	// OffersPath is the last segment of the offers' path. [I]
	OffersPath string
	// PromoFields renames the fields of the promo bodies: cardNumber, msisdn,
	// qrCode, code. [I]
	PromoFields map[string]string
	// UnauthorizedStatus is 401 or 422. [3P]
	UnauthorizedStatus int
	// Semicolon is whether Content-Type ends with a semicolon, as the published
	// page prints it. [C]
	Semicolon Semicolon
	// Blocked is how a blocked card is answered to a search. [C]
	Blocked Blocked
	// Email is what a search by a phone that nobody has answers beside the e-mail
	// address of a customer with another phone. [I]
	Email Email
	// ChannelParams names, by channel, the value in getAllUsersExtended that
	// shows the channel's state ("allow" or "deny"). Without it nobody outside
	// can see what a host stored of setChannels, and those rules are disabled.
	ChannelParams map[string]string
	// ChannelValues spells the states "allow" and "deny" where the host shows
	// them by other words. A state that is spelled "" shows by an absent or empty
	// value.
	ChannelValues map[string]string
	// Fields renames fields of answers, bodies and queries by their place, such as
	// "card.cardState", "user.firstname", "listPurchases[].item", "error.code",
	// "findCard.msisdn"; see [FieldPlaces].
	Fields map[string]string
	// ExtraFields are the places of agreed fields that the contract does not
	// name; what stands in such a place is agreed with it. Nil says nothing of
	// them: then every extra field is legal.
	ExtraFields []string
	// Connections is whether the host keeps connections for the next call.
	Connections Connections
	// AnswerLimit is how long an answer may take.
	AnswerLimit time.Duration
	// Settle is how long the host may take until points of an accepted receipt
	// or code show in the balance; zero for at once.
	Settle time.Duration
	// Deviations are broken rules that the partner knows of.
	Deviations []Deviation
	Data       Data
}

// ReserveForm is the form of a reserved number.
type ReserveForm string

// The forms of a reserved number.
const (
	ReserveString ReserveForm = "string"
	ReserveDigits ReserveForm = "digits"
	ReserveEither ReserveForm = "either"
)

// Semicolon says whether a semicolon ends Content-Type.
type Semicolon string

// What a profile says of the semicolon.
const (
	SemicolonEither Semicolon = "either"
	SemicolonNever  Semicolon = "never"
	SemicolonAlways Semicolon = "always"
)

// Blocked is how a search answers a blocked card.
type Blocked string

// The answers to a search for a blocked card.
const (
	BlockedError    Blocked = "error"
	BlockedInactive Blocked = "inactive"
	BlockedEither   Blocked = "either"
)

// Email is what an e-mail address counts beside a phone that nobody has. The
// published OR allows each.
type Email string

// What an e-mail address may count.
const (
	// EmailHint finds nobody, EmailRefuse refuses, EmailIdentity shows the card.
	EmailHint     Email = "hint"
	EmailRefuse   Email = "refuse"
	EmailIdentity Email = "identity"
	EmailEither   Email = "either"
)

// Connections says what becomes of a connection after an answer.
type Connections string

// What a profile says of connections.
const (
	ConnectionsKept   Connections = "kept"
	ConnectionsClosed Connections = "closed"
)

// Deviation is a rule that the partner breaks and knows of. Until its last day
// its failure is a warning, from the next day on it is a failure again.
type Deviation struct {
	Rule   string
	Reason string
	// Until is the last day, in UTC; zero for a deviation that lasts.
	Until time.Time
}

// Lasts reports whether the deviation has no last day.
func (d Deviation) Lasts() bool { return d.Until.IsZero() }

// Over reports whether the deviation's last day has passed.
func (d Deviation) Over(now time.Time) bool {
	return !d.Lasts() && !now.UTC().Before(d.Until.AddDate(0, 0, 1))
}

// Data is what only the partner can prepare. What is missing makes the rules
// that need it skipped.
type Data struct {
	// Card is a card with its holder, for runs that write nothing.
	Card *KnownCard `json:"card,omitempty"`
	// Blocked is a blocked card.
	Blocked *KnownCard `json:"blocked,omitempty"`
	// Several is a customer with more than one card; CardNumber is the one that
	// stands for the customer.
	Several *KnownCard `json:"several,omitempty"`
	// History is the number of a card with purchases on two days or more.
	History string `json:"history,omitempty"`
	// Pool are numbers that were handed over to Koshelek and not issued. A run
	// uses up one; it passes over those that turn out to be issued.
	Pool []string `json:"pool,omitempty"`
	// Plastic are active cards without a holder. A run uses up one, and passes
	// over those that turn out to have a holder.
	Plastic []string `json:"plastic,omitempty"`
	// PromoCode is a code that many cards may use once each.
	PromoCode string `json:"promoCode,omitempty"`
	// LimitedCodes are codes that CodeUses cards may use together, once each. A
	// run uses up three, and passes over those that are used up.
	LimitedCodes []string `json:"limitedCodes,omitempty"`
	CodeUses     int      `json:"codeUses,omitempty"`
	// ExpiredCode is a code whose time is over, UpcomingCode one whose time has
	// not come.
	ExpiredCode  string `json:"expiredCode,omitempty"`
	UpcomingCode string `json:"upcomingCode,omitempty"`
	// PersonalOffer is an offer for one card.
	PersonalOffer *PersonalOffer `json:"personalOffer,omitempty"`
}

// KnownCard is a card that the partner prepared.
type KnownCard struct {
	CardNumber string `json:"cardNumber,omitempty"`
	Phone      string `json:"phone,omitempty"`
	Email      string `json:"email,omitempty"`
}

// PersonalOffer is an offer for one card.
type PersonalOffer struct {
	CardNumber string `json:"cardNumber"`
	OfferID    string `json:"offerId"`
}

// Defaults of a profile.
const (
	DefaultAnswerLimit = 5 * time.Second
	DefaultOffersPath  = "campaigns"
	// LongestLimit is the longest time span that a profile may say.
	LongestLimit = 10 * time.Minute
)

// DefaultProfile is the contract as it stands, without a partner's choices.
func DefaultProfile(v koshelek.Version) Profile {
	return Profile{
		Name: "Koshelek Loyalty Online API " + v.String(), Version: v, ReserveForm: ReserveString, OffersPath: DefaultOffersPath,
		UnauthorizedStatus: 401, Semicolon: SemicolonEither, Blocked: BlockedError, Email: EmailEither, Connections: ConnectionsKept, AnswerLimit: DefaultAnswerLimit,
	}
}

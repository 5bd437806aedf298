package contract

// IDs of the scenarios, in the order in which they run.
const (
	ScenarioTLS       = "tls"
	ScenarioAuth      = "auth"
	ScenarioFind      = "find"
	ScenarioReserve   = "reserve"
	ScenarioIssue     = "issue"
	ScenarioPool      = "pool"
	ScenarioTyped     = "typed"
	ScenarioBlocked   = "blocked"
	ScenarioSeveral   = "several"
	ScenarioHolder    = "holder"
	ScenarioChannels  = "channels"
	ScenarioBalance   = "balance"
	ScenarioHistory   = "history"
	ScenarioOffers    = "offers"
	ScenarioReceipt   = "receipt"
	ScenarioPromo     = "promo"
	ScenarioUsers     = "users"
	ScenarioPaths     = "paths"
	ScenarioBody      = "body"
	ScenarioInjection = "injection"
	ScenarioRepeat    = "repeat"
	ScenarioRace      = "race"
	ScenarioAnswer    = "answer"
	ScenarioTiming    = "timing"
)

// Scenario is a part of a card's life, or a kind of trouble.
type Scenario struct {
	ID, Title, About string
}

// Scenarios returns all scenarios in the order in which they run.
func Scenarios() []Scenario {
	return []Scenario{
		{ScenarioTLS, "Connection", "HTTPS, the certificate and the versions of TLS."},
		{ScenarioAuth, "Signing in", "Basic authentication in every right and every wrong form."},
		{ScenarioFind, "Existing card", "The app looks for the card that a customer already has."},
		{ScenarioReserve, "New card by reservation", "A number is reserved, then issued to a customer."},
		{ScenarioIssue, "New card by 1.2.0", "One call issues a card; the partner chooses the number."},
		{ScenarioPool, "Card from the pool", "Koshelek issues a number that the partner handed over beforehand."},
		{ScenarioTyped, "Typed number", "The customer types the number of a plastic card."},
		{ScenarioBlocked, "Blocked card", "The customer's card is blocked and no other may be issued."},
		{ScenarioSeveral, "Several matches", "Phone and e-mail match more than one card or customer."},
		{ScenarioHolder, "Holder update", "The customer changes the profile in the app."},
		{ScenarioChannels, "Channels", "The customer allows and denies ways to be addressed."},
		{ScenarioBalance, "Balance", "The app shows the points of a card."},
		{ScenarioHistory, "History", "The app shows purchases between two days."},
		{ScenarioOffers, "Offers", "The app shows what the customer is offered."},
		{ScenarioReceipt, "Cash receipt", "The customer scans the QR code of a receipt."},
		{ScenarioPromo, "Promo code", "The customer types in a promo code."},
		{ScenarioUsers, "All users", "Koshelek asks for all holders of cards."},
		{ScenarioPaths, "Paths and verbs", "Calls that the contract does not know, and words that win over card numbers."},
		{ScenarioBody, "Bodies", "Request bodies that are broken, odd or too large."},
		{ScenarioInjection, "Injection", "Values that try to be code."},
		{ScenarioRepeat, "Repeated calls", "Every write arrives twice, because the first answer was lost."},
		{ScenarioRace, "Calls at one moment", "Every write arrives many times at once."},
		{ScenarioAnswer, "Every answer", "Rules that hold for each answer of the whole run."},
		{ScenarioTiming, "Timing", "How long answers take."},
	}
}

package koshelek

import "slices"

// Path patterns, a parameter in braces as OpenAPI writes it.
const (
	PathCard               = "/v1/card"
	PathCardAnonymous      = "/v1/card/anonymous"
	PathCardAnonymousIssue = "/v1/card/anonymous/{cardNumber}"
	PathCardNumber         = "/v1/card/{cardNumber}"
	PathCommunication      = "/v1/card/{cardNumber}/communication"
	PathPurchases          = "/v1/card/{cardNumber}/purchases"
	PathCampaigns          = "/v1/card/{cardNumber}/campaigns" // a guess [I], so servers let it be configured
	PathAllUsers           = "/v1/card/getAllUsers"
	PathAllUsersExtended   = "/v1/card/getAllUsersExtended"
	PathPromoQRCode        = "/v1/promo/qrCode"
	PathPromoCode          = "/v1/promo/code"
)

// ReservedWords returns the path segments that the API gives a meaning of their
// own where a card number may stand. They win over the card number [C], so no
// card may be numbered like that.
func ReservedWords() []string {
	return []string{"anonymous", "getAllUsers", "getAllUsersExtended"}
}

// IsReservedWord reports whether a path segment is a reserved word, letter for
// letter: paths, unlike body keys, tell upper from lower case.
func IsReservedWord(segment string) bool {
	return slices.Contains(ReservedWords(), segment)
}

// Code generated from schema/koshelek/openapi.yaml by go generate. DO NOT EDIT.

package koshelek

// Methods returns every method of the API, in the order in which they came.
// The slice is the caller's own.
func Methods() []Method {
	return []Method{
		{"findCard", V100, "GET", "/v1/card", MarkPublished, nil},
		{"reserveCard", V100, "GET", "/v1/card/anonymous", MarkInferred, []string{"PUT"}},
		{"issueReservedCard", V100, "POST", "/v1/card/anonymous/{cardNumber}", MarkThirdParty, []string{"PUT"}},
		{"getCard", V100, "GET", "/v1/card/{cardNumber}", MarkThirdParty, nil},
		{"updateUser", V100, "POST", "/v1/card/{cardNumber}", MarkThirdParty, []string{"PUT"}},
		{"setChannels", V100, "PUT", "/v1/card/{cardNumber}/communication", MarkPublished, nil},
		{"listPurchases", V100, "GET", "/v1/card/{cardNumber}/purchases", MarkThirdParty, nil},
		{"listCampaigns", V100, "GET", "/v1/card/{cardNumber}/campaigns", MarkInferred, nil},
		{"listUsers", V100, "GET", "/v1/card/getAllUsers", MarkPublished, nil},
		{"listUsersExtended", V100, "GET", "/v1/card/getAllUsersExtended", MarkPublished, nil},
		{"submitQRCode", V110, "POST", "/v1/promo/qrCode", MarkPublished, nil},
		{"issueCard", V120, "POST", "/v1/card/anonymous", MarkPublished, nil},
		{"submitPromoCode", V130, "POST", "/v1/promo/code", MarkPublished, nil},
	}
}

// ReservedWords returns the path segments that the API gives a meaning of their
// own where a card number may stand. They win over the card number [C], so no
// card may be numbered like that.
func ReservedWords() []string {
	return []string{"anonymous", "getAllUsers", "getAllUsersExtended"}
}

package koshelek

import "net/http"

// Method is one row of the API: a verb on a path pattern, since a version.
type Method struct {
	// OperationID names the method in the OpenAPI document.
	OperationID string
	Since       Version
	Verb        string
	// Path is one of the Path constants.
	Path string
	// Mark is the mark of the less sure of verb and path. What the bodies are
	// worth stands at their fields.
	Mark Mark
	// AlsoVerbs are verbs that a server accepts for the same, because the verb
	// is not published and implementers differ. [I]
	AlsoVerbs []string
}

// Methods returns every method of the API, in the order in which they came.
// The slice is the caller's own.
func Methods() []Method {
	put := func() []string { return []string{http.MethodPut} }
	return []Method{
		{"findCard", V100, http.MethodGet, PathCard, MarkPublished, nil},
		{"reserveCard", V100, http.MethodGet, PathCardAnonymous, MarkInferred, put()},
		{"issueReservedCard", V100, http.MethodPost, PathCardAnonymousIssue, MarkThirdParty, put()},
		{"getCard", V100, http.MethodGet, PathCardNumber, MarkThirdParty, nil},
		{"updateUser", V100, http.MethodPost, PathCardNumber, MarkThirdParty, put()},
		{"setChannels", V100, http.MethodPut, PathCommunication, MarkPublished, nil},
		{"listPurchases", V100, http.MethodGet, PathPurchases, MarkThirdParty, nil},
		{"listCampaigns", V100, http.MethodGet, PathCampaigns, MarkInferred, nil},
		{"listUsers", V100, http.MethodGet, PathAllUsers, MarkPublished, nil},
		{"listUsersExtended", V100, http.MethodGet, PathAllUsersExtended, MarkPublished, nil},
		{"submitQRCode", V110, http.MethodPost, PathPromoQRCode, MarkPublished, nil},
		{"issueCard", V120, http.MethodPost, PathCardAnonymous, MarkPublished, nil},
		{"submitPromoCode", V130, http.MethodPost, PathPromoCode, MarkPublished, nil},
	}
}

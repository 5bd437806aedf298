package contract

import (
	"slices"

	"koshelek-adapter/schema/koshelek"
)

// Method is one method of the API.
type Method struct {
	// ID names the method in profiles, rules and the OpenAPI document.
	ID string
	// Title and About are for people.
	Title, About string
	Since        koshelek.Version
	Verb         string
	// Path is a pattern, a parameter in braces.
	Path string
	// Mark is the mark of the less sure of verb and path.
	Mark koshelek.Mark
	// AlsoVerbs are verbs that a partner's profile may put for Verb.
	AlsoVerbs []string
	// Optional methods may be switched off by a partner's profile.
	Optional bool
	// Writes tells that a call changes something at the partner.
	Writes bool
	// Query are the parameters that the method knows.
	Query []Field
	// Body are the fields of the request's JSON object; nil for no body.
	Body []Field
	// BodyMark says how sure the fields of the body are.
	BodyMark koshelek.Mark
	Answer   Shape
}

// Shape is what a method answers with status 200.
type Shape struct {
	// Empty tells that the body may be empty; with no Root it always is.
	Empty bool
	// Root is the document; nil for a method that answers nothing.
	Root *Field
	// Mark says how sure the answer's form is.
	Mark koshelek.Mark
	// EmptyMark says how sure it is that the body is empty.
	EmptyMark koshelek.Mark
}

// The marks and versions, short for the tables of this package.
const (
	published  = koshelek.MarkPublished
	thirdParty = koshelek.MarkThirdParty
	inferred   = koshelek.MarkInferred

	v100 = koshelek.V100
	v110 = koshelek.V110
	v120 = koshelek.V120
	v130 = koshelek.V130
)

// MethodByID finds a method.
func MethodByID(id string) (Method, bool) {
	for _, m := range Methods() {
		if m.ID == id {
			return m, true
		}
	}
	return Method{}, false
}

// Methods returns all methods in the order of a card's life. The slice is the
// caller's own. Verbs, paths, marks and versions are those of [koshelek.Methods]; a
// method without a row there is left out.
func Methods() []Method {
	rows := koshelek.Methods()
	all := append(cardMethods(), laterMethods()...)
	for i := range all {
		m := &all[i]
		if at := slices.IndexFunc(rows, func(row koshelek.Method) bool { return row.OperationID == m.ID }); at >= 0 {
			row := rows[at]
			m.Since, m.Verb, m.Path, m.Mark, m.AlsoVerbs = row.Since, row.Verb, row.Path, row.Mark, row.AlsoVerbs
		}
	}
	return slices.DeleteFunc(all, func(m Method) bool { return m.Path == "" })
}

func cardMethods() []Method {
	nothing := Shape{Empty: true, EmptyMark: thirdParty}
	return []Method{
		{ID: "findCard", Title: "Find a card", About: "Looks for the card of a customer by phone or e-mail. The parameters combine with OR. " +
			"An empty body says that nobody matches.",
			Query:  searchFields(),
			Answer: Shape{Empty: true, Root: cardDocument(false), Mark: published, EmptyMark: published}},
		{ID: "reserveCard", Title: "Reserve a card number", About: "Gives a number that is held for an hour. It is not a card until it is issued.",
			Writes: true,
			Answer: Shape{Root: &Field{Type: Text, Required: true, Mark: thirdParty, Since: v100, About: "the reserved number", Example: "2912345678906"}, Mark: thirdParty}},
		{ID: "issueReservedCard", Title: "Issue a reserved or pooled number", About: "Makes a card of a number that was reserved, or of one from the pool that the partner handed over.",
			Writes: true,
			Body:   userFields(), BodyMark: thirdParty, Answer: nothing},
		{ID: "getCard", Title: "Show a card with its points", About: "The card and the state of its points.",
			Answer: Shape{Root: cardDocument(true), Mark: thirdParty}},
		{ID: "updateUser", Title: "Update the holder", About: "Changes the profile of a card's holder. Fields that are absent or empty stay as they are.",
			Writes: true,
			Body:   userFields(), BodyMark: thirdParty, Answer: nothing},
		{ID: "setChannels", Title: "Allow and deny channels", About: "The customer's consent to be addressed. A channel in neither list keeps its state; in both lists deny wins.",
			Writes: true,
			Body:   channelFields(), BodyMark: published, Answer: nothing},
		{ID: "listPurchases", Title: "Purchase history", About: "Lines of receipts between two days, both included.",
			Query:  historyFields(),
			Answer: Shape{Root: purchaseList(), Mark: thirdParty}},
		{ID: "listCampaigns", Title: "Offers of a card", About: "What the card's holder is offered. Only that there are offers is published.",
			Optional: true,
			Answer:   Shape{Root: offerList(), Mark: inferred}},
		{ID: "listUsers", Title: "Phones of all card holders", About: "Optional.",
			Optional: true,
			Answer:   Shape{Root: phoneList(), Mark: published}},
		{ID: "listUsersExtended", Title: "All card holders with named values", About: "Optional. Which values there are is the partner's choice.",
			Optional: true,
			Answer:   Shape{Root: userParamsList(), Mark: published}},
	}
}

func laterMethods() []Method {
	nothing := Shape{Empty: true, EmptyMark: thirdParty}
	return []Method{
		{ID: "submitQRCode", Title: "Send a cash receipt", About: "The QR code of a fiscal receipt that the customer scanned.",
			Optional: true, Writes: true,
			Body: promoFields("qrCode", "the text in the code: t, s, fn, i, fp and n in any order", "t=20260906T1215&s=1543.20&fn=9960440300123456&i=12345&fp=1234567890&n=1", v110), BodyMark: inferred, Answer: nothing},
		{ID: "issueCard", Title: "Issue a card", About: "Gives the customer a card; the partner chooses the number. A customer who has a card gets that one.",
			Optional: true, Writes: true,
			Body: userFields(), BodyMark: inferred, Answer: Shape{Root: cardDocument(false), Mark: inferred}},
		{ID: "submitPromoCode", Title: "Send a promo code", About: "A code that the customer typed in.",
			Optional: true, Writes: true,
			Body: promoFields("code", "the code that the customer typed", "SPRING-2026", v130), BodyMark: inferred, Answer: nothing},
	}
}

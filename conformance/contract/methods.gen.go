// Code generated from schema/koshelek/openapi.yaml by go generate. DO NOT EDIT.

package contract

import "koshelek-adapter/schema/koshelek"

// Methods returns all methods in the order in which they came. The slice is the
// caller's own.
func Methods() []Method {
	return []Method{
		{ID: "findCard", Title: "Look for the card of a person", About: "The parameters combine with OR. A birth date alone finds nothing: it only settles which of several found cards is meant. Without phone and e-mail, and when they belong to different customers, the answer is 422.",
			Since: koshelek.V100, Verb: "GET", Path: "/v1/card", Mark: koshelek.MarkPublished, AlsoVerbs: nil,
			Query: []Field{
				{Name: "msisdn", Type: Phone, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "Phone number, best as digits with the country code; other spellings are normalised.", Example: "79216668899"},
				{Name: "email", Type: Text, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "E-mail address.", Example: "anna@example.com"},
				{Name: "birthDate", Type: Day, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "Date of birth, YYYY-MM-DD.", Example: "1990-05-17"},
			},
			Answer: Shape{Mark: koshelek.MarkPublished, Empty: true, Root: &Field{Type: Object, Required: true, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "One card.", Fields: []Field{
				{Name: "card", Type: Object, Required: true, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "A card as the app shows it.", Fields: []Field{
					{Name: "cardNumber", Type: Text, Required: true, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "The number that a person reads.", Example: "2912345678906"},
					{Name: "cardState", Type: Enum, Required: true, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "Whether the card can be used.", Example: "active", Values: []string{"active", "inactive"}},
					{Name: "barcode", Type: Object, Required: true, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "What a till scans.", Fields: []Field{
						{Name: "barcodeNumber", Type: Text, Required: true, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "The content of the barcode; it may differ from the card's number.", Example: "2912345678906"},
						{Name: "barcodeType", Type: Enum, Required: true, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "How the barcode is drawn.", Example: "EAN_13", Values: []string{"EAN_8", "EAN_13", "CODE_128", "UPC_A", "QR_CODE"}},
					}},
				}},
			}}}},
		{ID: "reserveCard", Title: "Reserve a card number", About: "Takes a free number out of the pool and holds it, for one hour unless configured otherwise. A number that was not issued by then is free again. The path was seen at a partner, the verb is inferred.",
			Since: koshelek.V100, Verb: "GET", Path: "/v1/card/anonymous", Mark: koshelek.MarkInferred, AlsoVerbs: []string{"PUT"}, Writes: true,
			Answer: Shape{Mark: koshelek.MarkThirdParty, Root: &Field{Type: Text, Required: true, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "The number that was reserved. Always a string, unless the switch for bare digits is on: then a number.", Example: "2912345678906"}}},
		{ID: "issueReservedCard", Title: "Issue a reserved card", About: "Issues a number that was reserved, or that the partner uploaded to Koshelek beforehand. The same profile once more for the same number is the same success. A number that is unknown and a number that is taken are two different errors.",
			Since: koshelek.V100, Verb: "POST", Path: "/v1/card/anonymous/{cardNumber}", Mark: koshelek.MarkThirdParty, AlsoVerbs: []string{"PUT"}, Writes: true,
			Body: []Field{
				{Name: "phone", Type: Phone, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "Phone number, digits with the country code; other spellings are normalised.", Example: "79216668899"},
				{Name: "email", Type: Text, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "E-mail address.", Example: "anna@example.com"},
				{Name: "surname", Type: Text, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "Family name.", Example: "Petrova"},
				{Name: "firstname", Type: Text, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "Given name.", Example: "Anna"},
				{Name: "patronymic", Type: Text, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "Patronymic.", Example: "Ivanovna"},
				{Name: "sex", Type: Enum, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "m or f, male or female, Cyrillic м or ж.", Example: "f", Values: []string{"m", "f", "male", "female", "м", "ж"}},
				{Name: "birthDate", Type: Day, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "Date of birth, YYYY-MM-DD.", Example: "1990-05-17"},
				{Name: "countryCode", Type: Text, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "Country.", Example: "RU"},
				{Name: "locality", Type: Text, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "Town.", Example: "Novgorod"},
			},
			Answer: Shape{Mark: koshelek.MarkThirdParty, Empty: true}},
		{ID: "getCard", Title: "Show a card with its points", About: "A card that is not known gives 422.",
			Since: koshelek.V100, Verb: "GET", Path: "/v1/card/{cardNumber}", Mark: koshelek.MarkThirdParty, AlsoVerbs: nil,
			Answer: Shape{Mark: koshelek.MarkThirdParty, Root: &Field{Type: Object, Required: true, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "One card with its points.", Fields: []Field{
				{Name: "card", Type: Object, Required: true, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "A card with its points, in the answer of getCard only.", Fields: []Field{
					{Name: "cardNumber", Type: Text, Required: true, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "The number that a person reads.", Example: "2912345678906"},
					{Name: "cardState", Type: Enum, Required: true, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "Whether the card can be used.", Example: "active", Values: []string{"active", "inactive"}},
					{Name: "barcode", Type: Object, Required: true, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "What a till scans.", Fields: []Field{
						{Name: "barcodeNumber", Type: Text, Required: true, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "The content of the barcode; it may differ from the card's number.", Example: "2912345678906"},
						{Name: "barcodeType", Type: Enum, Required: true, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "How the barcode is drawn.", Example: "EAN_13", Values: []string{"EAN_8", "EAN_13", "CODE_128", "UPC_A", "QR_CODE"}},
					}},
					{Name: "bonus", Type: Object, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "The state of a card's points.", Fields: []Field{
						{Name: "total", Type: Decimal, Required: true, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "All points.", Example: "15"},
						{Name: "available", Type: Decimal, Required: true, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "Points that can be spent now.", Example: "15"},
						{Name: "bonuses", Type: List, Required: true, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "What the points are made of, `[]` when of nothing.", Element: &Field{Type: Object, Required: true, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "A portion of the points with an expiry of its own.", Fields: []Field{
							{Name: "description", Type: Text, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "What the points were given for.", Example: "Cash receipt"},
							{Name: "amount", Type: Decimal, Required: true, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "How many points.", Example: "15"},
							{Name: "validUntil", Type: Day, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "Their last day, YYYY-MM-DD; absent when they do not expire.", Example: "2027-11-22"},
						}}},
					}},
				}},
			}}}},
		{ID: "updateUser", Title: "Change the profile of a card's holder", About: "Fields that are absent or empty stay as they are. A phone or an e-mail of another customer is refused, each with a code of its own.",
			Since: koshelek.V100, Verb: "POST", Path: "/v1/card/{cardNumber}", Mark: koshelek.MarkThirdParty, AlsoVerbs: []string{"PUT"}, Writes: true,
			Body: []Field{
				{Name: "phone", Type: Phone, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "Phone number, digits with the country code; other spellings are normalised.", Example: "79216668899"},
				{Name: "email", Type: Text, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "E-mail address.", Example: "anna@example.com"},
				{Name: "surname", Type: Text, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "Family name.", Example: "Petrova"},
				{Name: "firstname", Type: Text, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "Given name.", Example: "Anna"},
				{Name: "patronymic", Type: Text, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "Patronymic.", Example: "Ivanovna"},
				{Name: "sex", Type: Enum, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "m or f, male or female, Cyrillic м or ж.", Example: "f", Values: []string{"m", "f", "male", "female", "м", "ж"}},
				{Name: "birthDate", Type: Day, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "Date of birth, YYYY-MM-DD.", Example: "1990-05-17"},
				{Name: "countryCode", Type: Text, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "Country.", Example: "RU"},
				{Name: "locality", Type: Text, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "Town.", Example: "Novgorod"},
			},
			Answer: Shape{Mark: koshelek.MarkThirdParty, Empty: true}},
		{ID: "setChannels", Title: "Set how the customer may be addressed", About: "A channel in neither list keeps its state, in both lists deny wins, and unknown channels are ignored.",
			Since: koshelek.V100, Verb: "PUT", Path: "/v1/card/{cardNumber}/communication", Mark: koshelek.MarkPublished, AlsoVerbs: nil, Writes: true,
			Body: []Field{
				{Name: "allow", Type: List, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "Channels to allow: sms, email, call, and push, which was only seen at a partner.", Element: &Field{Type: Text, Mark: koshelek.MarkInferred, Since: koshelek.V100, About: "A plain value in a request, of whatever JSON type; null counts as absent.", Example: "sms"}},
				{Name: "deny", Type: List, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "Channels to deny, by the same names.", Element: &Field{Type: Text, Mark: koshelek.MarkInferred, Since: koshelek.V100, About: "A plain value in a request, of whatever JSON type; null counts as absent.", Example: "sms"}},
			},
			Answer: Shape{Mark: koshelek.MarkThirdParty, Empty: true}},
		{ID: "listPurchases", Title: "List what was bought with a card", About: "One element for every line of a receipt. Both dates count as whole days.",
			Since: koshelek.V100, Verb: "GET", Path: "/v1/card/{cardNumber}/purchases", Mark: koshelek.MarkThirdParty, AlsoVerbs: nil,
			Query: []Field{
				{Name: "startDate", Type: Day, Required: true, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "First day, YYYY-MM-DD.", Example: "2026-01-01"},
				{Name: "endDate", Type: Day, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "Last day, YYYY-MM-DD; absent or empty for no end.", Example: "2026-12-31"},
			},
			Answer: Shape{Mark: koshelek.MarkThirdParty, Root: &Field{Type: List, Required: true, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "", Element: &Field{Type: Object, Required: true, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "One line of a receipt.", Fields: []Field{
				{Name: "date", Type: Day, Required: true, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "Day of the purchase, YYYY-MM-DD.", Example: "2026-09-06"},
				{Name: "item", Type: Text, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "What was bought.", Example: "Coffee"},
				{Name: "amount", Type: Integer, Required: true, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "Price of the line in kopecks, whole; negative for a refund.", Example: "154320"},
				{Name: "quantity", Type: Decimal, Required: true, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "How many or how much; may have a fraction.", Example: "1"},
				{Name: "location", Type: Text, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "Where it was bought.", Example: "Nevsky 1"},
				{Name: "bonuses", Type: Decimal, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "Points for this line, or nothing.", Example: "15"},
			}}}}},
		{ID: "listCampaigns", Title: "List the offers for a card", About: "That there is such a method is published; its path and fields are a guess. The path can be configured.",
			Since: koshelek.V100, Verb: "GET", Path: "/v1/card/{cardNumber}/campaigns", Mark: koshelek.MarkInferred, AlsoVerbs: nil, Optional: true,
			Answer: Shape{Mark: koshelek.MarkInferred, Root: &Field{Type: List, Required: true, Mark: koshelek.MarkInferred, Since: koshelek.V100, About: "", Element: &Field{Type: Object, Required: true, Mark: koshelek.MarkInferred, Since: koshelek.V100, About: "A campaign that the card's holder can take part in.", Fields: []Field{
				{Name: "id", Type: Text, Required: true, Mark: koshelek.MarkInferred, Since: koshelek.V100, About: "The partner's name for the offer.", Example: "spring"},
				{Name: "name", Type: Text, Required: true, Mark: koshelek.MarkInferred, Since: koshelek.V100, About: "Title.", Example: "Ten per cent off"},
				{Name: "description", Type: Text, Mark: koshelek.MarkInferred, Since: koshelek.V100, About: "Text.", Example: "On all coffee"},
				{Name: "startDate", Type: Day, Mark: koshelek.MarkInferred, Since: koshelek.V100, About: "First day, YYYY-MM-DD.", Example: "2026-09-01"},
				{Name: "endDate", Type: Day, Mark: koshelek.MarkInferred, Since: koshelek.V100, About: "Last day, YYYY-MM-DD.", Example: "2026-09-30"},
				{Name: "image", Type: Text, Mark: koshelek.MarkInferred, Since: koshelek.V100, About: "Address of a picture.", Example: "https://shop.example/spring.png"},
				{Name: "discount", Type: Text, Mark: koshelek.MarkInferred, Since: koshelek.V100, About: "The discount as it should be shown.", Example: "10%"},
			}}}}},
		{ID: "listUsers", Title: "List the phones of all customers", About: "A partner need not offer this; the answer is then 422.",
			Since: koshelek.V100, Verb: "GET", Path: "/v1/card/getAllUsers", Mark: koshelek.MarkPublished, AlsoVerbs: nil, Optional: true,
			Answer: Shape{Mark: koshelek.MarkPublished, Root: &Field{Type: List, Required: true, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "", Element: &Field{Type: Phone, Required: true, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "Digits with the country code, no plus, at most 15.", Example: "79216668899"}}}},
		{ID: "listUsersExtended", Title: "List all customers with named values", About: "A partner need not offer this; the answer is then 422.",
			Since: koshelek.V100, Verb: "GET", Path: "/v1/card/getAllUsersExtended", Mark: koshelek.MarkPublished, AlsoVerbs: nil, Optional: true,
			Answer: Shape{Mark: koshelek.MarkPublished, Root: &Field{Type: List, Required: true, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "", Element: &Field{Type: Object, Required: true, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "A customer with named values.", Fields: []Field{
				{Name: "phone", Type: Phone, Required: true, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "Phone number.", Example: "79216668899"},
				{Name: "params", Type: List, Required: true, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "The values, `[]` when there are none.", Element: &Field{Type: Object, Required: true, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "A named value.", Fields: []Field{
					{Name: "name", Type: Text, Required: true, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "Name.", Example: "surname"},
					{Name: "value", Type: Text, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "Value.", Example: "Petrova"},
				}}},
			}}}}},
		{ID: "submitQRCode", Title: "Hand in the QR code of a cash receipt", About: "The same receipt once more from the same card is the same success and no second reward; from another card it is refused.",
			Since: koshelek.V110, Verb: "POST", Path: "/v1/promo/qrCode", Mark: koshelek.MarkPublished, AlsoVerbs: nil, Optional: true, Writes: true,
			Body: []Field{
				{Name: "cardNumber", Type: Text, Mark: koshelek.MarkInferred, Since: koshelek.V110, About: "Number of the card; the phone may stand for it.", Example: "2912345678906"},
				{Name: "msisdn", Type: Phone, Mark: koshelek.MarkInferred, Since: koshelek.V110, About: "Phone number of the customer; the card may stand for it.", Example: "79216668899"},
				{Name: "qrCode", Type: Text, Required: true, Mark: koshelek.MarkInferred, Since: koshelek.V110, About: "The text in the code, with the keys t, s, fn, i, fp and n.", Example: "t=20260906T1215&s=1543.20&fn=9960440300123456&i=12345&fp=1234567890&n=1"},
			},
			Answer: Shape{Mark: koshelek.MarkThirdParty, Empty: true}},
		{ID: "issueCard", Title: "Issue a card without a number", About: "The partner assigns the number. The same phone gets the same card however often it asks. A phone or an e-mail that belongs to a customer attaches the card to that customer.",
			Since: koshelek.V120, Verb: "POST", Path: "/v1/card/anonymous", Mark: koshelek.MarkPublished, AlsoVerbs: nil, Optional: true, Writes: true,
			Body: []Field{
				{Name: "phone", Type: Phone, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "Phone number, digits with the country code; other spellings are normalised.", Example: "79216668899"},
				{Name: "email", Type: Text, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "E-mail address.", Example: "anna@example.com"},
				{Name: "surname", Type: Text, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "Family name.", Example: "Petrova"},
				{Name: "firstname", Type: Text, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "Given name.", Example: "Anna"},
				{Name: "patronymic", Type: Text, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "Patronymic.", Example: "Ivanovna"},
				{Name: "sex", Type: Enum, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "m or f, male or female, Cyrillic м or ж.", Example: "f", Values: []string{"m", "f", "male", "female", "м", "ж"}},
				{Name: "birthDate", Type: Day, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "Date of birth, YYYY-MM-DD.", Example: "1990-05-17"},
				{Name: "countryCode", Type: Text, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "Country.", Example: "RU"},
				{Name: "locality", Type: Text, Mark: koshelek.MarkThirdParty, Since: koshelek.V100, About: "Town.", Example: "Novgorod"},
			},
			Answer: Shape{Mark: koshelek.MarkInferred, Root: &Field{Type: Object, Required: true, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "One card.", Fields: []Field{
				{Name: "card", Type: Object, Required: true, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "A card as the app shows it.", Fields: []Field{
					{Name: "cardNumber", Type: Text, Required: true, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "The number that a person reads.", Example: "2912345678906"},
					{Name: "cardState", Type: Enum, Required: true, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "Whether the card can be used.", Example: "active", Values: []string{"active", "inactive"}},
					{Name: "barcode", Type: Object, Required: true, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "What a till scans.", Fields: []Field{
						{Name: "barcodeNumber", Type: Text, Required: true, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "The content of the barcode; it may differ from the card's number.", Example: "2912345678906"},
						{Name: "barcodeType", Type: Enum, Required: true, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "How the barcode is drawn.", Example: "EAN_13", Values: []string{"EAN_8", "EAN_13", "CODE_128", "UPC_A", "QR_CODE"}},
					}},
				}},
			}}}},
		{ID: "submitPromoCode", Title: "Hand in a promo code", About: "The same code once more from the same card is the same success and no second reward.",
			Since: koshelek.V130, Verb: "POST", Path: "/v1/promo/code", Mark: koshelek.MarkPublished, AlsoVerbs: nil, Optional: true, Writes: true,
			Body: []Field{
				{Name: "cardNumber", Type: Text, Mark: koshelek.MarkInferred, Since: koshelek.V130, About: "Number of the card; the phone may stand for it.", Example: "2912345678906"},
				{Name: "msisdn", Type: Phone, Mark: koshelek.MarkInferred, Since: koshelek.V130, About: "Phone number of the customer; the card may stand for it.", Example: "79216668899"},
				{Name: "code", Type: Text, Required: true, Mark: koshelek.MarkInferred, Since: koshelek.V130, About: "The code that the customer typed.", Example: "SPRING-2026"},
			},
			Answer: Shape{Mark: koshelek.MarkThirdParty, Empty: true}},
	}
}

// ErrorDocument is the body of every answer that is not 200.
func ErrorDocument() *Field {
	return &Field{Type: Object, Required: true, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "Why a call was not processed.", Fields: []Field{
		{Name: "code", Type: Text, Required: true, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "The partner's own code.", Example: "123"},
		{Name: "description", Type: Text, Mark: koshelek.MarkPublished, Since: koshelek.V100, About: "The reason in words, without personal data.", Example: "DBMS server unavailable"},
	}}
}

package contract

// cardDocument is the answer that holds a card, with its points or without.
func cardDocument(points bool) *Field {
	fields := []Field{
		required(leaf("cardNumber", Text, published, "the number that a person reads", "2912345678906")),
		{Name: "cardState", Type: Enum, Required: true, Mark: published, Since: v100, About: "whether the card can be used", Example: "active", Values: []string{"active", "inactive"}},
		{Name: "barcode", Type: Object, Required: true, Mark: published, Since: v100, About: "what a till scans", Fields: []Field{
			required(leaf("barcodeNumber", Text, published, "content of the barcode; may differ from the card's number", "2912345678906")),
			{Name: "barcodeType", Type: Enum, Required: true, Mark: published, Since: v100, About: "how it is drawn", Example: "EAN_13",
				Values: []string{"EAN_8", "EAN_13", "CODE_128", "UPC_A", "QR_CODE"}},
		}},
	}
	mark := published
	if points {
		// That this method answers a card was only seen at a partner.
		fields, mark = append(fields, bonusField()), thirdParty
	}
	return object("", Field{Name: "card", Type: Object, Required: true, Mark: mark, Since: v100, About: "the card", Fields: fields})
}

func bonusField() Field {
	lot := object("a portion of the points",
		leaf("description", Text, thirdParty, "what they were given for", "Cash receipt"),
		required(leaf("amount", Decimal, thirdParty, "how many points", "15")),
		leaf("validUntil", Day, thirdParty, "their last day", "2027-11-22"),
	)
	return Field{Name: "bonus", Type: Object, Mark: thirdParty, Since: v100, About: "the state of the points", Fields: []Field{
		required(leaf("total", Decimal, thirdParty, "all points", "15")),
		required(leaf("available", Decimal, thirdParty, "points that can be spent now", "15")),
		{Name: "bonuses", Type: List, Required: true, Mark: thirdParty, Since: v100, About: "what the points are made of", Element: lot},
	}}
}

func purchaseList() *Field {
	return list(object("one line of a receipt",
		required(leaf("date", Day, thirdParty, "day of the purchase", "2026-09-06")),
		leaf("item", Text, thirdParty, "what was bought", "Coffee"),
		required(leaf("amount", Integer, thirdParty, "price of the line in kopecks", "154320")),
		required(leaf("quantity", Decimal, thirdParty, "how many or how much", "1")),
		leaf("location", Text, thirdParty, "where it was bought", "Nevsky 1"),
		leaf("bonuses", Decimal, thirdParty, "points for this line", "15"),
	))
}

func offerList() *Field {
	return list(object("a campaign",
		required(leaf("id", Text, inferred, "the partner's name for the offer", "spring")),
		required(leaf("name", Text, inferred, "title", "Ten per cent off")),
		leaf("description", Text, inferred, "text", "On all coffee"),
		leaf("startDate", Day, inferred, "first day", "2026-09-01"),
		leaf("endDate", Day, inferred, "last day", "2026-09-30"),
		leaf("image", Text, inferred, "address of a picture", "https://shop.example/spring.png"),
		leaf("discount", Text, inferred, "as it should be shown", "10%"),
	))
}

func phoneList() *Field {
	return list(&Field{Type: Phone, Required: true, Mark: published, Since: v100, About: "phone of a holder", Example: "79216668899"})
}

func userParamsList() *Field {
	param := object("a named value",
		required(leaf("name", Text, published, "name", "surname")),
		leaf("value", Text, published, "value", "Petrova"),
	)
	return list(object("a holder",
		required(leaf("phone", Phone, published, "digits with the country code", "79216668899")),
		Field{Name: "params", Type: List, Required: true, Mark: published, Since: v100, About: "named values", Element: param},
	))
}

// ErrorDocument is the body of every answer that is not 200.
func ErrorDocument() *Field {
	return object("why a call was not processed",
		required(leaf("code", Text, published, "the partner's own code", "123")),
		leaf("description", Text, published, "the reason in words", "DBMS server unavailable"),
	)
}

func object(about string, fields ...Field) *Field {
	return &Field{Type: Object, Required: true, Mark: published, Since: v100, About: about, Fields: fields}
}

func list(element *Field) *Field {
	return &Field{Type: List, Required: true, Mark: element.Mark, Since: v100, Element: element}
}

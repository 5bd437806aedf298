package conformance

import "koshelek-adapter/conformance/contract"

// answerRules hold for each answer by itself. They are judged on every exchange
// of a run, and on recorded traffic.
func answerRules() []contract.Rule {
	return []contract.Rule{
		{ID: "answer.arrives", Text: "Every call gets a whole answer.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Critical},
		{ID: "answer.status", Text: "The status is 200 when the call was processed and 422 when not; no other for an authenticated call.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major},
		{ID: "answer.content-type", Text: "Content-Type says JSON in UTF-8.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major},
		{ID: "answer.content-type-exact", Text: "Content-Type is spelled application/json; charset=utf-8.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Minor},
		{ID: "answer.one-content-type", Text: "There is one Content-Type header.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Minor},
		{ID: "answer.utf8", Text: "The body is UTF-8 without a byte order mark.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major},
		{ID: "answer.not-encoded", Text: "The body is not compressed unless the caller asked for it.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Minor},
		{ID: "answer.json", Text: "The body is one JSON document, or has no bytes where the method allows that.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major},
		{ID: "answer.keys-once", Text: "No object has the same key twice.", Mark: inferred, Source: fromRFC8259, Since: v100, Severity: contract.Minor},
		{ID: "answer.strings", Text: "Every leaf is a JSON string at any depth; numbers and booleans too.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major},
		{ID: "answer.no-null", Text: "Nothing is null: what is absent is left out or is \"\".", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Major},
		{ID: "answer.empty-body", Text: "A write that has nothing to tell is answered with a body of no bytes, not with {} or \"\" or \"OK\".", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major},
		{ID: "answer.error-object", Text: "An error is {\"code\", \"description\"}, two strings, and the code is not empty.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major},
		{ID: "answer.error-inside", Text: "An error tells nothing of the inside: no SQL, stack, path of a file or class.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical},
		{ID: "answer.error-personal", Text: "An error does not repeat the phone, e-mail address or name of the call.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Major},
		{ID: "answer.form", Text: "An answer has the form of its method: object or array, and each part in its place.", Mark: published, Source: fromMethods, Since: v100, Severity: contract.Major},
		{ID: "answer.required", Text: "The fields that the app needs are there and not empty.", Mark: published, Source: fromMethods, Since: v100, Severity: contract.Major},
		{ID: "answer.values", Text: "Days, numbers, phones and named values have the form of their kind.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major},
		{ID: "answer.card-state", Text: "cardState is active or inactive.", Mark: published, Source: fromMethods, Since: v100, Severity: contract.Major},
		{ID: "answer.barcode-type", Text: "barcodeType is EAN_8, EAN_13, CODE_128, UPC_A or QR_CODE.", Mark: published, Source: fromMethods, Since: v100, Severity: contract.Major},
		{ID: "answer.barcode-drawable", Text: "The barcode can be drawn: as many digits as its type has, and a right check digit.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Major},
		{ID: "answer.card-number", Text: "The answer for a card number has that card number.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Critical},
		{ID: "answer.points-in-place", Text: "Points are only in the answer of GET /v1/card/{cardNumber}.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Minor},
		{ID: "answer.known-fields", Text: "Fields that the contract does not name are ignored by callers. None is another spelling of a field of the contract and, when the profile lists the agreed ones, there are no others.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Minor},
		{ID: "answer.no-personal-data", Text: "A card holds nothing of the person: no phone, e-mail address, name, sex or birth date.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Critical},
	}
}

func timingRules() []contract.Rule {
	return []contract.Rule{
		{ID: "timing.each", Text: "Every answer arrives within the limit.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Major},
		{ID: "timing.usual", Text: "Nineteen of twenty answers arrive within a quarter of the limit.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Minor},
		{ID: "timing.keep-alive", Text: "A connection can be used for more than one call.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Minor},
	}
}

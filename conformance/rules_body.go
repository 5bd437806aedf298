package conformance

import "koshelek-adapter/conformance/contract"

func bodyRules() []contract.Rule {
	refused := func(id, text string) contract.Rule {
		return contract.Rule{ID: "body." + id, Text: text, Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major, Writes: true}
	}
	taken := func(id, text string) contract.Rule {
		return contract.Rule{ID: "body." + id, Text: text, Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Minor, Writes: true}
	}
	return []contract.Rule{
		refused("empty", "A write without a body is answered with 422."),
		refused("truncated", "A body that breaks off is answered with 422."),
		refused("not-json", "A body that is not JSON is answered with 422."),
		refused("array", "An array in place of the object is answered with 422."),
		refused("scalar", "A string, a number or null in place of the object is answered with 422."),
		refused("trailing", "Something behind the object is answered with 422."),
		refused("not-utf8", "Bytes that are not UTF-8 are answered with 422."),
		refused("nested-value", "An object where a text belongs is answered with 422."),
		refused("deep", "A body of ten thousand levels is answered with 422, and the host stays up."),
		refused("huge", "A body of several megabytes is answered with 422 and not with 413 or 500."),
		{ID: "body.refused-changes-nothing", Text: "A body that is refused changes nothing.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical, Methods: []string{"updateUser"}, Writes: true},
		taken("unknown-fields", "Fields that the host does not know are ignored."),
		taken("key-case", "Keys are read without regard to case."),
		taken("typed-values", "A number or a boolean stands for its text in a request."),
		taken("escapes", "Characters that are written as \\u escapes are the same characters."),
		taken("blanks", "Blanks and line ends between the parts of a body do not matter."),
		taken("null-field", "A field that is null counts as absent."),
	}
}

func injectionRules() []contract.Rule {
	rule := func(id, text string, methods ...string) contract.Rule {
		return contract.Rule{ID: "injection." + id, Text: text, Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical, Methods: methods}
	}
	writes := func(r contract.Rule) contract.Rule { r.Writes = true; return r }
	minor := func(r contract.Rule) contract.Rule { r.Severity = contract.Minor; return r }
	receipt, code := writes(rule("sql-receipt", "SQL in a receipt is no receipt.", "submitQRCode")), writes(rule("sql-code", "SQL in a promo code finds no code.", "submitPromoCode"))
	receipt.Since, code.Since = v110, v130
	return []contract.Rule{
		rule("sql-phone", "SQL in the phone of a search finds nobody."),
		rule("sql-email", "SQL in the e-mail address of a search finds nobody."),
		rule("sql-card-number", "SQL in a card number finds no card."),
		rule("sql-start-date", "SQL in startDate is answered with 422 and never as if it were a date.", "listPurchases"),
		rule("sql-end-date", "SQL in endDate is answered with 422 and never as if it were a date.", "listPurchases"),
		writes(rule("sql-name", "SQL in a name is a name: it is stored as text, and other customers keep theirs.", "updateUser")),
		receipt, code,
		rule("sql-time", "SQL that sleeps does not make the host sleep."),
		rule("header", "Line ends in a value do not become headers of the answer."),
		rule("path", "Dots and slashes in a card number, escaped or not, lead to no other path."),
		rule("zero-byte", "A zero byte in a value does not cut it off."),
		minor(rule("unicode-digits", "Digits of other scripts are not taken for the same phone.")),
		rule("no-echo", "Errors tell nothing of the inside: no SQL, stack, path of a file or class."),
		writes(rule("no-harm", "After all of this the test customer's card is as it was.")),
	}
}

package conformance

import (
	"koshelek-adapter/conformance/contract"
)

// answerRules hold for each answer by itself. They are judged on every exchange
// of a run, and on recorded traffic.
func answerRules() []ruled {
	return []ruled{
		{
			Rule: contract.Rule{ID: "answer.arrives", Text: "Every call gets a whole answer.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Critical},
			faults: []Fault{
				{Name: "length-too-long", Breaks: "Content-Length is longer than the body"},
				{Name: "cuts-some-answers", Breaks: "A card that is shown is cut off half-way"},
			},
		},
		{
			Rule: contract.Rule{ID: "answer.status", Text: "The status is 200 when the call was processed and 422 when not; no other for an authenticated call.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major},
			faults: []Fault{
				{Name: "quote-500", Breaks: "A quote in a card number is answered with 500"},
				{Name: "empty-204", Breaks: "An empty answer has status 204"},
				{Name: "issue-201", Breaks: "An issue is answered with 201"},
				{Name: "receipt-202", Breaks: "A receipt is answered with 202"},
				{Name: "errors-400", Breaks: "Errors are answered with 400"},
				{Name: "conflicts-409", Breaks: "Conflicts are answered with 409"},
			},
		},
		{
			Rule: contract.Rule{ID: "answer.content-type", Text: "Content-Type says JSON in UTF-8.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major},
			faults: []Fault{
				{Name: "charset-missing", Breaks: "Content-Type has no charset"},
				{Name: "charset-other", Breaks: "Content-Type names another charset"},
				{Name: "type-html", Breaks: "Content-Type says HTML"},
				{Name: "type-missing-on-empty", Breaks: "An empty answer has no Content-Type"},
				{Name: "type-plain-on-errors", Breaks: "Errors alone are plain text"},
			},
		},
		{
			Rule:   contract.Rule{ID: "answer.content-type-exact", Text: "Content-Type is spelled application/json; charset=utf-8.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Minor},
			faults: []Fault{{Name: "charset-upper-case", Breaks: "Content-Type is spelled in upper case"}},
		},
		{
			Rule:   contract.Rule{ID: "answer.one-content-type", Text: "There is one Content-Type header.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Minor},
			faults: []Fault{{Name: "type-twice", Breaks: "There are two Content-Type headers"}},
		},
		{
			Rule: contract.Rule{ID: "answer.utf8", Text: "The body is UTF-8 without a byte order mark.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major},
			faults: []Fault{
				{Name: "windows-1251", Breaks: "Cyrillic letters are in Windows-1251"},
				{Name: "broken-utf8", Breaks: "A text ends in half a letter"},
				{Name: "byte-order-mark", Breaks: "Answers begin with a byte order mark"},
			},
		},
		{
			Rule:   contract.Rule{ID: "answer.not-encoded", Text: "The body is not compressed unless the caller asked for it.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Minor},
			faults: []Fault{{Name: "zipped", Breaks: "Answers are compressed though nobody asked"}},
		},
		{
			Rule: contract.Rule{ID: "answer.json", Text: "The body is one JSON document, or has no bytes where the method allows that.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major},
			faults: []Fault{
				{Name: "reserved-bare-leading-zero", Breaks: "A reserved number is bare digits with a leading zero, which is no JSON"},
				{Name: "reserved-unquoted", Breaks: "A reserved number with letters comes without quotes"},
				{Name: "body-cut", Breaks: "The last byte of an answer is missing"},
				{Name: "trailing-text", Breaks: "A comment follows the JSON"},
				{Name: "second-document", Breaks: "Answers come twice in one body"},
				{Name: "single-quotes", Breaks: "JSON is written with single quotes"},
				{Name: "error-page", Breaks: "Errors are pages"},
				{Name: "error-text", Breaks: "Errors are text"},
			},
		},
		{
			Rule:   contract.Rule{ID: "answer.keys-once", Text: "No object has the same key twice.", Mark: inferred, Source: fromRFC8259, Since: v100, Severity: contract.Minor},
			faults: []Fault{{Name: "key-twice", Breaks: "A card has cardState twice"}},
		},
		{
			Rule: contract.Rule{ID: "answer.strings", Text: "Every leaf is a JSON string at any depth; numbers and booleans too.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major},
			faults: []Fault{
				{Name: "users-numbers", Breaks: "getAllUsers holds numbers"},
				{Name: "numbers-bare", Breaks: "Numbers are numbers"},
				{Name: "nested-number-bare", Breaks: "The amount of a portion of points is a number, and nothing else is"},
				{Name: "quantity-bare", Breaks: "The quantity of a purchase is a number, and nothing else is"},
				{Name: "card-number-bare", Breaks: "A card number is a number"},
				{Name: "barcode-number-bare", Breaks: "The number of a barcode is a number"},
				{Name: "boolean-bare", Breaks: "A field of a card is a boolean"},
				{Name: "code-numeric", Breaks: "The code of errors is a number"},
			},
		},
		{
			Rule: contract.Rule{ID: "answer.no-null", Text: "Nothing is null: what is absent is left out or is \"\".", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Major},
			faults: []Fault{
				{Name: "null-leaf", Breaks: "A field of a card is null"},
				{Name: "absent-is-null", Breaks: "What is absent is null"},
			},
		},
		{
			Rule: contract.Rule{ID: "answer.empty-body", Text: "A write that has nothing to tell is answered with a body of no bytes, not with {} or \"\" or \"OK\".", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major},
			faults: []Fault{
				{Name: "confirm-answers-card", Breaks: "An issue is answered with the card"},
				{Name: "update-answers-card", Breaks: "An update is answered with the card"},
				{Name: "empty-is-object", Breaks: "A write is answered with {}"},
				{Name: "empty-is-null", Breaks: "A write is answered with null"},
				{Name: "empty-is-list", Breaks: "A write is answered with []"},
				{Name: "empty-is-ok", Breaks: "A write is answered with OK"},
				{Name: "empty-is-success-object", Breaks: "A write is answered with a code of success"},
			},
		},
		{
			Rule: contract.Rule{ID: "answer.error-object", Text: "An error is {\"code\", \"description\"}, two strings, and the code is not empty.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major},
			faults: []Fault{
				{Name: "error-empty", Breaks: "Errors have no body"},
				{Name: "error-wrapped", Breaks: "The error object is inside another one"},
				{Name: "error-message", Breaks: "The description is called message"},
				{Name: "code-missing", Breaks: "Errors have no code"},
				{Name: "code-empty", Breaks: "The code of errors is empty"},
			},
		},
		{
			Rule: contract.Rule{ID: "answer.error-inside", Text: "An error tells nothing of the inside: no SQL, stack, path of a file or class.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical},
			faults: []Fault{
				{Name: "stack-shown", Breaks: "Errors show a stack"},
				{Name: "stack-on-malformed", Breaks: "A malformed body shows a stack"},
			},
		},
		{
			Rule:   contract.Rule{ID: "answer.error-personal", Text: "An error does not repeat the phone, e-mail address or name of the call.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Major},
			faults: []Fault{{Name: "phone-in-error", Breaks: "Errors repeat the phone and the email"}},
		},
		{
			Rule: contract.Rule{ID: "answer.form", Text: "An answer has the form of its method: object or array, and each part in its place.", Mark: published, Source: fromMethods, Since: v100, Severity: contract.Major},
			faults: []Fault{
				{Name: "history-wrapped", Breaks: "The history is an object around the array"},
				{Name: "json-in-text", Breaks: "JSON is wrapped in a JSON string"},
				{Name: "errors-200", Breaks: "Errors are answered with 200"},
			},
		},
		{
			Rule: contract.Rule{ID: "answer.required", Text: "The fields that the app needs are there and not empty.", Mark: published, Source: fromMethods, Since: v100, Severity: contract.Major},
			faults: []Fault{
				{Name: "barcode-missing", Breaks: "A card has no barcode"},
				{Name: "barcode-empty", Breaks: "A barcode is empty"},
				{Name: "card-without-wrapper", Breaks: "A card comes without the object around it"},
				{Name: "no-list-of-points", Breaks: "The list of portions is left out when there are none"},
				{Name: "offers-without-id", Breaks: "An offer has no id"},
				{Name: "keys-upper-case", Breaks: "Keys begin with capital letters"},
			},
		},
		{
			Rule: contract.Rule{ID: "answer.values", Text: "Days, numbers, phones and named values have the form of their kind.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major},
			faults: []Fault{
				{Name: "last-day-with-dots", Breaks: "The last day of points is written with dots"},
				{Name: "last-day-with-time", Breaks: "The last day of points has a time"},
				{Name: "points-with-comma", Breaks: "Points have a decimal comma"},
				{Name: "history-days-with-dots", Breaks: "Days of the history are written with dots"},
				{Name: "history-days-with-time", Breaks: "Days of the history have a time"},
				{Name: "amount-in-roubles", Breaks: "Amounts are in roubles with a dot"},
				{Name: "quantity-with-comma", Breaks: "Quantities have a decimal comma"},
			},
		},
		{
			Rule: contract.Rule{ID: "answer.card-state", Text: "cardState is active or inactive.", Mark: published, Source: fromMethods, Since: v100, Severity: contract.Major},
			faults: []Fault{
				{Name: "state-upper-case", Breaks: "The state of a card is in upper case"},
				{Name: "blocked-state-named", Breaks: "A blocked card is shown with a state of its own"},
			},
		},
		{
			Rule:   contract.Rule{ID: "answer.barcode-type", Text: "barcodeType is EAN_8, EAN_13, CODE_128, UPC_A or QR_CODE.", Mark: published, Source: fromMethods, Since: v100, Severity: contract.Major},
			faults: []Fault{{Name: "barcode-type-unknown", Breaks: "The type of a barcode is spelled EAN13"}},
		},
		{
			Rule:   contract.Rule{ID: "answer.barcode-drawable", Text: "The barcode can be drawn: as many digits as its type has, and a right check digit.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Major},
			faults: []Fault{{Name: "barcode-check-digit", Breaks: "A barcode has a wrong check digit"}},
		},
		{
			Rule:   contract.Rule{ID: "answer.card-number", Text: "The answer for a card number has that card number.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Critical},
			faults: []Fault{{Name: "shows-other-number", Breaks: "A card is shown under another number"}},
		},
		{
			Rule:   contract.Rule{ID: "answer.points-in-place", Text: "Points are only in the answer of GET /v1/card/{cardNumber}.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Minor},
			faults: []Fault{{Name: "balance-in-search", Breaks: "The search shows points"}},
		},
		{
			Rule: contract.Rule{ID: "answer.known-fields", Text: "Fields that the contract does not name are ignored by callers. None is another spelling of a field of the contract and, when the profile lists the agreed ones, there are no others.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Minor},
			faults: []Fault{
				{Name: "unknown-field", Breaks: "A card has a field that nobody named"},
				{Name: "error-fields", Breaks: "Errors have a time and a path"},
			},
		},
		{
			Rule:   contract.Rule{ID: "answer.no-personal-data", Text: "A card holds nothing of the person: no phone, e-mail address, name, sex or birth date.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Critical},
			faults: []Fault{{Name: "person-shown", Breaks: "A card shows phone and name of its holder"}},
		},
	}
}

package hosts

// Faults of paths and verbs.
const (
	pathIs404         name = "unknown-path-404"
	pathIs200         name = "unknown-path-200"
	verbIs405         name = "wrong-verb-405"
	verbIs200         name = "wrong-verb-200"
	wrongVerbCuts     name = "wrong-verb-cuts"
	patchWrites       name = "patch-writes"
	deleteDeletes     name = "delete-deletes"
	getWrites         name = "get-writes"
	redirectsSlash    name = "slash-redirected"
	anonymousShadowed name = "anonymous-shadowed"
	usersShadowed     name = "users-shadowed"
	extendedShadowed  name = "extended-shadowed"
	wordsWritable     name = "words-writable"
	longPathCuts      name = "long-path-cuts"
	queryRefused      name = "unknown-query-refused"
)

func pathFaults() []row {
	return []row{
		{pathIs404, "paths.unknown", "A path that does not exist is answered with 404"},
		{pathIs200, "paths.unknown", "A path that does not exist is answered with 200"},
		{verbIs405, "paths.wrong-verb", "A wrong verb is answered with 405"},
		{verbIs200, "paths.wrong-verb", "A wrong verb is a success"},
		{wrongVerbCuts, "paths.wrong-verb", "A wrong verb cuts the connection"},
		{patchWrites, "paths.wrong-verb-no-effect", "PATCH changes a profile"},
		{deleteDeletes, "paths.wrong-verb-no-effect", "DELETE removes a card and says that it may not"},
		{getWrites, "paths.wrong-verb", "GET on the path of a write is a success"},
		{redirectsSlash, "paths.no-redirect", "A slash at the end of a path is redirected"},
		{anonymousShadowed, "paths.static-anonymous", "anonymous is taken for a card number"},
		{usersShadowed, "paths.static-all-users", "getAllUsers is taken for a card number"},
		{extendedShadowed, "paths.static-all-users-extended", "getAllUsersExtended is taken for a card number"},
		{wordsWritable, "paths.reserved-words", "getAllUsers can be written to like a card"},
		{longPathCuts, "paths.long", "A long path cuts the connection"},
		{queryRefused, "paths.query-ignored", "An unknown query parameter is refused"},
	}
}

// Faults of the reading of bodies.
const (
	takesEmpty      name = "takes-no-body"
	takesCut        name = "takes-cut-body"
	takesMalformed  name = "takes-malformed"
	takesArray      name = "takes-array"
	takesScalar     name = "takes-scalar"
	takesTrailing   name = "takes-trailing"
	takesBrokenText name = "takes-broken-text"
	nestedTaken     name = "takes-nested"
	malformedIs500  name = "malformed-500"
	malformedIs400  name = "malformed-400"
	panicsOnDeep    name = "deep-cuts"
	hangsOnHuge     name = "huge-hangs"
	largeIs413      name = "huge-413"
	storesRefused   name = "refused-body-half-stored"
	unknownRefused  name = "unknown-field-refused"
	caseSensitive   name = "keys-case-sensitive"
	typedRefused    name = "typed-values-refused"
	escapesKept     name = "escapes-not-read"
	blanksRefused   name = "blanks-refused"
	nullIsText      name = "null-is-text"
)

func bodyFaults() []row {
	return []row{
		{takesEmpty, "body.empty", "A write without a body is taken"},
		{takesCut, "body.truncated", "A body that breaks off is taken"},
		{takesMalformed, "body.not-json", "A body that is not JSON is taken"},
		{takesArray, "body.array", "An array is taken for an object"},
		{takesScalar, "body.scalar", "A scalar is taken for an object"},
		{takesTrailing, "body.trailing", "What follows the object is not looked at"},
		{takesBrokenText, "body.not-utf8", "Bytes that are no UTF-8 are taken"},
		{nestedTaken, "body.nested-value", "An object is taken for a text"},
		{malformedIs500, "body.not-json", "A malformed body is answered with 500"},
		{malformedIs400, "body.truncated", "A malformed body is answered with 400"},
		{panicsOnDeep, "body.deep", "A deep body cuts the connection"},
		{hangsOnHuge, "body.huge", "A huge body is never answered"},
		{largeIs413, "body.huge", "A huge body is answered with 413"},
		{storesRefused, "body.refused-changes-nothing", "A body is stored up to the place where it is wrong"},
		{unknownRefused, "body.unknown-fields", "A body with an unknown field is refused"},
		{caseSensitive, "body.key-case", "Keys have to be spelled as in the contract"},
		{typedRefused, "body.typed-values", "A number in a request is refused"},
		{escapesKept, "body.escapes", "Escapes are kept as they were written"},
		{blanksRefused, "body.blanks", "A body with line ends is refused"},
		{nullIsText, "body.null-field", "null in a request is a text"},
	}
}

// Faults that a value sets off.
const (
	quoteBreaks       name = "quote-500"
	phoneInjected     name = "sql-in-phone"
	emailInjected     name = "sql-in-email"
	numberInjected    name = "sql-in-card-number"
	startDateInjected name = "sql-in-start-date"
	startDateBreaks   name = "sql-in-start-date-500"
	endDateInjected   name = "sql-in-end-date"
	nameInjected      name = "sql-in-name"
	receiptInjected   name = "sql-in-receipt"
	codeInjected      name = "sql-in-code"
	sqlSleeps         name = "sql-sleeps"
	headerInjected    name = "line-end-in-value"
	pathClimbs        name = "dots-in-number"
	zeroCuts          name = "zero-byte-cuts"
	digitsOfOthers    name = "digits-of-other-scripts"
	quoteLeaks        name = "quote-shows-query"
	injectionHarms    name = "sql-drops"
)

func injectionFaults() []row {
	return []row{
		{quoteBreaks, "answer.status", "A quote in a card number is answered with 500"},
		{phoneInjected, "injection.sql-phone", "SQL in a phone is carried out"},
		{emailInjected, "injection.sql-email", "SQL in an email is carried out"},
		{numberInjected, "injection.sql-card-number", "SQL in a card number is carried out"},
		{startDateInjected, "injection.sql-start-date", "SQL in startDate gives all lines"},
		{startDateBreaks, "injection.sql-start-date", "SQL in startDate is answered with 500"},
		{endDateInjected, "injection.sql-end-date", "SQL in endDate gives all lines"},
		{nameInjected, "injection.sql-name", "SQL in a name is carried out on everybody"},
		{receiptInjected, "injection.sql-receipt", "SQL in a receipt is carried out"},
		{codeInjected, "injection.sql-code", "SQL in a promo code finds a code"},
		{sqlSleeps, "injection.sql-time", "SQL that sleeps makes the host sleep"},
		{headerInjected, "injection.header", "A line end in a value becomes a header"},
		{pathClimbs, "injection.path", "Dots in a card number lead to another path"},
		{zeroCuts, "injection.zero-byte", "A zero byte cuts a value off"},
		{digitsOfOthers, "injection.unicode-digits", "Digits of other scripts are taken for the same phone"},
		{quoteLeaks, "injection.no-echo", "A quote shows the query that broke"},
		{injectionHarms, "injection.no-harm", "SQL in a card number removes cards"},
	}
}

// Faults of the answer's header and bytes.
const (
	emptyIsObject      name = "empty-is-object"
	emptyIsNull        name = "empty-is-null"
	emptyIsList        name = "empty-is-list"
	emptyIsText        name = "empty-is-ok"
	emptyIsSuccess     name = "empty-is-success-object"
	emptyIs204         name = "empty-204"
	createdIs201       name = "issue-201"
	acceptedIs202      name = "receipt-202"
	charsetMissing     name = "charset-missing"
	charsetOther       name = "charset-other"
	charsetUpper       name = "charset-upper-case"
	typeHTML           name = "type-html"
	typeMissingOnEmpty name = "type-missing-on-empty"
	typeTwice          name = "type-twice"
	errorTypePlain     name = "type-plain-on-errors"
	encodedOtherwise   name = "windows-1251"
	brokenText         name = "broken-utf8"
	byteOrderMark      name = "byte-order-mark"
	bodyCut            name = "body-cut"
	lengthTooLong      name = "length-too-long"
	cutsSome           name = "cuts-some-answers"
	trailingText       name = "trailing-text"
	secondDocument     name = "second-document"
	singleQuotes       name = "single-quotes"
	doubled            name = "json-in-text"
	keyTwice           name = "key-twice"
	zipped             name = "zipped"
)

func headerFaults() []row {
	return []row{
		{emptyIsObject, "answer.empty-body", "A write is answered with {}"},
		{emptyIsNull, "answer.empty-body", "A write is answered with null"},
		{emptyIsList, "answer.empty-body", "A write is answered with []"},
		{emptyIsText, "answer.empty-body", "A write is answered with OK"},
		{emptyIsSuccess, "answer.empty-body", "A write is answered with a code of success"},
		{emptyIs204, "answer.status", "An empty answer has status 204"},
		{createdIs201, "answer.status", "An issue is answered with 201"},
		{acceptedIs202, "answer.status", "A receipt is answered with 202"},
		{charsetMissing, "answer.content-type", "Content-Type has no charset"},
		{charsetOther, "answer.content-type", "Content-Type names another charset"},
		{charsetUpper, "answer.content-type-exact", "Content-Type is spelled in upper case"},
		{typeHTML, "answer.content-type", "Content-Type says HTML"},
		{typeMissingOnEmpty, "answer.content-type", "An empty answer has no Content-Type"},
		{typeTwice, "answer.one-content-type", "There are two Content-Type headers"},
		{errorTypePlain, "answer.content-type", "Errors alone are plain text"},
		{encodedOtherwise, "answer.utf8", "Cyrillic letters are in Windows-1251"},
		{brokenText, "answer.utf8", "A text ends in half a letter"},
		{byteOrderMark, "answer.utf8", "Answers begin with a byte order mark"},
		{bodyCut, "answer.json", "The last byte of an answer is missing"},
		{lengthTooLong, "answer.arrives", "Content-Length is longer than the body"},
		{cutsSome, "answer.arrives", "A card that is shown is cut off half-way"},
		{trailingText, "answer.json", "A comment follows the JSON"},
		{secondDocument, "answer.json", "Answers come twice in one body"},
		{singleQuotes, "answer.json", "JSON is written with single quotes"},
		{doubled, "answer.form", "JSON is wrapped in a JSON string"},
		{keyTwice, "answer.keys-once", "A card has cardState twice"},
		{zipped, "answer.not-encoded", "Answers are compressed though nobody asked"},
	}
}

// Faults of single values.
const (
	numbersBare    name = "numbers-bare"
	nestedNumber   name = "nested-number-bare"
	quantityBare   name = "quantity-bare"
	cardNumberBare name = "card-number-bare"
	barcodeBare    name = "barcode-number-bare"
	booleanLeaf    name = "boolean-bare"
	nullLeaf       name = "null-leaf"
	absentIsNull   name = "absent-is-null"
	keysUpper      name = "keys-upper-case"
)

func valueFaults() []row {
	return []row{
		{numbersBare, "answer.strings", "Numbers are numbers"},
		{nestedNumber, "answer.strings", "The amount of a portion of points is a number, and nothing else is"},
		{quantityBare, "answer.strings", "The quantity of a purchase is a number, and nothing else is"},
		{cardNumberBare, "answer.strings", "A card number is a number"},
		{barcodeBare, "answer.strings", "The number of a barcode is a number"},
		{booleanLeaf, "answer.strings", "A field of a card is a boolean"},
		{nullLeaf, "answer.no-null", "A field of a card is null"},
		{absentIsNull, "answer.no-null", "What is absent is null"},
		{keysUpper, "answer.required", "Keys begin with capital letters"},
	}
}

// Faults of errors.
const (
	errorsAre400     name = "errors-400"
	errorsAre200     name = "errors-200"
	takenIs409       name = "conflicts-409"
	errorPage        name = "error-page"
	errorText        name = "error-text"
	errorEmpty       name = "error-empty"
	errorWrapped     name = "error-wrapped"
	errorMessage     name = "error-message"
	codeMissing      name = "code-missing"
	codeEmpty        name = "code-empty"
	codeNumeric      name = "code-numeric"
	errorFields      name = "error-fields"
	stackShown       name = "stack-shown"
	stackOnMalformed name = "stack-on-malformed"
	phoneInError     name = "phone-in-error"
	codesChange      name = "codes-change"
)

func errorFaults() []row {
	return []row{
		{errorsAre400, "answer.status", "Errors are answered with 400"},
		{errorsAre200, "answer.form", "Errors are answered with 200"},
		{takenIs409, "answer.status", "Conflicts are answered with 409"},
		{errorPage, "answer.json", "Errors are pages"},
		{errorText, "answer.json", "Errors are text"},
		{errorEmpty, "answer.error-object", "Errors have no body"},
		{errorWrapped, "answer.error-object", "The error object is inside another one"},
		{errorMessage, "answer.error-object", "The description is called message"},
		{codeMissing, "answer.error-object", "Errors have no code"},
		{codeEmpty, "answer.error-object", "The code of errors is empty"},
		{codeNumeric, "answer.strings", "The code of errors is a number"},
		{errorFields, "answer.known-fields", "Errors have a time and a path"},
		{stackShown, "answer.error-inside", "Errors show a stack"},
		{stackOnMalformed, "answer.error-inside", "A malformed body shows a stack"},
		{phoneInError, "answer.error-personal", "Errors repeat the phone and the email"},
		{codesChange, "repeat.refusal", "Every error has a code of its own"},
	}
}

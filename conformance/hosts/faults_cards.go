package hosts

// Faults of the search.
const (
	nobodyIsError    name = "nobody-is-error"
	nobodyIsObject   name = "nobody-is-object"
	nobodyIsNull     name = "nobody-is-null"
	nobodyIsCard     name = "nobody-is-empty-card"
	phoneIgnored     name = "search-ignores-phone"
	emailIgnored     name = "search-ignores-email"
	searchAnd        name = "search-and"
	birthDateFilters name = "birth-date-filters"
	searchRaw        name = "search-compares-raw-phone"
	strangersRefused name = "unknown-parameter-refused"
	searchUnstable   name = "search-unstable"
	searchSpaced     name = "search-number-with-blanks"
	findIssues       name = "search-issues-card"
	findEarns        name = "search-earns"
)

func findFaults() []row {
	return []row{
		{nobodyIsError, "find.unknown-empty", "A search that finds nobody is an error"},
		{nobodyIsObject, "find.unknown-empty", "A search that finds nobody is answered with {}"},
		{nobodyIsNull, "find.unknown-empty", "A search that finds nobody is answered with null"},
		{nobodyIsCard, "find.unknown-empty", "A search that finds nobody is answered with an empty card"},
		{phoneIgnored, "find.by-phone", "The phone of a search is not looked at"},
		{emailIgnored, "find.by-email", "The email of a search is not looked at"},
		{searchAnd, "find.or", "The parameters of a search combine with AND"},
		{birthDateFilters, "find.birth-date-does-not-hide", "A birth date that does not fit hides the card"},
		{searchRaw, "find.phone-normalised", "The phone of a search is compared as it was written"},
		{strangersRefused, "find.unknown-parameter", "A search with an unknown parameter is refused"},
		{searchUnstable, "find.stable", "The same search finds now this card and now that"},
		{searchSpaced, "find.read-again", "A search writes the card number with blanks"},
		{findIssues, "find.unknown-empty", "A search for an unknown phone issues a card"},
		{findEarns, "balance.stable", "A search gives a point"},
	}
}

// Faults that show somebody another's card.
const (
	birthDateFinds  name = "birth-date-finds"
	nobodyMeant     name = "search-without-identity"
	emailPrefix     name = "email-by-prefix"
	emailLocalPart  name = "email-by-local-part"
	phoneTail       name = "phone-by-tail"
	phonePrefix     name = "phone-by-prefix"
	searchLike      name = "search-like"
	emptyMatches    name = "empty-email-matches"
	strangerInstead name = "stranger-instead-of-nobody"
	firstCustomer   name = "everybody-is-the-first"
	ambiguousPhone  name = "ambiguous-gives-phones-card"
	ambiguousEmail  name = "ambiguous-gives-emails-card"
	tieByBirthDate  name = "tie-goes-to-email-by-birth-date"
	inactiveFirst   name = "inactive-first"
	oldestFirst     name = "any-of-several"
)

func strangerFaults() []row {
	return []row{
		{birthDateFinds, "find.birth-date-alone", "A birth date alone finds whoever was born that day"},
		{nobodyMeant, "find.no-identity", "A search for nobody finds somebody"},
		{emailPrefix, "find.whole-email", "The beginning of an email finds its owner"},
		{emailLocalPart, "find.no-stranger", "The same name at another mail provider is the same customer"},
		{phoneTail, "find.whole-phone", "The last digits of a phone find its owner"},
		{phonePrefix, "find.whole-phone", "The first digits of a phone find its owner"},
		{searchLike, "find.no-wildcards", "A search is a pattern"},
		{emptyMatches, "find.empty-parameter", "An empty email finds a customer without one"},
		{strangerInstead, "find.no-stranger", "A search that finds nobody gives a stranger's card"},
		{firstCustomer, "find.own-card", "Every search that finds somebody gives one card"},
		{ambiguousPhone, "several.two-customers", "Of two customers the phone's is answered"},
		{ambiguousEmail, "several.two-customers", "Of two customers the email's is answered"},
		{tieByBirthDate, "several.with-birth-date", "Of two customers a birth date picks the email's"},
		{inactiveFirst, "several.one-card", "An inactive card comes before an active one"},
		{oldestFirst, "several.stable", "Of several cards now this one is answered and now that"},
	}
}

// Faults of reserved and pooled numbers.
const (
	reservedLeadingZero name = "reserved-bare-leading-zero"
	reservedBare        name = "reserved-bare"
	reservedObject      name = "reserved-object"
	reservedUnquoted    name = "reserved-unquoted"
	oneNumberForAll     name = "one-number-for-all"
	reservedIsCard      name = "reserved-is-card"
	forgetsReserved     name = "forgets-reserved"
	confirmForgets      name = "confirm-forgets"
	issuesAnother       name = "issues-another-number"
	issuesInactive      name = "issues-inactive"
	confirmAnswersCard  name = "confirm-answers-card"
	issuesAnyNumber     name = "issues-any-number"
	takenIsSuccess      name = "taken-is-success"
	takenMoves          name = "taken-moves-card"
	oneCodeForNumbers   name = "one-code-for-numbers"
	secondCustomer      name = "second-customer"
	confirmsToNobody    name = "confirms-to-nobody"
	phoneRaw            name = "phone-stored-raw"
	refusedUsesNumber   name = "refused-uses-number"
	retryRefused        name = "retry-refused"
	retryUndoes         name = "retry-undoes-update"
	poolForgotten       name = "pool-forgotten"
	poolUnstored        name = "pool-issue-not-stored"
	poolOnce            name = "pool-retry-refused"
	poolForAll          name = "pool-number-for-all"
	poolReserved        name = "pool-number-reserved"
)

func reserveFaults() []row {
	return []row{
		{reservedLeadingZero, "answer.json", "A reserved number is bare digits with a leading zero, which is no JSON"},
		{reservedBare, "reserve.form", "A reserved number is bare digits though the profile says nothing of it"},
		{reservedObject, "reserve.form", "A reserved number comes in an object"},
		{reservedUnquoted, "answer.json", "A reserved number with letters comes without quotes"},
		{oneNumberForAll, "reserve.distinct", "Every reservation gives the same number"},
		{reservedIsCard, "reserve.no-card-yet", "A reserved number is shown as a card"},
		{forgetsReserved, "reserve.issue", "A reserved number cannot be issued"},
		{confirmForgets, "reserve.found", "An issue is confirmed and not stored"},
		{issuesAnother, "reserve.found", "Another number is issued than the one that was reserved"},
		{issuesInactive, "reserve.active", "A new card is inactive"},
		{confirmAnswersCard, "answer.empty-body", "An issue is answered with the card"},
		{issuesAnyNumber, "reserve.unknown-number", "A number that was never reserved is issued"},
		{takenIsSuccess, "reserve.taken-number", "An issue of another's card is answered as success"},
		{takenMoves, "reserve.taken-keeps-owner", "An issue of another's card takes it away"},
		{oneCodeForNumbers, "reserve.two-codes", "Unknown and taken numbers have one error code"},
		{secondCustomer, "reserve.attach", "An issue to a known phone makes a second customer"},
		{confirmsToNobody, "reserve.no-identity", "A number is issued to nobody"},
		{phoneRaw, "reserve.phone-normalised", "A phone is stored as it was written, plus and all"},
		{refusedUsesNumber, "reserve.refused-keeps-number", "A refused issue uses the number up"},
		{retryRefused, "repeat.issue-reserved", "The same issue again is refused"},
		{retryUndoes, "repeat.issue-reserved-late", "The same issue again undoes an update"},
		{poolForgotten, "pool.issue", "Numbers of the pool cannot be issued"},
		{poolUnstored, "pool.found", "An issue of a pool's number is confirmed and not stored"},
		{poolOnce, "pool.repeat", "The same issue of a pool's number again is refused"},
		{poolForAll, "pool.taken", "A pool's number is issued to everybody"},
		{poolReserved, "pool.not-reserved", "A pool's number is given out as a reservation"},
	}
}

// Faults of issue without a number.
const (
	issueEmpty       name = "issue-empty"
	issueBareNumber  name = "issue-bare-number"
	issueForgets     name = "issue-forgets"
	secondCard       name = "second-card"
	secondForProfile name = "second-card-for-profile"
	secondForKnown   name = "second-card-for-reserved"
	secondForEmail   name = "second-card-for-email"
	takesAmbiguous   name = "issue-takes-ambiguous"
	oneCardForAll    name = "one-card-for-all"
	issuesToNobody   name = "issues-to-nobody"
	issuesToLetters  name = "issues-to-letters"
	issueRawPhone    name = "issue-raw-phone"
)

func issueFaults() []row {
	return []row{
		{issueEmpty, "issue.card", "A new card is not answered"},
		{issueBareNumber, "issue.card", "A new card is answered as a number alone"},
		{issueForgets, "issue.found", "A new card is answered and not stored"},
		{secondCard, "issue.repeat-same-card", "The same issue again gives a second card"},
		{secondForProfile, "issue.other-profile-same-card", "The same phone with another profile gives a second card"},
		{secondForKnown, "issue.existing-customer", "A phone with a card from a reservation gets a second one"},
		{secondForEmail, "issue.by-email", "A known email gets a second card"},
		{takesAmbiguous, "issue.two-customers", "A phone of one with the email of another gets a card"},
		{oneCardForAll, "issue.distinct", "Every customer gets the same card"},
		{issuesToNobody, "issue.no-identity", "A card is issued to nobody"},
		{issuesToLetters, "issue.impossible-phone", "A phone with letters gets a card"},
		{issueRawPhone, "issue.phone-normalised", "A phone with a plus gets a second card"},
	}
}

// Faults of a card that is asked for by its number.
const (
	numberPrefix    name = "number-by-prefix"
	numberNear      name = "number-by-near-miss"
	numberLike      name = "number-like"
	newUnknown      name = "new-cards-unknown"
	unknownIsEmpty  name = "unknown-card-is-empty"
	unknownIs404    name = "unknown-card-404"
	plasticUnknown  name = "plastic-unknown"
	plasticUnbound  name = "plastic-not-bound"
	otherNumber     name = "shows-other-number"
	kindUnknown     name = "barcode-type-unknown"
	stateUpper      name = "state-upper-case"
	barcodeMissing  name = "barcode-missing"
	barcodeEmpty    name = "barcode-empty"
	barcodeDigit    name = "barcode-check-digit"
	bareCard        name = "card-without-wrapper"
	personShown     name = "person-shown"
	unknownFieldSet name = "unknown-field"
)

func cardFaults() []row {
	return []row{
		{numberPrefix, "typed.part", "The beginning of a number shows the card"},
		{numberNear, "typed.near-miss", "A number with a wrong last digit shows the card"},
		{numberLike, "typed.part", "A card number is a pattern"},
		{newUnknown, "typed.known", "A new card is not shown until tomorrow"},
		{unknownIsEmpty, "typed.unknown", "An unknown number is answered with 200 and an empty body"},
		{unknownIs404, "paths.unknown-card", "An unknown card is answered with 404"},
		{plasticUnknown, "typed.plastic", "A card without a holder is not shown"},
		{plasticUnbound, "typed.bind", "A card without a holder takes no profile"},
		{otherNumber, "answer.card-number", "A card is shown under another number"},
		{kindUnknown, "answer.barcode-type", "The type of a barcode is spelled EAN13"},
		{stateUpper, "answer.card-state", "The state of a card is in upper case"},
		{barcodeMissing, "answer.required", "A card has no barcode"},
		{barcodeEmpty, "answer.required", "A barcode is empty"},
		{barcodeDigit, "answer.barcode-drawable", "A barcode has a wrong check digit"},
		{bareCard, "answer.required", "A card comes without the object around it"},
		{personShown, "answer.no-personal-data", "A card shows phone and name of its holder"},
		{unknownFieldSet, "answer.known-fields", "A card has a field that nobody named"},
	}
}

// Faults of blocked cards.
const (
	blockedShown    name = "blocked-shown-active"
	blockedEmpty    name = "blocked-is-nobody"
	blockedDetails  name = "blocked-details-active"
	blockedNamed    name = "blocked-state-named"
	blockedGetsCard name = "blocked-gets-card"
	blockedSends    name = "blocked-earns"
)

func blockedFaults() []row {
	return []row{
		{blockedShown, "blocked.find", "The search shows a blocked card as active"},
		{blockedEmpty, "blocked.find", "The search finds nobody, so that a new card may be issued"},
		{blockedDetails, "blocked.show", "A blocked card is shown as active by its number"},
		{blockedNamed, "answer.card-state", "A blocked card is shown with a state of its own"},
		{blockedGetsCard, "blocked.no-new-card", "The holder of a blocked card gets a new one"},
		{blockedSends, "blocked.no-receipt", "A blocked card earns for a receipt"},
	}
}

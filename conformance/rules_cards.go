package conformance

import "koshelek-adapter/conformance/contract"

func findRules() []contract.Rule {
	return []contract.Rule{
		{ID: "find.unknown-empty", Text: "A phone that nobody has is answered with 200 and a body of no bytes.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major},
		{ID: "find.by-phone", Text: "The phone of a card's holder finds the card.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major, Methods: []string{"findCard"}},
		{ID: "find.by-email", Text: "The e-mail address of a card's holder finds the card.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major},
		{ID: "find.or", Text: "Search parameters combine with OR: an unknown phone does not hide the card of a known e-mail address.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major},
		{ID: "find.birth-date-does-not-hide", Text: "A birth date that fits nobody does not hide the card that the phone finds.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major},
		{ID: "find.no-identity", Text: "A search with neither phone nor e-mail is answered with 422.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major},
		{ID: "find.birth-date-alone", Text: "A birth date alone finds nobody: it would match strangers.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Critical, Writes: true},
		{ID: "find.phone-normalised", Text: "A phone written as +7 (921) 666-88-99 is normalised and finds the same card.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Minor},
		{ID: "find.no-stranger", Text: "A phone and an e-mail address that nobody has never give a stranger's card.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Critical},
		{ID: "find.whole-phone", Text: "A part of a phone does not find the card.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical},
		{ID: "find.whole-email", Text: "A part of an e-mail address, or the address with something before or behind it, does not find the card.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical},
		{ID: "find.no-wildcards", Text: "%, _ and * in a search are no wildcards.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical},
		{ID: "find.empty-parameter", Text: "An empty e-mail parameter beside a phone that nobody has finds nobody, also not a customer without an e-mail address.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical, Writes: true},
		{ID: "find.unknown-parameter", Text: "A parameter that the host does not know is ignored.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Minor},
		{ID: "find.own-card", Text: "Two customers find each their own card.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Critical, Writes: true},
		{ID: "find.stable", Text: "The same search gives the same card every time.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major},
		{ID: "find.read-again", Text: "The number that a search gives can be read: GET /v1/card/{cardNumber} shows the same card.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major},
	}
}

func reserveRules() []contract.Rule {
	m := []string{"reserveCard"}
	both := []string{"reserveCard", "issueReservedCard"}
	return []contract.Rule{
		{ID: "reserve.form", Text: "A reserved number is answered as one JSON string (or as bare digits, when the profile says so), and is not empty.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m, Writes: true},
		{ID: "reserve.distinct", Text: "Two reservations give two numbers.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Critical, Methods: m, Writes: true},
		{ID: "reserve.no-card-yet", Text: "A reserved number is not a card until it is issued.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Minor, Methods: m, Writes: true},
		{ID: "reserve.issue", Text: "A reserved number can be issued to a customer; the answer is 200 with an empty body.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: both, Writes: true},
		{ID: "reserve.found", Text: "The customer's phone finds the card that was issued, with the reserved number.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major, Methods: both, Writes: true},
		{ID: "reserve.active", Text: "The issued card is active and can be read.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Major, Methods: both, Writes: true},
		{ID: "reserve.unknown-number", Text: "Issue on a number that was never reserved is refused.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Critical, Methods: both, Writes: true},
		{ID: "reserve.taken-number", Text: "Issue on a number that is another customer's card is refused.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Critical, Methods: both, Writes: true},
		{ID: "reserve.taken-keeps-owner", Text: "A refused issue on a taken number leaves the card with its holder.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Critical, Methods: both, Writes: true},
		{ID: "reserve.two-codes", Text: "An unknown number and a taken number are refused with two different error codes.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Minor, Methods: both, Writes: true},
		{ID: "reserve.attach", Text: "Issue to a phone that is a customer's already attaches the card to that customer: the search goes on to find one card and no conflict.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: both, Writes: true},
		{ID: "reserve.no-identity", Text: "Issue without phone and e-mail is refused: nobody could find the card.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Minor, Methods: both, Writes: true},
		{ID: "reserve.phone-normalised", Text: "A phone that is issued as +7 (921) 666-88-99 is stored as digits and found by them.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: both, Writes: true},
		{ID: "reserve.refused-keeps-number", Text: "An issue that was refused for its profile does not use the number up.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Minor, Methods: both, Writes: true},
	}
}

func issueRules() []contract.Rule {
	m := []string{"issueCard"}
	return []contract.Rule{
		{ID: "issue.card", Text: "POST /v1/card/anonymous gives the card with the number that the partner chose.", Mark: inferred, Source: fromGuess, Since: v120, Severity: contract.Major, Methods: m, Writes: true},
		{ID: "issue.found", Text: "The customer's phone finds the card that was issued.", Mark: published, Source: fromOverview, Since: v120, Severity: contract.Major, Methods: m, Writes: true},
		{ID: "issue.repeat-same-card", Text: "The same phone again gives the same card, never a second one.", Mark: inferred, Source: fromReason, Since: v120, Severity: contract.Critical, Methods: m, Writes: true},
		{ID: "issue.other-profile-same-card", Text: "The same phone with another profile gives the same card.", Mark: inferred, Source: fromReason, Since: v120, Severity: contract.Critical, Methods: m, Writes: true},
		{ID: "issue.existing-customer", Text: "A phone whose customer has a card from a reservation gets that card.", Mark: thirdParty, Source: fromPartner, Since: v120, Severity: contract.Major, Methods: []string{"issueCard", "reserveCard", "issueReservedCard"}, Writes: true},
		{ID: "issue.by-email", Text: "An e-mail address that is a customer's already gets that customer's card, never a second customer.", Mark: thirdParty, Source: fromPartner, Since: v120, Severity: contract.Major, Methods: m, Writes: true},
		{ID: "issue.two-customers", Text: "Phone of one customer with the e-mail address of another is refused.", Mark: published, Source: fromOverview, Since: v120, Severity: contract.Critical, Methods: m, Writes: true},
		{ID: "issue.distinct", Text: "Two customers get two cards.", Mark: inferred, Source: fromGuess, Since: v120, Severity: contract.Critical, Methods: m, Writes: true},
		{ID: "issue.no-identity", Text: "Issue without phone and e-mail is refused.", Mark: inferred, Source: fromGuess, Since: v120, Severity: contract.Minor, Methods: m, Writes: true},
		{ID: "issue.impossible-phone", Text: "Issue to a phone that cannot be one is refused.", Mark: inferred, Source: fromGuess, Since: v120, Severity: contract.Minor, Methods: m, Writes: true},
		{ID: "issue.phone-normalised", Text: "A phone written as +7 (921) 666-88-99 is the customer whose phone is 79216668899.", Mark: thirdParty, Source: fromPartner, Since: v120, Severity: contract.Major, Methods: m, Writes: true},
	}
}

func poolRules() []contract.Rule {
	m := []string{"issueReservedCard"}
	return []contract.Rule{
		{ID: "pool.issue", Text: "A number from the pool is issued without a reservation.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m, Writes: true, Needs: contract.NeedsPool},
		{ID: "pool.found", Text: "The customer's phone finds the card with the pool's number.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m, Writes: true, Needs: contract.NeedsPool},
		{ID: "pool.repeat", Text: "The same issue of a pool's number again is the same success.", Mark: inferred, Source: fromReason, Since: v100, Severity: contract.Major, Methods: m, Writes: true, Needs: contract.NeedsPool},
		{ID: "pool.taken", Text: "A pool's number that has been issued is refused to another customer.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Critical, Methods: m, Writes: true, Needs: contract.NeedsPool},
		{ID: "pool.not-reserved", Text: "A number that was handed over to Koshelek is not given out as a reservation.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Major, Methods: []string{"issueReservedCard", "reserveCard"}, Writes: true, Needs: contract.NeedsPool},
	}
}

func typedRules() []contract.Rule {
	return []contract.Rule{
		{ID: "typed.known", Text: "The number of a card gives the card with that number.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major},
		{ID: "typed.unknown", Text: "A number that is no card is answered with 422, and not with 404 or an empty body.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major},
		{ID: "typed.near-miss", Text: "A number that differs in one digit never gives the card.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical},
		{ID: "typed.part", Text: "The beginning of a number, or a wildcard, never gives a card.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical},
		{ID: "typed.plastic", Text: "A plastic card that nobody has registered can be shown.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Needs: contract.NeedsPlastic},
		{ID: "typed.bind", Text: "A plastic card takes the customer's profile, and the phone finds it from then on.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: []string{"updateUser"}, Writes: true, Needs: contract.NeedsPlastic},
	}
}

func blockedRules() []contract.Rule {
	return []contract.Rule{
		{ID: "blocked.find", Text: "The search for a blocked card's holder is answered with 422, or shows the card as inactive when the profile says so; never as active.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Critical, Needs: contract.NeedsBlocked},
		{ID: "blocked.show", Text: "A blocked card is never shown as active by its number.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Critical, Needs: contract.NeedsBlocked},
		{ID: "blocked.no-new-card", Text: "The holder of a blocked card gets no new card.", Mark: published, Source: fromOverview, Since: v120, Severity: contract.Critical, Methods: []string{"issueCard"}, Writes: true, Needs: contract.NeedsBlocked},
		{ID: "blocked.no-receipt", Text: "A blocked card earns nothing for a receipt.", Mark: inferred, Source: fromGuess, Since: v110, Severity: contract.Critical, Methods: []string{"submitQRCode"}, Writes: true, Needs: contract.NeedsBlocked},
	}
}

func severalRules() []contract.Rule {
	return []contract.Rule{
		{ID: "several.two-customers", Text: "Phone and e-mail address that belong to different customers are answered with 422 and no card.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Critical, Writes: true},
		{ID: "several.with-birth-date", Text: "A birth date beside them never gives the card of the customer whom only the e-mail address found.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Critical, Writes: true},
		{ID: "several.one-card", Text: "Of several cards of one customer exactly one is answered, an active one before an inactive one.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major, Needs: contract.NeedsSeveral},
		{ID: "several.stable", Text: "It is the same one every time.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major, Needs: contract.NeedsSeveral},
	}
}

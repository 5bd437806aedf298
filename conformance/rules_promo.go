package conformance

import "koshelek-adapter/conformance/contract"

func receiptRules() []contract.Rule {
	m := []string{"submitQRCode"}
	both := []string{"submitQRCode", "getCard"}
	rule := func(id, text string, severity contract.Severity) contract.Rule {
		return contract.Rule{ID: "receipt." + id, Text: text, Mark: inferred, Source: fromReceipts, Since: v110, Severity: severity, Methods: m, Writes: true}
	}
	counted := func(r contract.Rule) contract.Rule { r.Methods = both; return r }
	return []contract.Rule{
		rule("accepted", "A receipt of the last day is taken with 200 and an empty body.", contract.Major),
		rule("by-phone", "The customer's phone may stand for the card.", contract.Major),
		rule("same-again", "The same receipt from the same card again is the same success.", contract.Major),
		counted(rule("once", "The same receipt again gives no second award.", contract.Critical)),
		rule("other-card", "A receipt that another card has sent is refused.", contract.Critical),
		counted(rule("other-card-no-award", "The card that was refused gets nothing for it.", contract.Critical)),
		rule("key-order", "The keys may stand in any order.", contract.Minor),
		counted(rule("same-in-other-order", "A receipt in another order of keys is the same receipt and gives no second award.", contract.Critical)),
		rule("address", "An address whose query holds the keys is a receipt, too.", contract.Minor),
		rule("seconds", "The time may have seconds.", contract.Minor),
		counted(rule("refund", "A refund or a purchase by the shop (n other than 1) earns nothing.", contract.Critical)),
		rule("future", "A receipt from the future is refused.", contract.Major),
		rule("too-old", "A receipt of many years ago is refused.", contract.Minor),
		rule("malformed", "Text that is no receipt is refused.", contract.Major),
		rule("missing-key", "A receipt without its fiscal sign is refused.", contract.Major),
		rule("bad-sum", "A receipt whose sum is negative or no number is refused.", contract.Critical),
		rule("no-identity", "A receipt with neither card nor phone is refused.", contract.Major),
		rule("unknown-card", "A receipt for an unknown card is refused.", contract.Major),
		rule("own-code", "A receipt that another card has sent is refused with an error code of its own.", contract.Minor),
	}
}

func promoRules() []contract.Rule {
	m := []string{"submitPromoCode"}
	rule := func(id, text string, severity contract.Severity) contract.Rule {
		return contract.Rule{ID: "promo." + id, Text: text, Mark: inferred, Source: fromGuess, Since: v130, Severity: severity, Methods: m, Writes: true}
	}
	needs := func(r contract.Rule) contract.Rule { r.Needs = contract.NeedsPromoCode; return r }
	once := needs(rule("once", "The same code from the same card again gives no second award.", contract.Critical))
	once.Methods = []string{"submitPromoCode", "getCard"}
	limited := func(r contract.Rule) contract.Rule { r.Needs = contract.NeedsLimitedCodes; return r }
	noAward := limited(rule("limit-no-award", "The card that was refused a used up code gets nothing for it.", contract.Critical))
	noAward.Methods = once.Methods
	expired, upcoming := rule("expired", "A code whose time is over is refused.", contract.Critical), rule("not-started", "A code whose time has not come is refused.", contract.Critical)
	expired.Needs, upcoming.Needs = contract.NeedsExpiredCode, contract.NeedsUpcomingCode
	return []contract.Rule{
		rule("unknown", "A code that does not exist is refused.", contract.Critical),
		rule("empty", "A call without a code is refused.", contract.Major),
		rule("no-identity", "A code with neither card nor phone is refused.", contract.Major),
		rule("unknown-card", "A code for an unknown card is refused.", contract.Major),
		needs(rule("accepted", "A good code is taken with 200 and an empty body.", contract.Major)),
		needs(rule("by-phone", "The customer's phone may stand for the card.", contract.Major)),
		once,
		limited(rule("limit", "A code that some cards may use together is refused to the next card.", contract.Critical)),
		noAward,
		limited(rule("retry-uses-nothing", "The same code from the same card again does not use up another of its uses.", contract.Major)),
		expired,
		upcoming,
	}
}

func repeatRules() []contract.Rule {
	rule := func(id, text string, severity contract.Severity, methods ...string) contract.Rule {
		return contract.Rule{ID: "repeat." + id, Text: text, Mark: inferred, Source: fromReason, Since: v100, Severity: severity, Methods: methods, Writes: true}
	}
	return []contract.Rule{
		rule("issue-reserved", "The same profile for the same reserved number again is the same success.", contract.Major, "reserveCard", "issueReservedCard"),
		rule("issue-reserved-late", "It is also when it arrives after a profile update, and does not undo the update.", contract.Major, "reserveCard", "issueReservedCard", "updateUser"),
		rule("update", "The same profile update again is the same success.", contract.Major, "updateUser"),
		rule("update-email", "The same e-mail address again is not taken for another customer's.", contract.Major, "updateUser"),
		rule("channels", "The same channels again are the same success.", contract.Major, "setChannels"),
		rule("refusal", "A call that is refused is refused again, with the same code.", contract.Minor),
		rule("reads", "Reads in between do not change what a repeat does.", contract.Minor),
	}
}

func raceRules() []contract.Rule {
	rule := func(id, text string, severity contract.Severity, methods ...string) contract.Rule {
		return contract.Rule{ID: "race." + id, Text: text, Mark: inferred, Source: fromReason, Since: v100, Severity: severity, Methods: methods, Writes: true}
	}
	later := func(r, since contract.Rule) contract.Rule { r.Since = since.Since; return r }
	return []contract.Rule{
		rule("reserve", "Reservations at one moment all give different numbers.", contract.Critical, "reserveCard"),
		rule("issue-reserved", "The same issue of a reserved number many times at one moment makes one card.", contract.Critical, "reserveCard", "issueReservedCard"),
		rule("issue-reserved-two", "One reserved number, many customers at one moment: one of them gets it, the others are refused.", contract.Critical, "reserveCard", "issueReservedCard"),
		rule("one-phone-many-numbers", "One phone, many reserved numbers at one moment: the customer stays one, and the search finds one card.", contract.Critical, "reserveCard", "issueReservedCard"),
		later(rule("issue", "The same phone many times at one moment gets one card.", contract.Critical, "issueCard"), contract.Rule{Since: v120}),
		rule("update", "The same update many times at one moment is taken, and the card is found afterwards.", contract.Major, "updateUser"),
		rule("email", "One e-mail address, many customers at one moment: one of them gets it.", contract.Critical, "updateUser"),
		rule("channels", "The same channels many times at one moment are taken.", contract.Major, "setChannels"),
		later(rule("receipt", "The same receipt many times at one moment is paid once.", contract.Critical, "submitQRCode", "getCard"), contract.Rule{Since: v110}),
		later(rule("receipt-two-cards", "One receipt, many cards at one moment: one of them is paid.", contract.Critical, "submitQRCode", "getCard"), contract.Rule{Since: v110}),
		later(limitedCode(rule("promo-limit", "A code that some cards may use together, from more cards at one moment: not one more gets it.", contract.Critical, "submitPromoCode")), contract.Rule{Since: v130}),
		later(needsCode(rule("promo", "The same promo code many times at one moment is paid once.", contract.Critical, "submitPromoCode", "getCard")), contract.Rule{Since: v130}),
	}
}

func limitedCode(r contract.Rule) contract.Rule {
	r.Needs = contract.NeedsLimitedCodes
	return r
}

func needsCode(r contract.Rule) contract.Rule {
	r.Needs = contract.NeedsPromoCode
	return r
}

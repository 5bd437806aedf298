package conformance

import "koshelek-adapter/conformance/contract"

func holderRules() []contract.Rule {
	m := []string{"updateUser"}
	return []contract.Rule{
		{ID: "holder.update", Text: "A profile is taken with 200 and an empty body.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m, Writes: true},
		{ID: "holder.email-found", Text: "A new e-mail address finds the card.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m, Writes: true},
		{ID: "holder.partial", Text: "Fields that are absent stay: an update of the name keeps phone and e-mail address.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Critical, Methods: m, Writes: true},
		{ID: "holder.empty-fields", Text: "Fields that are empty stay as well.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Critical, Methods: m, Writes: true},
		{ID: "holder.new-phone", Text: "A new phone finds the card, and the old one does not any more.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Critical, Methods: m, Writes: true},
		{ID: "holder.phone-normalised", Text: "A new phone written as +7 (921) 666-88-99 is stored as digits.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m, Writes: true},
		{ID: "holder.phone-taken", Text: "The phone of another customer is refused.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Critical, Methods: m, Writes: true},
		{ID: "holder.email-taken", Text: "The e-mail address of another customer is refused.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Critical, Methods: m, Writes: true},
		{ID: "holder.refused-changes-nothing", Text: "An update that is refused changes nothing, also not its other fields.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Critical, Methods: m, Writes: true},
		{ID: "holder.two-codes", Text: "A phone that is taken and an e-mail address that is taken are refused with two different error codes.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Minor, Methods: m, Writes: true},
		{ID: "holder.unknown-card", Text: "An update of an unknown card is answered with 422.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m, Writes: true},
		{ID: "holder.sex", Text: "sex is taken as m, f, male, female, м and ж.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Minor, Methods: m, Writes: true},
		{ID: "holder.impossible-phone", Text: "A phone that cannot be one is refused, and the old one stays.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Major, Methods: m, Writes: true},
		{ID: "holder.text", Text: "Names in Cyrillic, with apostrophes, quotes and emoji are taken.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major, Methods: m, Writes: true},
	}
}

func channelRules() []contract.Rule {
	m := []string{"setChannels"}
	return []contract.Rule{
		{ID: "channels.set", Text: "Allowed and denied channels are taken with 200 and an empty body.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major, Methods: m, Writes: true},
		{ID: "channels.one-list", Text: "Either list may be absent or empty.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Minor, Methods: m, Writes: true},
		{ID: "channels.unknown-ignored", Text: "Channels that the host does not know are ignored.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Minor, Methods: m, Writes: true},
		{ID: "channels.both-lists", Text: "A channel in both lists is taken.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Minor, Methods: m, Writes: true},
		{ID: "channels.unknown-card", Text: "Channels of an unknown card are answered with 422.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m, Writes: true},
		{ID: "channels.effect", Text: "What is allowed is stored as allowed and what is denied as denied.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Critical, Methods: []string{"setChannels", "listUsersExtended"}, Writes: true},
		{ID: "channels.keep", Text: "A channel in neither list keeps its state.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Critical, Methods: []string{"setChannels", "listUsersExtended"}, Writes: true},
		{ID: "channels.deny-wins", Text: "A channel in both lists is denied.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Critical, Methods: []string{"setChannels", "listUsersExtended"}, Writes: true},
	}
}

func balanceRules() []contract.Rule {
	m := []string{"getCard"}
	return []contract.Rule{
		{ID: "balance.shown", Text: "GET /v1/card/{cardNumber} shows the state of the points.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m},
		{ID: "balance.available", Text: "No more points can be spent than there are.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Major, Methods: m},
		{ID: "balance.own", Text: "The card that was asked for is answered, with its own number.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Critical, Methods: m, Writes: true},
		{ID: "balance.stable", Text: "Reading a balance does not change it.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical, Methods: m},
	}
}

func historyRules() []contract.Rule {
	m := []string{"listPurchases"}
	return []contract.Rule{
		{ID: "history.none", Text: "A card without purchases is answered with 200 and [].", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m, Writes: true},
		{ID: "history.start-required", Text: "startDate is required: without it the answer is 422.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Minor, Methods: m},
		{ID: "history.bad-date", Text: "A startDate that is no day is answered with 422.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m},
		{ID: "history.bad-end", Text: "An endDate that is no day is answered with 422.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Minor, Methods: m},
		{ID: "history.unknown-card", Text: "The history of an unknown card is answered with 422.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m},
		{ID: "history.lines", Text: "The purchases of a card are listed.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m, Needs: contract.NeedsHistory},
		{ID: "history.start", Text: "No purchase before startDate is listed, and all from that day on are.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m, Needs: contract.NeedsHistory},
		{ID: "history.end", Text: "No purchase after endDate is listed, and all of that day are.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m, Needs: contract.NeedsHistory},
		{ID: "history.one-day", Text: "startDate and endDate may be the same day, which is whole.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m, Needs: contract.NeedsHistory},
		{ID: "history.outside", Text: "Days without purchases give [].", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m, Needs: contract.NeedsHistory},
		{ID: "history.own", Text: "Another card's purchases are not listed.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical, Methods: m, Writes: true, Needs: contract.NeedsHistory},
	}
}

func offerRules() []contract.Rule {
	m := []string{"listCampaigns"}
	return []contract.Rule{
		{ID: "offers.list", Text: "The offers of a card are a JSON array, [] when there are none.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Minor, Methods: m},
		{ID: "offers.unknown-card", Text: "The offers of an unknown card are answered with 422.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Minor, Methods: m},
		{ID: "offers.distinct", Text: "No offer is listed twice.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Minor, Methods: m},
		{ID: "offers.order-of-days", Text: "No offer ends before it begins, and none that is listed has ended.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Minor, Methods: m},
		{ID: "offers.personal", Text: "A personal offer is shown to its card.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Major, Methods: m, Needs: contract.NeedsPersonalOffer},
		{ID: "offers.personal-hidden", Text: "A personal offer is not shown to another card.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical, Methods: m, Writes: true, Needs: contract.NeedsPersonalOffer},
	}
}

func userRules() []contract.Rule {
	one, two := []string{"listUsers"}, []string{"listUsersExtended"}
	return []contract.Rule{
		{ID: "users.phones", Text: "getAllUsers is an array of phones.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Minor, Methods: one},
		{ID: "users.has-holder", Text: "The phone of a customer who was given a card is in it.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Minor, Methods: one, Writes: true},
		{ID: "users.once", Text: "No phone is in it twice.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Minor, Methods: one},
		{ID: "users.extended", Text: "getAllUsersExtended is an array of phones with named values.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Minor, Methods: two},
		{ID: "users.extended-has-holder", Text: "The phone of a customer who was given a card is in it, too.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Minor, Methods: two, Writes: true},
		{ID: "users.no-reserved", Text: "Words of the paths and empty phones are not in the lists.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Minor, Methods: one},
	}
}

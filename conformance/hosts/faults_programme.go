package hosts

// Faults of the update of a profile.
const (
	updateRefused       name = "update-refused"
	repeatAfterRead     name = "repeat-after-read-refused"
	updateForgets       name = "update-forgets"
	updateErases        name = "update-erases-absent"
	emptyErases         name = "update-erases-empty"
	updateKeepsPhone    name = "update-keeps-phone"
	updateKeepsOldPhone name = "old-phone-still-finds"
	updateRawPhone      name = "update-raw-phone"
	takesPhone          name = "update-takes-phone"
	takesEmail          name = "update-takes-email"
	halfUpdate          name = "refused-update-half-done"
	oneCodeForContacts  name = "one-code-for-contacts"
	updatesUnknown      name = "update-of-unknown-card"
	sexLatinOnly        name = "sex-latin-only"
	phoneLetters        name = "phone-with-letters"
	longPhones          name = "phone-too-long"
	quotesRefused       name = "quotes-refused"
	updateAnswersCard   name = "update-answers-card"
	repeatedUpdate      name = "repeated-update-refused"
	ownEmailTaken       name = "own-email-taken"
)

func holderFaults() []row {
	return []row{
		{updateRefused, "holder.update", "A profile that names a country is refused"},
		{repeatAfterRead, "repeat.reads", "An update that comes again after somebody read the card is refused"},
		{updateForgets, "holder.email-found", "An update is confirmed and not stored"},
		{updateErases, "holder.partial", "An update erases the fields that are absent"},
		{emptyErases, "holder.empty-fields", "An update erases the fields that are empty"},
		{updateKeepsPhone, "holder.new-phone", "A new phone is not stored"},
		{updateKeepsOldPhone, "holder.new-phone", "The old phone still finds the card"},
		{updateRawPhone, "holder.phone-normalised", "A new phone is stored as it was written"},
		{takesPhone, "holder.phone-taken", "The phone of another customer is taken"},
		{takesEmail, "holder.email-taken", "The email of another customer is taken"},
		{halfUpdate, "holder.refused-changes-nothing", "A refused update stores its other fields"},
		{oneCodeForContacts, "holder.two-codes", "Taken phones and taken emails have one error code"},
		{updatesUnknown, "holder.unknown-card", "An update of an unknown card is a success"},
		{sexLatinOnly, "holder.sex", "Sex in Cyrillic letters is refused"},
		{phoneLetters, "holder.impossible-phone", "A phone may have letters"},
		{longPhones, "holder.impossible-phone", "A phone may have more than fifteen digits"},
		{quotesRefused, "holder.text", "A name with an apostrophe is refused"},
		{updateAnswersCard, "answer.empty-body", "An update is answered with the card"},
		{repeatedUpdate, "repeat.update", "The same update again is refused"},
		{ownEmailTaken, "repeat.update-email", "A customer's own email is taken for another's"},
	}
}

// Faults of channels.
const (
	channelsRefused   name = "channels-refused"
	listsNeeded       name = "channels-need-both-lists"
	oddChannelRefused name = "unknown-channel-refused"
	bothListsRefused  name = "channel-in-both-refused"
	channelsUnknown   name = "channels-of-unknown-card"
	channelsMixed     name = "allow-and-deny-mixed-up"
	channelsForget    name = "channels-forgotten"
	channelsReset     name = "channels-reset"
	allowWins         name = "allow-wins"
	channelsOnce      name = "repeated-channels-refused"
)

func channelFaults() []row {
	return []row{
		{channelsRefused, "channels.set", "Channels cannot be set"},
		{listsNeeded, "channels.one-list", "Both lists of channels have to be there"},
		{oddChannelRefused, "channels.unknown-ignored", "A channel that nobody knows is refused"},
		{bothListsRefused, "channels.both-lists", "A channel in both lists is refused"},
		{channelsUnknown, "channels.unknown-card", "Channels of an unknown card are a success"},
		{channelsMixed, "channels.effect", "What is allowed is denied, and the other way round"},
		{channelsForget, "channels.effect", "Channels are confirmed and not stored"},
		{channelsReset, "channels.keep", "A channel in neither list loses its state"},
		{allowWins, "channels.deny-wins", "A channel in both lists is allowed"},
		{channelsOnce, "repeat.channels", "The same channels again are refused"},
	}
}

// Faults of the lists of holders.
const (
	usersObjects  name = "users-objects"
	usersPlus     name = "users-with-plus"
	usersNumbers  name = "users-numbers"
	usersTwice    name = "users-twice"
	usersWrapped  name = "users-wrapped"
	usersForget   name = "users-without-new"
	usersBlank    name = "users-with-empty-phones"
	paramsKeyed   name = "params-other-keys"
	paramsObject  name = "params-object"
	extendedEmpty name = "extended-without-new"
)

func userFaults() []row {
	return []row{
		{usersObjects, "users.phones", "getAllUsers holds objects"},
		{usersPlus, "users.phones", "getAllUsers writes phones with a plus"},
		{usersNumbers, "answer.strings", "getAllUsers holds numbers"},
		{usersTwice, "users.once", "getAllUsers holds every phone twice"},
		{usersWrapped, "users.phones", "getAllUsers is an object around the array"},
		{usersForget, "users.has-holder", "getAllUsers knows only those of yesterday"},
		{usersBlank, "users.no-reserved", "getAllUsers holds an empty phone for a card without a holder"},
		{paramsKeyed, "users.extended", "Named values have other keys than name and value"},
		{paramsObject, "users.extended", "Named values are an object"},
		{extendedEmpty, "users.extended-has-holder", "getAllUsersExtended knows only those of yesterday"},
	}
}

// Faults of the balance.
const (
	noBalance       name = "no-balance"
	balanceOutside  name = "balance-outside-card"
	balanceInFind   name = "balance-in-search"
	moreAvailable   name = "more-available-than-total"
	noLots          name = "no-list-of-points"
	detailsEarn     name = "reading-earns"
	detailsOfFirst  name = "balance-of-another"
	lastDayDotted   name = "last-day-with-dots"
	lastDayTime     name = "last-day-with-time"
	pointsWithComma name = "points-with-comma"
)

func balanceFaults() []row {
	return []row{
		{noBalance, "balance.shown", "A card is shown without its points"},
		{balanceOutside, "balance.shown", "The points stand beside the card"},
		{balanceInFind, "answer.points-in-place", "The search shows points"},
		{moreAvailable, "balance.available", "More points are available than there are"},
		{noLots, "answer.required", "The list of portions is left out when there are none"},
		{detailsEarn, "balance.stable", "Reading a balance gives a point"},
		{detailsOfFirst, "balance.own", "Every number shows the first card"},
		{lastDayDotted, "answer.values", "The last day of points is written with dots"},
		{lastDayTime, "answer.values", "The last day of points has a time"},
		{pointsWithComma, "answer.values", "Points have a decimal comma"},
	}
}

// Faults of the history.
const (
	noHistoryIsEmpty  name = "no-history-is-empty"
	noHistoryIsNull   name = "no-history-is-null"
	noHistoryIsError  name = "no-history-is-error"
	startDateOptional name = "start-date-optional"
	anyStart          name = "any-start-date"
	anyEnd            name = "any-end-date"
	historyOfUnknown  name = "history-of-unknown-card"
	historyForgotten  name = "history-forgotten"
	datesIgnored      name = "dates-ignored"
	startExclusive    name = "start-exclusive"
	endExclusive      name = "end-exclusive"
	endIgnored        name = "end-ignored"
	endNeeded         name = "end-needed"
	oneDayEmpty       name = "one-day-empty"
	nothingIsAll      name = "nothing-is-everything"
	historyOfAll      name = "history-of-everybody"
	historyWrapped    name = "history-wrapped"
	historyDotted     name = "history-days-with-dots"
	historyTime       name = "history-days-with-time"
	amountRoubles     name = "amount-in-roubles"
	quantityComma     name = "quantity-with-comma"
)

func historyFaults() []row {
	return []row{
		{noHistoryIsEmpty, "history.none", "A card without purchases is answered with an empty body"},
		{noHistoryIsNull, "history.none", "A card without purchases is answered with null"},
		{noHistoryIsError, "history.none", "A card without purchases is an error"},
		{startDateOptional, "history.start-required", "startDate may be missing"},
		{anyStart, "history.bad-date", "A startDate that is no day is taken"},
		{anyEnd, "history.bad-end", "An endDate that is no day is taken"},
		{historyOfUnknown, "history.unknown-card", "The history of an unknown card is empty"},
		{historyForgotten, "history.lines", "No purchase is ever listed"},
		{datesIgnored, "history.start", "The history ignores its dates"},
		{startExclusive, "history.start", "Purchases of startDate are left out"},
		{endExclusive, "history.end", "Purchases of endDate are left out"},
		{endIgnored, "history.end", "endDate is not looked at"},
		{endNeeded, "history.lines", "Without endDate the history is empty"},
		{oneDayEmpty, "history.one-day", "The same day twice is no time at all"},
		{nothingIsAll, "history.outside", "Days without purchases give all of them"},
		{historyOfAll, "history.own", "The history is everybody's"},
		{historyWrapped, "answer.form", "The history is an object around the array"},
		{historyDotted, "answer.values", "Days of the history are written with dots"},
		{historyTime, "answer.values", "Days of the history have a time"},
		{amountRoubles, "answer.values", "Amounts are in roubles with a dot"},
		{quantityComma, "answer.values", "Quantities have a decimal comma"},
	}
}

// Faults of the offers.
const (
	offersWrapped   name = "offers-wrapped"
	offersOfUnknown name = "offers-of-unknown-card"
	offersTwice     name = "offers-twice"
	offersEnded     name = "offers-ended"
	offersHidden    name = "personal-offer-hidden"
	offersOfAll     name = "personal-offer-for-all"
	offersNameless  name = "offers-without-id"
)

func offerFaults() []row {
	return []row{
		{offersWrapped, "offers.list", "Offers are an object around the array"},
		{offersOfUnknown, "offers.unknown-card", "An unknown card has offers"},
		{offersTwice, "offers.distinct", "An offer is listed twice"},
		{offersEnded, "offers.order-of-days", "An offer that has ended is listed"},
		{offersHidden, "offers.personal", "A personal offer is shown to nobody"},
		{offersOfAll, "offers.personal-hidden", "A personal offer is shown to everybody"},
		{offersNameless, "answer.required", "An offer has no id"},
	}
}

package hosts

// Faults of receipts.
const (
	receiptRefused      name = "receipt-refused"
	phoneSenderRefused  name = "receipt-by-phone-refused"
	receiptRetryRefused name = "receipt-retry-refused"
	receiptRepeats      name = "receipt-paid-again"
	receiptShared       name = "receipt-of-another-card"
	receiptPaysRefused  name = "refused-receipt-is-paid"
	receiptOrderMatters name = "receipt-key-order-matters"
	receiptKeyByText    name = "receipt-known-by-its-text"
	receiptLinkRefused  name = "receipt-address-refused"
	secondsRefused      name = "receipt-seconds-refused"
	refundsEarn         name = "refunds-earn"
	futureReceipts      name = "receipt-from-the-future"
	oldReceipts         name = "receipt-from-long-ago"
	anyReceipt          name = "receipt-that-is-none"
	signOptional        name = "receipt-without-sign"
	negativeSums        name = "receipt-with-negative-sum"
	anySender           name = "receipt-for-nobody"
	unknownSender       name = "receipt-for-unknown-card"
	oneCodeForReceipts  name = "one-code-for-receipts"
)

func receiptFaults() []row {
	return []row{
		{receiptRefused, "receipt.accepted", "Receipts are refused"},
		{phoneSenderRefused, "receipt.by-phone", "A receipt needs the card's number"},
		{receiptRetryRefused, "receipt.same-again", "The same receipt again is refused"},
		{receiptRepeats, "receipt.once", "The same receipt again is paid again"},
		{receiptShared, "receipt.other-card", "A receipt of another card is paid"},
		{receiptPaysRefused, "receipt.other-card-no-award", "A receipt of another card is refused and paid"},
		{receiptOrderMatters, "receipt.key-order", "A receipt has to begin with its time"},
		{receiptKeyByText, "receipt.same-in-other-order", "The same receipt in another order is paid again"},
		{receiptLinkRefused, "receipt.address", "A receipt that comes as an address is refused"},
		{secondsRefused, "receipt.seconds", "A receipt whose time has seconds is refused"},
		{refundsEarn, "receipt.refund", "A refund earns"},
		{futureReceipts, "receipt.future", "A receipt from the future is taken"},
		{oldReceipts, "receipt.too-old", "A receipt from long ago is taken"},
		{anyReceipt, "receipt.malformed", "Any text is a receipt"},
		{signOptional, "receipt.missing-key", "A receipt needs no fiscal sign"},
		{negativeSums, "receipt.bad-sum", "The sum of a receipt may be negative"},
		{anySender, "receipt.no-identity", "A receipt for nobody is taken"},
		{unknownSender, "receipt.unknown-card", "A receipt for an unknown card is taken"},
		{oneCodeForReceipts, "receipt.own-code", "A receipt of another card and text that is none have one error code"},
	}
}

// Faults of promo codes.
const (
	anyCode           name = "any-code"
	emptyCode         name = "empty-code"
	codeForNobody     name = "code-for-nobody"
	codeForUnknown    name = "code-for-unknown-card"
	codeRefused       name = "code-refused"
	codePhoneRefused  name = "code-by-phone-refused"
	codeRepeats       name = "code-paid-again"
	codeWithoutLimit  name = "code-over-its-limit"
	codeForEver       name = "code-after-its-end"
	codeBeforeStart   name = "code-before-its-start"
	codeRetryCharges  name = "code-retry-uses-limit"
	codeRefusedIsPaid name = "refused-code-is-paid"
)

func promoFaults() []row {
	return []row{
		{anyCode, "promo.unknown", "A code that nobody made is taken"},
		{emptyCode, "promo.empty", "A call without a code is a success"},
		{codeForNobody, "promo.no-identity", "A code for nobody is taken"},
		{codeForUnknown, "promo.unknown-card", "A code for an unknown card is taken"},
		{codeRefused, "promo.accepted", "Codes are refused"},
		{codePhoneRefused, "promo.by-phone", "A code needs the card's number"},
		{codeRepeats, "promo.once", "The same code again is paid again"},
		{codeWithoutLimit, "promo.limit", "A code is taken from more cards than it may be"},
		{codeForEver, "promo.expired", "A code that has ended is taken"},
		{codeBeforeStart, "promo.not-started", "A code that has not begun is taken"},
		{codeRefusedIsPaid, "promo.limit-no-award", "A code that is used up is refused and paid"},
		{codeRetryCharges, "promo.retry-uses-nothing", "The same code again uses up another of its uses"},
	}
}

// Faults that show only when calls come at one moment.
const (
	oneNumberInRace     name = "race-one-number"
	confirmTwinsBreak   name = "race-confirm-twin-500"
	numberTwiceInRace   name = "race-number-given-twice"
	secondCustomerRace  name = "race-second-customer"
	secondCardInRace    name = "race-second-card"
	updateTwinBreaks    name = "race-update-twin-500"
	emailTwiceInRace    name = "race-email-taken-twice"
	channelTwinBreaks   name = "race-channels-twin-500"
	receiptTwiceInRace  name = "race-receipt-paid-twice"
	receiptTwoInRace    name = "race-receipt-paid-to-two"
	codeTwiceInRace     name = "race-code-paid-twice"
	codeOverLimitInRace name = "race-code-over-its-limit"
)

func raceFaults() []row {
	return []row{
		{oneNumberInRace, "race.reserve", "Two at one moment reserve one number"},
		{confirmTwinsBreak, "race.issue-reserved", "Of two issues at one moment one is answered with 500"},
		{numberTwiceInRace, "race.issue-reserved-two", "Two at one moment get one number"},
		{secondCustomerRace, "race.one-phone-many-numbers", "Two issues at one moment make two customers of one phone"},
		{secondCardInRace, "race.issue", "Two issues at one moment give two cards"},
		{updateTwinBreaks, "race.update", "Of two updates at one moment one is answered with 500"},
		{emailTwiceInRace, "race.email", "Two at one moment take one email"},
		{channelTwinBreaks, "race.channels", "Of two changes of channels at one moment one is answered with 500"},
		{receiptTwiceInRace, "race.receipt", "A receipt that comes twice at one moment is paid twice"},
		{receiptTwoInRace, "race.receipt-two-cards", "A receipt from two cards at one moment is paid to both"},
		{codeTwiceInRace, "race.promo", "A code that comes twice at one moment is paid twice"},
		{codeOverLimitInRace, "race.promo-limit", "At one moment a code is taken from more cards than it may be"},
	}
}

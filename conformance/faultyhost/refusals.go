package faultyhost

import (
	"hash/crc32"
	"strconv"
	"strings"
)

// refusal is a reason for which a call is not carried out; its text is the
// description that a caller of the plain style reads.
type refusal string

// Error implements error.
func (r refusal) Error() string { return string(r) }

const (
	unauthorised refusal = "Sign in first"
	unknownPath  refusal = "Nothing is served here"
	wrongVerb    refusal = "Not with this verb"
	tooLarge     refusal = "The body is too long"
	badBody      refusal = "The body cannot be read"

	noIdentity refusal = "Who is meant?"
	badPhone   refusal = "No phone has this number"
	badEmail   refusal = "No mailbox has this address"
	badDate    refusal = "The calendar has no such day"
	badNumber  refusal = "No card can have this number"
	badField   refusal = "A field holds what it cannot"

	cardUnknown   refusal = "Nobody knows this card"
	cardBlocked   refusal = "This card has been stopped"
	cardInactive  refusal = "This card is asleep"
	numberUnknown refusal = "This number was never reserved"
	numberTaken   refusal = "This number is a card already"

	ambiguous  refusal = "These contacts are of two people"
	phoneTaken refusal = "The phone is another's"
	emailTaken refusal = "The mailbox is another's"

	receiptMalformed refusal = "This is no receipt"
	receiptFuture    refusal = "The receipt is from tomorrow"
	receiptOld       refusal = "The receipt is from long ago"
	receiptTaken     refusal = "Another card has had this receipt"
	receiptChanged   refusal = "The receipt read otherwise before"

	codeUnknown refusal = "Nobody made such a code"
	codeUsedUp  refusal = "The code is used up"
	codeExpired refusal = "The code has ended"
	codeEarly   refusal = "The code has not begun"
)

// plainRefusal numbers errors by their text.
func plainRefusal(r refusal) (code, description string) {
	return strconv.Itoa(int(crc32.ChecksumIEEE([]byte(r))%9_000) + 1_000), string(r)
}

// differentRefusal spells codes in words and speaks another language.
func differentRefusal(r refusal) (code, description string) {
	words := strings.FieldsFunc(strings.ToUpper(string(r)), func(c rune) bool { return c < 'A' || c > 'Z' })
	return "ERR/" + strings.Join(words, "-"), "Отказано: «" + string(r) + "»"
}

package crm

import (
	"errors"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// canonicalText gives the one form of a text that names something: composed
// (NFC), without the characters that nobody sees (format characters and byte
// order marks come along when people copy) and without spaces at its ends.
func canonicalText(text string) string {
	return withoutRunes(text, func(r rune) bool { return isUnseen(r) || unicode.Is(unicode.Variation_Selector, r) })
}

// visibleText is canonicalText for texts that people read: joiners and variation
// selectors stay, since scripts and emoji need them.
func visibleText(text string) string {
	return withoutRunes(text, func(r rune) bool { return isUnseen(r) && r != '\u200c' && r != '\u200d' })
}

func withoutRunes(text string, dropped func(rune) bool) string {
	return strings.TrimSpace(norm.NFC.String(strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII && dropped(r) {
			return -1
		}
		return r
	}, text)))
}

// isUnseen reports whether a character has no look of its own, fillers and joiners
// of letters included.
func isUnseen(r rune) bool {
	return unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point)
}

// asciiTwins are the characters that composing turns into ASCII ones: the Kelvin
// sign, the Greek question mark and the Greek grave accent.
const asciiTwins = "\u212a\u037e\u1fef"

// foldLower and foldUpper change the case of letters, but never make an ASCII
// letter of another one: the Kelvin sign is no k, a dotless i no I.
// The result is composed again: letters of another case may compose otherwise.
func foldLower(text string) string {
	return norm.NFC.String(strings.Map(folding(unicode.ToLower), text))
}
func foldUpper(text string) string {
	return norm.NFC.String(strings.Map(folding(unicode.ToUpper), text))
}

func folding(change func(rune) rune) func(rune) rune {
	return func(r rune) rune {
		if changed := change(r); r <= unicode.MaxASCII || changed > unicode.MaxASCII {
			return changed
		}
		return r
	}
}

// canonicalDomain writes an internationalised domain in its Unicode form, which
// is the same for пример.рф and xn--e1afmkfd.xn--p1ai.
func canonicalDomain(domain string) (string, error) {
	if isASCII(domain) && !strings.Contains(strings.ToLower(domain), "xn--") {
		return strings.ToLower(domain), nil
	}
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil {
		return "", err
	}
	domain, err = idna.Lookup.ToUnicode(ascii)
	if again, _ := idna.Lookup.ToASCII(domain); domain == "" || again != ascii {
		return "", errNoDomain
	}
	return domain, err
}

// errNoDomain is a domain of which nothing is left, or that has no one form.
var errNoDomain = errors.New("crm: not a domain")

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII })
}

package contract

import (
	"slices"
	"strings"
)

// Offers reports whether the profile has a method: its version has come and the
// partner did not switch it off.
func (p Profile) Offers(methodID string) bool {
	m, known := MethodByID(methodID)
	return known && p.Version.AtLeast(m.Since) && !slices.Contains(p.Off, methodID)
}

// Method returns a method with the partner's choice of verb, path and fields.
func (p Profile) Method(id string) (Method, bool) {
	m, known := MethodByID(id)
	if !known {
		return Method{}, false
	}
	if verb, chosen := p.Verbs[id]; chosen {
		m.Verb = verb
	}
	if id == "listCampaigns" && p.OffersPath != "" {
		m.Path = strings.TrimSuffix(m.Path, DefaultOffersPath) + p.OffersPath
	}
	if strings.HasPrefix(m.Path, "/v1/promo/") {
		for i := range m.Body {
			m.Body[i].Name = p.PromoField(m.Body[i].Name)
		}
	}
	return m, true
}

// Methods returns the methods that the profile offers, with the partner's
// choices.
func (p Profile) Methods() []Method {
	var offered []Method
	for _, m := range Methods() {
		if p.Offers(m.ID) {
			m, _ = p.Method(m.ID)
			offered = append(offered, m)
		}
	}
	return offered
}

// PromoField returns the partner's name of a field of the promo bodies.
func (p Profile) PromoField(name string) string {
	if own, renamed := p.PromoFields[name]; renamed {
		return own
	}
	return name
}

// Has reports whether the profile's data holds what a rule needs.
func (p Profile) Has(need string) bool {
	switch need {
	case "":
		return true
	case NeedsCard:
		return p.Data.Card != nil
	case NeedsBlocked:
		return p.Data.Blocked != nil
	case NeedsSeveral:
		return p.Data.Several != nil
	case NeedsHistory:
		return p.Data.History != ""
	case NeedsPool:
		return len(p.Data.Pool) > 0
	case NeedsPlastic:
		return len(p.Data.Plastic) > 0
	case NeedsPromoCode:
		return p.Data.PromoCode != ""
	case NeedsPersonalOffer:
		return p.Data.PersonalOffer != nil
	}
	return false
}

// Applies reports whether a rule is asked of the profile's host, and why not.
func (p Profile) Applies(r Rule) (why string, ok bool) {
	if !p.Version.AtLeast(r.Since) {
		return "came with version " + r.Since.String(), false
	}
	for _, id := range r.Methods {
		if !p.Offers(id) {
			return "the profile does not offer " + id, false
		}
	}
	if slices.Contains([]string{"channels.effect", "channels.keep", "channels.deny-wins"}, r.ID) && len(p.ChannelParams) == 0 {
		return "the profile does not say which values of getAllUsersExtended show the channels (channelParams)", false
	}
	return "", true
}

// MatchPath finds the offered method that a verb and a path mean, and the card
// number in the path. Words of the API win over a card number.
func (p Profile) MatchPath(verb, path string) (m Method, cardNumber string, ok bool) {
	best := -1
	for _, candidate := range p.Methods() {
		number, fits := matchPattern(candidate.Path, path)
		if !fits || candidate.Verb != verb && !slices.Contains(candidate.AlsoVerbs, verb) {
			continue
		}
		if words := strings.Count(candidate.Path, "/") - strings.Count(candidate.Path, "{"); words > best {
			m, cardNumber, ok, best = candidate, number, true, words
		}
	}
	return m, cardNumber, ok
}

func matchPattern(pattern, path string) (cardNumber string, ok bool) {
	parts, given := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(parts) != len(given) {
		return "", false
	}
	for i, part := range parts {
		switch {
		case strings.HasPrefix(part, "{"):
			if cardNumber = given[i]; cardNumber == "" || slices.Contains(reservedWords, cardNumber) {
				return "", false
			}
		case part != given[i]:
			return "", false
		}
	}
	return cardNumber, true
}

// reservedWords are path segments that are never card numbers.
var reservedWords = []string{"anonymous", "getAllUsers", "getAllUsersExtended"}

package contract

import (
	"slices"
	"strings"
	"sync"

	"koshelek-adapter/schema/koshelek"
)

// Offers reports whether the profile has a method: its version has come and the
// partner did not switch it off.
func (p Profile) Offers(methodID string) bool {
	at := slices.IndexFunc(table(), func(m Method) bool { return m.ID == methodID })
	return at >= 0 && p.offers(&table()[at])
}

func (p Profile) offers(m *Method) bool {
	return p.Version.AtLeast(m.Since) && !slices.Contains(p.Off, m.ID)
}

// Method returns a method with the partner's choice of verb, path and fields.
func (p Profile) Method(id string) (Method, bool) {
	at := slices.IndexFunc(table(), func(m Method) bool { return m.ID == id })
	if at < 0 {
		return Method{}, false
	}
	m := table()[at]
	m.Verb, m.Path = p.verb(&m), p.path(&m)
	m.AlsoVerbs, m.Query, m.Body = slices.Clone(m.AlsoVerbs), slices.Clone(m.Query), slices.Clone(m.Body)
	if strings.HasPrefix(m.Path, "/v1/promo/") {
		for i := range m.Body {
			m.Body[i].Name = p.PromoField(m.Body[i].Name)
		}
	}
	return m, true
}

// verb is the partner's verb of a method.
func (p Profile) verb(m *Method) string {
	if verb, chosen := p.Verbs[m.ID]; chosen {
		return verb
	}
	return m.Verb
}

// path is the partner's path of a method.
func (p Profile) path(m *Method) string {
	if m.ID == "listCampaigns" && p.OffersPath != "" {
		return strings.TrimSuffix(m.Path, DefaultOffersPath) + p.OffersPath
	}
	return m.Path
}

// table is what [Methods] returns, made once for all who only read it.
var table = sync.OnceValue(Methods)

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

// ChannelValue returns how the host spells a channel's state, "allow" or "deny",
// where it shows it.
func (p Profile) ChannelValue(state string) string {
	if own, spelled := p.ChannelValues[state]; spelled {
		return own
	}
	return state
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
	case NeedsLimitedCodes:
		return len(p.Data.LimitedCodes) >= 3 && p.Data.CodeUses > 0
	case NeedsExpiredCode:
		return p.Data.ExpiredCode != ""
	case NeedsUpcomingCode:
		return p.Data.UpcomingCode != ""
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
	if r.ID == "timing.keep-alive" && p.Connections == ConnectionsClosed {
		return "the profile says that the host closes connections", false
	}
	if slices.Contains(r.Methods, "setChannels") && slices.Contains(r.Methods, "listUsersExtended") && len(p.ChannelParams) == 0 {
		return "the profile does not say which values of getAllUsersExtended show the channels (channelParams)", false
	}
	return "", true
}

// MatchPath finds the offered method that a verb and a path mean, and the card
// number in the path. Words of the API win over a card number.
func (p Profile) MatchPath(verb, path string) (m Method, cardNumber string, ok bool) {
	best := -1
	methods := table()
	for i := range methods {
		candidate := &methods[i]
		pattern, own := p.path(candidate), p.verb(candidate) == verb
		if !p.offers(candidate) || !own && !slices.Contains(candidate.AlsoVerbs, verb) {
			continue
		}
		number, fits := matchPattern(pattern, path)
		rank := 2 * (strings.Count(pattern, "/") - strings.Count(pattern, "{"))
		if own {
			rank++ // before a method that only others call by this verb
		}
		if fits && rank > best {
			m, cardNumber, ok, best = *candidate, number, true, rank
		}
	}
	if ok {
		m, _ = p.Method(m.ID)
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
			if cardNumber = given[i]; cardNumber == "" || koshelek.IsReservedWord(cardNumber) {
				return "", false
			}
		case part != given[i]:
			return "", false
		}
	}
	return cardNumber, true
}

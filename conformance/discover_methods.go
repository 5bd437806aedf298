package conformance

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/document"
	"koshelek-adapter/schema/koshelek"
)

// write makes one customer with a card, by the calls whose form is in question.
func (d *discoverer) write() {
	number := d.reserve()
	if number == "" {
		d.left("No number could be reserved, so nobody was made.")
		return
	}
	phone := d.freshPhone()
	p := &customer{phone: phone, email: d.maker.email(phone), birthDate: testBirthDate, number: number}
	for _, verb := range []string{http.MethodPost, http.MethodPut} {
		if d.ok(d.send(verb, d.path("issueReservedCard", number), "", encode(p.profile()))) {
			d.tried["issueReservedCard"] = true
			d.choose("issueReservedCard", verb)
			d.customer, d.card = p, number
			break
		}
	}
	if d.customer == nil {
		d.left("A number was reserved, and could not be issued; it runs out by itself.")
		return
	}
	d.left("One made-up customer with the phone %s and the card %s stays: the API has no call that removes a card.", phone, number)
	for _, verb := range []string{http.MethodPost, http.MethodPut} {
		if d.ok(d.send(verb, d.path("updateUser", number), "", encode(profile{"surname": testSurname}))) {
			d.tried["updateUser"] = true
			d.choose("updateUser", verb)
			break
		}
	}
	d.profile.Data.Card = &contract.KnownCard{CardNumber: number, Phone: phone, Email: p.email}
	d.send(http.MethodGet, "/v1/card", "msisdn="+phone, nil)
	// The customer has a card, and so gets that one.
	d.tried["issueCard"] = d.ok(d.send(http.MethodPost, d.path("issueCard", ""), "", encode(p.profile())))
}

// reserve reserves a number by one verb or the other, "" when neither gives one.
func (d *discoverer) reserve() string {
	for _, verb := range []string{http.MethodGet, http.MethodPut} {
		e := d.send(verb, d.path("reserveCard", ""), "", nil)
		if number := reservedNumber(e.Answer); number != "" {
			d.tried["reserveCard"], d.reserved = true, e.Answer
			d.choose("reserveCard", verb)
			return number
		}
	}
	return ""
}

// freshPhone is a phone that finds nobody.
func (d *discoverer) freshPhone() string {
	const attempts = 20
	for range attempts {
		phone := d.maker.phone()
		if e := d.send(http.MethodGet, "/v1/card", "msisdn="+phone, nil); d.ok(e) && len(e.Answer.Body) == 0 {
			return phone
		}
	}
	return d.maker.phone()
}

// choose sets the verb of a method, when it is not the contract's.
func (d *discoverer) choose(methodID, verb string) {
	m, _ := contract.MethodByID(methodID)
	if m.Verb == verb {
		return
	}
	if d.profile.Verbs == nil {
		d.profile.Verbs = map[string]string{}
	}
	d.profile.Verbs[methodID] = verb
}

// optional are the methods that a host may leave out, with the version of the API
// that brought them, oldest first.
var optional = []string{"listUsers", "listUsersExtended", "submitQRCode", "issueCard", "submitPromoCode"}

// version finds out which optional methods there are, and so the version.
func (d *discoverer) version() {
	var there, missing, unclear []string
	for _, id := range optional {
		switch present, known := d.offers(id); {
		case !known:
			unclear = append(unclear, id)
		case present:
			there = append(there, id)
		default:
			missing = append(missing, id)
		}
	}
	last := koshelek.V100
	for _, id := range append(slices.Clone(there), unclear...) {
		if m, _ := contract.MethodByID(id); m.Since.AtLeast(last) {
			last = m.Since
		}
	}
	d.profile.Version = last
	d.note("version", len(unclear) == 0, last.String(), "%s", methodsSeen(there, missing, unclear))
	for _, id := range missing {
		if m, _ := contract.MethodByID(id); last.AtLeast(m.Since) {
			d.profile.Off = append(d.profile.Off, id)
		}
	}
	says, how := "nothing", "every optional method of that version is there"
	if len(d.profile.Off) > 0 {
		says, how = strings.Join(d.profile.Off, ", "), "calls of these methods are answered like those of a path or a verb that does not exist"
	}
	if len(unclear) > 0 {
		how = "the host refuses everything in one way, so that of " + strings.Join(unclear, ", ") + " nothing can be learnt from outside"
	}
	d.note("off", len(unclear) == 0, says, "%s", how)
}

func methodsSeen(there, missing, unclear []string) string {
	var parts []string
	for _, part := range []struct {
		what string
		ids  []string
	}{{"there", there}, {"not there", missing}, {"not clear, and so taken for there", unclear}} {
		if len(part.ids) > 0 {
			parts = append(parts, part.what+": "+strings.Join(part.ids, ", "))
		}
	}
	return "of the optional methods " + strings.Join(parts, "; ")
}

// offers reports whether there is an optional method. Writing ones get a body
// that is not JSON, so that nothing can come of the call.
func (d *discoverer) offers(id string) (present, known bool) {
	if d.tried[id] {
		return true, true
	}
	m, _ := d.profile.Method(id)
	var body []byte
	if m.Writes {
		body = []byte(`{`)
	}
	e := d.send(m.Verb, m.Path, "", body)
	answer := kind(e)
	switch {
	case d.ok(e) && !m.Writes:
		v := doc(e)
		return v != nil && v.Kind == document.Array, true
	case d.blind() && answer == d.nothing && statusOf(e) == http.StatusUnprocessableEntity:
		return false, false
	case d.absent(answer):
		return false, true
	}
	return m.Writes && answer != kind(d.send(http.MethodPatch, m.Path, "", []byte(`{`))), true
}

// verbs finds the verbs that writing did not show, by how the host refuses them
// on a card that does not exist.
func (d *discoverer) verbs() {
	for _, id := range []string{"reserveCard", "issueReservedCard", "updateUser"} {
		m, _ := contract.MethodByID(id)
		field := "verbs." + id
		switch verb, known := d.verbByRefusal(m); {
		case d.tried[id]:
			chosen, _ := d.profile.Method(id)
			d.note(field, true, chosen.Verb, "a call by it was processed")
		case id == "reserveCard":
			d.note(field, false, m.Verb+", until it is tried", "every call by the right verb reserves a number: let the discovery write")
		case known:
			d.choose(id, verb)
			d.note(field, true, verb, "on a card that does not exist it is refused in another way than PATCH, which no method has")
		default:
			d.note(field, false, m.Verb+", until it is tried", "the host refuses all verbs in one way: let the discovery write")
		}
	}
}

// verbByRefusal is the verb whose refusal is unlike that of one that no method
// has.
func (d *discoverer) verbByRefusal(m contract.Method) (verb string, known bool) {
	if d.tried[m.ID] || m.ID == "reserveCard" {
		return "", false
	}
	path := d.path(m.ID, d.maker.number())
	none := kind(d.send(http.MethodPatch, path, "", []byte(`{}`)))
	for _, verb := range append([]string{m.Verb}, m.AlsoVerbs...) {
		if answer := kind(d.send(verb, path, "", []byte(`{}`))); answer != none && !d.absent(answer) {
			return verb, true
		}
	}
	return "", false
}

// reserveForm looks at the number that was reserved.
func (d *discoverer) reserveForm() {
	if d.reserved == nil {
		d.note("reserveForm", false, string(contract.ReserveString)+", until a number is reserved", "let the discovery write")
		return
	}
	v, err := document.Parse(d.reserved.Body)
	if err == nil && v.Kind == document.Number {
		d.profile.ReserveForm = contract.ReserveDigits
	}
	if err != nil {
		d.note("reserveForm", false, "it is no JSON", "a number was reserved")
		return
	}
	d.note("reserveForm", true, string(d.profile.ReserveForm), "the reserved number is %s", v.Kind)
}

// offerWords are likely names of a card's offers.
var offerWords = []string{
	contract.DefaultOffersPath, "offers", "offer", "campaign", "promotions", "promotion", "promos", "promo", "actions", "coupons", "deals", "specials", "discounts",
}

// offersPath tries likely words.
func (d *discoverer) offersPath() {
	const field = "offersPath"
	number, none := d.card, "200"
	if number == "" {
		number = d.maker.number()
	}
	path := strings.TrimSuffix(d.path("listCampaigns", number), contract.DefaultOffersPath)
	none = kind(d.send(http.MethodGet, path+"nothing-of-the-kind", "", nil))
	for _, word := range offerWords {
		e := d.send(http.MethodGet, path+word, "", nil)
		v := doc(e)
		switch {
		case d.card != "" && d.ok(e) && v != nil && v.Kind == document.Array:
			d.offered(word, "it is answered with a list")
			return
		case d.card == "" && kind(e) != none && !d.absent(kind(e)):
			d.offered(word, "of a card that does not exist it is refused in another way than a word that means nothing")
			return
		}
	}
	if d.card == "" {
		d.note(field, false, contract.DefaultOffersPath+", until a card is looked at", "the host refuses all words in one way: let the discovery write, or name a card")
		return
	}
	d.profile.Off = append(d.profile.Off, "listCampaigns")
	d.note(field, false, "there are none, so that listCampaigns is off", "none of %s gives a list; when yours has another name, say so in offersPath and take listCampaigns out of off", strings.Join(offerWords, ", "))
}

func (d *discoverer) offered(word, how string) {
	d.profile.OffersPath = word
	d.note("offersPath", true, word, "%s", how)
}

// channels finds the values that show a customer's channels, by changing them.
func (d *discoverer) channels() {
	const field = "channelParams"
	switch {
	case !d.profile.Offers("listUsersExtended"):
		d.note(field, false, "nobody outside can see them", "there is no list of users with named values")
		return
	case d.customer == nil:
		d.note(field, false, "which values of getAllUsersExtended show them is not known", "it shows when they are changed: let the discovery write")
		return
	}
	names := []string{"sms", "email", "call", "push"}
	var states []map[string]string
	for denied := range names {
		allow := slices.Delete(slices.Clone(names), denied, denied+1)
		body := encode(map[string][]string{"allow": allow, "deny": {names[denied]}})
		if !d.ok(d.send(http.MethodPut, d.path("setChannels", d.customer.number), "", body)) {
			d.note(field, false, "they could not be changed", "the consents of the made-up customer were refused")
			return
		}
		states = append(states, valuesOf(doc(d.send(http.MethodGet, d.path("listUsersExtended", ""), "", nil)), d.customer.phone))
	}
	params, words := channelParams(names, states)
	if len(params) == 0 {
		d.note(field, false, "no value of getAllUsersExtended shows them", "each channel of the made-up customer was denied in turn")
		return
	}
	d.profile.ChannelParams = params
	d.note(field, true, inWords(params), "each channel of the made-up customer was denied in turn, and these values followed")
	if words["allow"] != "allow" || words["deny"] != "deny" {
		d.profile.ChannelValues = words
	}
	d.note("channelValues", true, inWords(words), "that is what they were")
	// Nobody writes to the made-up customer.
	d.send(http.MethodPut, d.path("setChannels", d.customer.number), "", encode(map[string][]string{"deny": names}))
}

// channelParams finds the value that is odd in the state in which one channel is
// denied, for each channel, and the words for both. What has not the same two
// words as the first one is left out.
func channelParams(channels []string, states []map[string]string) (params, words map[string]string) {
	params = map[string]string{}
	all := map[string]bool{}
	for _, state := range states {
		for name := range state {
			all[name] = true
		}
	}
	for _, name := range sorted(all) {
		for denied, channel := range channels {
			allow := states[(denied+1)%len(states)][name]
			follows := states[denied][name] != allow
			for other := range states {
				follows = follows && (other == denied || states[other][name] == allow)
			}
			found := map[string]string{"allow": allow, "deny": states[denied][name]}
			if follows && (words == nil || words["allow"] == found["allow"] && words["deny"] == found["deny"]) {
				params[channel], words = name, found
			}
		}
	}
	return params, words
}

func sorted[V any](m map[string]V) []string {
	var keys []string
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// inWords writes pairs for people.
func inWords(pairs map[string]string) string {
	var parts []string
	for _, key := range sorted(pairs) {
		parts = append(parts, fmt.Sprintf("%s is %q", key, pairs[key]))
	}
	return strings.Join(parts, ", ")
}

// extraFields gathers what the answers hold besides. Not every answer was seen,
// and those that were may have been short: so a card, an error or a list that has
// extra fields is agreed whole, and so is a list that was empty.
func (d *discoverer) extraFields() {
	seen, agreed := map[string]bool{}, map[string]bool{}
	lists := map[string]bool{"listPurchases[]": true, "listCampaigns[]": true, "listUsersExtended[]": true}
	for _, e := range d.seen {
		x := examine(d.profile, e)
		for _, place := range x.extras {
			whole, _, _ := strings.Cut(place, ".")
			seen[place], agreed[whole] = true, true
		}
		if x.known && x.doc != nil && len(x.doc.Items) > 0 {
			delete(lists, x.method.ID+"[]")
		}
	}
	if len(seen) == 0 {
		d.note("extraFields", true, "none; all are legal, and the profile says nothing of them", "no answer held a field that the contract does not name")
		return
	}
	maps.Copy(agreed, lists)
	d.profile.ExtraFields = sorted(agreed)
	d.note("extraFields", true, "answers hold "+strings.Join(sorted(seen), ", "),
		"the profile agrees to everything in %s; write the single fields instead to hear of others, or take the line out to hear of none", strings.Join(d.profile.ExtraFields, ", "))
}

// names tells of fields that seem to have another name. Whether that is agreed
// only the partner knows.
func (d *discoverer) names() {
	hints := map[string]bool{}
	for _, e := range d.seen {
		for _, f := range examine(d.profile, e).findings {
			if strings.HasPrefix(f.Excuse, `"fields"`) {
				hints[f.Excuse] = true
			}
		}
	}
	for _, hint := range sorted(hints) {
		d.note("fields", false, "a field is missing, perhaps for it has another name", "if that is agreed with Koshelek, the profile may say %s", hint)
	}
}

package contract

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"koshelek-adapter/conformance/document"
	"koshelek-adapter/schema/koshelek"
)

// profileFile is a partner's profile as it is written down.
type profileFile struct {
	Name               string            `json:"name,omitempty"`
	Version            string            `json:"version,omitempty"`
	Off                []string          `json:"off,omitempty"`
	Verbs              map[string]string `json:"verbs,omitempty"`
	ReserveForm        ReserveForm       `json:"reserveForm,omitempty"`
	OffersPath         string            `json:"offersPath,omitempty"`
	PromoFields        map[string]string `json:"promoFields,omitempty"`
	UnauthorizedStatus int               `json:"unauthorizedStatus,omitempty"`
	Semicolon          Semicolon         `json:"semicolon,omitempty"`
	Blocked            Blocked           `json:"blocked,omitempty"`
	Email              Email             `json:"email,omitempty"`
	ChannelParams      map[string]string `json:"channelParams,omitempty"`
	ChannelValues      map[string]string `json:"channelValues,omitempty"`
	Fields             map[string]string `json:"fields,omitempty"`
	ExtraFields        []string          `json:"extraFields,omitzero"`
	Connections        Connections       `json:"connections,omitempty"`
	AnswerLimit        string            `json:"answerLimit,omitempty"`
	Settle             string            `json:"settle,omitempty"`
	Deviations         []deviationFile   `json:"deviations,omitempty"`
	Data               *Data             `json:"data,omitempty"`
}

type deviationFile struct {
	Rule    string `json:"rule"`
	Reason  string `json:"reason"`
	Until   string `json:"until,omitempty"`
	Lasting bool   `json:"lasting,omitempty"`
}

// ErrProfile is the error of a profile file that cannot be one; its text names
// every fault.
var ErrProfile = errors.New("bad profile")

// ParseProfile reads a profile file. What it does not say is as in
// [DefaultProfile]. Unknown fields, fields that stand twice and values that
// cannot be are refused, all at once. known tells which rules a deviation may
// name.
func ParseProfile(text []byte, known func(rule string) bool) (Profile, error) {
	doc, err := document.Parse(text)
	var syntax *document.SyntaxError
	if errors.As(err, &syntax) {
		return Profile{}, fmt.Errorf("%w: it is not JSON: %s (line %d)", ErrProfile, syntax.What, line(text, syntax.At))
	}
	if err != nil {
		return Profile{}, fmt.Errorf("%w: %w", ErrProfile, err)
	}
	var wrong faults
	wrong.form("", doc, reflect.TypeFor[profileFile]())
	if len(wrong) > 0 {
		return Profile{}, wrong.error(text, doc)
	}
	var file profileFile
	if err := json.Unmarshal(text, &file); err != nil {
		return Profile{}, fmt.Errorf("%w: %w", ErrProfile, err) // form has looked at all
	}
	p, wrong := file.profile(known)
	if len(wrong) > 0 {
		return Profile{}, wrong.error(text, doc)
	}
	return p, nil
}

// line is the number of the line of a text in which a byte stands.
func line(text []byte, at int) int { return 1 + bytes.Count(text[:at], []byte("\n")) }

// error names the faults, each with the line of the field that it begins with.
func (f faults) error(text []byte, doc *document.Value) error {
	lines := map[string]int{}
	doc.Walk(func(place string, v *document.Value) bool {
		lines[place] = line(text, v.At)
		return true
	})
	var all strings.Builder
	for _, fault := range f {
		place, _, _ := strings.Cut(fault, ": ")
		all.WriteString("\n  " + fault)
		if at := lines[place]; at > 0 {
			fmt.Fprintf(&all, " (line %d)", at)
		}
	}
	return fmt.Errorf("%w:%s", ErrProfile, all.String())
}

// kinds are the kinds of JSON values that fields of a profile are.
var kinds = map[reflect.Kind]document.Kind{
	reflect.String: document.String, reflect.Bool: document.Bool, reflect.Int: document.Number, reflect.Slice: document.Array,
	reflect.Map: document.Object, reflect.Struct: document.Object,
}

// form looks at the values of a profile file, which must be of the kinds of a
// type, and at the keys, which must be those of the type, to the letter and once
// each.
func (f *faults) form(place string, v *document.Value, t reflect.Type) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if want := kinds[t.Kind()]; v.Kind != want {
		subject := cmp.Or(place, "the profile")
		f.check(v.Kind != document.Null, "%s: it is null; leave it out instead", subject)
		f.check(v.Kind == document.Null, "%s: it is %s, and must be %s", subject, v.Kind, want)
		return
	}
	if t.Kind() == reflect.Int {
		_, err := strconv.ParseInt(v.Text, 10, 32)
		f.check(err == nil, "%s: it is no whole number of a usual size", place)
	}
	for i, item := range v.Items {
		f.form(fmt.Sprintf("%s[%d]", place, i), item, t.Elem())
	}
	seen := map[string]bool{}
	for _, m := range v.Members {
		at := strings.TrimPrefix(place+"."+m.Key, ".")
		f.check(!seen[m.Key], "%s: it stands twice", at)
		seen[m.Key] = true
		member, known := memberType(t, m.Key)
		if f.check(known, "%s: a profile has no such field", at); known {
			f.form(at, m.Value, member)
		}
	}
}

// memberType is the type of what stands behind a key of a map or a struct.
func memberType(t reflect.Type, key string) (reflect.Type, bool) {
	if t.Kind() == reflect.Map {
		return t.Elem(), true
	}
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); name == key {
			return t.Field(i).Type, true
		}
	}
	return nil, false
}

// Encode writes a profile as a file that says what differs from
// [DefaultProfile].
func (p Profile) Encode() []byte {
	d := DefaultProfile(p.Version)
	file := profileFile{
		Version: p.Version.String(), Name: unless(d.Name, p.Name), Off: p.Off, Verbs: p.Verbs, ReserveForm: unless(d.ReserveForm, p.ReserveForm),
		OffersPath: unless(d.OffersPath, p.OffersPath), PromoFields: p.PromoFields, UnauthorizedStatus: unless(d.UnauthorizedStatus, p.UnauthorizedStatus),
		Semicolon: unless(d.Semicolon, p.Semicolon), Blocked: unless(d.Blocked, p.Blocked), Email: unless(d.Email, p.Email), ChannelParams: p.ChannelParams, ChannelValues: p.ChannelValues,
		Fields: p.Fields, ExtraFields: p.ExtraFields, Connections: unless(d.Connections, p.Connections),
	}
	if p.AnswerLimit != d.AnswerLimit {
		file.AnswerLimit = p.AnswerLimit.String()
	}
	if p.Settle > 0 {
		file.Settle = p.Settle.String()
	}
	for _, deviation := range p.Deviations {
		written := deviationFile{Rule: deviation.Rule, Reason: deviation.Reason, Lasting: deviation.Lasts()}
		if !deviation.Lasts() {
			written.Until = deviation.Until.Format(time.DateOnly)
		}
		file.Deviations = append(file.Deviations, written)
	}
	if !reflect.ValueOf(p.Data).IsZero() {
		file.Data = &p.Data
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(file); err != nil {
		panic(err) // texts and numbers always encode
	}
	return out.Bytes()
}

// unless gives a value, or nothing when it is the usual one.
func unless[T comparable](usual, value T) T {
	var none T
	if value == usual {
		return none
	}
	return value
}

// faults gathers what is wrong with a profile.
type faults []string

func (f *faults) check(ok bool, format string, args ...any) {
	if !ok {
		*f = append(*f, fmt.Sprintf(format, args...))
	}
}

var pathSegment = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// profile gives the profile, or what is wrong with it.
func (file profileFile) profile(known func(rule string) bool) (p Profile, wrong faults) {
	version := koshelek.V130
	if file.Version != "" {
		var err error
		version, err = koshelek.ParseVersion(file.Version)
		wrong.check(err == nil, "version: %q is none of 1.0.0, 1.1.0, 1.2.0, 1.3.0", file.Version)
	}
	p = DefaultProfile(version)
	set(&p.Name, file.Name)
	set(&p.ReserveForm, file.ReserveForm)
	set(&p.OffersPath, file.OffersPath)
	set(&p.UnauthorizedStatus, file.UnauthorizedStatus)
	set(&p.Semicolon, file.Semicolon)
	set(&p.Blocked, file.Blocked)
	set(&p.Email, file.Email)
	set(&p.Connections, file.Connections)
	p.Off, p.Verbs, p.PromoFields, p.ChannelParams, p.ChannelValues = file.Off, file.Verbs, file.PromoFields, file.ChannelParams, file.ChannelValues
	p.Fields, p.ExtraFields = file.Fields, file.ExtraFields
	p.AnswerLimit = wrong.span("answerLimit", file.AnswerLimit, p.AnswerLimit)
	p.Settle = wrong.span("settle", file.Settle, 0)
	p.Deviations = wrong.deviations(file.Deviations, known)
	if file.Data != nil {
		p.Data = *file.Data
	}
	wrong.values(p)
	wrong.methods(p)
	wrong.channels(p)
	wrong.places(p)
	wrong.data(p.Data)
	return p, wrong
}

func set[T comparable](into *T, value T) {
	var zero T
	if value != zero {
		*into = value
	}
}

func (f *faults) span(name, text string, fallback time.Duration) time.Duration {
	if text == "" {
		return fallback
	}
	span, err := time.ParseDuration(text)
	f.check(err == nil && span >= 0 && span <= LongestLimit, "%s: %q is no time span of at most 10m, such as 500ms or 5s", name, text)
	return span
}

func (f *faults) deviations(files []deviationFile, known func(rule string) bool) []Deviation {
	var all []Deviation
	for i, d := range files {
		f.check(known(d.Rule), "deviations[%d].rule: there is no rule %q", i, d.Rule)
		f.check(strings.TrimSpace(d.Reason) != "", "deviations[%d].reason: say why", i)
		until := f.lastDay(i, d)
		twice := slices.ContainsFunc(all, func(other Deviation) bool { return other.Rule == d.Rule })
		f.check(!twice, "deviations[%d].rule: %s stands twice", i, d.Rule)
		all = append(all, Deviation{d.Rule, d.Reason, until})
	}
	return all
}

// lastDay is the last day of a deviation, zero for one that lasts.
func (f *faults) lastDay(i int, d deviationFile) time.Time {
	if d.Lasting {
		f.check(d.Until == "", "deviations[%d].until: a lasting deviation has no last day", i)
		return time.Time{}
	}
	until, err := time.Parse(time.DateOnly, d.Until)
	f.check(err == nil, "deviations[%d].until: %q is no day as YYYY-MM-DD; a deviation needs a last day, or \"lasting\": true", i, d.Until)
	return until
}

func (f *faults) values(p Profile) {
	f.check(len(p.Name) <= 100, "name: at most 100 bytes")
	f.check(slices.Contains([]ReserveForm{ReserveString, ReserveDigits, ReserveEither}, p.ReserveForm), "reserveForm: string, digits or either")
	f.check(slices.Contains([]Semicolon{SemicolonEither, SemicolonNever, SemicolonAlways}, p.Semicolon), "semicolon: either, never or always")
	f.check(slices.Contains([]Blocked{BlockedError, BlockedInactive, BlockedEither}, p.Blocked), "blocked: error, inactive or either")
	f.check(slices.Contains([]Email{EmailHint, EmailRefuse, EmailIdentity, EmailEither}, p.Email), "email: hint, refuse, identity or either")
	f.check(slices.Contains([]Connections{ConnectionsKept, ConnectionsClosed}, p.Connections), "connections: kept or closed")
	f.check(p.UnauthorizedStatus == http.StatusUnauthorized || p.UnauthorizedStatus == http.StatusUnprocessableEntity, "unauthorizedStatus: 401 or 422")
	f.check(pathSegment.MatchString(p.OffersPath) && p.OffersPath != "purchases" && p.OffersPath != "communication",
		"offersPath: one segment of letters, digits, _ and -, and not that of another method")
	f.check(p.AnswerLimit > 0, "answerLimit: more than nothing")
}

func (f *faults) methods(p Profile) {
	for _, id := range p.Off {
		m, known := MethodByID(id)
		f.check(known, "off: there is no method %q", id)
		f.check(!known || m.Optional, "off: %s is not optional", id)
	}
	for _, id := range sortedKeys(p.Verbs) {
		m, known := MethodByID(id)
		f.check(known, "verbs: there is no method %q", id)
		f.check(!known || p.Verbs[id] == m.Verb || slices.Contains(m.AlsoVerbs, p.Verbs[id]),
			"verbs.%s: %q is none of %s", id, p.Verbs[id], strings.Join(append([]string{m.Verb}, m.AlsoVerbs...), ", "))
	}
	for _, name := range sortedKeys(p.PromoFields) {
		f.check(slices.Contains([]string{"cardNumber", "msisdn", "qrCode", "code"}, name), "promoFields: the promo bodies have no field %q", name)
		f.check(p.PromoFields[name] != "", "promoFields.%s: say how it is called", name)
	}
	for _, code := range []string{"qrCode", "code"} {
		names := map[string]bool{}
		for _, name := range []string{"cardNumber", "msisdn", code} {
			f.check(!names[p.PromoField(name)], "promoFields: two fields of one body are called %q", p.PromoField(name))
			names[p.PromoField(name)] = true
		}
	}
}

func (f *faults) channels(p Profile) {
	for _, channel := range sortedKeys(p.ChannelParams) {
		f.check(slices.Contains([]string{"sms", "email", "call", "push"}, channel), "channelParams: there is no channel %q", channel)
	}
	for _, state := range sortedKeys(p.ChannelValues) {
		f.check(slices.Contains([]string{"allow", "deny"}, state), "channelValues: there is no state %q, but allow and deny", state)
	}
	f.check(p.ChannelValue("allow") != p.ChannelValue("deny"), "channelValues: allow and deny are both %q", p.ChannelValue("allow"))
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

var phoneDigits = regexp.MustCompile(`^[1-9][0-9]{6,14}$`)

func (f *faults) data(d Data) {
	for _, named := range []struct {
		name string
		card *KnownCard
	}{{"card", d.Card}, {"blocked", d.Blocked}, {"several", d.Several}} {
		if named.card == nil {
			continue
		}
		f.check(phoneDigits.MatchString(named.card.Phone), "data.%s.phone: 7 to 15 digits with the country code", named.name)
		f.check(named.card.CardNumber != "" || named.name == "several", "data.%s.cardNumber: is missing", named.name)
	}
	f.check(!slices.Contains(d.Pool, "") && !slices.Contains(d.Plastic, ""), "data.pool, data.plastic: no empty numbers")
	f.check(len(d.LimitedCodes) == 0 || len(d.LimitedCodes) >= 3 && d.CodeUses > 0 && d.CodeUses <= 20, "data.limitedCodes: three codes or none, and in data.codeUses how many cards may use each, 1 to 20")
	if d.PersonalOffer != nil {
		f.check(d.PersonalOffer.CardNumber != "" && d.PersonalOffer.OfferID != "", "data.personalOffer: needs cardNumber and offerId")
	}
}

package wallet

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"koshelek-adapter/schema/koshelek"
)

// generator makes the scenario of one user.
type generator struct {
	o        Options
	user     int
	rng      *rand.Rand
	versions []koshelek.Version
	scenario Scenario
	// later holds repeats until their step comes.
	later map[int][]Send
	// steps of the opening are not overtaken, since all others need the card.
	opening  int
	serial   int
	codes    int
	contests int
}

func newGenerator(o Options, user int) *generator {
	return &generator{
		o: o, user: user, rng: dice(o.Seed, user), versions: o.versions(), later: map[int][]Send{},
		scenario: Scenario{Phone: o.phone(user)},
	}
}

func (o Options) phone(user int) string { return strconv.FormatInt(o.FirstPhone+int64(user), 10) }

// generate makes a scenario of exactly n requests.
func (t *generator) generate(n int) Scenario {
	t.open()
	t.opening = len(t.scenario.Steps)
	for wishes := 1; t.scenario.Sends() < n; wishes++ {
		if wishes%contestEvery == 0 {
			t.compete()
			continue
		}
		in := t.next()
		t.add(in)
		if in.Kind == Update && t.rng.Float64() < t.o.Repeat {
			t.beside(in)
		}
	}
	t.overtake()
	t.cut(n)
	t.markRepeats()
	return t.scenario
}

// open is how a user comes by a card: look for one, then issue one by the way
// that the app's version knows.
func (t *generator) open() {
	t.add(Intent{Kind: Find})
	profile := t.holder()
	if t.version() < koshelek.V120 || t.o.leavesOut(Issue) {
		t.add(Intent{Kind: Reserve})
		t.add(Intent{Kind: IssueReserved, Profile: profile})
		return
	}
	t.add(Intent{Kind: Issue, Version: koshelek.V120.String(), Profile: profile})
}

// holder is the profile of an issue. Its fields never change afterwards, so that
// a late copy of the issue says nothing new.
func (t *generator) holder() *koshelek.User {
	names := []koshelek.Text{"Anna", "Борис", "Zoë", "Ильдар", "Мария-Луиза", "O'Neil"}
	sexes := []koshelek.Text{"f", "m", "female", "м", "Ж", ""}
	which := t.user % len(names)
	return &koshelek.User{
		Phone: koshelek.Text(t.scenario.Phone), Firstname: names[which], Sex: sexes[which],
		BirthDate: koshelek.Text(fmt.Sprintf("19%02d-%02d-%02d", 60+t.user%40, 1+t.user%12, 1+t.user%28)),
	}
}

func (t *generator) version() koshelek.Version { return t.versions[t.rng.IntN(len(t.versions))] }

// wish is a kind of call with its weight and the version that it came with.
type wish struct {
	kind   Kind
	weight int
	since  koshelek.Version
}

// day is what users do once they have a card.
var day = []wish{
	{Look, 22, koshelek.V100}, {Find, 12, koshelek.V100}, {FindEmail, 5, koshelek.V100},
	{Update, 14, koshelek.V100}, {Consents, 10, koshelek.V100}, {Scan, 16, koshelek.V110},
	{Redeem, 4, koshelek.V130}, {BadCode, 1, koshelek.V130},
	{History, 5, koshelek.V100}, {Offers, 4, koshelek.V100}, {BadCard, 1, koshelek.V100},
	{Issue, 3, koshelek.V120}, {Torn, 1, koshelek.V100},
}

// next chooses what the user does by the weights, among what the app's version
// knows and the run allows.
func (t *generator) next() Intent {
	for {
		version, total := t.version(), 0
		for _, w := range day {
			total += w.weight
		}
		at := t.rng.IntN(total)
		for _, w := range day {
			if at -= w.weight; at < 0 {
				if in, fits := t.intent(w, version); fits {
					return in
				}
				break
			}
		}
	}
}

func (t *generator) intent(w wish, version koshelek.Version) (Intent, bool) {
	in := Intent{Kind: w.kind, Version: version.String()}
	if !version.AtLeast(w.since) || t.o.leavesOut(w.kind) {
		return in, false
	}
	t.serial++
	switch w.kind {
	case Update, Torn:
		in.Profile = t.update()
		return in, w.kind == Update || t.o.Lose > 0
	case FindEmail:
		in.Email = t.email(t.rng.IntN(t.serial))
	case Consents:
		in.Channels = t.channels()
	case Scan:
		in.Receipt = t.receipt(t.user, t.serial)
	case Redeem:
		if t.codes >= len(t.o.Codes) {
			return in, false
		}
		in.Code = t.o.Codes[t.codes]
		t.codes++
	case BadCode:
		in.Code = fmt.Sprintf("NO-SUCH-CODE-%d-%d", t.user, t.serial)
	case Issue:
		in.Profile = t.holder()
	}
	return in, true
}

// email is the address of the user's n-th wish; no two users share one.
func (t *generator) email(n int) string {
	return fmt.Sprintf("u%s-%d@%s", t.scenario.Phone, n, t.o.EmailDomain)
}

// update changes fields to values that no other update has.
func (t *generator) update() *koshelek.User {
	u := &koshelek.User{Surname: koshelek.Text(fmt.Sprintf("Сурин-%d-%d", t.user, t.serial))}
	if t.rng.IntN(2) == 0 {
		u.Email = koshelek.Text(t.email(t.serial))
	}
	if t.rng.IntN(3) == 0 {
		u.Patronymic = koshelek.Text(fmt.Sprintf("Patron %d.%d", t.user, t.serial))
	}
	if t.rng.IntN(3) == 0 {
		u.Locality = koshelek.Text(fmt.Sprintf("Town %d.%d", t.user, t.serial))
	}
	return u
}

// beside sends an update of other fields at the same moment as the one before:
// both must stand afterwards.
func (t *generator) beside(before Intent) {
	t.serial++
	other := &koshelek.User{}
	if before.Profile.Locality == "" {
		other.Locality = koshelek.Text(fmt.Sprintf("Town %d.%d", t.user, t.serial))
	}
	if before.Profile.Patronymic == "" {
		other.Patronymic = koshelek.Text(fmt.Sprintf("Patron %d.%d", t.user, t.serial))
	}
	if *other == (koshelek.User{}) {
		return
	}
	t.scenario.Intents = append(t.scenario.Intents, Intent{Kind: Update, Version: before.Version, Profile: other})
	at := len(t.scenario.Intents) - 1
	// The step of the update may have steps behind it that ask again for dropped answers.
	for i := len(t.scenario.Steps) - 1; i >= 0; i-- {
		for _, s := range t.scenario.Steps[i] {
			if s.Intent == at-1 && !s.Repeat {
				t.scenario.Steps[i] = append(t.scenario.Steps[i], Send{Intent: at, Fate: Answered})
				return
			}
		}
	}
}

func (t *generator) channels() *koshelek.Channels {
	c := &koshelek.Channels{Allow: koshelek.Texts{}, Deny: koshelek.Texts{}}
	for _, name := range []koshelek.Text{koshelek.ChannelSMS, koshelek.ChannelEmail, koshelek.ChannelCall, koshelek.ChannelPush} {
		switch t.rng.IntN(3) {
		case 0:
			c.Allow = append(c.Allow, name)
		case 1:
			c.Deny = append(c.Deny, name)
		}
	}
	return c
}

// receipt names a receipt by the run's phones, so that runs with other phones
// have other receipts.
func (t *generator) receipt(user, serial int) *Receipt {
	return &Receipt{
		FN: fmt.Sprintf("99%014d", t.o.FirstPhone+int64(user)), I: serial,
		FP: dice(t.o.Seed^0x5eed, user*1_000_003+serial).Uint32(), MinutesBefore: 24*60 + serial%(24*60),
	}
}

// contestEvery is after how many wishes a receipt comes that the neighbour sends
// too: at the same place of both scenarios, so that the two meet.
const contestEvery = 20

// compete sends a receipt that the neighbour sends too: users 0 and 1 share some,
// 2 and 3, and so on. The last of an odd number has no neighbour.
func (t *generator) compete() {
	pair, version := t.user/2*2, t.versions[len(t.versions)-1]
	if pair+1 >= t.o.Users || !version.AtLeast(koshelek.V110) || t.o.leavesOut(Contest) {
		return
	}
	t.contests++
	t.add(Intent{Kind: Contest, Version: version.String(), Receipt: t.receipt(pair, 1_000_000+t.contests)})
}

// jitter is a wait that lets calls overtake each other or not.
func (t *generator) jitter() time.Duration {
	return time.Duration(t.rng.IntN(3000)) * time.Microsecond
}

package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/document"
)

// unknown stands in an excuse for what the suite does not know.
const unknown = "…"

// excuseDays is how long a deviation that an excuse proposes lasts.
const excuseDays = 90

// wouldExcuse is the line of a profile that would make a choice of the partner of
// what the check calls broken. Where no line says just that, it is a deviation.
func (c *check) wouldExcuse() string {
	known := func(d contract.Deviation) bool { return d.Rule == c.rule.ID && !d.Over(c.options.Clock()) }
	if slices.ContainsFunc(c.profile.Deviations, known) {
		return "" // it is excused
	}
	if line := c.choice(); line != "" {
		return line
	}
	return c.deviation()
}

// deviation is the line that excuses the rule for some time.
func (c *check) deviation() string {
	until := c.options.Clock().UTC().AddDate(0, 0, excuseDays).Format(time.DateOnly)
	return fmt.Sprintf(`"deviations": [{"rule": %q, "reason": "%s", "until": %q}]`, c.rule.ID, unknown, until)
}

// choice is the line of a profile that chooses what the host does, "" when there
// is none.
func (c *check) choice() string {
	if c.rule.EveryAnswer() {
		return c.everyAnswerChoice()
	}
	wrong := c.lastWrong()
	if of := choices[c.rule.ID]; of != nil {
		return of(c, wrong)
	}
	if wrong.Answer == nil {
		return ""
	}
	m, _, known := c.profile.MatchPath(wrong.Request.Method, wrong.Request.Path)
	if !known {
		return ""
	}
	c.presumed = m.ID
	return absent(m, wrong.Answer.Status)
}

// settleExcuses takes back the excuses that presume that the host does not know a
// method of which another check's call was processed.
func (r *run) settleExcuses() {
	for _, s := range r.report.Scenarios {
		for i := range s.Checks {
			if c := &s.Checks[i]; c.presumed != "" && r.tally.taken[c.presumed] && c.Excuse != "" {
				c.Excuse = c.deviation
			}
		}
	}
}

// everyAnswerChoice is what the answers of the whole run leave to choose.
func (c *check) everyAnswerChoice() string {
	line := c.tally.of(c.rule.ID).excuse
	if !strings.HasPrefix(line, extraFields) {
		return line
	}
	all := slices.Clone(c.profile.ExtraFields)
	for _, place := range slices.Sorted(maps.Keys(c.tally.extras)) {
		if !c.profile.Agreed(place) {
			all = append(all, place)
		}
	}
	return extraFields + list(all)
}

// extraFields begins the line that agrees to extra fields.
const extraFields = `"extraFields": `

// lastWrong is the last call in whose answer something is wrong, an empty one
// when there is none.
func (c *check) lastWrong() Exchange {
	for _, rec := range slices.Backward(c.records) {
		if rec.wrong != "" {
			return rec.exchange
		}
	}
	return Exchange{}
}

// absent is what a profile may say of a method of which no call was processed.
func absent(m contract.Method, status int) string {
	off := fmt.Sprintf(`"off": [%q]`, m.ID)
	switch {
	case m.ID == "listCampaigns":
		return `"offersPath": "` + unknown + `", or ` + off
	case strings.HasPrefix(m.Path, "/v1/promo/") && status == http.StatusUnprocessableEntity:
		return fmt.Sprintf(`"promoFields": {%q: "%s"}, or %s`, lastField(m), unknown, off)
	case m.Optional:
		return off
	}
	for _, verb := range m.AlsoVerbs {
		return fmt.Sprintf(`"verbs": {%q: %q}`, m.ID, verb)
	}
	return ""
}

// lastField is the contract's name of what a promo method is sent for.
func lastField(m contract.Method) string {
	original, _ := contract.MethodByID(m.ID)
	return original.Body[len(original.Body)-1].Name
}

// choices are the rules that a line of the profile turns, with what that line has
// to say. The exchange is the last wrong one, nil for none.
var choices = map[string]func(c *check, wrong Exchange) string{
	"auth.status": func(_ *check, wrong Exchange) string {
		if status := statusOf(wrong); status == http.StatusUnauthorized || status == http.StatusUnprocessableEntity {
			return fmt.Sprintf(`"unauthorizedStatus": %d`, status)
		}
		return ""
	},
	"reserve.form": func(_ *check, wrong Exchange) string {
		if wrong.Answer == nil {
			return ""
		}
		return reserveChoice(document.Parse(wrong.Answer.Body))
	},
	"blocked.find": func(c *check, wrong Exchange) string {
		x := examine(c.profile, wrong)
		switch {
		case x.doc.Leaf("card", "cardState") == "inactive":
			return `"blocked": "inactive"`
		case statusOf(wrong) == http.StatusUnprocessableEntity:
			return `"blocked": "error"`
		}
		return ""
	},
	"find.stranger-phone": func(_ *check, wrong Exchange) string {
		switch status := statusOf(wrong); {
		case status == http.StatusUnprocessableEntity:
			return `"email": "refuse"`
		case status == http.StatusOK && len(wrong.Answer.Body) == 0:
			return `"email": "hint"`
		case status == http.StatusOK:
			return `"email": "identity"`
		}
		return ""
	},
	"channels.effect":    channelChoice,
	"channels.keep":      channelChoice,
	"channels.deny-wins": channelChoice,
	"timing.each":        func(_ *check, wrong Exchange) string { return limitChoice(wrong.Took) },
	"timing.usual": func(c *check, _ Exchange) string {
		var took []time.Duration
		for _, some := range c.tally.took {
			took = append(took, some...)
		}
		return limitChoice(4 * time.Duration(timing("", took).P95))
	},
	"timing.keep-alive": func(*check, Exchange) string { return `"connections": "closed"` },
}

func statusOf(e Exchange) int {
	if e.Answer == nil {
		return 0
	}
	return e.Answer.Status
}

func reserveChoice(doc *document.Value, err error) string {
	switch {
	case err != nil:
		return ""
	case doc.Kind == document.Number:
		return `"reserveForm": "digits"`
	case doc.Kind == document.String && doc.Text != "":
		return `"reserveForm": "string"`
	}
	return ""
}

// limitChoice is a limit that a time would have kept, in whole seconds.
func limitChoice(took time.Duration) string {
	limit := took.Truncate(time.Second) + time.Second
	if limit > contract.LongestLimit {
		return ""
	}
	return fmt.Sprintf(`"answerLimit": %q`, limit)
}

// channelChoice names the words by which the host shows states, when they are
// none of the profile's.
func channelChoice(c *check, wrong Exchange) string {
	if wrong.Answer == nil {
		return ""
	}
	doc, err := document.Parse(wrong.Answer.Body)
	if err != nil {
		return ""
	}
	for _, user := range c.profile.Canonical("listUsersExtended", doc).Items {
		for name, value := range valuesOf(&document.Value{Items: []*document.Value{user}}, user.Leaf("phone")) {
			for _, shown := range c.profile.ChannelParams {
				if name == shown && value != "" && value != c.profile.ChannelValue("allow") && value != c.profile.ChannelValue("deny") {
					return fmt.Sprintf(`"channelValues": {"allow": "%s", "deny": "%s"}`, unknown, unknown)
				}
			}
		}
	}
	return ""
}

// list writes texts as JSON does.
func list(texts []string) string {
	text, err := json.Marshal(texts)
	if err != nil {
		panic(err) // texts always encode
	}
	return strings.ReplaceAll(string(text), `","`, `", "`)
}

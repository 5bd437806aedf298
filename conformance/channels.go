package conformance

import (
	"fmt"

	"koshelek-adapter/conformance/contract"
)

func channelRules() []ruled {
	m := []string{"setChannels"}
	return []ruled{
		{
			Rule: contract.Rule{ID: "channels.set", Text: "Allowed and denied channels are taken with 200 and an empty body.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major, Methods: m, Writes: true},
			check: withFresh(func(c *check, p *customer) {
				c.setChannels(p, "allow two, deny two", []string{"sms", "push"}, []string{"email", "call"})
			}),
			faults: []Fault{{Name: "channels-refused", Breaks: "Channels cannot be set"}},
		},
		{
			Rule: contract.Rule{ID: "channels.one-list", Text: "Either list may be absent or empty.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Minor, Methods: m, Writes: true},
			check: withFresh(func(c *check, p *customer) {
				c.setChannels(p, "allow alone", []string{"sms"}, nil)
				c.setChannels(p, "deny alone", nil, []string{"email"})
				c.setChannels(p, "an empty list beside another", []string{}, []string{"call"})
			}),
			faults: []Fault{{Name: "channels-need-both-lists", Breaks: "Both lists of channels have to be there"}},
		},
		{
			Rule: contract.Rule{ID: "channels.unknown-ignored", Text: "Channels that the host does not know are ignored.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Minor, Methods: m, Writes: true},
			check: withFresh(func(c *check, p *customer) {
				c.setChannels(p, "a channel that nobody knows", []string{"sms", "pigeon"}, []string{"telepathy"})
			}),
			faults: []Fault{{Name: "unknown-channel-refused", Breaks: "A channel that nobody knows is refused"}},
		},
		{
			Rule: contract.Rule{ID: "channels.both-lists", Text: "A channel in both lists is taken.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Minor, Methods: m, Writes: true},
			check: withFresh(func(c *check, p *customer) {
				c.setChannels(p, "one channel in both lists", []string{"sms", "email"}, []string{"sms"})
			}),
			faults: []Fault{{Name: "channel-in-both-refused", Breaks: "A channel in both lists is refused"}},
		},
		{
			Rule: contract.Rule{ID: "channels.unknown-card", Text: "Channels of an unknown card are answered with 422.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m, Writes: true},
			check: func(c *check) {
				c.send(c.channelsCall("channels of a card that nobody has", c.maker.number(), []string{"sms"}, nil)).refused()
			},
			faults: []Fault{{Name: "channels-of-unknown-card", Breaks: "Channels of an unknown card are a success"}},
		},
		{
			Rule: contract.Rule{ID: "channels.effect", Text: "What is allowed is stored as allowed and what is denied as denied.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Critical, Methods: []string{"setChannels", "listUsersExtended"}, Writes: true},
			check: withFresh(func(c *check, p *customer) {
				c.setChannels(p, "allow sms, deny email", []string{"sms"}, []string{"email"})
				c.channelsAre(p, map[string]string{"sms": "allow", "email": "deny"})
				c.setChannels(p, "the other way round", []string{"email"}, []string{"sms"})
				c.channelsAre(p, map[string]string{"sms": "deny", "email": "allow"})
			}),
			faults: []Fault{
				{Name: "allow-and-deny-mixed-up", Breaks: "What is allowed is denied, and the other way round"},
				{Name: "channels-forgotten", Breaks: "Channels are confirmed and not stored"},
			},
		},
		{
			Rule: contract.Rule{ID: "channels.keep", Text: "A channel in neither list keeps its state.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Critical, Methods: []string{"setChannels", "listUsersExtended"}, Writes: true},
			check: withFresh(func(c *check, p *customer) {
				c.setChannels(p, "allow sms, deny email", []string{"sms"}, []string{"email"})
				c.setChannels(p, "deny calls alone", nil, []string{"call"})
				c.channelsAre(p, map[string]string{"sms": "allow", "email": "deny", "call": "deny"})
			}),
			faults: []Fault{{Name: "channels-reset", Breaks: "A channel in neither list loses its state"}},
		},
		{
			Rule: contract.Rule{ID: "channels.deny-wins", Text: "A channel in both lists is denied.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Critical, Methods: []string{"setChannels", "listUsersExtended"}, Writes: true},
			check: withFresh(func(c *check, p *customer) {
				c.setChannels(p, "sms in both lists", []string{"sms"}, []string{"sms"})
				c.channelsAre(p, map[string]string{"sms": "deny"})
			}),
			faults: []Fault{{Name: "allow-wins", Breaks: "A channel in both lists is allowed"}},
		},
	}
}

// setChannels expects that channels are taken with an empty answer.
func (c *check) setChannels(p *customer, title string, allow, deny []string) {
	c.send(c.channelsCall(title, p.number, allow, deny)).done()
}

// channelsAre expects states of channels among the values that
// getAllUsersExtended tells of a customer. Channels that the profile does not
// name are not looked at.
func (c *check) channelsAre(p *customer, want map[string]string) {
	r := c.send(c.on("see what is stored", "listUsersExtended", ""))
	values := valuesOf(r.doc, p.phone)
	for _, channel := range []string{"sms", "email", "call", "push"} {
		name, state := c.profile.ChannelParams[channel], want[channel]
		if name == "" || state == "" {
			continue
		}
		state = c.profile.ChannelValue(state)
		r.expect(values[name] == state, fmt.Sprintf("%s is %q", name, state), "%s is %q", name, shorten(values[name]))
	}
}

package conformance

import (
	"fmt"

	"koshelek-adapter/conformance/contract"
)

func channelRules() []ruled {
	m := []string{"setChannels"}
	rule := func(id, text string, severity contract.Severity) contract.Rule {
		return contract.Rule{ID: id, Text: text, Severity: severity, Mark: thirdParty, Source: fromPartner, Since: v100, Methods: m, Writes: true}
	}
	return []ruled{
		row(contract.Rule{ID: "channels.set", Text: "Allowed and denied channels are taken with 200 and an empty body.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major, Methods: m, Writes: true},
			withFresh(func(c *check, p *customer) {
				c.setChannels(p, "allow two, deny two", []string{"sms", "push"}, []string{"email", "call"})
			}),
			fault("channels-refused", "Channels cannot be set")),
		row(contract.Rule{ID: "channels.one-list", Text: "Either list may be absent or empty.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Minor, Methods: m, Writes: true},
			withFresh(func(c *check, p *customer) {
				c.setChannels(p, "allow alone", []string{"sms"}, nil)
				c.setChannels(p, "deny alone", nil, []string{"email"})
				c.setChannels(p, "an empty list beside another", []string{}, []string{"call"})
			}),
			fault("channels-need-both-lists", "Both lists of channels have to be there")),
		row(rule("channels.unknown-ignored", "Channels that the host does not know are ignored.", contract.Minor),
			withFresh(func(c *check, p *customer) {
				c.setChannels(p, "a channel that nobody knows", []string{"sms", "pigeon"}, []string{"telepathy"})
			}),
			fault("unknown-channel-refused", "A channel that nobody knows is refused")),
		row(rule("channels.both-lists", "A channel in both lists is taken.", contract.Minor),
			withFresh(func(c *check, p *customer) {
				c.setChannels(p, "one channel in both lists", []string{"sms", "email"}, []string{"sms"})
			}),
			fault("channel-in-both-refused", "A channel in both lists is refused")),
		row(rule("channels.unknown-card", "Channels of an unknown card are answered with 422.", contract.Major),
			func(c *check) {
				c.send(c.channelsCall("channels of a card that nobody has", c.maker.number(), []string{"sms"}, nil)).refused()
			},
			fault("channels-of-unknown-card", "Channels of an unknown card are a success")),
		row(contract.Rule{ID: "channels.effect", Text: "What is allowed is stored as allowed and what is denied as denied.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Critical, Methods: []string{"setChannels", "listUsersExtended"}, Writes: true},
			withFresh(func(c *check, p *customer) {
				c.setChannels(p, "allow sms, deny email", []string{"sms"}, []string{"email"})
				c.channelsAre(p, map[string]string{"sms": "allow", "email": "deny"})
				c.setChannels(p, "the other way round", []string{"email"}, []string{"sms"})
				c.channelsAre(p, map[string]string{"sms": "deny", "email": "allow"})
			}),
			fault("allow-and-deny-mixed-up", "What is allowed is denied, and the other way round"),
			fault("channels-forgotten", "Channels are confirmed and not stored")),
		row(contract.Rule{ID: "channels.keep", Text: "A channel in neither list keeps its state.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Critical, Methods: []string{"setChannels", "listUsersExtended"}, Writes: true},
			withFresh(func(c *check, p *customer) {
				c.setChannels(p, "allow sms, deny email", []string{"sms"}, []string{"email"})
				c.setChannels(p, "deny calls alone", nil, []string{"call"})
				c.channelsAre(p, map[string]string{"sms": "allow", "email": "deny", "call": "deny"})
			}),
			fault("channels-reset", "A channel in neither list loses its state")),
		row(contract.Rule{ID: "channels.deny-wins", Text: "A channel in both lists is denied.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Critical, Methods: []string{"setChannels", "listUsersExtended"}, Writes: true},
			withFresh(func(c *check, p *customer) {
				c.setChannels(p, "sms in both lists", []string{"sms"}, []string{"sms"})
				c.channelsAre(p, map[string]string{"sms": "deny"})
			}),
			fault("allow-wins", "A channel in both lists is allowed")),
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

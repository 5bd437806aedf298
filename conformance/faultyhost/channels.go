package faultyhost

import (
	"fmt"
	"slices"
)

var channelNames = []string{"sms", "email", "call", "push"}

// channels is PUT /v1/card/{cardNumber}/communication.
func (h *Host) channels(c *call) (any, error) {
	body, err := c.read()
	if err != nil {
		return nil, err
	}
	allow, err := body.list("allow")
	if err != nil {
		return nil, err
	}
	deny, err := body.list("deny")
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	found, err := h.known(c)
	if err == nil {
		err = h.spoilLists(found, allow, deny)
	}
	if err != nil {
		return nil, err
	}
	if h.wrong("race-channels-twin-500") {
		if !h.enter(c.number) {
			return nil, brokenQuery
		}
		defer h.leave(c.number)
	}
	h.setChannels(found.holder, allow, deny)
	return nothing{}, nil
}

// spoilLists is the faults that refuse lists which are good.
func (h *Host) spoilLists(found *card, allow, deny []string) error {
	strange := func(name string) bool { return !slices.Contains(channelNames, name) }
	both := func(name string) bool { return slices.Contains(deny, name) }
	text := fmt.Sprint(allow, deny)
	switch {
	case h.wrong("channels-need-both-lists") && (len(allow) == 0 || len(deny) == 0),
		h.wrong("unknown-channel-refused") && (slices.ContainsFunc(allow, strange) || slices.ContainsFunc(deny, strange)),
		h.wrong("channel-in-both-refused") && slices.ContainsFunc(allow, both),
		h.wrong("repeated-channels-refused") && found.holder.lists == text:
		return badField
	}
	found.holder.lists = text
	return nil
}

// setChannels stores what was said; deny wins, and what was not said stays.
func (h *Host) setChannels(holder *customer, allow, deny []string) {
	switch h.fault {
	case "channels-forgotten":
		return
	case "allow-and-deny-mixed-up":
		allow, deny = deny, allow
	case "channels-reset":
		clear(holder.channels)
	case "allow-wins":
		deny = slices.DeleteFunc(deny, func(name string) bool { return slices.Contains(allow, name) })
	}
	for _, name := range channelNames {
		if slices.Contains(allow, name) {
			holder.channels[name] = true
		}
		if slices.Contains(deny, name) {
			holder.channels[name] = false
		}
	}
}

// consent spells the state of a channel, "" for one of which nothing was said.
func (c *customer) consent(channel string) string {
	allowed, said := c.channels[channel]
	switch {
	case !said:
		return ""
	case allowed:
		return "allow"
	}
	return "deny"
}

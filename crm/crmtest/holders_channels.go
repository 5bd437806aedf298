package crmtest

import (
	"time"

	"koshelek-adapter/crm"
)

func channelChecks() []Check {
	return []Check{
		check("SetChannels/line", "SetChannels appends a line for each channel that changes, with what was wanted, the source and the time.", channelsAppend),
		check("SetChannels/order", "Consents gives the whole log, oldest first: lines are added and never changed.", channelsAppendOnly),
		check("SetChannels/repeat", "A channel that has the wanted state already gets no second line.", channelsRepeat),
		check("SetChannels/independent", "A channel that the call does not name keeps its state.", channelsIndependent),
		check("SetChannels/blocked", "A blocked card may change consents: consent can always be withdrawn.", channelsBlocked),
		check("SetChannels/holder", "The log belongs to the holder: every card of the customer shows it, another customer's does not.", channelsOfHolder),
		check("SetChannels/no-holder", "SetChannels of a card without a holder gives ErrCustomerNotFound and changes nothing.", channelsNobody),
		check("SetChannels/unknown", "SetChannels of an unknown card gives ErrCardNotFound and changes nothing.", channelsUnknown),
		check("Consents/unknown", "Consents of an unknown card gives ErrCardNotFound; a holder who never chose has an empty log.", consentsUnknown),
	}
}

// wants is short for a wish of one channel.
func wants(channel crm.Channel, allowed bool) map[crm.Channel]bool {
	return map[crm.Channel]bool{channel: allowed}
}

func channelsAppend(b *bench) {
	b.card(1)
	b.channels("card-1", map[crm.Channel]bool{crm.ChannelSMS: true, crm.ChannelEmail: false})
	got := map[crm.Channel]crm.Consent{}
	log := b.consents("card-1")
	for _, line := range log {
		got[line.Channel] = line
	}
	b.holds(len(log) == 2, "SetChannels with sms allowed and email denied, then Consents", "two lines", log)
	same(b, "SetChannels with sms allowed and email denied, then Consents by channel", got, map[crm.Channel]crm.Consent{
		crm.ChannelSMS:   {Channel: crm.ChannelSMS, Allowed: true, Source: "app", At: b.now},
		crm.ChannelEmail: {Channel: crm.ChannelEmail, Source: "app", At: b.now},
	})
}

func channelsAppendOnly(b *bench) {
	b.card(1)
	var want []crm.Consent
	for i, allowed := range []bool{true, false, true} {
		b.later(time.Hour)
		wish := crm.ChannelsUpdate{CardNumber: "card-1", Wanted: wants(crm.ChannelPush, allowed), Source: email(i), Now: b.now}
		b.must("SetChannels of push to "+text(allowed), b.SetChannels(b.ctx, wish))
		want = append(want, crm.Consent{Channel: crm.ChannelPush, Allowed: allowed, Source: email(i), At: b.now})
		same(b, "SetChannels of push, the last time to "+text(allowed)+", then Consents", b.consents("card-1"), want)
	}
}

func channelsRepeat(b *bench) {
	b.card(1)
	wanted := map[crm.Channel]bool{crm.ChannelSMS: true, crm.ChannelCall: false}
	b.channels("card-1", wanted)
	b.later(time.Hour)
	b.idle("SetChannels to the states that the channels have", func() error { return b.SetChannels(b.ctx, b.wish("card-1", wanted)) })
	wanted[crm.ChannelSMS] = false
	b.channels("card-1", wanted)
	log := b.consents("card-1")
	b.holds(len(log) == 3 && text(log[2]) == text(crm.Consent{Channel: crm.ChannelSMS, Source: "app", At: b.now}),
		"allowed sms and denied call, then SetChannels that denies both", "one new line, for sms", log)
}

func channelsIndependent(b *bench) {
	b.card(1)
	all := map[crm.Channel]bool{crm.ChannelSMS: true, crm.ChannelEmail: true, crm.ChannelCall: false, crm.ChannelPush: false}
	b.channels("card-1", all)
	b.later(time.Hour)
	b.channels("card-1", wants(crm.ChannelSMS, false))
	b.later(time.Hour)
	b.channels("card-1", wants(crm.ChannelPush, true))
	last := map[crm.Channel]bool{}
	for _, line := range b.consents("card-1") {
		last[line.Channel] = line.Allowed
	}
	same(b, "allowed sms and email, denied call and push, then denied sms alone, then allowed push alone: the last line of each channel",
		last, map[crm.Channel]bool{crm.ChannelSMS: false, crm.ChannelEmail: true, crm.ChannelCall: false, crm.ChannelPush: true})
	b.idle("SetChannels that names no channel", func() error { return b.SetChannels(b.ctx, b.wish("card-1", nil)) })
}

func channelsBlocked(b *bench) {
	b.card(1)
	b.channels("card-1", wants(crm.ChannelSMS, true))
	b.setState("card-1", crm.CardBlocked)
	b.later(time.Hour)
	b.channels("card-1", wants(crm.ChannelSMS, false))
	log := b.consents("card-1")
	b.holds(len(log) == 2 && !log[1].Allowed, "allowed sms, blocked the card, denied sms, then Consents", "two lines, the last one denies", log)
}

func channelsOfHolder(b *bench) {
	b.issue(fullProfile(1), "card-1")
	b.second(fullProfile(1), "card-2")
	b.issue(fullProfile(3), "card-3")
	b.channels("card-1", wants(crm.ChannelSMS, true))
	b.idle("SetChannels through the holder's other card to the state that the channel has", func() error {
		return b.SetChannels(b.ctx, b.wish("card-2", wants(crm.ChannelSMS, true)))
	})
	same(b, "SetChannels of card-1, then Consents of the holder's other card", b.consents("card-2"), b.consents("card-1"))
	same(b, "SetChannels of card-1, then Consents of another customer's card", b.consents("card-3"), nil)
}

func channelsNobody(b *bench) {
	b.unheld("plastic-1")
	b.refuses("SetChannels of a card without a holder", func() error {
		return b.SetChannels(b.ctx, b.wish("plastic-1", wants(crm.ChannelSMS, true)))
	}, crm.ErrCustomerNotFound)
	same(b, "Consents of a card without a holder", b.consents("plastic-1"), nil)
}

func channelsUnknown(b *bench) {
	b.card(1)
	b.pool("free-1")
	for _, number := range []string{"card-9", "free-1"} {
		b.refuses("SetChannels of "+number+", which is no card", func() error {
			return b.SetChannels(b.ctx, b.wish(number, wants(crm.ChannelSMS, true)))
		}, crm.ErrCardNotFound)
	}
}

func consentsUnknown(b *bench) {
	b.card(1)
	same(b, "issued a card, then Consents", b.consents("card-1"), nil)
	_, err := b.Consents(b.ctx, "card-9")
	b.fails("Consents of an unknown card", err, crm.ErrCardNotFound)
}

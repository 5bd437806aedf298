package crm

// Channel is a way to reach a customer.
type Channel string

// The channels of the contract.
const (
	ChannelSMS   Channel = "sms"
	ChannelEmail Channel = "email"
	ChannelCall  Channel = "call"
	ChannelPush  Channel = "push"
)

// Holder is a customer with a card: the one that stands for them, or, in a list
// of cards, each of theirs. The profile is empty for a card without a holder.
type Holder struct {
	Profile Profile
	Card    Card
}

// known reports whether the contract has the channel.
func (c Channel) known() bool {
	switch c {
	case ChannelSMS, ChannelEmail, ChannelCall, ChannelPush:
		return true
	}
	return false
}

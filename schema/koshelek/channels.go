package koshelek

// Names of the channels that a customer may allow or deny; others are ignored.
const (
	ChannelSMS   = "sms"   // [C]
	ChannelEmail = "email" // [C]
	ChannelCall  = "call"  // [C]
	ChannelPush  = "push"  // [3P]
)

// Channels is a customer's consent to be addressed. A channel in neither list
// keeps its state, and in both lists deny wins. [C], these two rules [3P]
type Channels struct {
	Allow Texts `json:"allow,omitempty"` // names of channels [C]
	Deny  Texts `json:"deny,omitempty"`  // names of channels [C]
}

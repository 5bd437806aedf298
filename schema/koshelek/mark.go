package koshelek

// Mark says how sure the contract is of one of its rows.
type Mark string

// The marks, from the surest to the least sure.
const (
	// MarkPublished is for what Koshelek itself has published.
	MarkPublished Mark = "C"
	// MarkThirdParty is for what a real partner's implementation or tests show.
	MarkThirdParty Mark = "3P"
	// MarkInferred is for what nobody outside knows; it stays easy to change.
	MarkInferred Mark = "I"
)

package crm

// Audience says whom an offer is for.
type Audience string

// The audiences.
const (
	AudienceAll     Audience = "all"
	AudienceSegment Audience = "segment"
	AudienceCard    Audience = "card"
)

// Offer is shown to customers in the app.
type Offer struct {
	ID       string
	Audience Audience
	// Target is the segment or the card number; empty for all.
	Target      string
	Name        string
	Description string
	// StartDate and EndDate are days, both included; empty for open ends.
	StartDate, EndDate Date
	ImageURL           string
	Discount           string
}

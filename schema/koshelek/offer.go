package koshelek

// Offer is a campaign that a card's holder can take part in. Only that there are
// campaigns is published; all fields are a guess. [I]
type Offer struct {
	ID          string `json:"id"`                    // [I]
	Name        string `json:"name"`                  // [I]
	Description string `json:"description,omitempty"` // [I]
	StartDate   string `json:"startDate,omitempty"`   // first day, YYYY-MM-DD [I]
	EndDate     string `json:"endDate,omitempty"`     // last day, YYYY-MM-DD [I]
	Image       string `json:"image,omitempty"`       // address of a picture [I]
	Discount    string `json:"discount,omitempty"`    // as it should be shown, "10%" [I]
}

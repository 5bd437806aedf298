package koshelek

// Purchase is one line of a receipt in a card's history. [3P]
type Purchase struct {
	Date     string `json:"date"`               // YYYY-MM-DD [3P]
	Item     string `json:"item"`               // [3P]
	Amount   string `json:"amount"`             // price of the line in kopecks, whole; negative for a refund [3P]
	Quantity string `json:"quantity"`           // may have a fraction, as in "0.345" [3P]
	Location string `json:"location,omitempty"` // where it was bought [3P]
	Bonuses  string `json:"bonuses,omitempty"`  // points for this line, in points [3P]
}

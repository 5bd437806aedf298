package koshelek

// Bonus is the state of a card's points. [3P]
type Bonus struct {
	Total     string         `json:"total"`     // all points, in points [3P]
	Available string         `json:"available"` // points that can be spent now, in points [3P]
	Bonuses   List[BonusLot] `json:"bonuses"`   // what the points are made of, [] when of nothing [3P]
}

// BonusLot is a portion of the points with an expiry of its own. [3P]
type BonusLot struct {
	Description string `json:"description"`          // [3P]
	Amount      string `json:"amount"`               // in points [3P]
	ValidUntil  string `json:"validUntil,omitempty"` // last day, YYYY-MM-DD; absent when they do not expire [3P]
}

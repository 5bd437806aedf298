package crm

// Purchase is one line of a card's history.
type Purchase struct {
	CardNumber string
	// Ref names the line within the card, so that an import may run twice.
	Ref  string
	Date Date
	Item string
	// AmountKopecks is the price of the line.
	AmountKopecks int64
	// QuantityMilli is thousandths of a unit: 1500 is one and a half.
	QuantityMilli int64
	Location      string
	// BonusPoints is what the line earned (or, negative, cost).
	BonusPoints int64
}

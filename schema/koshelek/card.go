package koshelek

// States of a card. [C]
const (
	CardActive   = "active"
	CardInactive = "inactive"
)

// Types of a barcode. [C]
const (
	BarcodeEAN8    = "EAN_8"
	BarcodeEAN13   = "EAN_13"
	BarcodeCode128 = "CODE_128"
	BarcodeUPCA    = "UPC_A"
	BarcodeQRCode  = "QR_CODE"
)

// CardAnswer is the answer that holds one card. [C]
type CardAnswer struct {
	Card Card `json:"card"`
}

// Card is a loyalty card as the app shows it. [C]
type Card struct {
	CardNumber string  `json:"cardNumber"`      // the number that a person reads [C]
	CardState  string  `json:"cardState"`       // CardActive or CardInactive [C]
	Barcode    Barcode `json:"barcode"`         // what a till scans [C]
	Bonus      *Bonus  `json:"bonus,omitempty"` // only in the answer of getCard, nil elsewhere [3P]
}

// Barcode is what a till scans; its number may differ from the card's. [C]
type Barcode struct {
	BarcodeNumber string `json:"barcodeNumber"` // [C]
	BarcodeType   string `json:"barcodeType"`   // one of the Barcode constants [C]
}

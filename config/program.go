package config

import "time"

// CardPool as ADAPTER_CARD_TEMPLATE means that only imported numbers are given out.
const CardPool = "pool"

// ClaimRefuse as ADAPTER_CARD_CLAIM gives a card without a holder to nobody.
const ClaimRefuse = "refuse"

// Card says how card numbers are made and shown. The syntax of the templates is checked where they are compiled.
type Card struct {
	Template        string        `default:"29##########{ean}" desc:"template of new card numbers (# is a digit, {ean} the check digit), or pool to give out imported numbers only"`
	BarcodeType     string        `split_words:"true" default:"EAN_13" allowed:"EAN_8|EAN_13|CODE_128|UPC_A|QR_CODE" desc:"kind of the barcode that the app draws"`
	BarcodeTemplate string        `split_words:"true" default:"{number}" desc:"what stands under the barcode; {number} is the card number"`
	FromPhone       bool          `split_words:"true" default:"false" desc:"a card that is issued without a reserved number gets the phone as its number"`
	Claim           string        `default:"register" allowed:"register|refuse" desc:"a card without a holder, such as old plastic, is given to the customer who types its number, or to nobody"`
	ClaimsPerDay    int64         `split_words:"true" default:"3" min:"0" desc:"cards without a holder that one customer may take within 24 hours; 0 for no limit"`
	FailuresPerHour int64         `split_words:"true" default:"20" min:"0" desc:"wrong card numbers and promo codes for one phone within an hour, after which right ones are refused too; 0 for no limit"`
	ReserveFor      time.Duration `split_words:"true" default:"1h" min:"1m" max:"168h" desc:"how long a reserved number is held"`
}

// Earn says what customers earn. Points are whole numbers.
type Earn struct {
	Percent          Percent       `default:"1" desc:"points for a receipt in per cent of its sum in roubles: 0 to 100, two decimals at most"`
	Cap              int64         `default:"10000" min:"0" desc:"points for one receipt at most; 0 for no limit"`
	ReceiptsPerDay   int64         `split_words:"true" default:"30" min:"0" desc:"receipts that earn for one card on one day at most; 0 for no limit"`
	PointsPerDay     int64         `split_words:"true" default:"30000" min:"0" desc:"points that one card earns by receipts on one day at most; 0 for no limit"`
	MaxAge           time.Duration `split_words:"true" default:"720h" min:"1ns" desc:"age of a receipt at most"`
	ClockSkew        time.Duration `split_words:"true" default:"10m" min:"0s" desc:"how far the time on a receipt may lie in the future, because clocks of tills differ"`
	TillsEast        time.Duration `split_words:"true" default:"9h" min:"0s" max:"26h" desc:"how far east of ADAPTER_TIME_ZONE tills stand; a receipt says its local time and no zone. From Moscow to Kamchatka it is 9h; 0s when all tills share the zone"`
	TillsWest        time.Duration `split_words:"true" default:"1h" min:"0s" max:"26h" desc:"how far west of ADAPTER_TIME_ZONE tills stand. From Moscow to Kaliningrad it is 1h"`
	Pending          time.Duration `default:"0s" min:"0s" desc:"how long earned points wait before they can be spent; 0s for not at all"`
	Lifetime         time.Duration `default:"8760h" min:"0s" desc:"how long points are valid, counted from the day they are earned; 0 for ever"`
	Welcome          int64         `default:"0" min:"0" desc:"points for a new customer"`
	PromoCode        int64         `split_words:"true" default:"100" min:"0" desc:"points for a promo code that has no value of its own"`
	UnmarkedReceipts bool          `split_words:"true" default:"false" desc:"whether a receipt earns that does not say its kind (n is missing)"`
	Refunds          bool          `default:"false" desc:"whether the receipt of a refund takes back what the newest sale of the card with the same total earned"`
}

package host

// Fault is one way in which the host breaks the contract.
type Fault string

// The faults; each names what goes wrong.
const (
	Good                Fault = ""
	NoAuth              Fault = "credentials are not looked at"
	PasswordPrefix      Fault = "the beginning of the password is enough"
	OversizedCrashes    Fault = "a large body is an internal error"
	MalformedCrashes    Fault = "a malformed body is an internal error"
	SameReference       Fault = "every password has the same reference"
	AnybodyGetsOTP      Fault = "an unknown customer gets a reference"
	OTPInAnswer         Fault = "the password stands in the answer"
	FiveDigits          Fault = "the password has five digits"
	NoPoints            Fault = "verify-otp tells no points"
	MobilePlain         Fault = "the mobile is not masked"
	WrongOTPAccepted    Fault = "any password is right"
	OTPReusable         Fault = "a password is good again and again"
	FourthAttempt       Fault = "a fourth attempt is allowed"
	OTPNeverExpires     Fault = "a password never expires"
	OldOTPValid         Fault = "the old password is good beside the new one"
	OTPOfAnother        Fault = "a password is good for any customer"
	ReferenceIgnored    Fault = "the reference is not looked at"
	OTPTwiceAtOnce      Fault = "a password is compared before it is used up"
	ForeignToken        Fault = "a token shows any customer's points"
	TokenUnchecked      Fault = "the signature of a token is not checked"
	TokenOrders         Fault = "a customer's token may redeem"
	BasicNoPoints       Fault = "the credentials show no points"
	UnknownHasPoints    Fault = "an unknown customer has zero points"
	DeductsDouble       Fault = "an order takes its points double"
	EarnedFalls         Fault = "points_earned falls on redemption"
	DuplicateDeducts    Fault = "a second redemption takes the points again"
	DuplicateSilent200  Fault = "a duplicate is answered with 200 and taken twice"
	OtherSumDeducts     Fault = "a known order with another sum is taken"
	NegativeBalance     Fault = "more than the balance is taken"
	PointsAsText        Fault = "points that are a text are taken"
	NegativePoints      Fault = "negative points add to the balance"
	NobodyRedeems       Fault = "an order of an unknown customer succeeds"
	RaceOverdraws       Fault = "the balance is read before it is written"
	RaceDuplicates      Fault = "an order is looked up before it is taken"
	ReversesHalf        Fault = "a reversal gives half of it back"
	ReverseTwice        Fault = "an order is reversed twice and paid twice"
	ReverseUnknownPays  Fault = "a reversal of an unknown order pays"
	LateRedeemTaken     Fault = "a late redemption is taken after its reversal"
	RedeemAfterReversal Fault = "a reversed order can be redeemed again"
	PartialReversal     Fault = "a partial reversal is accepted"
	ReversesMore        Fault = "a reversal of more pays more"
	AnybodyReverses     Fault = "another customer has an order reversed"
	RaceReverses        Fault = "an order is looked up before it is reversed"
	StatusAsText        Fault = "status is a text"
	NumbersAsText       Fault = "numbers are texts"
	NoMessage           Fault = "a failure has no message"
	HTMLErrors          Fault = "errors are HTML"
)

// CaughtBy says which rule each fault breaks.
var CaughtBy = map[Fault]string{
	NoAuth: "access.missing", PasswordPrefix: "access.wrong", MalformedCrashes: "access.malformed", OversizedCrashes: "access.oversized",
	SameReference: "otp.generated", AnybodyGetsOTP: "otp.unknown-customer", OTPInAnswer: "otp.secret", FiveDigits: "otp.digits",
	NoPoints: "otp.right", MobilePlain: "otp.masked", WrongOTPAccepted: "otp.wrong", OTPReusable: "otp.once", FourthAttempt: "otp.attempts",
	OTPNeverExpires: "otp.expired", OldOTPValid: "otp.replaced", OTPOfAnother: "otp.other-customer", ReferenceIgnored: "otp.reference",
	OTPTwiceAtOnce: "otp.race", ForeignToken: "token.foreign", TokenUnchecked: "token.forged", TokenOrders: "token.orders",
	BasicNoPoints: "token.basic", UnknownHasPoints: "token.unknown-customer", DeductsDouble: "order.deducts", EarnedFalls: "order.earned",
	DuplicateDeducts: "order.duplicate", DuplicateSilent200: "order.race-same", OtherSumDeducts: "order.duplicate-other",
	NegativeBalance: "order.insufficient", PointsAsText: "order.points", NegativePoints: "order.points", NobodyRedeems: "order.unknown-customer",
	RaceOverdraws: "order.race-balance", RaceDuplicates: "order.race-same", ReversesHalf: "reversal.gives-back", ReverseTwice: "reversal.once",
	ReverseUnknownPays: "reversal.unknown", LateRedeemTaken: "reversal.late-redeem", RedeemAfterReversal: "reversal.redeem-again",
	PartialReversal: "reversal.less", ReversesMore: "reversal.more", AnybodyReverses: "reversal.other-customer", RaceReverses: "reversal.race",
	StatusAsText: "answer.status", NumbersAsText: "answer.numbers", NoMessage: "answer.message", HTMLErrors: "answer.object",
}

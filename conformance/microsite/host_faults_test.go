package microsite

// fault is one way in which the host breaks the contract.
type fault string

// The faults; each names what goes wrong.
const (
	Good                fault = ""
	NoAuth              fault = "credentials are not looked at"
	PasswordPrefix      fault = "the beginning of the password is enough"
	OversizedCrashes    fault = "a large body is an internal error"
	MalformedCrashes    fault = "a malformed body is an internal error"
	SameReference       fault = "every password has the same reference"
	AnybodyGetsOTP      fault = "an unknown customer gets a reference"
	OTPInAnswer         fault = "the password stands in the answer"
	FiveDigits          fault = "the password has five digits"
	NoPoints            fault = "verify-otp tells no points"
	MobilePlain         fault = "the mobile is not masked"
	WrongOTPAccepted    fault = "any password is right"
	OTPReusable         fault = "a password is good again and again"
	FourthAttempt       fault = "a fourth attempt is allowed"
	OTPNeverExpires     fault = "a password never expires"
	OldOTPValid         fault = "the old password is good beside the new one"
	OTPOfAnother        fault = "a password is good for any customer"
	ReferenceIgnored    fault = "the reference is not looked at"
	OTPTwiceAtOnce      fault = "a password is compared before it is used up"
	ForeignToken        fault = "a token shows any customer's points"
	TokenUnchecked      fault = "the signature of a token is not checked"
	TokenOrders         fault = "a customer's token may redeem"
	BasicNoPoints       fault = "the credentials show no points"
	UnknownHasPoints    fault = "an unknown customer has zero points"
	DeductsDouble       fault = "an order takes its points double"
	EarnedFalls         fault = "points_earned falls on redemption"
	DuplicateDeducts    fault = "a second redemption takes the points again"
	DuplicateSilent200  fault = "a duplicate is answered with 200 and taken twice"
	OtherSumDeducts     fault = "a known order with another sum is taken"
	NegativeBalance     fault = "more than the balance is taken"
	PointsAsText        fault = "points that are a text are taken"
	NegativePoints      fault = "negative points add to the balance"
	NobodyRedeems       fault = "an order of an unknown customer succeeds"
	RaceOverdraws       fault = "the balance is read before it is written"
	RaceDuplicates      fault = "an order is looked up before it is taken"
	ReversesHalf        fault = "a reversal gives half of it back"
	ReverseTwice        fault = "an order is reversed twice and paid twice"
	ReverseUnknownPays  fault = "a reversal of an unknown order pays"
	LateRedeemTaken     fault = "a late redemption is taken after its reversal"
	RedeemAfterReversal fault = "a reversed order can be redeemed again"
	PartialReversal     fault = "a partial reversal is accepted"
	ReversesMore        fault = "a reversal of more pays more"
	AnybodyReverses     fault = "another customer has an order reversed"
	RaceReverses        fault = "an order is looked up before it is reversed"
	StatusAsText        fault = "status is a text"
	NumbersAsText       fault = "numbers are texts"
	NoMessage           fault = "a failure has no message"
	HTMLErrors          fault = "errors are HTML"
)

// caughtBy says which rule each fault breaks.
var caughtBy = map[fault]string{
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

package bigcity

import (
	"time"

	"koshelek-adapter/conformance/sim"
)

// Endpoints, as rules name them.
const (
	healthEndpoint     = "health"
	companyAuth        = "company_auth"
	rewardsEndpoint    = "rewards"
	customerAuth       = "customer_auth"
	redeemEndpoint     = "redeem"
	catalogEndpoint    = "catalog"
	ordersEndpoint     = "orders"
	statusEndpoint     = "orders_status"
	fulfilmentEndpoint = "fulfilment"
)

func endpoints() []string {
	return []string{healthEndpoint, companyAuth, rewardsEndpoint, customerAuth, redeemEndpoint, catalogEndpoint, ordersEndpoint, statusEndpoint}
}

const (
	faultTokenOver  = "token_over"
	faultErrorIn200 = "error_in_200"
	faultWrapper    = "wrapper"
	faultNoRewards  = "no_rewards"
	faultNoVouchers = "no_vouchers"
	faultPinMissing = "pin_missing"
	faultPinNull    = "pin_null"
	faultPinEmpty   = "pin_empty"
	faultBareURL    = "url_without_scheme"
	faultHTML       = "html_terms"
	faultOld        = "validity_past"
	faultShort      = "optional_fields_missing"
	faultNoDelivery = "fulfilment_fails"
)

func faults() []sim.Fault {
	redeem := []string{redeemEndpoint}
	return []sim.Fault{
		{Name: faultTokenOver, Endpoints: []string{rewardsEndpoint, customerAuth, redeemEndpoint}, Doc: "the token ends just before this call"},
		{Name: faultErrorIn200, Endpoints: endpoints(), Doc: "status 200 with an error's body; nothing is done"},
		{Name: faultWrapper, Endpoints: endpoints(), Doc: "a good answer comes within {success, status, data}"},
		{Name: faultNoRewards, Endpoints: []string{rewardsEndpoint}, Doc: "the list of rewards is empty"},
		{Name: faultNoVouchers, Endpoints: redeem, Doc: "success without vouchers"},
		{Name: faultPinMissing, Endpoints: redeem, Doc: "vouchers without pin"},
		{Name: faultPinNull, Endpoints: redeem, Doc: "vouchers whose pin is null"},
		{Name: faultPinEmpty, Endpoints: redeem, Doc: "vouchers whose pin is empty"},
		{Name: faultBareURL, Endpoints: redeem, Doc: "redemption_url has no scheme"},
		{Name: faultHTML, Endpoints: redeem, Doc: "how_to_avail and terms hold HTML, scripts too"},
		{Name: faultOld, Endpoints: redeem, Doc: "validity lies before the order"},
		{Name: faultShort, Endpoints: redeem, Doc: "every optional field is missing"},
		{Name: faultNoDelivery, Endpoints: []string{fulfilmentEndpoint}, Doc: "an order of the microsite fails, its points are reversed"},
	}
}

const (
	knobEnvelope   = "error_envelope"
	knobExpiry     = "token_expiry"
	knobTokenTTL   = "token_ttl"
	knobKills      = "login_kills_old_token"
	knobMobile     = "mobile_digits"
	knobBadMobile  = "missing_mobile"
	knobDuplicate  = "duplicate_order"
	knobVouchers   = "vouchers"
	knobUnknownSKU = "unknown_sku"
	knobProcessing = "processing_after"
	knobFulfilled  = "fulfilled_after"
)

func knobs() []sim.Knob {
	return []sim.Knob{
		sim.Choice(knobEnvelope, "which of the two envelopes an error has; mixed takes turns", "yii", "map", "mixed"),
		sim.Choice(knobExpiry, "form of token_expiry: Indian time without zone, or ISO 8601 with offset", "naive", "iso"),
		sim.Length(knobTokenTTL, "how long a token lasts", 24*time.Hour),
		sim.Choice(knobKills, "a login ends the older tokens of the same company or customer", "no", "yes"),
		sim.Choice(knobMobile, "digits of a mobile number", "10-15", "10"),
		sim.Choice(knobBadMobile, "the answer to a bad mobile number: status and code, or 400 in the other envelope", "422-0", "422-43", "400"),
		sim.Choice(knobDuplicate, "an order_id that was used before: the same vouchers, new vouchers, or 422", "replay", "new", "422"),
		sim.Choice(knobVouchers, "vouchers of an order: one for each line, for each piece, or one in all", "line", "qty", "one"),
		sim.Choice(knobUnknownSKU, "SKUs that no active reward names: no voucher, or one all the same", "empty", "voucher"),
		sim.Length(knobProcessing, "from an order of the microsite to PROCESSING", time.Second),
		sim.Length(knobFulfilled, "from an order of the microsite to FULFILLED", 5*time.Second),
	}
}

package conformance

import (
	"fmt"
	"math/big"
	"strings"
	"time"

	"koshelek-adapter/conformance/contract"
)

func receiptRules() []ruled {
	m := []string{"submitQRCode"}
	both := []string{"submitQRCode", "getCard"}
	rule := func(id, text string, severity contract.Severity) contract.Rule {
		return contract.Rule{ID: "receipt." + id, Text: text, Mark: inferred, Source: fromReceipts, Since: v110, Severity: severity, Methods: m, Writes: true}
	}
	counted := func(r contract.Rule) contract.Rule { r.Methods = both; return r }
	return []ruled{
		row(rule("accepted", "A receipt of the last day is taken with 200 and an empty body.", contract.Major),
			withFresh(func(c *check, p *customer) { c.accepted("send a receipt", p, c.sale().String()) }),
			fault("receipt-refused", "Receipts are refused")),
		row(rule("by-phone", "The customer's phone may stand for the card.", contract.Major),
			withFresh(func(c *check, p *customer) {
				c.send(c.promo("send a receipt by phone", "submitQRCode", map[string]string{"msisdn": p.phone, "qrCode": c.sale().String()})).done()
			}),
			fault("receipt-by-phone-refused", "A receipt needs the card's number")),
		row(rule("same-again", "The same receipt from the same card again is the same success.", contract.Major),
			withFresh(func(c *check, p *customer) {
				qr := c.sale().String()
				c.accepted("send a receipt", p, qr)
				c.accepted("send it again", p, qr)
			}),
			fault("receipt-retry-refused", "The same receipt again is refused")),
		row(counted(rule("once", "The same receipt again gives no second award.", contract.Critical)),
			paidOnce(func(r receipt) string { return r.String() }),
			fault("receipt-paid-again", "The same receipt again is paid again")),
		row(rule("other-card", "A receipt that another card has sent is refused.", contract.Critical),
			twoCards(func(c *check, owner, other *customer) {
				qr := c.sale().String()
				c.accepted("send a receipt", owner, qr)
				c.refusedReceipt("send it from another card", other, qr)
			}),
			fault("receipt-of-another-card", "A receipt of another card is paid")),
		row(counted(rule("other-card-no-award", "The card that was refused gets nothing for it.", contract.Critical)),
			twoCards(func(c *check, owner, other *customer) {
				qr := c.sale().String()
				c.accepted("send a receipt", owner, qr)
				c.gainsNothing(other, func() { c.sendReceipt("send it from another card", other.number, qr) })
			}),
			fault("refused-receipt-is-paid", "A receipt of another card is refused and paid")),
		row(rule("key-order", "The keys may stand in any order.", contract.Major),
			withFresh(func(c *check, p *customer) {
				c.accepted("a receipt with its keys in another order", p, c.sale().shuffled())
			}),
			fault("receipt-key-order-matters", "A receipt has to begin with its time")),
		row(counted(rule("same-in-other-order", "A receipt in another order of keys is the same receipt and gives no second award.", contract.Critical)),
			paidOnce(receipt.shuffled),
			fault("receipt-known-by-its-text", "The same receipt in another order is paid again")),
		row(rule("address", "An address whose query holds the keys is a receipt, too.", contract.Major),
			withFresh(func(c *check, p *customer) {
				c.accepted("an address with the keys in its query", p, "https://check.example/r?"+c.sale().String())
			}),
			fault("receipt-address-refused", "A receipt that comes as an address is refused")),
		row(rule("seconds", "The time may have seconds.", contract.Major),
			withFresh(func(c *check, p *customer) {
				r := c.sale()
				r.t += "09"
				c.accepted("a receipt with seconds in its time", p, r.String())
			}),
			fault("receipt-seconds-refused", "A receipt whose time has seconds is refused")),
		row(counted(rule("refund", "A refund or a purchase by the shop (n other than 1) earns nothing.", contract.Critical)),
			withFresh(func(c *check, p *customer) {
				c.gainsNothing(p, func() {
					for kind := 2; kind <= 4; kind++ {
						c.sendReceipt(fmt.Sprintf("a receipt of kind %d", kind), p.number, c.maker.receipt(kind, testSum, c.receiptTime()).String())
					}
				})
			}),
			fault("refunds-earn", "A refund earns")),
		row(rule("future", "A receipt from the future is refused.", contract.Major),
			refusedReceipts("a receipt of next month", func(c *check) []string {
				return []string{c.maker.receipt(1, testSum, c.options.Clock().UTC().AddDate(0, 1, 0).Format("20060102T1504")).String()}
			}),
			fault("receipt-from-the-future", "A receipt from the future is taken")),
		row(rule("too-old", "A receipt of many years ago is refused.", contract.Major),
			refusedReceipts("a receipt of twenty years ago", func(c *check) []string {
				return []string{c.maker.receipt(1, testSum, c.options.Clock().UTC().AddDate(-20, 0, 0).Format("20060102T1504")).String()}
			}),
			fault("receipt-from-long-ago", "A receipt from long ago is taken")),
		row(rule("malformed", "Text that is no receipt is refused.", contract.Major),
			refusedReceipts("text that is no receipt", func(*check) []string {
				return []string{"", "hello", "https://example.org/", "t=&s=&fn=&i=&fp=&n=", "{}"}
			}),
			fault("receipt-that-is-none", "Any text is a receipt")),
		row(rule("missing-key", "A receipt without its fiscal sign is refused.", contract.Major),
			refusedReceipts("a receipt without one of its keys", func(c *check) []string {
				return []string{without(c.sale(), "fp"), without(c.sale(), "fn"), without(c.sale(), "i")}
			}),
			fault("receipt-without-sign", "A receipt needs no fiscal sign")),
		row(rule("bad-sum", "A receipt whose sum is negative or no number is refused.", contract.Critical),
			refusedReceipts("a sum that is none", func(c *check) []string {
				var all []string
				for _, sum := range []string{"-100.00", "1e9", "many", "NaN"} {
					all = append(all, c.maker.receipt(1, sum, c.receiptTime()).String())
				}
				return all
			}),
			fault("receipt-with-negative-sum", "The sum of a receipt may be negative")),
		row(rule("no-identity", "A receipt with neither card nor phone is refused.", contract.Major),
			func(c *check) {
				c.send(c.promo("a receipt of nobody", "submitQRCode", map[string]string{"qrCode": c.sale().String()})).refused()
			},
			fault("receipt-for-nobody", "A receipt for nobody is taken")),
		row(rule("unknown-card", "A receipt for an unknown card is refused.", contract.Major),
			func(c *check) {
				c.send(c.receiptCall("a receipt for a card that nobody has", c.maker.number(), c.sale().String())).refused()
				c.send(c.promo("a receipt for a phone that nobody has", "submitQRCode", map[string]string{"msisdn": c.maker.phone(), "qrCode": c.sale().String()})).refused()
			},
			fault("receipt-for-unknown-card", "A receipt for an unknown card is taken")),
		row(rule("own-code", "A receipt that another card has sent is refused with an error code of its own.", contract.Minor),
			twoCards(func(c *check, owner, other *customer) {
				qr := c.sale().String()
				c.accepted("send a receipt", owner, qr)
				foreign := c.sendReceipt("send it from another card", other.number, qr)
				malformed := c.sendReceipt("send text that is no receipt", other.number, "hello")
				stopIf(foreign.ok() || malformed.ok() || foreign.code() == "", notReady("one of the two was not refused with a code"))
				malformed.expect(malformed.code() != foreign.code(), "two different codes", "both have the code %s", shorten(foreign.code()))
			}),
			fault("one-code-for-receipts", "A receipt of another card and text that is none have one error code")),
	}
}

// testSum is the sum of the run's receipts in roubles: enough to earn something
// by any percentage.
const testSum = "1543.20"

// receiptAge is how old a receipt of the run is: so old that it is in the past
// in every time zone.
const receiptAge = 14 * time.Hour

// receiptTime is a moment of the last day, whatever the host's time zone is.
func (c *check) receiptTime() string {
	return c.options.Clock().UTC().Add(-receiptAge).Format("20060102T1504")
}

// sale is a receipt that should earn.
func (c *check) sale() receipt { return c.maker.receipt(1, testSum, c.receiptTime()) }

func (c *check) accepted(title string, p *customer, qr string) {
	c.sendReceipt(title, p.number, qr).done()
}

// prepareReceipt gives a card points for a check that is on something else.
func (c *check) prepareReceipt(p *customer) {
	if attempt(func() { c.accepted("prepare: send a receipt", p, c.sale().String()) }) != nil {
		panic(stop{notReady("the receipt was refused")})
	}
	c.waitForPoints()
}

func (c *check) refusedReceipt(title string, p *customer, qr string) {
	c.sendReceipt(title, p.number, qr).refused()
}

// refusedReceipts is the check that receipts are refused and give nothing.
func refusedReceipts(title string, of func(c *check) []string) checkFunc {
	return withFresh(func(c *check, p *customer) {
		for _, qr := range of(c) {
			c.refusedReceipt(title, p, qr)
		}
	})
}

// without leaves a key out of a receipt.
func without(r receipt, key string) string {
	var kept []string
	for _, pair := range strings.Split(r.String(), "&") {
		if !strings.HasPrefix(pair, key+"=") {
			kept = append(kept, pair)
		}
	}
	return strings.Join(kept, "&")
}

// twoCards hands a check two customers of its own.
func twoCards(do func(c *check, owner, other *customer)) checkFunc {
	return withFresh(func(c *check, owner *customer) {
		other := c.fresh()
		do(c, owner, other)
	})
}

// noPointsShow is what a host has to do so that awards can be counted.
const noPointsShow = "no points show after a receipt: set settle in the profile to the time that they take"

// paidOnce is the check that a receipt is paid once, whatever form its repeat has.
func paidOnce(again func(receipt) string) checkFunc {
	return withFresh(func(c *check, p *customer) {
		r := c.sale()
		first := c.gain(p.number, func() { c.accepted("send a receipt", p, r.String()) })
		stopIf(first.Sign() == 0, &lacking{noPointsShow})
		c.gainsNothing(p, func() { c.sendReceipt("send it again", p.number, again(r)) })
	})
}

// gainsNothing expects that a card's points stay as they are.
func (c *check) gainsNothing(p *customer, by func()) {
	gained := c.gain(p.number, by)
	c.expectGain(gained, new(big.Rat))
}

// expectGain expects an amount of points, at the last call that was made.
func (c *check) expectGain(gained, want *big.Rat) {
	if gained.Cmp(want) == 0 {
		return
	}
	wrong := fmt.Sprintf("the card gained %s points", written(gained))
	if n := len(c.records); n > 0 {
		c.records[n-1].wrong, c.records[n-1].expected = wrong, written(want)+" points more"
	}
	panic(stop{&broken{wrong + "; expected " + written(want)}})
}

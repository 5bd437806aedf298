package conformance

import (
	"fmt"
	"math/big"
	"strings"
	"time"

	"koshelek-adapter/conformance/contract"
)

// testSum is the sum of the run's receipts in roubles: enough to earn something
// by any percentage.
const testSum = "1543.20"

// receiptTime is a moment of the last day, whatever the host's time zone is.
func (c *check) receiptTime() string {
	return c.options.Clock().UTC().Add(-14 * time.Hour).Format("20060102T1504")
}

// sale is a receipt that should earn.
func (c *check) sale() receipt { return c.maker.receipt(1, testSum, c.receiptTime()) }

var receiptChecks = map[string]checkFunc{
	"receipt.accepted": withFresh(func(c *check, p *customer) error { return c.accepted("send a receipt", p, c.sale().String()) }),
	"receipt.by-phone": withFresh(func(c *check, p *customer) error {
		return c.expecting(c.promo("send a receipt by phone", "submitQRCode", map[string]string{"msisdn": p.phone, "qrCode": c.sale().String()}), (*reply).done)
	}),
	"receipt.same-again": withFresh(func(c *check, p *customer) error {
		qr := c.sale().String()
		return all(
			func() error { return c.accepted("send a receipt", p, qr) },
			func() error { return c.accepted("send it again", p, qr) },
		)
	}),
	"receipt.once":                paidOnce(func(r receipt) string { return r.String() }),
	"receipt.same-in-other-order": paidOnce(receipt.shuffled),
	"receipt.other-card": twoCards(func(c *check, owner, other *customer) error {
		qr := c.sale().String()
		return all(
			func() error { return c.accepted("send a receipt", owner, qr) },
			func() error { return c.refusedReceipt("send it from another card", other, qr) },
		)
	}),
	"receipt.other-card-no-award": twoCards(func(c *check, owner, other *customer) error {
		qr := c.sale().String()
		if err := c.accepted("send a receipt", owner, qr); err != nil {
			return err
		}
		return c.gainsNothing(other, func() error { _, err := c.sendReceipt("send it from another card", other.number, qr); return err })
	}),
	"receipt.own-code": twoCards(receiptOwnCode),
	"receipt.key-order": withFresh(func(c *check, p *customer) error {
		return c.accepted("a receipt with its keys in another order", p, c.sale().shuffled())
	}),
	"receipt.address": withFresh(func(c *check, p *customer) error {
		return c.accepted("an address with the keys in its query", p, "https://check.example/r?"+c.sale().String())
	}),
	"receipt.seconds": withFresh(func(c *check, p *customer) error {
		r := c.sale()
		r.t += "09"
		return c.accepted("a receipt with seconds in its time", p, r.String())
	}),
	"receipt.refund": withFresh(func(c *check, p *customer) error {
		return c.gainsNothing(p, func() error {
			for kind := 2; kind <= 4; kind++ {
				if _, err := c.sendReceipt(fmt.Sprintf("a receipt of kind %d", kind), p.number, c.maker.receipt(kind, testSum, c.receiptTime()).String()); err != nil {
					return err
				}
			}
			return nil
		})
	}),
	"receipt.future": refusedReceipts("a receipt of next month", func(c *check) []string {
		return []string{c.maker.receipt(1, testSum, c.options.Clock().UTC().AddDate(0, 1, 0).Format("20060102T1504")).String()}
	}),
	"receipt.too-old": refusedReceipts("a receipt of twenty years ago", func(c *check) []string {
		return []string{c.maker.receipt(1, testSum, c.options.Clock().UTC().AddDate(-20, 0, 0).Format("20060102T1504")).String()}
	}),
	"receipt.malformed": refusedReceipts("text that is no receipt", func(*check) []string {
		return []string{"", "hello", "https://example.org/", "t=&s=&fn=&i=&fp=&n=", "{}"}
	}),
	"receipt.missing-key": refusedReceipts("a receipt without one of its keys", func(c *check) []string {
		return []string{without(c.sale(), "fp"), without(c.sale(), "fn"), without(c.sale(), "i")}
	}),
	"receipt.bad-sum": refusedReceipts("a sum that is none", func(c *check) []string {
		var all []string
		for _, sum := range []string{"-100.00", "1e9", "many", "NaN"} {
			all = append(all, c.maker.receipt(1, sum, c.receiptTime()).String())
		}
		return all
	}),
	"receipt.no-identity": func(c *check) error {
		return c.expecting(c.promo("a receipt of nobody", "submitQRCode", map[string]string{"qrCode": c.sale().String()}), (*reply).refused)
	},
	"receipt.unknown-card": func(c *check) error {
		return all(
			func() error {
				return c.expecting(c.receiptCall("a receipt for a card that nobody has", c.maker.number(), c.sale().String()), (*reply).refused)
			},
			func() error {
				return c.expecting(c.promo("a receipt for a phone that nobody has", "submitQRCode", map[string]string{"msisdn": c.maker.phone(), "qrCode": c.sale().String()}), (*reply).refused)
			},
		)
	},
}

func (c *check) accepted(title string, p *customer, qr string) error {
	r, err := c.sendReceipt(title, p.number, qr)
	if err != nil {
		return err
	}
	return r.done()
}

func (c *check) refusedReceipt(title string, p *customer, qr string) error {
	r, err := c.sendReceipt(title, p.number, qr)
	if err != nil {
		return err
	}
	return r.refused()
}

// refusedReceipts is the check that receipts are refused and give nothing.
func refusedReceipts(title string, of func(c *check) []string) checkFunc {
	return withFresh(func(c *check, p *customer) error {
		for _, qr := range of(c) {
			if err := c.refusedReceipt(title, p, qr); err != nil {
				return err
			}
		}
		return nil
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
func twoCards(do func(c *check, owner, other *customer) error) checkFunc {
	return withFresh(func(c *check, owner *customer) error {
		other, err := c.fresh()
		if err != nil {
			return err
		}
		return do(c, owner, other)
	})
}

// noPointsShow is what a host has to do so that awards can be counted.
const noPointsShow = "no points show after a receipt: set settle in the profile to the time that they take"

// paidOnce is the check that a receipt is paid once, whatever form its repeat has.
func paidOnce(again func(receipt) string) checkFunc {
	return withFresh(func(c *check, p *customer) error {
		r := c.sale()
		first, err := c.gain(p.number, func() error { return c.accepted("send a receipt", p, r.String()) })
		if err != nil {
			return err
		}
		if first.Sign() == 0 {
			return &lacking{noPointsShow}
		}
		return c.gainsNothing(p, func() error { _, err := c.sendReceipt("send it again", p.number, again(r)); return err })
	})
}

// gainsNothing expects that a card's points stay as they are.
func (c *check) gainsNothing(p *customer, by func() error) error {
	gained, err := c.gain(p.number, by)
	if err != nil {
		return err
	}
	return c.expectGain(gained, new(big.Rat))
}

// expectGain expects an amount of points, at the last call that was made.
func (c *check) expectGain(gained, want *big.Rat) error {
	if gained.Cmp(want) == 0 {
		return nil
	}
	wrong := fmt.Sprintf("the card gained %s points", written(gained))
	if n := len(c.records); n > 0 {
		c.records[n-1].wrong, c.records[n-1].expected = wrong, written(want)+" points more"
	}
	return &broken{wrong + "; expected " + written(want)}
}

func receiptOwnCode(c *check, owner, other *customer) error {
	qr := c.sale().String()
	if err := c.accepted("send a receipt", owner, qr); err != nil {
		return err
	}
	foreign, err := c.sendReceipt("send it from another card", other.number, qr)
	if err != nil {
		return err
	}
	malformed, err := c.sendReceipt("send text that is no receipt", other.number, "hello")
	if err != nil {
		return err
	}
	if foreign.ok() || malformed.ok() || foreign.code() == "" {
		return notReady("one of the two was not refused with a code")
	}
	return malformed.expect(malformed.code() != foreign.code(), "two different codes", "both have the code %s", shorten(foreign.code()))
}

var promoChecks = map[string]checkFunc{
	"promo.unknown": withFresh(func(c *check, p *customer) error {
		for _, code := range []string{"NO-SUCH-CODE-" + p.phone, "%", "*"} {
			if err := c.expecting(c.codeCall("a code that does not exist", p.number, code), (*reply).refused); err != nil {
				return err
			}
		}
		return nil
	}),
	"promo.empty": withFresh(func(c *check, p *customer) error {
		return all(
			func() error { return c.expecting(c.codeCall("an empty code", p.number, ""), (*reply).refused) },
			func() error {
				return c.expecting(c.promo("no code", "submitPromoCode", map[string]string{"cardNumber": p.number}), (*reply).refused)
			},
		)
	}),
	"promo.no-identity": func(c *check) error {
		return c.expecting(c.promo("a code of nobody", "submitPromoCode", map[string]string{"code": c.goodCode()}), (*reply).refused)
	},
	"promo.unknown-card": func(c *check) error {
		return c.expecting(c.codeCall("a code for a card that nobody has", c.maker.number(), c.goodCode()), (*reply).refused)
	},
	"promo.accepted": withFresh(func(c *check, p *customer) error {
		c.used(contract.NeedsPromoCode, c.profile.Data.PromoCode)
		return c.expecting(c.codeCall("send the code", p.number, c.goodCode()), (*reply).done)
	}),
	"promo.by-phone": withFresh(func(c *check, p *customer) error {
		return c.expecting(c.promo("send the code by phone", "submitPromoCode", map[string]string{"msisdn": p.phone, "code": c.goodCode()}), (*reply).done)
	}),
	"promo.once": withFresh(func(c *check, p *customer) error {
		first, err := c.gain(p.number, func() error {
			return c.expecting(c.codeCall("send the code", p.number, c.goodCode()), (*reply).done)
		})
		if err != nil {
			return err
		}
		if first.Sign() == 0 {
			return &lacking{strings.Replace(noPointsShow, "a receipt", "a promo code", 1)}
		}
		return c.gainsNothing(p, func() error { _, err := c.send(c.codeCall("send it again", p.number, c.goodCode())); return err })
	}),
	"promo.limit":              promoLimit,
	"promo.limit-no-award":     promoLimitNoAward,
	"promo.retry-uses-nothing": promoRetry,
	"promo.expired": withFresh(func(c *check, p *customer) error {
		return c.expecting(c.codeCall("a code whose time is over", p.number, c.profile.Data.ExpiredCode), (*reply).refused)
	}),
	"promo.not-started": withFresh(func(c *check, p *customer) error {
		return c.expecting(c.codeCall("a code whose time has not come", p.number, c.profile.Data.UpcomingCode), (*reply).refused)
	}),
}

// goodCode is the profile's code, or one that nobody has.
func (c *check) goodCode() string {
	if c.profile.Data.PromoCode != "" {
		return c.profile.Data.PromoCode
	}
	return "NO-SUCH-CODE"
}

func (c *check) codeCall(title, number, code string) call {
	return c.promo(title, "submitPromoCode", map[string]string{"cardNumber": number, "code": code})
}

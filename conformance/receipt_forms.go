package conformance

import (
	"fmt"
	"math/big"
	"strings"
	"time"

	"koshelek-adapter/conformance/contract"
)

// receiptFormRules hold a host to all forms in which tills write a receipt, to
// the parts that name one, and to the card that is paid.
func receiptFormRules() []ruled {
	rule := func(id, text string, severity contract.Severity) contract.Rule {
		return contract.Rule{ID: "receipt." + id, Text: text, Mark: inferred, Source: fromReceipts, Since: v110, Severity: severity, Methods: []string{"submitQRCode"}, Writes: true}
	}
	counted := func(id, text string) contract.Rule {
		r := rule(id, text, contract.Critical)
		r.Methods = []string{"submitQRCode", "getCard"}
		return r
	}
	return []ruled{
		row(counted("sum-forms", "A sum has two decimals, one or none, and is worth the same."),
			withFresh(sumForms),
			fault("sum-needs-two-decimals", "A sum without two decimals is refused"),
			fault("sum-without-its-dot", "The dot is left out of a sum, so that one decimal makes it smaller"),
			fault("whole-sum-in-kopecks", "A sum without decimals is taken for kopecks")),
		row(counted("large-sum", "A larger sum earns no less, and a huge one does not overflow."),
			withFresh(largeSums),
			fault("sum-wraps", "A sum of more than 32 bits of kopecks wraps around"),
			fault("sum-of-four-digits", "A sum loses its digits before the last four")),
		row(rule("just-printed", "A receipt that a till anywhere in Russia has just printed is taken: its time is the till's, not UTC.", contract.Major),
			withFresh(func(c *check, p *customer) {
				c.accepted("a receipt of this moment, by the clock of Kaliningrad", p, c.maker.receipt(1, testSum, c.till(2*time.Hour-10*time.Minute)).String())
			}),
			fault("receipt-time-is-utc", "The time of a receipt is read as UTC, so that fresh ones are from the future")),
		row(rule("days-ahead", "A receipt of three days ahead is from the future and refused.", contract.Major),
			refusedReceipts("a receipt of three days ahead", func(c *check) []string {
				return []string{c.maker.receipt(1, testSum, c.till(72*time.Hour)).String()}
			}),
			fault("receipt-of-next-week", "A receipt may be some days from the future")),
		row(rule("whole", "A receipt with a part missing or of a wrong form is refused: time, sum, drive, document or sign.", contract.Major),
			withFresh(brokenParts),
			fault("receipt-without-sum", "A receipt needs no sum"),
			fault("receipt-without-time", "A receipt needs no time"),
			fault("receipt-time-rolls-over", "The hour 25 of a receipt is one o'clock of the next day"),
			fault("receipt-of-any-drive", "A drive number may have any digits"),
			fault("receipt-document-with-letters", "The letters in a document number are left out")),
		row(rule("no-kind", "The kind of a receipt may be missing.", contract.Major),
			withFresh(func(c *check, p *customer) {
				c.accepted("a receipt without its kind", p, without(c.sale(), "n"))
			}),
			fault("receipt-needs-kind", "A receipt needs its kind")),
		row(counted("odd-kind", "A kind that does not exist earns nothing."),
			withFresh(func(c *check, p *customer) {
				c.gainsNothing(p, func() {
					for _, kind := range []int{0, 5, 11} {
						c.sendReceipt(fmt.Sprintf("a receipt of kind %d", kind), p.number, c.maker.receipt(kind, testSum, c.receiptTime()).String())
					}
				})
			}),
			fault("odd-kinds-earn", "Every kind but 2, 3 and 4 earns")),
		row(counted("same-in-other-form", "Drive and document number name a receipt: with all else written otherwise, it gives no second award."),
			withFresh(sameReceipt),
			fault("receipt-known-with-sign", "Another fiscal sign makes another receipt"),
			fault("receipt-known-with-zeros", "A zero before the document number makes another receipt"),
			fault("receipt-known-with-time", "Seconds in the time make another receipt"),
			fault("receipt-known-with-sum", "The sum in another form makes another receipt"),
			fault("receipt-known-with-address", "The address around a receipt makes another one"),
			fault("receipt-known-with-kind", "A receipt without its kind is another one, and earns")),
		row(counted("different", "Receipts that differ in drive or document number are different ones, whatever else they share, and each earns."),
			withFresh(func(c *check, p *customer) {
				purse := c.purse(p)
				first, otherDocument, otherDrive := c.sale(), c.sale(), c.sale()
				otherDocument.fn, otherDocument.t = first.fn, first.t
				otherDrive.i, otherDrive.fp, otherDrive.t = first.i, first.fp, first.t
				c.accepted("send a receipt", p, first.String())
				want := purse.first("a receipt")
				c.accepted("another document of the same drive, time and sum", p, otherDocument.String())
				purse.gains(want)
				c.accepted("another drive, with the same document number, sign, time and sum", p, otherDrive.String())
				purse.gains(want)
			}),
			fault("receipt-known-by-sign", "The fiscal sign alone names a receipt"),
			fault("receipt-known-by-document", "The document number alone names a receipt"),
			fault("receipt-known-by-time-and-sum", "Time and sum name a receipt")),
		row(counted("lands", "The award goes to the card or phone of the call, as people write the phone, and to nobody else."),
			twoCards(func(c *check, p, other *customer) {
				mine := c.purse(p)
				others := c.purse(other)
				c.accepted("send a receipt", p, c.sale().String())
				gained := mine.gained()
				others.nothing()
				stopIf(gained.Sign() == 0, &lacking{noPointsShow})
				c.send(c.receiptByPhone("send another by phone, as people write it", spelled(p.phone), c.sale().String())).done()
				mine.gains(gained)
				others.nothing()
			}),
			fault("receipt-pays-the-newest", "The award of a receipt goes to the newest card"),
			fault("receipt-by-phone-unpaid", "A receipt by phone is taken and not paid"),
			fault("receipt-raw-phone", "The phone of a receipt has to be bare digits")),
		row(counted("card-then-phone", "A receipt that came by card and comes again by phone, or the other way round, is paid once."),
			withFresh(func(c *check, p *customer) {
				purse := c.purse(p)
				one, other := c.sale().String(), c.sale().String()
				c.accepted("send a receipt by card", p, one)
				want := purse.first("a receipt")
				c.send(c.receiptByPhone("send it again by phone", p.phone, one))
				purse.nothing()
				c.send(c.receiptByPhone("send another by phone", p.phone, other)).done()
				c.sendReceipt("send it again by card", p.number, other)
				purse.gains(want)
			}),
			fault("receipt-known-by-sender", "A receipt by phone is another one than by card")),
		row(counted("other-by-phone", "A receipt that one card has sent is refused to another customer's phone, and gives nothing."),
			twoCards(func(c *check, owner, other *customer) {
				qr := c.sale().String()
				c.accepted("send a receipt", owner, qr)
				c.gainsNothing(other, func() {
					c.send(c.receiptByPhone("send it by another customer's phone", other.phone, qr)).refused()
				})
			}),
			fault("receipt-of-another-by-phone", "A receipt of another card is paid when it comes by phone")),
		row(counted("contradiction", "A receipt with the card of one customer and the phone of another is never paid to both."),
			twoCards(func(c *check, one, other *customer) {
				c.paidToOne(one, other, func(fields map[string]string) call {
					fields["qrCode"] = c.sale().String()
					return c.promo("send a receipt", "submitQRCode", fields)
				})
			}),
			fault("receipt-pays-card-and-phone", "A receipt with a card and another's phone is paid to both")),
	}
}

// till is the clock of a till so far ahead of UTC.
func (c *check) till(ahead time.Duration) string {
	return c.options.Clock().UTC().Add(ahead).Format("20060102T1504")
}

func (c *check) receiptByPhone(title, phone, qr string) call {
	return c.promo(title, "submitQRCode", map[string]string{"msisdn": phone, "qrCode": qr})
}

func sumForms(c *check, p *customer) {
	purse := c.purse(p)
	sent := func(sum string) {
		c.accepted("a receipt over "+sum, p, c.maker.receipt(1, sum, c.receiptTime()).String())
	}
	sent(testSum)
	want := purse.first("a receipt")
	sent("1543.2")
	purse.gains(want)
	sent("1543")
	whole := purse.gained()
	if least := new(big.Rat).Mul(want, big.NewRat(9, 10)); whole.Cmp(least) < 0 || whole.Cmp(want) > 0 {
		c.wrongGain(whole, "about "+written(want)+" points")
	}
}

func largeSums(c *check, p *customer) {
	purse := c.purse(p)
	var least *big.Rat
	for _, sum := range []string{testSum, "20000.00", "42949673.00"} {
		r := c.sendReceipt("a receipt over "+sum, p.number, c.maker.receipt(1, sum, c.receiptTime()).String())
		if sum == "42949673.00" && !r.ok() {
			r.refused()
			purse.nothing()
			return
		}
		r.done()
		if least == nil {
			least = purse.first("a receipt")
			continue
		}
		c.atLeast(purse.gained(), least)
	}
}

func brokenParts(c *check, p *customer) {
	change := func(do func(r *receipt)) string {
		r := c.sale()
		do(&r)
		return r.String()
	}
	day := c.options.Clock().UTC().AddDate(0, 0, -3).Format("20060102")
	for _, broken := range []spelling{
		{"without its sum", without(c.sale(), "s")}, {"without its time", without(c.sale(), "t")},
		{"at 25 o'clock", change(func(r *receipt) { r.t = day + "T2510" })}, {"at minute 61", change(func(r *receipt) { r.t = day + "T1061" })},
		{"with a drive of 15 digits", change(func(r *receipt) { r.fn = r.fn[:15] })}, {"in month 13", change(func(r *receipt) { r.t = r.t[:4] + "13" + r.t[6:] })}, {"with .0 behind its drive", change(func(r *receipt) { r.fn += ".0" })},
		{"with a drive of 17 digits", change(func(r *receipt) { r.fn += "0" })},
		{"with a letter in its document number", change(func(r *receipt) { r.i += "a" })}, {"with an empty document number", change(func(r *receipt) { r.i = "" })},
		{"with a letter in its fiscal sign", change(func(r *receipt) { r.fp = "x" + r.fp[1:] })},
	} {
		c.refusedReceipt("a receipt "+broken.how, p, broken.text)
	}
}

// otherForms are what may be sent of a receipt that was paid, with nothing of
// its drive and document number changed.
func otherForms(r receipt) []spelling {
	change := func(do func(r *receipt)) string {
		other := r
		do(&other)
		return other.String()
	}
	return []spelling{
		{"in an address", "https://check.example/r?" + r.String()}, {"with seconds", change(func(r *receipt) { r.t += "00" })},
		{"with other seconds", change(func(r *receipt) { r.t += "37" })},
		{"with its sum in another form", change(func(r *receipt) { r.s = strings.TrimSuffix(r.s, "0") })},
		{"with a zero before its document number", change(func(r *receipt) { r.i = "0" + r.i })},
		{"with another fiscal sign", change(func(r *receipt) { r.fp = "1" + r.fp[1:9] })},
		{"with another sum", change(func(r *receipt) { r.s = "2" + r.s })}, {"without its kind", without(r, "n")},
		{"with blanks around", " " + r.String() + " "}, {"with its keys in upper case", upperKeys(r.String())}, {"with a key more", r.String() + "&x=1"},
	}
}

func upperKeys(qr string) string {
	pairs := strings.Split(qr, "&")
	for i, pair := range pairs {
		key, value, _ := strings.Cut(pair, "=")
		pairs[i] = strings.ToUpper(key) + "=" + value
	}
	return strings.Join(pairs, "&")
}

// sameReceipt sends a receipt in many forms. Each may be taken or refused, and
// none is paid. When one was, they are tried one by one to tell which.
func sameReceipt(c *check, p *customer) {
	purse := c.purse(p)
	first := c.sale()
	c.accepted("send a receipt", p, first.String())
	purse.first("a receipt")
	again := func(form spelling) {
		c.sendReceipt("send it again "+form.how, p.number, form.text)
	}
	for _, form := range otherForms(first) {
		again(form)
	}
	paid := attempt(purse.nothing)
	if paid == nil {
		return
	}
	for i := range otherForms(first) {
		next := c.sale()
		if attempt(func() { c.accepted("send another receipt", p, next.String()); purse.gained() }) != nil {
			break
		}
		form := otherForms(next)[i]
		if err := attempt(func() { again(form); purse.nothing() }); err != nil {
			panic(stop{&broken{"the same receipt " + form.how + ": " + err.Error()}})
		}
	}
	panic(stop{paid})
}

// paidToOne sends something with the card of one customer and the phone of
// another, and expects that together they gain no more than it gives once.
func (c *check) paidToOne(one, other *customer, of func(fields map[string]string) call) {
	mine := c.purse(one)
	others := c.purse(other)
	control := c.fresh()
	want := c.gain(control.number, func() { c.send(of(map[string]string{"cardNumber": control.number})).done() })
	stopIf(want.Sign() == 0, &lacking{noPointsShow})
	out := of(map[string]string{"cardNumber": one.number, "msisdn": other.phone})
	out.title += " with the card of one customer and the phone of another"
	c.send(out)
	first := mine.gained()
	second := others.gained()
	if together := new(big.Rat).Add(first, second); together.Cmp(want) > 0 {
		c.wrongGain(together, "at most "+written(want)+" points, to one of them")
	}
}

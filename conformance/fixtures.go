package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/document"
)

// customer is one of the run's own customers, or the one that the profile names.
type customer struct {
	phone, email, birthDate string
	// number is the number of the card, "" while there is none.
	number string
}

// fixtures are what the checks of one task share, by name.
type fixtures struct {
	named  map[string]*customer
	failed map[string]error
	// made are the customers with cards.
	made   []*customer
	denied int
}

// profile is a User in a request.
type profile map[string]any

func (p profile) with(more profile) profile {
	merged := maps.Clone(p)
	maps.Copy(merged, more)
	return merged
}

func encode(v any) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic(err) // maps of texts and numbers always encode
	}
	return bytes.TrimRight(out.Bytes(), "\n")
}

// Values of the run's customers.
const (
	testSurname   = "Проверочная"
	testFirstname = "Конформация"
	testBirthDate = "1950-02-28"
)

// person makes up a customer without a card.
func (c *check) person() *customer {
	phone := c.maker.phone()
	return &customer{phone: phone, email: c.maker.email(phone), birthDate: testBirthDate}
}

// profile is the whole profile of a customer.
func (p *customer) profile() profile {
	return profile{"phone": p.phone, "email": p.email, "surname": testSurname, "firstname": testFirstname, "birthDate": p.birthDate}
}

// known is a customer with a card whom a check may read and must not change.
func (c *check) known() *customer {
	if !c.options.ReadOnly {
		return c.shared("anna")
	}
	if card := c.profile.Data.Card; card != nil {
		return &customer{phone: card.Phone, email: card.Email, number: card.CardNumber}
	}
	panic(stop{&lacking{"supply data.card in the profile, or let the run write: " + supply["card"]}})
}

// shared is a customer with a card by name, made when a check of the scenario
// first asks. Checks do not change shared customers. The calls that make one
// stand in no check's report, for it is chance which check asks first.
func (c *check) shared(name string) *customer {
	s := c.scene
	s.making.Lock()
	defer s.making.Unlock()
	if _, tried := s.customers[name]; !tried {
		lane, kept := *c.run, len(c.records)
		lane.maker = s.maker
		maker := &check{run: &lane, rule: c.rule}
		s.failed[name] = attempt(func() { s.customers[name] = maker.fresh() })
		c.fixtures.made = append(c.fixtures.made, lane.fixtures.made[len(c.fixtures.made):]...)
		if s.failed[name] != nil {
			s.customers[name] = nil
			c.records = append(c.records[:kept], maker.records...)
		}
	}
	if err := s.failed[name]; err != nil {
		panic(stop{err})
	}
	return s.customers[name]
}

// named are the fixtures by name.
func (c *check) named() map[string]*customer {
	if c.fixtures.named == nil {
		c.fixtures.named, c.fixtures.failed = map[string]*customer{}, map[string]error{}
	}
	return c.fixtures.named
}

// fresh makes a customer with a card for this check alone. Once that has failed,
// it is not tried again in the scenario.
func (c *check) fresh() *customer {
	if c.noCustomers != nil {
		panic(stop{c.noCustomers})
	}
	if err := c.scene.stopped("customer"); err != nil {
		panic(stop{err})
	}
	p := c.person()
	if err := attempt(func() { c.issueTo(p, p.profile()) }); err != nil {
		panic(stop{c.scene.stop("customer", err)})
	}
	return p
}

// prepare makes the customer by whose phone a later run knows that its phones were
// used, and finds out whether customers can be made at all.
func (r *run) prepare(tasks []*task) {
	calls := func(t *task) bool { return t.phase != summing && t.scene.ID != contract.ScenarioTLS }
	if r.options.ReadOnly || r.untrusted || !slices.ContainsFunc(tasks, calls) {
		return
	}
	c := &check{run: r}
	for range 2 {
		p := &customer{phone: r.marker, email: r.maker.email(r.marker), birthDate: testBirthDate}
		if r.noCustomers = attempt(func() { c.issueTo(p, p.profile()) }); r.noCustomers == nil {
			return
		}
	}
}

// freshWithout makes a customer without some fields of the profile.
func (c *check) freshWithout(fields ...string) *customer {
	p := c.person()
	all := p.profile()
	for _, field := range fields {
		delete(all, field)
	}
	if _, has := all["email"]; !has {
		p.email = ""
	}
	c.issueTo(p, all)
	return p
}

// issueTo gives a customer a card by whichever way the host offers.
func (c *check) issueTo(p *customer, body profile) {
	number := ""
	if c.profile.Offers("issueCard") {
		if attempt(func() { number = c.issue("prepare: issue a card", body).number() }) == nil && number != "" {
			c.made(p, number)
			return
		}
	}
	if c.profile.Offers("reserveCard") && c.profile.Offers("issueReservedCard") {
		done := false
		err := attempt(func() {
			if number, _ = c.reserve("prepare: reserve a number"); number != "" {
				done = c.issueOn("prepare: issue the number", number, body).ok()
			}
		})
		if err == nil && done {
			c.made(p, number)
			return
		}
	}
	panic(stop{&unready{
		why:    fmt.Sprintf("the run could not make a customer with a card; if the host refuses phones like %s…, choose others (--phones)", c.options.PhonePrefix),
		record: c.deciding(),
	}})
}

// made notes a card that the run has made.
func (c *check) made(p *customer, number string) {
	p.number = number
	c.fixtures.made = append(c.fixtures.made, p)
	c.report.TestData.Customers++
	c.report.TestData.Cards++
}

// The methods as calls.

func (c *check) find(title string, parameters ...string) *reply {
	return c.send(c.findCall(title, parameters...))
}

// findCall searches by pairs of name and value.
func (c *check) findCall(title string, parameters ...string) call {
	var query []string
	for i := 0; i+1 < len(parameters); i += 2 {
		query = append(query, url.QueryEscape(parameters[i])+"="+url.QueryEscape(parameters[i+1]))
	}
	return call{title: title, method: http.MethodGet, path: "/v1/card", query: strings.Join(query, "&")}
}

// on is a call of a method of one card.
func (c *check) on(title, methodID, number string) call {
	m, _ := c.profile.Method(methodID)
	return call{title: title, method: m.Verb, path: strings.Replace(m.Path, "{cardNumber}", url.PathEscape(number), 1)}
}

// with gives a call a body.
func (out call) with(body any) call {
	out.body = encode(body)
	return out
}

// look asks for a card with its points.
func (c *check) look(title, number string) *reply {
	return c.send(c.on(title, "getCard", number))
}

func (c *check) issueCall(title string, body profile) call {
	return c.on(title, "issueCard", "").with(body)
}

func (c *check) issue(title string, body profile) *reply {
	return c.send(c.issueCall(title, body))
}

// reserve reserves a number. It reads leniently: how the number is written has
// its own check.
func (c *check) reserve(title string) (number string, r *reply) {
	r = c.send(c.on(title, "reserveCard", ""))
	number = reservedNumber(r.Answer)
	if number != "" {
		c.report.TestData.Reserved++
	}
	return number, r
}

func reservedNumber(a *Answer) string {
	if a == nil || a.Status != http.StatusOK {
		return ""
	}
	if v, err := document.Parse(a.Body); err == nil && (v.Kind == document.String || v.Kind == document.Number) {
		return identifier(v.Text)
	}
	if text := strings.TrimSpace(string(a.Body)); text != "" && strings.Trim(text, "0123456789") == "" {
		return identifier(text)
	}
	return ""
}

// longestNumber is how long a card number may be, in bytes. A run keeps each number
// and sends it in many calls.
const longestNumber = 256

// identifier is a card number as the host gave it, "" for one that is too long to
// be one.
func identifier(text string) string {
	if len(text) > longestNumber {
		return ""
	}
	return text
}

// needNumber reserves a number for a check that builds on it.
func (c *check) needNumber() string {
	if err := c.scene.stopped("number"); err != nil {
		panic(stop{err})
	}
	number, _ := c.reserve("prepare: reserve a number")
	if number == "" {
		panic(stop{c.scene.stop("number", &unready{why: "no number could be reserved", record: c.deciding()})})
	}
	return number
}

func (c *check) issueOnCall(title, number string, body profile) call {
	return c.on(title, "issueReservedCard", number).with(body)
}

func (c *check) issueOn(title, number string, body profile) *reply {
	return c.send(c.issueOnCall(title, number, body))
}

func (c *check) updateCall(title, number string, body profile) call {
	return c.on(title, "updateUser", number).with(body)
}

func (c *check) update(title, number string, body profile) *reply {
	return c.send(c.updateCall(title, number, body))
}

func (c *check) channelsCall(title, number string, allow, deny []string) call {
	body := map[string]any{}
	if allow != nil {
		body["allow"] = allow
	}
	if deny != nil {
		body["deny"] = deny
	}
	return c.on(title, "setChannels", number).with(body)
}

// purchases asks for history; an empty day leaves its parameter out.
func (c *check) purchases(title, number, from, to string) *reply {
	out := c.on(title, "listPurchases", number)
	query := url.Values{}
	if from != "" {
		query.Set("startDate", from)
	}
	if to != "" {
		query.Set("endDate", to)
	}
	out.query = query.Encode()
	return c.send(out)
}

// promo is a call of a promo method; fields have the contract's names.
func (c *check) promo(title, methodID string, fields map[string]string) call {
	body := map[string]string{}
	for name, value := range fields {
		body[c.profile.PromoField(name)] = value
	}
	return c.on(title, methodID, "").with(body)
}

func (c *check) receiptCall(title, number, qr string) call {
	return c.promo(title, "submitQRCode", map[string]string{"cardNumber": number, "qrCode": qr})
}

func (c *check) sendReceipt(title, number, qr string) *reply {
	r := c.send(c.receiptCall(title, number, qr))
	if r.ok() {
		c.report.TestData.Receipts++
	}
	return r
}

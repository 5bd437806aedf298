package remotecrm

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"koshelek-adapter/conformance"
	"koshelek-adapter/crm"
	"koshelek-adapter/schema/crmapi"
)

// check is a rule's check at work. Its steps end it by panicking with a stop.
type check struct {
	*run
	ctx  context.Context
	rule rule
	keys int
}

type stop struct {
	outcome conformance.Outcome
	message string
}

// broken ends the check: the rule does not hold.
func (c *check) broken(t text, values ...any) {
	panic(stop{conformance.Fail, fmt.Sprintf(c.say(t), values...)})
}

// unready ends the check: what it builds on failed.
func (c *check) unready(err error) {
	if err != nil {
		panic(stop{conformance.Error, c.say(text{"the preparation failed: ", "подготовка не удалась: "}) + err.Error()})
	}
}

// without ends the check: it says nothing of this service.
func (c *check) without(t text) { panic(stop{conformance.Disabled, c.say(t)}) }

// must expects success of the call that the rule is about.
func (c *check) must(err error) {
	if err != nil {
		c.broken(text{"%v", "%v"}, err)
	}
}

// refused expects a refusal of one of the kinds.
func (c *check) refused(err error, kinds ...crm.Kind) {
	if err == nil {
		c.broken(text{"it was accepted; expected %v", "принято; ожидалось %v"}, kinds)
	}
	if !slices.Contains(kinds, crm.KindOf(err)) {
		c.broken(text{"%v; expected %v", "%v; ожидалось %v"}, err, kinds)
	}
}

// person makes a customer whom nobody has, with a card number.
func (r *run) person() crm.Enrollment {
	r.next++
	n := (r.Seed*1000 + r.next) % 1_000_000_000
	phone := r.PhonePrefix + fmt.Sprintf("%09d", n)[max(0, 9-(11-len(r.PhonePrefix))):]
	number := r.NumberPrefix + fmt.Sprintf("%012d", n)[max(0, len(r.NumberPrefix)):]
	number += checkDigit(number)
	return crm.Enrollment{Key: "conform-" + number, Number: crm.CardNumber{Number: number, BarcodeNumber: number, BarcodeType: crm.EAN13}, Profile: crm.Profile{
		Phone: phone, Email: fmt.Sprintf("conform%d@%s", n, conformance.DefaultEmailDomain), Surname: "Проверкин", FirstName: "Иван", BirthDate: "1990-02-28", Sex: "m",
	}}
}

// checkDigit is the last digit of EAN-13.
func checkDigit(digits string) string {
	sum := 0
	for i, d := range digits {
		sum += int(d-'0') * (1 + 2*(i%2))
	}
	return strconv.Itoa((10 - sum%10) % 10)
}

// enroll makes a card, and remembers it for the end.
func (c *check) enroll(e crm.Enrollment) (crm.Member, error) {
	m, err := c.crm.Enroll(c.ctx, e)
	if err == nil {
		c.made = append(c.made, m.Ref)
	}
	return m, err
}

// customer makes a customer that the check builds on.
func (c *check) customer() (crm.Enrollment, crm.Member) {
	e := c.person()
	m, err := c.enroll(e)
	c.unready(err)
	return e, m
}

// found gives the members of a phone.
func (c *check) found(phone string) []crm.Member {
	found, err := c.crm.Find(c.ctx, crm.Identity{Phone: phone})
	c.must(err)
	return found
}

// cards expects a number of cards of a phone, of one customer.
func (c *check) cards(phone string, want int) {
	found := c.found(phone)
	if len(found) != want {
		c.broken(text{"find has %d cards of the phone; expected %d", "find знает карт у телефона: %d; ожидалось %d"}, len(found), want)
	}
	for _, m := range found {
		if m.ID != found[0].ID {
			c.broken(text{"the phone has two customers", "у телефона два клиента"})
		}
	}
}

// balance gives a card's total; only of a service that offers it.
func (c *check) balance(ref crm.Ref) int64 {
	b, err := c.crm.Balance(c.ctx, ref)
	c.must(err)
	return b.Total
}

func (c *check) has(offer string) bool { return slices.Contains(c.about.Offers, offer) }

// key makes a key that was never used.
func (c *check) key() string {
	c.keys++
	return fmt.Sprintf("conform-%d-%s-%d", c.Seed, c.rule.id, c.keys)
}

// together makes calls at one moment.
func (c *check) together(do func(i int) error) []error {
	errs := make([]error, c.Twins)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { errs[i] = do(i) })
	}
	all.Wait()
	return errs
}

// patient repeats what the service surely has not done, as the adapter would.
func (c *check) patient(do func() error) (err error) {
	for range 5 {
		if err = do(); crm.KindOf(err) != crm.ErrNotDone {
			return err
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-c.ctx.Done():
			return err
		}
	}
	return err
}

// raw makes a call that the connector would not make, and gives status and code. The
// head is signed well before it is edited.
func (c *check) raw(name, key, body string, edit func(head http.Header)) (status int, code string) {
	answer, err := c.post(c.ctx, name, key, body, edit)
	if err != nil {
		c.broken(text{"no answer came: %v", "ответа нет: %v"}, err)
	}
	defer func() { _ = answer.Body.Close() }()
	read, _ := io.ReadAll(io.LimitReader(answer.Body, crmapi.MaxAnswerBytes)) // the status is enough
	var refusal crmapi.Refusal
	_ = json.Unmarshal(read, &refusal)
	return answer.StatusCode, refusal.Code
}

func (c *check) post(ctx context.Context, name, key, body string, edit func(head http.Header)) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(c.Remote.URL, "/")+"/v1/"+name, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.GetBody = nil
	request.Header.Set("Content-Type", "application/json")
	if key != "" {
		request.Header.Set(crmapi.HeaderKey, key)
	}
	switch o := c.Remote; {
	case o.Token != "":
		request.Header.Set("Authorization", "Bearer "+o.Token)
	case o.User != "" || o.Password != "":
		request.SetBasicAuth(o.User, o.Password)
	}
	c.sign(request.Header, body, time.Now())
	if edit != nil {
		edit(request.Header)
	}
	return c.run.raw.Do(request)
}

func (c *check) sign(head http.Header, body string, at time.Time) {
	id := "msg_" + c.key()
	signature, _ := c.secret.Sign(id, at, []byte(body)) // it never fails
	head.Set("webhook-id", id)
	head.Set("webhook-timestamp", strconv.FormatInt(at.Unix(), 10))
	head.Set("webhook-signature", signature)
}

// lost makes a call and goes away as soon as it is sent.
func (c *check) lost(name, key string, body any) {
	ctx, leave := context.WithCancel(c.ctx)
	defer leave()
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { leave() }})
	answer, err := c.post(ctx, name, key, encode(body), nil)
	if err == nil {
		_ = answer.Body.Close()
	}
}

func encode(body any) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(body) // structs of texts and numbers always can be
	return strings.TrimSpace(out.String())
}

func enrollBody(e crm.Enrollment) crmapi.Enroll {
	p := e.Profile
	return crmapi.Enroll{Number: e.Number.Number, Barcode: &crmapi.Barcode{Number: e.Number.BarcodeNumber, Type: string(e.Number.BarcodeType)}, Profile: crmapi.Profile{
		Phone: p.Phone, Email: p.Email, Surname: p.Surname, FirstName: p.FirstName, Sex: string(p.Sex), BirthDate: string(p.BirthDate),
	}}
}

package scenario

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"koshelek-adapter/server/bench/dataset"
)

// Names of the operations, in the order in which they are measured.
const (
	Find    = "find"
	Card    = "card"
	Issue   = "issue"
	Receipt = "receipt"
	// Day is the mixed day: 64 % find, 28 % card, 5 % issue, 3 % receipt.
	Day = "day"
)

// Operations are those that are measured one by one.
func Operations() []string { return []string{Find, Card, Issue, Receipt} }

// Writes reports whether an operation changes the store.
func Writes(name string) bool { return name == Issue || name == Receipt }

// Generator makes the requests of an operation and judges the answers. Its
// methods may be called concurrently.
type Generator struct {
	name    string
	url     string
	header  http.Header
	store   *dataset.Store
	receipt string
}

// New makes requests of an operation to a server over a store. header goes with
// every request.
func New(name, url string, header http.Header, store *dataset.Store) *Generator {
	g := &Generator{name: name, url: url, header: header.Clone(), store: store, receipt: printed(time.Now())}
	if g.header == nil {
		g.header = http.Header{}
	}
	g.header.Set("Content-Type", "application/json")
	return g
}

// moscow is the programme's zone unless it is set otherwise.
var moscow = time.FixedZone("MSK", 3*60*60)

// printed is the moment that receipts carry: an hour ago, so that no clock finds
// it in the future.
func printed(now time.Time) string { return now.Add(-time.Hour).In(moscow).Format("20060102T1504") }

// Next is a vegeta.Targeter.
func (g *Generator) Next(t *vegeta.Target) error {
	t.Header = g.header
	switch name := g.draw(); name {
	case Find:
		t.Method, t.URL = http.MethodGet, g.url+"/v1/card?msisdn="+g.store.Phone(g.any())
	case Card:
		t.Method, t.URL = http.MethodGet, g.url+"/v1/card/"+g.store.Number(g.any())
	case Issue:
		n := g.store.Fresh()
		t.Method, t.URL, t.Body = http.MethodPost, g.url+"/v1/card/anonymous", fmt.Appendf(nil, issueBody, dataset.FreshPhone(n), n)
	case Receipt:
		t.Method, t.URL, t.Body = http.MethodPost, g.url+"/v1/promo/qrCode", fmt.Appendf(nil, receiptBody, g.store.Number(g.any()), g.receipt, g.store.Fresh())
	default:
		return fmt.Errorf("scenario: there is no operation %q", name)
	}
	return nil
}

const (
	// issueBody is a whole profile; only phone and address differ.
	issueBody = `{"phone":"%s","email":"new%d@example.com","surname":"Ivanova","firstname":"Anna","patronymic":"Petrovna",` +
		`"sex":"f","birthDate":"1990-05-17","countryCode":"RU","locality":"Moscow"}`
	// receiptBody is a sale of 1543.20 roubles.
	receiptBody = `{"cardNumber":"%s","qrCode":"t=%s&s=1543.20&fn=9960440300123456&i=%d&fp=1234567890&n=1"}`
)

// draw is the operation itself, or one of the mixed day's.
func (g *Generator) draw() string {
	if g.name != Day {
		return g.name
	}
	switch face := rand.IntN(100); {
	case face < 64:
		return Find
	case face < 92:
		return Card
	case face < 97:
		return Issue
	}
	return Receipt
}

func (g *Generator) any() int { return rand.IntN(g.store.Cards) }

// Judge tells what is wrong with an answer, nil for nothing.
func (g *Generator) Judge(r *vegeta.Result) error {
	if r.Error != "" || r.Code != http.StatusOK {
		return fmt.Errorf("%s %s: %d %s %.200s", r.Method, strings.TrimPrefix(r.URL, g.url), r.Code, r.Error, r.Body)
	}
	path := strings.TrimPrefix(r.URL, g.url)
	wanted, holds := "", ""
	if phone, isFind := strings.CutPrefix(path, "/v1/card?msisdn="); isFind {
		wanted = `{"card":{"cardNumber":"` + g.store.NumberOf(phone) + `"`
	} else if r.Method == http.MethodGet {
		wanted, holds = `{"card":{"cardNumber":"`+strings.TrimPrefix(path, "/v1/card/")+`"`, `"bonus":{"total":"`
	} else if path == "/v1/card/anonymous" {
		wanted = `{"card":{"cardNumber":"`
	} else if len(r.Body) > 0 {
		return fmt.Errorf("%s: wanted an empty body, got %.200q", path, r.Body)
	}
	if !bytes.HasPrefix(r.Body, []byte(wanted)) || !bytes.Contains(r.Body, []byte(holds)) {
		return fmt.Errorf("%s: wanted %s… %s…, got %.200q", path, wanted, holds, r.Body)
	}
	return nil
}

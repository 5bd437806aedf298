package workload

import (
	"fmt"
	"net/http"
	"strconv"

	"koshelek-adapter/server/bench/load"
	"koshelek-adapter/server/bench/stock"
)

func (s *stream) find() load.Request {
	i := s.any()
	return get("/v1/card?msisdn="+s.keys.Phone(i), begins(`{"card":{"cardNumber":"`+s.keys.Number(i)+`"`))
}

func (s *stream) card() load.Request {
	number := s.keys.Number(s.any())
	return get("/v1/card/"+number, both(begins(`{"card":{"cardNumber":"`+number+`"`), holds(`"bonus":{"total":"`)))
}

func (s *stream) history() load.Request {
	return get("/v1/card/"+s.keys.Number(s.any())+"/purchases?startDate=2026-01-01&endDate=2026-12-31", begins("["))
}

func (s *stream) offers() load.Request {
	return get("/v1/card/"+s.keys.Number(s.any())+"/campaigns", begins("["))
}

func (s *stream) reserve() load.Request { return get("/v1/card/anonymous", quotedNumber) }

// issueBody is a whole profile; only phone and address differ between customers.
const issueBody = `{"phone":"%s","email":"new%d@example.com","surname":"Ivanova","firstname":"Anna","patronymic":"Petrovna",` +
	`"sex":"f","birthDate":"1990-05-17","countryCode":"RU","locality":"Moscow"}`

func (s *stream) issue() load.Request {
	n := s.fresh()
	s.body = fmt.Appendf(s.body[:0], issueBody, stock.FreshPhone(n), n)
	return post("/v1/card/anonymous", s.body, begins(`{"card":{"cardNumber":"`))
}

func (s *stream) profile() load.Request {
	s.body = fmt.Appendf(s.body[:0], `{"firstname":"Maria","locality":"Kazan %d"}`, s.fresh())
	return post("/v1/card/"+s.keys.Number(s.any()), s.body, empty)
}

// receiptBody is a sale of 1543.20 roubles.
const receiptBody = `{"cardNumber":"%s","qrCode":"t=%s&s=1543.20&fn=9960440300123456&i=%d&fp=1234567890&n=1"}`

func (s *stream) receipt() load.Request {
	s.body = fmt.Appendf(s.body[:0], receiptBody, s.keys.Number(s.any()), s.today, s.fresh())
	return post("/v1/promo/qrCode", s.body, empty)
}

func (s *stream) channels() load.Request {
	body := `{"allow":["sms"],"deny":["email"]}`
	if s.dice.IntN(2) == 0 {
		body = `{"allow":["email"],"deny":["sms","call"]}`
	}
	return load.Request{Method: http.MethodPut, Path: "/v1/card/" + s.keys.Number(s.any()) + "/communication", Body: []byte(body), Want: empty}
}

// mixed throws a die of a hundred faces.
func (s *stream) mixed() load.Request {
	switch face := s.dice.IntN(100); {
	case face < 60:
		return s.find()
	case face < 85:
		return s.card()
	case face < 90:
		return s.history()
	case face < 94:
		return s.issue()
	case face < 97:
		return s.receipt()
	}
	return s.other()
}

func (s *stream) other() load.Request {
	switch s.dice.IntN(4) {
	case 0:
		return s.profile()
	case 1:
		return s.reserve()
	case 2:
		return s.channels()
	}
	return s.offers()
}

// Receipts is a workload of receipts for one card in which the connections of a
// pair send the same ones, as a client does that repeats its calls. sent counts
// for each connection how many it sent; it is read when the run has ended.
func Receipts(number string, base, connections int) (w load.Workload, sent []int) {
	today, sent := todayNow(), make([]int, connections)
	return func(connection int) load.Source {
		var body []byte
		first := base + connection/2*span
		return func() load.Request {
			sent[connection]++
			body = fmt.Appendf(body[:0], receiptBody, number, today, first+sent[connection])
			return post("/v1/promo/qrCode", body, empty)
		}
	}, sent
}

// ReceiptPoints is what each of these receipts earns at one per cent.
const ReceiptPoints = 15

// Total reads the points of a card's answer.
func Total(body []byte) (int64, error) {
	const mark = `"bonus":{"total":"`
	_, rest, found := cut(body, mark)
	if !found {
		return 0, fmt.Errorf("no total in %.200s", body)
	}
	digits, _, _ := cut(rest, `"`)
	return strconv.ParseInt(string(digits), 10, 64)
}

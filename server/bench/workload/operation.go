package workload

import (
	"math/rand/v2"
	"net/http"
	"time"

	"koshelek-adapter/server/bench/load"
	"koshelek-adapter/server/bench/stock"
)

// Operation is a kind of call.
type Operation struct {
	// Name is short, for flags and files; Title is for people.
	Name, Title string
	// Write tells that the store changes and each call needs a key of its own.
	Write bool
	// draw makes the next request of a connection.
	draw func(s *stream) load.Request
	// lua is the body of wrk's request().
	lua string
}

// Operations are measured against their floor, in this order.
func Operations() []Operation {
	return []Operation{
		{Name: "find", Title: "find by phone", draw: (*stream).find, lua: luaFind},
		{Name: "card", Title: "card with balance", draw: (*stream).card, lua: luaCard},
		{Name: "issue", Title: "issue (1.2.0)", Write: true, draw: (*stream).issue, lua: luaIssue},
		{Name: "reserve", Title: "reserve", Write: true, draw: (*stream).reserve, lua: luaReserve},
		{Name: "profile", Title: "profile update", Write: true, draw: (*stream).profile, lua: luaProfile},
		{Name: "receipt", Title: "receipt", Write: true, draw: (*stream).receipt, lua: luaReceipt},
	}
}

// ByName finds an operation, the mixed day included.
func ByName(name string) (Operation, bool) {
	for _, op := range append(Operations(), MixedDay()) {
		if op.Name == name {
			return op, true
		}
	}
	return Operation{}, false
}

// MixedDay is what a wallet sends over a day: 60 % find, 25 % card, 5 %
// history, 4 % issue, 3 % receipt, and 3 % of everything else. wrk has no part
// in it.
func MixedDay() Operation {
	return Operation{Name: "day", Title: "mixed day", Write: true, draw: (*stream).mixed}
}

// How many counters a connection of ours and a thread of wrk may use up; a run
// ends long before.
const (
	span       = 50_000
	threadSpan = 1_000_000
)

// Counters is how many fresh counters a run over so many connections needs.
func Counters(connections int) int { return connections * span }

// LuaCounters is Counters for wrk.
func LuaCounters(threads int) int { return threads * threadSpan }

// Load makes the workload over a filled store; the fresh counters begin at base.
func (op Operation) Load(keys stock.Keys, base int) load.Workload {
	today := Today(time.Now())
	return func(connection int) load.Source {
		s := &stream{
			keys: keys, counter: base + connection*span, today: today,
			dice: rand.New(rand.NewPCG(uint64(base), uint64(connection))),
		}
		return func() load.Request { return op.draw(s) }
	}
}

// moscow is the programme's zone unless it is set otherwise; the year round
// three hours ahead.
var moscow = time.FixedZone("MSK", 3*60*60)

// Today is the moment that receipts carry: an hour ago, so that no clock finds
// it in the future.
func Today(now time.Time) string { return now.Add(-time.Hour).In(moscow).Format("20060102T1504") }

// stream makes the requests of one connection.
type stream struct {
	keys    stock.Keys
	counter int
	today   string
	dice    *rand.Rand
	body    []byte
}

// any draws a customer.
func (s *stream) any() int { return s.dice.IntN(s.keys.Cards) }

// fresh gives a counter that no other request has.
func (s *stream) fresh() int {
	s.counter++
	return s.counter
}

func get(path string, want func([]byte) error) load.Request {
	return load.Request{Method: http.MethodGet, Path: path, Want: want}
}

func post(path string, body []byte, want func([]byte) error) load.Request {
	return load.Request{Method: http.MethodPost, Path: path, Body: body, Want: want}
}

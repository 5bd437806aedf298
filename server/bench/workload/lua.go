package workload

import (
	"fmt"
	"time"

	"koshelek-adapter/server/bench/stock"
)

// prelude gives a script what Keys gives the generators in Go. Each thread has
// counters of its own.
const prelude = `
local CARDS, PHONE_STEP, NUMBER_STEP, BASE, SPAN = %d, %d, %d, %d, %d
local FACTOR, SPACE, TODAY, AUTH = %d, %d, %q, %q
local threads = 0
function setup(thread)
  thread:set("no", threads)
  threads = threads + 1
end
local counter
function init(args)
  math.randomseed(BASE + no * 7919 + 1)
  counter = BASE + no * SPAN
  if AUTH ~= "" then wrk.headers["Authorization"] = AUTH end
  wrk.headers["Content-Type"] = "application/json"
end
local function any() return math.random(0, CARDS - 1) end
local function fresh()
  counter = counter + 1
  return counter
end
local function phone(i) return string.format("79%%09.0f", i * PHONE_STEP) end
local function freshPhone(n) return string.format("79%%09.0f", 2 * (n * FACTOR %% SPACE) + 1) end
local function number(i)
  local body = string.format("29%%010.0f", i * NUMBER_STEP)
  local sum = 0
  for at = 1, #body do
    local weight = at %% 2 == 0 and 3 or 1
    sum = sum + weight * (body:byte(at) - 48)
  end
  return body .. string.format("%%.0f", (10 - sum %% 10) %% 10)
end
`

const (
	luaFind    = `return wrk.format("GET", "/v1/card?msisdn=" .. phone(any()))`
	luaCard    = `return wrk.format("GET", "/v1/card/" .. number(any()))`
	luaReserve = `return wrk.format("GET", "/v1/card/anonymous")`
	luaIssue   = `local n = fresh()
  return wrk.format("POST", "/v1/card/anonymous", nil, string.format([[` + luaIssueBody + `]], freshPhone(n), n))`
	luaProfile = `return wrk.format("POST", "/v1/card/" .. number(any()), nil,
    string.format([[{"firstname":"Maria","locality":"Kazan %.0f"}]], fresh()))`
	luaReceipt = `return wrk.format("POST", "/v1/promo/qrCode", nil,
    string.format([[` + luaReceiptBody + `]], number(any()), TODAY, fresh()))`

	// Lua's %d would be Go's; both write a whole number.
	luaIssueBody   = issueBody
	luaReceiptBody = receiptBody
)

// Lua is the operation as a script for wrk; the fresh counters begin at base.
func (op Operation) Lua(keys stock.Keys, base int, authorization string) string {
	head := fmt.Sprintf(prelude, keys.Cards, keys.PhoneStep(), keys.NumberStep(), base, threadSpan,
		stock.FreshFactor, stock.FreshSpace, Today(time.Now()), authorization)
	return head + "function request()\n  " + op.lua + "\nend\n"
}

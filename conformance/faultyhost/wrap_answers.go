package faultyhost

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// writes are the methods that have nothing to tell.
const writes = "confirm update channels receipt code"

// answerWrappers are the faults of answers as they go over the wire. They know the
// answers of the plain style: JSON without blanks, the members in their order.
func answerWrappers() map[string]wrapper {
	return map[string]wrapper{
		"nobody-is-error":      refuses("find", "^$", cardUnknown),
		"nobody-is-object":     rewrites("find", "^$", "{}"),
		"nobody-is-null":       rewrites("find", "^$", "null"),
		"nobody-is-empty-card": rewrites("find", "^$", `{"card":{}}`),

		"empty-is-object":         rewrites(writes, "^$", "{}"),
		"empty-is-null":           rewrites(writes, "^$", "null"),
		"empty-is-list":           rewrites(writes, "^$", "[]"),
		"empty-is-ok":             rewrites(writes, "^$", `"OK"`),
		"empty-is-success-object": rewrites(writes, "^$", `{"code":"0","description":"OK"}`),
		"confirm-answers-card":    showsCard("confirm"),
		"update-answers-card":     showsCard("update"),
		"issue-empty":             rewrites("issue", "^.*$", ""),
		"issue-bare-number":       rewrites("issue", `^.*"cardNumber":("\d+").*$`, "$1"),

		"unknown-card-is-empty":    succeeds("details", cardUnknown, ""),
		"update-of-unknown-card":   succeeds("update", cardUnknown, ""),
		"channels-of-unknown-card": succeeds("channels", cardUnknown, ""),
		"history-of-unknown-card":  succeeds("purchases", cardUnknown, "[]"),
		"offers-of-unknown-card":   succeeds("offers", cardUnknown, "[]"),
		"channels-refused":         refuses("channels", "^$", badField),
		"receipt-refused":          refuses("receipt", "^$", receiptMalformed),
		"code-refused":             refuses("code", "^$", codeUnknown),
		"one-code-for-numbers":     refuses("confirm", text(numberUnknown), numberTaken),
		"one-code-for-contacts":    refuses("update", text(emailTaken), phoneTaken),
		"one-code-for-receipts":    refuses("receipt", text(receiptTaken), receiptMalformed),

		"no-history-is-empty": rewrites("purchases", `^\[\]$`, ""),
		"no-history-is-null":  rewrites("purchases", `^\[\]$`, "null"),
		"no-history-is-error": refuses("purchases", `^\[\]$`, badDate),
		"history-wrapped":     rewrites("purchases", `^(\[.*)$`, `{"purchases":$1}`),
		"offers-wrapped":      rewrites("offers", `^(\[.*)$`, `{"campaigns":$1}`),
		"users-wrapped":       rewrites("users", `^(\[.*)$`, `{"users":$1}`),
		"offers-twice":        rewrites("offers", `^\[(.+)\]$`, "[$1,$1]"),
		"users-twice":         rewrites("users", `^\[(.+)\]$`, "[$1,$1]"),
		"users-objects":       rewrites("users", `("\d+")`, `{"phone":$1}`),
		"users-numbers":       rewrites("users", `"(\d+)"`, "$1"),
		"users-with-plus":     rewrites("users", `"(\d+)"`, `"+$1"`),
		"users-newest-alone":  rewrites("users", `^\[.*((?:,"\d+"){3})\]$`, `["7"$1]`),

		"users-with-old-phones": spoiling(func(c *call, a *kept) {
			c.host.mu.Lock()
			defer c.host.mu.Unlock()
			for _, one := range c.host.books.customers {
				for _, old := range one.former {
					if c.method == "users" {
						a.replace(`]`, `,"`+old+`"]`)
					}
				}
			}
		}),

		"reserved-bare":     rewrites("reserve", `"(\d+)"`, "$1"),
		"reserved-object":   rewrites("reserve", `(".*")`, `{"cardNumber":$1}`),
		"reserved-unquoted": rewrites("reserve", `"(.*)"`, "N$1"),

		"one-barcode-for-all":  rewrites("", `"barcodeNumber":"\d+"`, `"barcodeNumber":"2900000000018"`),
		"barcode-missing":      rewrites("", `,"barcode":\{[^}]*\}`, ""),
		"barcode-empty":        rewrites("", `("barcodeNumber":)"\d+"`, `$1""`),
		"barcode-type-unknown": rewrites("", `"EAN_13"`, `"EAN13"`),
		"barcode-check-digit": edits("", `"barcodeNumber":"\d+"`, func(found string) string {
			last := len(found) - 2
			return found[:last] + string('0'+(found[last]-'0'+1)%10) + `"`
		}),
		"state-upper-case":          edits("", `"cardState":"\w+"`, func(found string) string { return `"cardState":` + strings.ToUpper(found[12:]) }),
		"unknown-field":             rewrites("", `("cardState":"\w+")`, `$1,"tariff":"gold"`),
		"boolean-bare":              rewrites("", `("cardState":"\w+")`, `$1,"physical":false`),
		"null-leaf":                 rewrites("", `("cardState":"\w+")`, `$1,"bonus":null`),
		"key-twice":                 rewrites("", `("cardState":"\w+")`, `$1,"cardState":"active"`),
		"person-shown":              rewrites("", `("cardNumber":"\d+")`, `$1,"phone":"`+KnownPhone+`","surname":"Иванова"`),
		"shows-other-number":        rewrites("details", `"cardNumber":"\d+"`, `"cardNumber":"2900000000018"`),
		"search-number-with-blanks": rewrites("find", `("cardNumber":"\d{4})`, "$1 "),
		"card-without-wrapper":      rewrites("", `^\{"card":(.*)\}$`, "$1"),
		"balance-outside-card":      rewrites("", `,("bonus":.*\})\}\}$`, `},$1}`),
		"last-day-with-dots":        rewrites("", `("validUntil":)"(\d+)-(\d+)-(\d+)"`, `$1"$4.$3.$2"`),
		"last-day-with-time":        rewrites("", `("validUntil":"[\d-]+)`, "${1}T00:00:00Z"),
		"history-days-with-dots":    rewrites("", `("date":)"(\d+)-(\d+)-(\d+)"`, `$1"$4.$3.$2"`),
		"history-days-with-time":    rewrites("", `("date":"[\d-]+)`, "${1}T00:00:00+03:00"),
		"amount-in-roubles":         rewrites("purchases", `("amount":"\d+)(\d\d)"`, `$1.$2"`),
		"quantity-with-comma":       rewrites("", `("quantity":"\d+)\.`, "$1,"),
		"quantity-bare":             rewrites("", `("quantity":)"([^"]*)"`, "$1$2"),
		"card-number-bare":          rewrites("", `("cardNumber":)"(\d+)"`, "$1$2"),
		"barcode-number-bare":       rewrites("", `("barcodeNumber":)"(\d+)"`, "$1$2"),
		"offers-without-id":         rewrites("", `"id":"[^"]*"`, `"id":""`),
		"nested-number-bare":        rewrites("details", `("amount":)"(\d+)"`, "$1$2"),
		"points-with-comma":         rewrites("details", `("(?:total|available|amount)":"\d+)"`, `$1,00"`),
		"numbers-bare":              rewrites("", `("(?:amount|quantity|total|available|bonuses)":)"([\d.]+)"`, "$1$2"),
		"broken-utf8":               rewrites("", `("(?:description|item)":"[^"]*)"`, "$1\xd0\""),
		"absent-is-null":            rewrites("offers", `("name":"[^"]*")\}`, `$1,"discount":null}`),
		"keys-upper-case":           edits("", `"[a-zA-Z]+":`, func(found string) string { return `"` + strings.ToUpper(found[1:2]) + found[2:] }),
		"params-other-keys":         rewrites("usersExtended", `\{"name":("[^"]*"),"value":`, `{"key":$1,"val":`),
		"params-object":             rewrites("usersExtended", `"params":\[[^\]]*\]`, `"params":{"surname":"Иванова"}`),

		"malformed-500":        status(http.StatusInternalServerError, badBody),
		"malformed-400":        status(http.StatusBadRequest, badBody),
		"huge-413":             status(http.StatusRequestEntityTooLarge, tooLarge),
		"unknown-card-404":     status(http.StatusNotFound, cardUnknown),
		"unknown-path-404":     status(http.StatusNotFound, unknownPath),
		"wrong-verb-405":       status(http.StatusMethodNotAllowed, wrongVerb),
		"conflicts-409":        status(http.StatusConflict, numberTaken, phoneTaken, emailTaken),
		"unauthorised-403":     status(http.StatusForbidden, unauthorised),
		"unauthorised-200":     status(http.StatusOK, unauthorised),
		"errors-400":           onErrors(func(_ *call, a *kept) { a.status = http.StatusBadRequest }),
		"errors-200":           onErrors(func(_ *call, a *kept) { a.status = http.StatusOK }),
		"type-plain-on-errors": onErrors(func(_ *call, a *kept) { a.header.Set("Content-Type", "text/plain; charset=utf-8") }),
		"wrong-verb-cuts": onErrors(func(_ *call, a *kept) {
			if a.tells(wrongVerb) {
				panic(http.ErrAbortHandler)
			}
		}),
		"no-challenge": spoiling(func(_ *call, a *kept) { a.header.Del("WWW-Authenticate") }),
		"broken-auth-500": spoiling(func(c *call, a *kept) {
			if _, _, basic := c.request.BasicAuth(); a.tells(unauthorised) && !basic && c.request.Header.Get("Authorization") != "" {
				a.status = http.StatusInternalServerError
			}
		}),
		"error-page":    rewrites("", `^\{"code":.*$`, page),
		"error-text":    rewrites("", `^\{"code":.*"description":"(.*)"\}$`, "$1"),
		"error-empty":   rewrites("", `^\{"code":.*$`, ""),
		"error-wrapped": rewrites("", `^(\{"code":.*)$`, `{"error":$1}`),
		"error-message": rewrites("", `^(\{"code":.*)"description"`, `$1"message"`),
		"error-fields":  rewrites("", `^(\{"code":.*)\}$`, `$1,"timestamp":"15:04:05","path":"/v1/card"}`),
		"code-missing":  rewrites("", `^\{"code":"\d+",`, "{"),
		"code-numeric":  rewrites("", `^\{"code":"(\d+)"`, `{"code":$1`),
		"code-empty":    rewrites("", `^\{"code":"\d+"`, `{"code":""`),
		"codes-change": onErrors(func(c *call, a *kept) {
			a.says([]byte(`{"code":"` + itoa(10_000+c.host.turn()) + `","description":"No"}`))
		}),
		"stack-shown":        rewrites("", `^(\{"code":.*"description":").*$`, `$1`+trace+`"}`),
		"stack-on-malformed": rewrites("", `^(\{"code":.*"description":")`+string(badBody)+`.*$`, `$1`+trace+`"}`),
		"unauthorised-page":  rewrites("", text(unauthorised), page),
		"phone-in-error": spoiling(func(c *call, a *kept) {
			if a.status != http.StatusOK {
				a.replace(`"}`, ": "+c.query.Get("msisdn")+" "+c.query.Get("email")+`"}`)
			}
		}),
		"refusal-has-card": spoiling(func(c *call, a *kept) {
			if found := c.host.leak(c.query.Get("msisdn")); found != "" && a.tells(unauthorised) {
				a.replace("}", found+"}")
			}
		}),

		"charset-missing":    typed("application/json"),
		"charset-other":      typed("application/json; charset=windows-1251"),
		"charset-upper-case": typed("Application/JSON; Charset=UTF-8"),
		"type-html":          typed("text/html; charset=utf-8"),
		"type-twice":         spoiling(func(_ *call, a *kept) { a.header.Add("Content-Type", "text/html") }),
		"type-missing-on-empty": spoiling(func(_ *call, a *kept) {
			if a.body.Len() == 0 {
				a.header["Content-Type"] = nil
			}
		}),
		"empty-204": spoiling(func(_ *call, a *kept) {
			if a.body.Len() == 0 && a.ok() {
				a.status = http.StatusNoContent
			}
		}),
		"issue-201":               success("issue confirm", http.StatusCreated),
		"receipt-202":             success("receipt", http.StatusAccepted),
		"closes-every-connection": spoiling(func(_ *call, a *kept) { a.header.Set("Connection", "close") }),
		"answers-late": spoiling(func(c *call, _ *kept) {
			if c.method == "details" && c.host.turn()%20 == 0 {
				c.host.wait(c)
			}
		}),

		"windows-1251":    bytewise(windows1251),
		"byte-order-mark": rewrites("", `^(.)`, "\xef\xbb\xbf$1"),
		"body-cut":        bytewise(func(text []byte) []byte { return text[:len(text)-1] }),
		"trailing-text":   rewrites("", `(.)$`, "$1\n<!-- served by shop01 -->"),
		"second-document": rewrites("", `^(.+)$`, "$1$1"),
		"single-quotes":   rewrites("", `"`, "'"),
		"json-in-text":    bytewise(func(text []byte) []byte { return []byte(strconv.Quote(string(text))) }),
		"zipped": spoiling(func(_ *call, a *kept) {
			if a.body.Len() > 0 {
				a.says(zip(a.body.Bytes()))
				a.header.Set("Content-Encoding", "gzip")
			}
		}),
	}
}

const (
	trace = `goroutine 17 [running]:\nmain.(*Store).Find(0x0)\n\t/srv/app/store.go:42 +0x1d`
	page  = "<!DOCTYPE html><html><body><h1>The server said no</h1></body></html>"
)

// spoiling is a fault of answers, whatever the body of the call was.
func spoiling(change func(c *call, a *kept)) wrapper {
	return func(h *Host, next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			a := ask(next, r)
			change(h.meant(r.Clone(r.Context())), a)
			a.send(w)
		})
	}
}

// edits is a fault of a text in the answers of some methods, of all for "".
func edits(methods, pattern string, edit func(found string) string) wrapper {
	text := regexp.MustCompile(pattern)
	return spoiling(func(c *call, a *kept) {
		if of(methods, c) {
			a.says([]byte(text.ReplaceAllStringFunc(a.body.String(), edit)))
		}
	})
}

// rewrites is the same with another text for it.
func rewrites(methods, pattern, with string) wrapper {
	text := regexp.MustCompile(pattern)
	return spoiling(func(c *call, a *kept) {
		if of(methods, c) && (methods == "" || a.ok()) {
			a.says(text.ReplaceAll(a.body.Bytes(), []byte(with)))
		}
	})
}

func of(methods string, c *call) bool {
	return methods == "" || slices.Contains(strings.Fields(methods), c.method)
}

// refuses is a fault that refuses what should be answered in another way.
func refuses(methods, pattern string, reason refusal) wrapper {
	text := regexp.MustCompile(pattern)
	return spoiling(func(c *call, a *kept) {
		if of(methods, c) && text.Match(a.body.Bytes()) {
			a.refuse(c.host, reason)
		}
	})
}

// succeeds is a fault that takes a reason to refuse for a success.
func succeeds(methods string, reason refusal, body string) wrapper {
	return spoiling(func(c *call, a *kept) {
		if of(methods, c) && a.tells(reason) {
			a.status = http.StatusOK
			a.says([]byte(body))
		}
	})
}

// text is the pattern of a refusal.
func text(reason refusal) string { return `^\{.*` + regexp.QuoteMeta(string(reason)) + `.*$` }

// tells reports whether an answer refuses for a reason.
func (a *kept) tells(reason refusal) bool { return strings.Contains(a.body.String(), string(reason)) }

// status is a fault of the status for some reasons to refuse.
func status(status int, reasons ...refusal) wrapper {
	return spoiling(func(_ *call, a *kept) {
		if slices.ContainsFunc(reasons, a.tells) {
			a.status = status
		}
	})
}

// success is a fault of the status of what was done.
func success(methods string, status int) wrapper {
	return spoiling(func(c *call, a *kept) {
		if of(methods, c) && a.ok() {
			a.status = status
		}
	})
}

// onErrors is a fault of the answers with 422.
func onErrors(change func(c *call, a *kept)) wrapper {
	return spoiling(func(c *call, a *kept) {
		if a.status == http.StatusUnprocessableEntity {
			change(c, a)
		}
	})
}

func typed(contentType string) wrapper {
	return spoiling(func(_ *call, a *kept) { a.header.Set("Content-Type", contentType) })
}

// bytewise is a fault of the bytes of answers that have some.
func bytewise(change func([]byte) []byte) wrapper {
	return spoiling(func(_ *call, a *kept) {
		if a.ok() && a.body.Len() > 0 {
			a.says(change(a.body.Bytes()))
		}
	})
}

// showsCard is a write that answers the card of its path.
func showsCard(method string) wrapper {
	return spoiling(func(c *call, a *kept) {
		if c.method == method && a.ok() {
			shown, _ := c.host.details(c) // there is one, for the write was done
			a.says(c.host.style.encode(shown))
		}
	})
}

func zip(text []byte) []byte {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write(text) // a buffer takes everything
	_ = w.Close()
	return packed.Bytes()
}

// windows1251 writes Cyrillic letters in one byte each.
func windows1251(text []byte) []byte {
	var out []byte
	for _, r := range string(text) {
		switch {
		case r < 0x80:
			out = append(out, byte(r))
		case r >= 'А' && r <= 'я':
			out = append(out, byte(r-'А'+0xC0))
		default:
			out = append(out, '?')
		}
	}
	return out
}

// leak is what wrong credentials must not see of a card, "" for none.
func (h *Host) leak(phone string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, one := range h.books.by("phone", phone) {
		if len(one.cards) > 0 {
			return `,"cardNumber":"` + one.cards[0].number + `","phone":"` + phone + `"`
		}
	}
	return ""
}

package faultyhost

import (
	"fmt"
	"slices"
	"strings"
)

// spoil is a fault of what is answered: it looks at what came of a call.
type spoil func(c *call, value any, err error) (any, error)

// edit is a fault of single members of an answer's objects, at any depth: it
// gives what stands in a member's place.
type edit func(c *call, m member) object

// writes are the methods that have nothing to tell.
const writes = "confirm update channels receipt code"

// spoils are the faults of whole answers.
func spoils() map[string]spoil {
	return map[string]spoil{
		"nobody-is-error":      instead("find", empty, cardUnknown),
		"nobody-is-object":     instead("find", empty, object{}),
		"nobody-is-null":       instead("find", empty, raw("null")),
		"nobody-is-empty-card": instead("find", empty, object{{"card", object{}}}),

		"empty-is-object":         instead(writes, empty, object{}),
		"empty-is-null":           instead(writes, empty, raw("null")),
		"empty-is-list":           instead(writes, empty, list{}),
		"empty-is-ok":             instead(writes, empty, "OK"),
		"empty-is-success-object": instead(writes, empty, object{{"code", "0"}, {"description", "OK"}}),
		"confirm-answers-card":    changed("confirm", func(c *call, _ any) any { return c.shown() }),
		"update-answers-card":     changed("update", func(c *call, _ any) any { return c.shown() }),
		"issue-empty":             instead("issue", done, nothing{}),
		"issue-bare-number": changed("issue", func(_ *call, v any) any {
			return v.(object)[0].value.(object)[0].value
		}),

		"unknown-card-is-empty":    instead("details", because(cardUnknown), nothing{}),
		"update-of-unknown-card":   instead("update", because(cardUnknown), nothing{}),
		"channels-of-unknown-card": instead("channels", because(cardUnknown), nothing{}),
		"history-of-unknown-card":  instead("purchases", because(cardUnknown), list{}),
		"offers-of-unknown-card":   instead("offers", because(cardUnknown), list{}),
		"channels-refused":         instead("channels", done, badField),
		"receipt-refused":          instead("receipt", done, receiptMalformed),
		"code-refused":             instead("code", done, codeUnknown),
		"one-code-for-numbers":     instead("confirm", because(numberUnknown), numberTaken),
		"one-code-for-contacts":    instead("update", because(emailTaken), phoneTaken),
		"one-code-for-receipts":    instead("receipt", because(receiptTaken), receiptMalformed),

		"no-history-is-empty": instead("purchases", empty, nothing{}),
		"no-history-is-null":  instead("purchases", empty, raw("null")),
		"no-history-is-error": instead("purchases", empty, badDate),
		"history-wrapped":     wrapped("purchases", "purchases"),
		"offers-wrapped":      wrapped("offers", "campaigns"),
		"users-wrapped":       wrapped("users", "users"),
		"offers-twice":        each("offers", func(item any) []any { return []any{item, item} }),
		"users-twice":         each("users", func(item any) []any { return []any{item, item} }),
		"users-newest-alone":  changed("users", func(_ *call, v any) any { return v.(list)[max(0, len(v.(list))-3):] }),
		"users-with-old-phones": changed("users", func(c *call, v any) any {
			c.host.mu.Lock()
			defer c.host.mu.Unlock()
			phones := v.(list)
			for _, one := range c.host.books.customers {
				for _, old := range one.former {
					phones = append(phones, old)
				}
			}
			return phones
		}),
		"users-objects":   each("users", func(item any) []any { return []any{object{{"phone", item}}} }),
		"users-numbers":   each("users", func(item any) []any { return []any{raw(item.(string))} }),
		"users-with-plus": each("users", func(item any) []any { return []any{"+" + item.(string)} }),

		"reserved-bare":     changed("reserve", func(_ *call, v any) any { return raw(fmt.Sprint(v)) }),
		"reserved-object":   changed("reserve", func(_ *call, v any) any { return object{{"cardNumber", v}} }),
		"reserved-unquoted": changed("reserve", func(_ *call, v any) any { return raw("N" + fmt.Sprint(v)) }),
	}
}

// instead answers something else, or refuses, where the outcome fits.
func instead(methods string, fits func(value any, err error) bool, other any) spoil {
	return func(c *call, value any, err error) (any, error) {
		if !slices.Contains(strings.Fields(methods), c.method) || !fits(value, err) {
			return value, err
		}
		if reason, refused := other.(refusal); refused {
			return nil, reason
		}
		return other, nil
	}
}

func done(_ any, err error) bool { return err == nil }

// empty is a call that was carried out and has nothing to tell.
func empty(value any, err error) bool {
	rows, many := value.(list)
	return err == nil && (value == nothing{} || many && len(rows) == 0)
}

func because(reason refusal) func(any, error) bool {
	return func(_ any, err error) bool { return err == reason }
}

// changed changes what a method answers when it succeeds.
func changed(method string, change func(c *call, value any) any) spoil {
	return func(c *call, value any, err error) (any, error) {
		if c.method == method && err == nil {
			value = change(c, value)
		}
		return value, err
	}
}

func wrapped(method, key string) spoil {
	return changed(method, func(_ *call, value any) any { return object{{key, value}} })
}

// each changes the items of a list.
func each(method string, change func(item any) []any) spoil {
	return changed(method, func(_ *call, value any) any {
		items := list{}
		for _, item := range value.(list) {
			items = append(items, change(item)...)
		}
		return items
	})
}

// shown is the card of the path.
func (c *call) shown() any {
	value, _ := c.host.details(c)
	return value
}

// edits are the faults of single members.
func edits() map[string]edit {
	return map[string]edit{
		"barcode-missing":      without("barcode"),
		"barcode-empty":        text("barcodeNumber", func(string) any { return "" }),
		"barcode-type-unknown": text("barcodeType", func(string) any { return "EAN13" }),
		"barcode-check-digit": text("barcodeNumber", func(number string) any {
			last := number[len(number)-1]
			return number[:len(number)-1] + string('0'+(last-'0'+1)%10)
		}),
		"state-upper-case": text("cardState", func(state string) any { return strings.ToUpper(state) }),
		"unknown-field":    beside("cardState", member{"tariff", "gold"}),
		"boolean-bare":     beside("cardState", member{"physical", raw("false")}),
		"null-leaf":        beside("cardState", member{"bonus", raw("null")}),
		"key-twice":        beside("cardState", member{"cardState", active}),
		"person-shown": func(c *call, m member) object {
			if m.key != "cardNumber" {
				return object{m}
			}
			c.host.mu.Lock()
			defer c.host.mu.Unlock()
			holder := c.host.books.cards[m.value.(string)].holder.profile
			return object{m, {"phone", holder["phone"]}, {"surname", holder["surname"]}}
		},
		"shows-other-number": func(c *call, m member) object {
			if m.key == "cardNumber" && c.method == "details" {
				m.value = c.host.style.number(1)
			}
			return object{m}
		},
		"search-number-with-blanks": func(c *call, m member) object {
			if number, is := m.value.(string); is && m.key == "cardNumber" && c.method == "find" {
				m.value = number[:4] + " " + number[4:]
			}
			return object{m}
		},
		"card-without-wrapper": func(_ *call, m member) object {
			if card, is := m.value.(object); is && m.key == "card" {
				return card
			}
			return object{m}
		},
		"balance-outside-card": func(_ *call, m member) object {
			card, is := m.value.(object)
			if is = is && m.key == "card" && len(card) > 3; !is {
				return object{m}
			}
			return object{{"card", card[:3]}, card[3]}
		},

		"last-day-with-dots":     maybeText("validUntil", dotted),
		"last-day-with-time":     maybeText("validUntil", func(day string) string { return day + "T00:00:00Z" }),
		"history-days-with-dots": text("date", func(day string) any { return dotted(day) }),
		"history-days-with-time": text("date", func(day string) any { return day + "T00:00:00+03:00" }),
		"amount-in-roubles":      text("amount", func(kopecks string) any { return kopecks[:len(kopecks)-2] + "." + kopecks[len(kopecks)-2:] }),
		"quantity-with-comma":    text("quantity", func(quantity string) any { return strings.Replace(quantity, ".", ",", 1) }),
		"quantity-bare":          text("quantity", func(quantity string) any { return raw(quantity) }),
		"card-number-bare":       text("cardNumber", bare),
		"barcode-number-bare":    text("barcodeNumber", bare),
		"offers-without-id":      text("id", func(string) any { return "" }),
		"nested-number-bare":     ofPoints("amount", func(p points) any { return raw(itoa(int(p))) }),
		"points-with-comma":      ofPoints("", func(p points) any { return itoa(int(p)) + ",00" }),
		"numbers-bare": func(c *call, m member) object {
			if number, is := m.value.(string); is && (m.key == "amount" || m.key == "quantity") {
				return object{{m.key, bare(number)}}
			}
			return ofPoints("", func(p points) any { return raw(itoa(int(p))) })(c, m)
		},
		"broken-utf8": func(_ *call, m member) object {
			if words, is := m.value.(string); is && (m.key == "description" || m.key == "item") {
				m.value = raw(`"` + words + "\xd0\"")
			}
			return object{m}
		},
		"absent-is-null": func(_ *call, m member) object {
			if m.value == maybe("") {
				m.value = raw("null")
			}
			return object{m}
		},
		"keys-upper-case": func(_ *call, m member) object {
			return object{{strings.ToUpper(m.key[:1]) + m.key[1:], m.value}}
		},
		"params-other-keys": func(_ *call, m member) object {
			if other, has := map[string]string{"name": "key", "value": "val"}[m.key]; has {
				m.key = other
			}
			return object{m}
		},
		"params-object": func(_ *call, m member) object {
			params, is := m.value.(list)
			if !is || m.key != "params" {
				return object{m}
			}
			plain := object{}
			for _, param := range params {
				plain = append(plain, member{param.(object)[0].value.(string), param.(object)[1].value})
			}
			return object{{m.key, plain}}
		},
	}
}

// bare is a number without quotes, where JSON has such a number.
func bare(text string) any {
	if digitsOnly(text) && text[0] != '0' {
		return raw(text)
	}
	return text
}

func without(key string) edit {
	return func(_ *call, m member) object {
		if m.key == key {
			return nil
		}
		return object{m}
	}
}

func beside(key string, more member) edit {
	return func(_ *call, m member) object {
		if m.key == key {
			return object{m, more}
		}
		return object{m}
	}
}

// text changes the members of a name that are texts.
func text(key string, change func(string) any) edit {
	return func(_ *call, m member) object {
		if text, is := m.value.(string); is && m.key == key {
			m.value = change(text)
		}
		return object{m}
	}
}

// maybeText changes those that can be absent, where they are there.
func maybeText(key string, change func(string) string) edit {
	return func(_ *call, m member) object {
		if text, is := m.value.(maybe); is && m.key == key && text != "" {
			m.value = maybe(change(string(text)))
		}
		return object{m}
	}
}

// ofPoints changes numbers of points, of one name or of all.
func ofPoints(key string, change func(points) any) edit {
	return func(_ *call, m member) object {
		if p, is := m.value.(points); is && (key == "" || m.key == key) {
			m.value = change(p)
		}
		return object{m}
	}
}

// dotted writes a day as people in Russia do.
func dotted(day string) string { return day[8:10] + "." + day[5:7] + "." + day[:4] }

// edited is a value with its members edited at every depth.
func (c *call) edited(value any) any {
	switch v := value.(type) {
	case object:
		changed := object{}
		for _, m := range v {
			for _, one := range c.host.edit(c, m) {
				changed = append(changed, member{one.key, c.edited(one.value)})
			}
		}
		return changed
	case list:
		changed := list{}
		for _, item := range v {
			changed = append(changed, c.edited(item))
		}
		return changed
	}
	return value
}

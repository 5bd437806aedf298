package qiibee

import (
	"strconv"

	"koshelek-adapter/conformance/sim"
)

const maxLimit = 100

// page reads limit (at most 100, the default) and offset.
func page(c *sim.Call) (limit, offset int, fault string) {
	number := func(name string, standard, least, most int) int {
		text := c.URL.Query().Get(name)
		if text == "" {
			return standard
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < least || n > most {
			fault = name + " is invalid"
		}
		return n
	}
	limit, offset = number("limit", maxLimit, 1, maxLimit), number("offset", 0, 0, sim.MaxRecords)
	return limit, offset, fault
}

func cut[T any](all []T, limit, offset int) []T {
	from := min(offset, len(all))
	return all[from:min(from+limit, len(all))]
}

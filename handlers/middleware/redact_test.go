package middleware

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestRedact(t *testing.T) {
	for text, want := range map[string]string{
		"connection refused":                             "connection refused",
		"can't connect to host":                          "can't connect to host",
		"table 123456 has 42 rows":                       "table 123456 has 42 rows",
		"phone 79216668899 is taken":                     "phone *** is taken",
		"call +7 (921) 666-88-99 now":                    "call *** now",
		"mail anna@example.com bounced":                  "mail ***@*** bounced",
		"Duplicate entry 'anna' for key 'phone'":         "Duplicate entry '***'",
		"near 'O'Brien' and x = 'y' at line 1":           "near '***' at line 1",
		"cut off 'Ива":                                   "cut off '***",
		`value "Иванова" of ` + "`surname`" + " refused": "value \"***` refused",
		"name «Анна»":                                    "name «***»",
		"bad \xff bytes":                                 "bad ? bytes",
		"near 'x":                                        "near '***",
		"trailing quote '":                               "trailing quote '***",
		"":                                               "",
	} {
		assert.Equal(t, want, Redact(text), text)
	}
	assert.LessOrEqual(t, len(Redact(strings.Repeat("я ", 4000))), maxNote+len("…"))
}

package handlers

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
		assert.Equal(t, want, redact(text), text)
	}
	assert.LessOrEqual(t, len(redact(strings.Repeat("я ", 4000))), maxNote+len("…"))
}

func TestThousandths(t *testing.T) {
	for milli, want := range map[int64]string{
		0: "0", 1: "0.001", 10: "0.01", 345: "0.345", 1000: "1", 1500: "1.5", 12340: "12.34", -1: "-0.001", -1000: "-1", -1500: "-1.5",
		-9223372036854775808: "-9223372036854775.808", 9223372036854775807: "9223372036854775.807",
	} {
		assert.Equal(t, want, thousandths(milli))
	}
}

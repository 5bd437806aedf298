package handlers

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestThousandths(t *testing.T) {
	for milli, want := range map[int64]string{
		0: "0", 1: "0.001", 10: "0.01", 345: "0.345", 1000: "1", 1500: "1.5", 12340: "12.34", -1: "-0.001", -1000: "-1", -1500: "-1.5",
		-9223372036854775808: "-9223372036854775.808", 9223372036854775807: "9223372036854775.807",
	} {
		assert.Equal(t, want, thousandths(milli))
	}
}

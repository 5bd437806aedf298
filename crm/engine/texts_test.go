package engine

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestTextsOfStoredPoints: what was stored in one language is read in the other.
func TestTextsOfStoredPoints(t *testing.T) {
	for _, sets := range [][2]Texts{{EnglishTexts, RussianTexts}, {RussianTexts, EnglishTexts}, {EnglishTexts, EnglishTexts}} {
		from, to := reflect.ValueOf(sets[0]), reflect.ValueOf(sets[1])
		for i := range from.NumField() {
			switch name := from.Type().Field(i).Name; name {
			case "Voucher", "VoucherPIN", "VoucherUntil": // offers, not points
			case "Order", "Returned":
				assert.Equal(t, to.Field(i).String()+" A-1", sets[1].translate(from.Field(i).String()+" A-1"))
			default:
				assert.Equal(t, to.Field(i).String(), sets[1].translate(from.Field(i).String()), name)
			}
		}
	}
	for _, own := range []string{"", "Весна", "Welcome bonus for May", "Orders", "Reward!"} {
		assert.Equal(t, own, RussianTexts.translate(own))
	}
}

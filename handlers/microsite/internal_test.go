package microsite

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"koshelek-adapter/crm"
)

func TestMasked(t *testing.T) {
	for phone, want := range map[string]string{
		"9812345645": "98XXXXXX45", "79216668899": "79XXXXXXX99", "12345": "12X45", "1234": "XXXX", "": "",
	} {
		assert.Equal(t, want, masked(phone))
	}
}

// impossible are kinds that no call of this API can meet.
var impossible = map[crm.Kind]bool{
	crm.ErrNoIdentity: true, crm.ErrInvalidPhone: true, crm.ErrInvalidEmail: true, crm.ErrInvalidDate: true, crm.ErrInvalidCardNumber: true,
	crm.ErrInvalidProfile: true, crm.ErrCardNotFound: true, crm.ErrCardBlocked: true, crm.ErrCardInactive: true, crm.ErrNumberUnknown: true,
	crm.ErrNumberTaken: true, crm.ErrPoolEmpty: true, crm.ErrAmbiguous: true, crm.ErrPhoneTaken: true, crm.ErrEmailTaken: true,
	crm.ErrReceiptMalformed: true, crm.ErrReceiptFuture: true, crm.ErrReceiptTooOld: true, crm.ErrReceiptTaken: true, crm.ErrReceiptMismatch: true,
	crm.ErrCodeUnknown: true, crm.ErrCodeUsedUp: true, crm.ErrCodeExpired: true, crm.ErrCodeNotStarted: true, crm.ErrDeliveryNotFound: true, crm.ErrNotSupported: true, crm.ErrReceiptLimit: true, crm.ErrReceiptForeign: true,
}

func TestEveryKindHasAnAnswer(t *testing.T) {
	for _, kind := range crm.Kinds() {
		told, found := rows[kind]
		assert.NotEqual(t, impossible[kind], found, "%s has a row or cannot come up", kind)
		if found {
			assert.NotEmpty(t, told.message)
			assert.GreaterOrEqual(t, told.status, 400)
		}
	}
}

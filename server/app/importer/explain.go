package importer

import (
	"errors"

	"koshelek-adapter/crm"
)

// sentences say what a refusal of the programme means to an operator.
var sentences = map[crm.Kind]string{
	crm.ErrNoIdentity:         "neither phone nor email is given",
	crm.ErrInvalidPhone:       "is not a possible phone",
	crm.ErrInvalidEmail:       "is not an email address",
	crm.ErrInvalidDate:        "is not a day that can be",
	crm.ErrInvalidCardNumber:  "is not a card number or barcode",
	crm.ErrInvalidProfile:     "a field of the person is not allowed",
	crm.ErrInvalidAmount:      "the points are out of range",
	crm.ErrInvalidRecord:      "the record breaks a rule",
	crm.ErrCardNotFound:       "there is no such card",
	crm.ErrCardBlocked:        "the card is blocked",
	crm.ErrCardInactive:       "the card is not in use",
	crm.ErrNumberTaken:        "belongs to another customer, or the number is a card already",
	crm.ErrNumberUnknown:      "the number is neither a card nor in the pool",
	crm.ErrPoolEmpty:          "no number is free: add some with 'pool add' or 'pool import'",
	crm.ErrAmbiguous:          "phone and email belong to two customers",
	crm.ErrCustomerNotFound:   "no customer has this phone",
	crm.ErrCodeUnknown:        "there is no such code",
	crm.ErrInsufficientPoints: "the card has fewer points that can be spent",
	crm.ErrOperationConflict:  "the same key was used before for something else",
	crm.ErrDeliveryNotFound:   "the outbox has no such delivery",
	crm.ErrBusy:               "too much is going on, try again",
	crm.ErrUnavailable:        "the database cannot be reached or cannot write now",
}

// Explain says in words why the programme refused something, with the detail
// that it gave; it holds no personal data.
func Explain(err error) string {
	var known *crm.Error
	errors.As(err, &known)
	text, found := sentences[crm.KindOf(err)]
	switch {
	case !found:
		return err.Error()
	case known != nil && known.Detail != "":
		return text + " (" + known.Detail + ")"
	case known != nil && known.Cause != nil && known.Kind == crm.ErrUnavailable:
		return text + " (" + known.Cause.Error() + ")"
	}
	return text
}

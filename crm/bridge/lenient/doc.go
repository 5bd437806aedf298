// Package lenient reads values of JSON that vendors write in more than one way:
// identifiers as strings or numbers of any length, flags as booleans or digits,
// points as numbers or texts, times in half a dozen forms.
//
// A value that cannot be read is empty rather than an error of the whole answer:
// an unreadable date must not cost the voucher beside it. What must not be
// missing is checked by who needs it.
package lenient

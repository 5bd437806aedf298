package sqlmap

import "slices"

// class is what a result column holds.
type class int

const (
	text   class = iota
	whole        // points: a fraction is cut off
	money        // roubles with kopecks
	amount       // a quantity with thousandths
	day          // a day, or a moment of which the day counts
	moment       // a moment; of a bare day its begin
	until        // a moment; of a bare day its end, since a day is a whole day
)

// operation is what a statement of a mapping is for.
type operation struct {
	// params are the parameters that there are, needed those that must be used.
	params, needed []string
	// columns are the result columns that there are, required those that must come.
	columns  map[string]class
	required []string
	// write: the statement is a procedure that changes something.
	write bool
	// fresh: the answer decides a write, so the primary gives it.
	fresh bool
}

// The statements without which there is no connector.
var mandatory = []string{"find_by_phone", "find_by_email", "member"}

var (
	memberColumns = map[string]class{
		"ref": text, "card": text, "state": text, "phone": text, "email": text, "surname": text, "firstname": text, "patronymic": text,
		"sex": text, "birth_date": day, "country_code": text, "locality": text, "barcode": text, "barcode_type": text, "issued_at": moment,
	}
	memberRequired = []string{"ref", "card", "state", "phone", "email"}
	profileParams  = []string{"phone", "email", "surname", "firstname", "patronymic", "sex", "birth_date", "country_code", "locality"}
	outcomeColumns = map[string]class{"outcome": text, "ref": text, "card": text, "points": whole}
	outcomeNeeded  = []string{"outcome", "ref", "card", "points"}
)

// operations are the statements that a mapping may have, by name.
var operations = map[string]operation{
	"find_by_phone": {params: []string{"phone"}, needed: []string{"phone"}, columns: memberColumns, required: memberRequired, fresh: true},
	"find_by_email": {params: []string{"email"}, needed: []string{"email"}, columns: memberColumns, required: memberRequired, fresh: true},
	"member":        {params: []string{"ref", "card"}, needed: []string{"card"}, columns: memberColumns, required: memberRequired},
	"members": {params: []string{"after_ref", "after_card", "limit"}, needed: []string{"after_ref", "after_card", "limit"},
		columns: memberColumns, required: memberRequired},
	"balance": {params: []string{"ref", "card"}, columns: map[string]class{"points": whole, "valid_until": until, "available_from": moment, "description": text},
		required: []string{"points"}},
	"purchases": {params: []string{"ref", "card", "from", "to", "after_day", "after_ref", "limit"}, needed: []string{"from", "to", "after_day", "after_ref", "limit"},
		columns:  map[string]class{"ref": text, "day": day, "item": text, "amount": money, "quantity": amount, "location": text, "points": whole},
		required: []string{"ref", "day", "item", "amount"}},
	"offers": {params: []string{"ref", "card", "today"},
		columns:  map[string]class{"id": text, "name": text, "description": text, "start_date": day, "end_date": day, "image_url": text, "discount": text},
		required: []string{"id", "name"}},
	"lookup": {params: []string{"key"}, needed: []string{"key"}, columns: outcomeColumns, required: outcomeNeeded, fresh: true},

	"enroll":      written([]string{"card"}, append([]string{"card", "barcode", "barcode_type"}, profileParams...)...),
	"update":      written(nil, append([]string{"ref", "card"}, profileParams...)...),
	"set_channel": written([]string{"channel", "allowed"}, "ref", "card", "channel", "allowed"),
	"receipt":     written([]string{"fn", "number", "fp", "sum"}, "ref", "card", "fn", "number", "fp", "at", "sum", "kind"),
	"code":        written([]string{"code"}, "ref", "card", "code"),
	"points":      written([]string{"points"}, "ref", "card", "points", "description", "available_from", "valid_until"),
	"erase":       {params: []string{"ref", "card"}, columns: outcomeColumns, required: outcomeNeeded, write: true},
}

// written is a write, which knows its repetition by :key.
func written(needed []string, params ...string) operation {
	return operation{params: append([]string{"key"}, params...), needed: append([]string{"key"}, needed...), columns: outcomeColumns, required: outcomeNeeded, write: true}
}

// Statements names every statement that a mapping may have, in alphabetical order.
func Statements() []string {
	names := make([]string, 0, len(operations))
	for name := range operations {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

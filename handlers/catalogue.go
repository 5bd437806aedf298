package handlers

import "strings"

// Row is one error of the API. The contract leaves the codes to the
// partner; these are stable once published. [C]
type Row struct {
	// Code is what the caller gets: digits, the first names the group.
	Code string
	// Name is the name of the kind or fault, for logs.
	Name string
	// English and Russian are the description that the caller gets.
	English, Russian string
	// Operator is what whoever runs the program does about it.
	Operator string

	// kind is a crm.Kind or a middleware.Fault; unlike names the two never meet.
	kind error
}

func (r Row) description(language string) string {
	if language == Russian {
		return r.Russian
	}
	return r.English
}

// Catalogue lists every error once, in the order of the codes: 1xx the request,
// 2xx cards, 3xx customers, 4xx receipts and promo codes, 5xx points, 9xx the
// service.
func Catalogue() []Row {
	var rows []Row
	for _, group := range [][]Row{requestRows, fieldRows, cardRows, customerRows, promoRows, pointsRows, serviceRows} {
		rows = append(rows, group...)
	}
	for i := range rows {
		rows[i].Name = rows[i].kind.Error()
	}
	return rows
}

// CatalogueMarkdown renders the catalogue as a table for docs/errors.md.
func CatalogueMarkdown() string {
	var table strings.Builder
	table.WriteString("| code | name | description (en) | description (ru) | what the operator does |\n")
	table.WriteString("| --- | --- | --- | --- | --- |\n")
	for _, row := range Catalogue() {
		cells := []string{row.Code, "`" + row.Name + "`", row.English, row.Russian, row.Operator}
		table.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	return table.String()
}

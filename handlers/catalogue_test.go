package handlers_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"

	"koshelek-adapter/crm"
	"koshelek-adapter/handlers"
)

func TestCatalogueHoldsEveryKindOnce(t *testing.T) {
	names := map[string]int{}
	for _, row := range handlers.Catalogue() {
		names[row.Name]++
	}
	foreign := crm.RewardKinds()
	for _, kind := range crm.Kinds() {
		want := 1
		if slices.Contains(foreign, kind) {
			want = 0
		}
		assert.Equal(t, want, names[string(kind)], kind)
	}
	for name, n := range names {
		assert.Equal(t, 1, n, name)
	}
}

func TestCatalogueRows(t *testing.T) {
	rows := handlers.Catalogue()
	code := regexp.MustCompile(`^[123459][0-9]{2}$`)
	var codes []string
	for _, row := range rows {
		codes = append(codes, row.Code)
		assert.Regexp(t, code, row.Code)
		assert.NotEmpty(t, row.Operator, row.Name)
		assert.True(t, isASCII(row.English) && row.English != "", row.English)
		assert.True(t, strings.ContainsFunc(row.Russian, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }), row.Russian)
		assert.NotContains(t, row.English+row.Russian+row.Operator, "|", "it breaks the table")
	}
	assert.True(t, slices.IsSorted(codes))
	assert.Len(t, slices.Compact(codes), len(rows), "codes are unique")
}

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII })
}

// TestCodesAreStable pins what has been published: a code never changes its
// meaning.
func TestCodesAreStable(t *testing.T) {
	var got []string
	for _, row := range handlers.Catalogue() {
		got = append(got, row.Code+" "+row.Name)
	}
	assert.Equal(t, []string{
		"100 unauthorized", "101 unknown_path", "102 wrong_method", "103 not_supported", "104 body_too_large", "105 body_incomplete",
		"106 body_malformed", "107 query_malformed", "110 no_identity", "111 invalid_phone", "112 invalid_email", "113 invalid_date",
		"114 invalid_card_number", "115 invalid_profile", "116 invalid_amount", "117 invalid_record",
		"201 card_not_found", "202 card_blocked", "203 card_inactive", "204 number_unknown", "205 number_taken", "206 pool_empty", "207 too_many_attempts",
		"301 ambiguous_customer", "302 phone_taken", "303 email_taken", "304 customer_not_found",
		"410 receipt_malformed", "411 receipt_future", "412 receipt_too_old", "413 receipt_taken", "414 receipt_mismatch", "415 receipt_limit", "416 receipt_foreign",
		"430 code_unknown", "431 code_used_up", "432 code_expired", "433 code_not_started",
		"501 insufficient_points", "502 operation_conflict", "503 delivery_not_found",
		"901 busy", "902 unavailable", "903 internal", "904 client_gone",
	}, got)
}

func TestCatalogueMarkdown(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(handlers.CatalogueMarkdown()), "\n")
	assert.Len(t, lines, len(handlers.Catalogue())+2)
	for _, line := range lines {
		assert.Equal(t, 6, strings.Count(line, "|"), line)
	}
}

package crm

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// moscow is a zone without daylight saving time, and a fixed one so that no
// test depends on a zone database.
var moscow = time.FixedZone("MSK", 3*60*60)

// noon is the moment at which tests begin.
var noon = time.Date(2026, 9, 7, 12, 0, 0, 0, time.UTC)

// refusal asks for an error of a kind that does not repeat what was given,
// since errors reach the log and values may be personal data.
func refusal(t *testing.T, err error, kind Kind, given string) {
	t.Helper()
	require.ErrorIs(t, err, kind)
	if len(given) > 3 {
		require.NotContains(t, strings.ToLower(err.Error()), strings.ToLower(given))
	}
}

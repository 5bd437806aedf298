package koshelek

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestGoldenSamplesSurviveARoundTrip(t *testing.T) {
	golden := map[string]any{
		"card.json":           &CardAnswer{},
		"card_details.json":   &CardAnswer{},
		"card_no_points.json": &CardAnswer{},
		"purchases.json":      &List[Purchase]{},
		"offers.json":         &List[Offer]{},
		"users.json":          &List[UserParams]{},
		"error.json":          &Error{},
	}
	for name, answer := range golden {
		t.Run(name, func(t *testing.T) {
			want, err := os.ReadFile(filepath.Join("testdata", name))
			require.NoError(t, err)
			strict := json.NewDecoder(strings.NewReader(string(want)))
			strict.DisallowUnknownFields()
			require.NoError(t, strict.Decode(answer))
			got, err := json.MarshalIndent(answer, "", "  ")
			require.NoError(t, err)
			assert.Equal(t, string(want), string(got)+"\n")
		})
	}
}

func TestNothingIsWrittenAsAnEmptyArray(t *testing.T) {
	for want, answer := range map[string]any{
		`[]`: List[Purchase](nil),
		`{"total":"0","available":"0","bonuses":[]}`: Bonus{Total: "0", Available: "0"},
		`{"phone":"7921","params":[]}`:               UserParams{Phone: "7921"},
	} {
		got, err := json.Marshal(answer)
		require.NoError(t, err)
		assert.Equal(t, want, string(got))
	}
}

func TestRequestsLeaveOutWhatIsAbsent(t *testing.T) {
	for _, request := range []any{User{}, Channels{}, QRCode{}, PromoCode{}} {
		got, err := json.Marshal(request)
		require.NoError(t, err)
		assert.Equal(t, "{}", string(got))
	}
}

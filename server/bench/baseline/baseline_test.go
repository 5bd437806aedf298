package baseline

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/server/bench/dataset"
)

// served is the baseline over a small store, and its URL.
func served(t *testing.T) (*dataset.Store, string) {
	t.Helper()
	st, err := dataset.Open(t.Context(), dataset.Options{Dir: t.TempDir(), Engine: dataset.SQLite, Say: func(string, ...any) {}}, 50)
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	in, out := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, st.URL, 4, out) }()
	line, err := bufio.NewReader(in).ReadString('\n')
	require.NoError(t, err)
	t.Cleanup(func() {
		stop()
		assert.NoError(t, <-ended)
		assert.NoError(t, st.Close())
	})
	return st, strings.TrimSpace(line)
}

func call(t *testing.T, method, url, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	require.NoError(t, err)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { assert.NoError(t, answer.Body.Close()) }()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, string(text)
}

// TestBaselineWorks makes every call once and lets the programme look at what is
// left: a floor that writes less than it should is no measure.
func TestBaselineWorks(t *testing.T) {
	st, url := served(t)
	number := st.Number(7)
	today := time.Now().Format("20060102T1504")
	for _, c := range []struct{ method, path, body, want string }{
		{"GET", "/v1/card?msisdn=" + st.Phone(7), "", `{"card":{"cardNumber":"` + number + `","cardState":"active","barcode":{"barcodeNumber":"` + number + `","barcodeType":"EAN_13"}}}`},
		{"POST", "/v1/promo/qrCode", `{"cardNumber":"` + number + `","qrCode":"t=` + today + `&s=1543.20&fn=9960440300123456&i=1&fp=2&n=1"}`, ""},
		{"POST", "/v1/card/anonymous", `{"phone":"79990000001","email":"x@example.com"}`, `{"card":{"cardNumber":"29`},
	} {
		status, text := call(t, c.method, url+c.path, c.body)
		assert.Equal(t, http.StatusOK, status, "%s: %s", c.path, text)
		assert.True(t, strings.HasPrefix(text, c.want), "%s: %s", c.path, text)
	}
	_, text := call(t, "GET", url+"/v1/card/"+number, "")
	assert.Contains(t, text, `"bonus":{"total":"122","available":"122","bonuses":[{"description":"Cash receipt","amount":"15"`)
	bad, err := st.Verify(t.Context())
	require.NoError(t, err)
	assert.Zero(t, bad)
}

func TestBaselineRefusesWhatItCannotAnswer(t *testing.T) {
	_, url := served(t)
	for _, c := range [][3]string{
		{"GET", "/v1/card?msisdn=79000000001", ""}, {"GET", "/v1/card/123", ""},
		{"POST", "/v1/card/anonymous", "nonsense"}, {"POST", "/v1/promo/qrCode", `{"qrCode":"t=x"}`}, {"POST", "/v1/promo/qrCode", `{"qrCode":"%"}`},
	} {
		status, text := call(t, c[0], url+c[1], c[2])
		assert.Equal(t, http.StatusUnprocessableEntity, status, "%v: %s", c, text)
	}
}

func TestBaselineTellsItsMemory(t *testing.T) {
	_, url := served(t)
	_, text := call(t, "GET", url+"/metrics", "")
	assert.Contains(t, text, "go_memstats_mallocs_total")
}

func TestOddDatabasesAreRefused(t *testing.T) {
	for _, address := range []string{"oracle:x", "mysql:nonsense", "sqlite:/nowhere/at/all.db"} {
		assert.Error(t, Serve(t.Context(), address, 1, io.Discard))
	}
}

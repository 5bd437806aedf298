package har_test

import (
	"context"
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/sqldb"
	"koshelek-adapter/handlers"
	"koshelek-adapter/handlers/middleware"
)

var update = flag.Bool("har.update", false, "record testdata/life.har of our server anew")

// TestRecordOurServer records the life of a card as a browser would, and judges
// what it recorded; with -har.update it becomes the sample.
func TestRecordOurServer(t *testing.T) {
	server := ourServer(t)
	r := &recorder{t: t, server: server}
	r.call("GET", "/v1/card?msisdn=79990001122", "")
	number := strings.Trim(r.call("GET", "/v1/card/anonymous", ""), `"`)
	path := "/v1/card/" + number
	r.call("POST", "/v1/card/anonymous/"+number, `{"phone":"79990001122","firstname":"Anna"}`)
	r.call("POST", "/v1/card/anonymous/"+number, `{"phone":"79990001122","firstname":"Anna"}`)
	r.call("GET", "/v1/card?msisdn=79990001122", "")
	r.call("POST", "/v1/card/anonymous", `{"phone":"79990001122"}`)
	r.call("PUT", path+"/communication", `{"allow":["sms"],"deny":["email"]}`)
	r.call("POST", path, `{"surname":"Petrova"}`)
	r.call("POST", "/v1/promo/qrCode", `{"cardNumber":"`+number+`","qrCode":"t=20260906T1015&s=1543.20&fn=9960440300123456&i=1&fp=2&n=1"}`)
	r.call("POST", "/v1/promo/code", `{"cardNumber":"`+number+`","code":"NONE"}`)
	r.call("GET", path, "")
	r.call("GET", path+"/purchases?startDate=2026-01-01", "")
	r.call("GET", path+"/campaigns", "")
	r.call("GET", "/v1/card/getAllUsers", "")
	r.call("GET", "/v1/card/getAllUsersExtended", "")
	r.call("GET", "/v1/card/2900000000001", "")
	archive, err := json.MarshalIndent(map[string]any{"log": map[string]any{
		"version": "1.2", "creator": map[string]string{"name": "koshelek-adapter", "version": "test"}, "entries": r.entries,
	}}, "", " ")
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile("testdata/life.har", append(archive, '\n'), 0o644))
	}
	result := judge(t, string(archive))
	require.True(t, result.Conformant(), "%+v", result.Broken)
	require.Equal(t, len(r.entries), result.Judged)
}

type recorder struct {
	t       *testing.T
	server  *httptest.Server
	entries []any
}

// call makes a call and notes it as recorders do, without the credentials.
func (r *recorder) call(method, path, body string) string {
	request, err := http.NewRequest(method, r.server.URL+path, strings.NewReader(body))
	require.NoError(r.t, err)
	request.SetBasicAuth("koshelek", "a password of a test")
	answer, err := r.server.Client().Do(request)
	require.NoError(r.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(r.t, err)
	var headers []any
	for _, name := range []string{"Content-Type", "Cache-Control", "Content-Length"} {
		headers = append(headers, map[string]string{"name": name, "value": answer.Header.Get(name)})
	}
	r.entries = append(r.entries, map[string]any{
		"startedDateTime": "2026-09-06T12:00:00.000Z", "time": 1.5,
		"request": map[string]any{
			"method": method, "url": "https://shop.example" + path, "httpVersion": "HTTP/1.1", "headers": []any{},
			"postData": map[string]string{"mimeType": "application/json", "text": body},
		},
		"response": map[string]any{
			"status": answer.StatusCode, "headers": headers,
			"content": map[string]any{"size": len(text), "mimeType": answer.Header.Get("Content-Type"), "text": string(text)},
		},
	})
	return string(text)
}

func ourServer(t *testing.T) *httptest.Server {
	store, err := sqldb.Open(context.Background(), "sqlite:"+filepath.Join(t.TempDir(), "t.db"), sqldb.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	barcode := crm.BarcodeRule{Pattern: crm.DefaultBarcodeTemplate, Type: crm.EAN13}
	template, err := crm.ParseNumberTemplate(crm.DefaultTemplate, barcode)
	require.NoError(t, err)
	noon := time.Date(2026, 9, 6, 12, 0, 0, 0, time.UTC)
	svc, err := engine.New(store, engine.Options{
		Rules: engine.Rules{
			EarnBasisPoints: 100, MaxAge: 30 * 24 * time.Hour, ClockSkew: 5 * time.Minute, Lifetime: 365 * 24 * time.Hour,
			CodePoints: 50, Zone: time.UTC, Texts: engine.EnglishTexts,
		},
		Template: template, Barcode: barcode, ReserveFor: time.Hour, Clock: func() time.Time { return noon },
	})
	require.NoError(t, err)
	service, err := crm.NewService(svc, crm.Options{Zone: time.UTC, Clock: func() time.Time { return noon }})
	require.NoError(t, err)
	handler, err := handlers.New(service, handlers.Options{
		Options: middleware.Options{Credentials: []middleware.Credential{{User: "koshelek", Password: "a password of a test"}}}, Zone: time.UTC,
	})
	require.NoError(t, err)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

package callbacks_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/outbox"
	"koshelek-adapter/handlers/callbacks"
	"koshelek-adapter/handlers/middleware"
)

// fixture is an API whose work a test decides.
type fixture struct {
	url    string
	log    *bytes.Buffer
	points func(id, token, body string) error
}

func newFixture(t *testing.T, inFlight int) *fixture {
	h := &fixture{log: &bytes.Buffer{}, points: func(string, string, string) error { return nil }}
	handler, err := callbacks.New(callbacks.Options{
		Callbacks: []outbox.Callback{
			{Path: "/callbacks/points/{id}/{token}", Take: func(r *http.Request, body []byte) error {
				return h.points(r.PathValue("id"), r.PathValue("token"), string(body))
			}},
			{Path: "/webhooks/qiibee", User: "qiibee", Password: "a long password", Take: func(*http.Request, []byte) error { return nil }},
		},
		Options: middleware.Options{MaxInFlight: inFlight, RequestTimeout: 5 * time.Second, Log: zerolog.New(h.log)},
	})
	require.NoError(t, err)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	h.url = server.URL
	return h
}

func (h *fixture) post(t *testing.T, path, body string, shape ...func(*http.Request)) (int, string, http.Header) {
	r, err := http.NewRequest(http.MethodPost, h.url+path, strings.NewReader(body))
	require.NoError(t, err)
	for _, change := range shape {
		change(r)
	}
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, string(text), answer.Header
}

func TestPoints(t *testing.T) {
	h := newFixture(t, 4)
	h.points = func(id, token, body string) error {
		assert.Equal(t, []string{"01JD", "secret-token", "{}"}, []string{id, token, body})
		return nil
	}
	status, text, header := h.post(t, "/callbacks/points/01JD/secret-token", "{}")
	assert.Equal(t, 200, status)
	assert.JSONEq(t, `{"status":"ok"}`, text)
	assert.NotEmpty(t, header.Get("X-Request-Id"))
	assert.NotContains(t, h.log.String(), "secret-token")
}

func TestErrors(t *testing.T) {
	h := newFixture(t, 4)
	for kind, status := range map[error]int{
		crm.ErrDeliveryNotFound: 404, crm.ErrInvalidRecord: 400, crm.ErrOperationConflict: 409, crm.ErrUnavailable: 503,
		crm.ErrBusy: 503, errors.New("secret text"): 500, crm.ErrInternal: 500, crm.ErrInsufficientPoints: 409,
	} {
		h.points = func(string, string, string) error { return kind }
		got, text, _ := h.post(t, "/callbacks/points/a/b", "{}")
		assert.Equal(t, status, got, kind)
		assert.NotContains(t, text, "secret")
		alarm := strings.Contains(h.log.String(), `"level":"error"`)
		assert.Equal(t, status == 400 || status == 409 || status == 500, alarm, "%v: %s", kind, h.log)
		h.log.Reset()
	}
	h.points = func(string, string, string) error { panic("secret") }
	got, text, _ := h.post(t, "/callbacks/points/a/b", "{}")
	assert.Equal(t, 500, got)
	assert.NotContains(t, text, "secret")
	got, _, _ = h.post(t, "/callbacks/points/a/b", strings.Repeat("x", 64<<10+1))
	assert.Equal(t, 413, got)
	got, _, _ = h.post(t, "/callbacks/elsewhere", "{}")
	assert.Equal(t, 404, got)
}

func TestWebhookNeedsItsPassword(t *testing.T) {
	h := newFixture(t, 4)
	for name, c := range map[string]struct {
		user, password string
		status         int
	}{
		"right": {"qiibee", "a long password", 200}, "wrong": {"qiibee", "a long passwore", 401},
		"prefix": {"qiibee", "a long", 401}, "other user": {"koshelek", "a long password", 401}, "empty": {"", "", 401},
	} {
		status, _, header := h.post(t, "/webhooks/qiibee", "{}", func(r *http.Request) { r.SetBasicAuth(c.user, c.password) })
		assert.Equal(t, c.status, status, name)
		assert.Equal(t, c.status == 401, header.Get("WWW-Authenticate") != "", name)
	}
	status, _, _ := h.post(t, "/webhooks/qiibee", "{}")
	assert.Equal(t, 401, status)
}

func TestTooManyCallsAreToldAtOnce(t *testing.T) {
	h := newFixture(t, 1)
	begun, release := make(chan struct{}), make(chan struct{})
	h.points = func(string, string, string) error { close(begun); <-release; return nil }
	done := make(chan int)
	go func() { status, _, _ := h.post(t, "/callbacks/points/a/b", "{}"); done <- status }()
	<-begun
	status, _, _ := h.post(t, "/callbacks/points/c/d", "{}")
	assert.Equal(t, 503, status)
	close(release)
	assert.Equal(t, 200, <-done)
}

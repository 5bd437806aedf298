package faultyhost_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance/faultyhost"
)

const (
	user     = "partner"
	password = "Correct-Horse-7"
)

// host is a host under test.
type host struct {
	t     *testing.T
	style faultyhost.Style
	http.Handler
}

func newHost(t *testing.T, style faultyhost.Style) *host {
	t.Helper()
	made, err := faultyhost.New(faultyhost.Options{User: user, Password: password, Style: &style, Data: faultyhost.Sample(style, time.Now())})
	require.NoError(t, err)
	return &host{t, style, made}
}

// call sends a request and gives its status and body.
func (h *host) call(verb, path, body string) (int, string) {
	h.t.Helper()
	r := httptest.NewRequest(verb, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user+":"+password)))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	text, err := io.ReadAll(w.Result().Body)
	require.NoError(h.t, err)
	return w.Code, string(text)
}

// good is a call that has to succeed.
func (h *host) good(verb, path, body string) string {
	h.t.Helper()
	status, text := h.call(verb, path, body)
	require.Equal(h.t, http.StatusOK, status, "%s %s: %s", verb, path, text)
	return text
}

// bad is a call that has to be refused; it gives the code.
func (h *host) bad(verb, path, body string) string {
	h.t.Helper()
	status, text := h.call(verb, path, body)
	require.Equal(h.t, http.StatusUnprocessableEntity, status, "%s %s: %s", verb, path, text)
	var refusal struct{ Code, Description string }
	require.NoError(h.t, json.Unmarshal([]byte(text), &refusal), text)
	require.NotEmpty(h.t, refusal.Code)
	require.NotEmpty(h.t, refusal.Description)
	return refusal.Code
}

// number reads the card number of an answer.
func (h *host) number(text string) string {
	h.t.Helper()
	var answer struct {
		Card struct{ CardNumber, CardState string }
	}
	require.NoError(h.t, json.Unmarshal([]byte(text), &answer), text)
	return answer.Card.CardNumber
}

// TestALife walks a card through its life in both styles.
func TestALife(t *testing.T) {
	for _, style := range []faultyhost.Style{faultyhost.Plain(), faultyhost.Different()} {
		t.Run(style.Name, func(t *testing.T) {
			h := newHost(t, style)
			write, offers := http.MethodPost, "campaigns"
			if style.Name == "different" {
				write, offers = http.MethodPut, "offers"
			}
			assert.Empty(t, h.good("GET", "/v1/card?msisdn=70001112233", ""))
			reserved := strings.Trim(strings.TrimSpace(h.good("GET", "/v1/card/anonymous", "")), `"`)
			profile := `{"phone":"+7 (000) 111-22-33","email":"a@conformance.example","firstname":"Анна"}`
			for range 2 {
				assert.Empty(t, h.good(write, "/v1/card/anonymous/"+reserved, profile))
			}
			h.bad(write, "/v1/card/anonymous/"+reserved, `{"phone":"70001112234"}`)
			assert.Equal(t, reserved, h.number(h.good("GET", "/v1/card?msisdn=70001112233", "")))
			assert.Equal(t, reserved, h.number(h.good("GET", "/v1/card?email=A@conformance.example", "")))
			assert.Equal(t, reserved, h.number(h.good("POST", "/v1/card/anonymous", `{"phone":"70001112233"}`)))
			assert.Empty(t, h.good("PUT", "/v1/card/"+reserved+"/communication", `{"allow":["sms","push"],"deny":["push"]}`))
			assert.Empty(t, h.good(write, "/v1/card/"+reserved, `{"surname":"O'Hara","email":""}`))
			assert.Equal(t, reserved, h.number(h.good("GET", "/v1/card?email=a@conformance.example", "")))
			receipt := "t=" + time.Now().UTC().Add(time.Hour).Format("20060102T1504") + "&s=1543.20&fn=9960440300123456&i=12345&fp=1234567890&n=1"
			for range 2 {
				assert.Empty(t, h.good("POST", "/v1/promo/qrCode", `{"cardNumber":"`+reserved+`","qrCode":"`+receipt+`"}`))
				assert.Empty(t, h.good("POST", "/v1/promo/code", `{"msisdn":"70001112233","code":"spring"}`))
			}
			details := h.good("GET", "/v1/card/"+reserved, "")
			var card struct {
				Card struct {
					Bonus struct{ Total, Available json.Number }
				}
			}
			require.NoError(t, json.Unmarshal([]byte(strings.ReplaceAll(details, ".00", "")), &card), details)
			assert.Equal(t, "179", card.Card.Bonus.Total.String(), "154 of the receipt and 25 of the code")
			h.bad("POST", "/v1/promo/code", `{"cardNumber":"`+reserved+`","code":"WINTER"}`)
			assert.Equal(t, "[]", strings.Join(strings.Fields(h.good("GET", "/v1/card/"+reserved+"/purchases?startDate=2026-01-01", "")), ""))
			assert.NotContains(t, h.good("GET", "/v1/card/"+reserved+"/"+offers, ""), faultyhost.PersonalOffer)
			assert.Contains(t, h.good("GET", "/v1/card/"+style.Numbers().Personal+"/"+offers, ""), faultyhost.PersonalOffer)
			assert.Contains(t, h.good("GET", "/v1/card/getAllUsers", ""), "70001112233")
			assert.Contains(t, h.good("GET", "/v1/card/getAllUsersExtended", ""), "deny")
			h.bad("GET", "/v1/card?msisdn="+faultyhost.BlockedPhone, "")
			h.bad("GET", "/v1/card?msisdn="+faultyhost.KnownPhone+"&email="+faultyhost.SeveralEmail, "")
			assert.Equal(t, style.Numbers().Several[1], h.number(h.good("GET", "/v1/card?msisdn="+faultyhost.SeveralPhone, "")))
		})
	}
}

// TestFaults looks that every fault is told once and can be switched on.
func TestFaults(t *testing.T) {
	names := map[string]bool{}
	for _, fault := range faultyhost.Faults() {
		assert.False(t, names[fault.Name], "%s is told twice", fault.Name)
		names[fault.Name] = true
		assert.NotEmpty(t, fault.Breaks)
		_, err := faultyhost.New(faultyhost.Options{User: user, Password: password, Fault: fault.Name})
		require.NoError(t, err)
	}
	t.Logf("%d faults", len(names))
	_, err := faultyhost.New(faultyhost.Options{User: user, Password: password, Fault: "none of these"})
	require.Error(t, err)
}

// TestStylesDiffer keeps the different host different: none of its answers reads
// like the plain one's.
func TestStylesDiffer(t *testing.T) {
	plain, different := newHost(t, faultyhost.Plain()), newHost(t, faultyhost.Different())
	for _, path := range []string{"/v1/card?msisdn=" + faultyhost.KnownPhone, "/v1/card/anonymous", "/v1/card/unknown", "/v1/card/getAllUsersExtended"} {
		_, one := plain.call("GET", path, "")
		_, other := different.call("GET", path, "")
		assert.NotEqual(t, one, other, path)
	}
}

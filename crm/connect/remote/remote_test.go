package remote_test

import (
	"context"
	"encoding/pem"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/connect/remote"
	"koshelek-adapter/crm/connect/remote/remotetest"
	"koshelek-adapter/schema/crmapi"
)

var (
	ctx  = context.Background()
	anna = crm.Profile{Phone: "79990000001", Email: "anna@example.com", Surname: "Ёлкина", BirthDate: "1990-02-28", Sex: "f"}
)

func open(t *testing.T, o remote.Options) *remote.Connector {
	t.Helper()
	if o.Secrets == nil {
		o.Secrets = []string{remotetest.Secret}
	}
	c, err := remote.Open(o)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

// saying is a connector to a CRM that answers every call with one text.
func saying(t *testing.T, status int, text string) *remote.Connector {
	t.Helper()
	return open(t, remote.Options{URL: serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(text))
	}))})
}

func enrollment(key, number string, p crm.Profile) crm.Enrollment {
	return crm.Enrollment{Key: key, Number: crm.CardNumber{Number: number, BarcodeNumber: number, BarcodeType: crm.Code128}, Profile: p}
}

// TestEveryCall: what is told arrives, and what is answered comes back.
func TestEveryCall(t *testing.T) {
	host := remotetest.New()
	c := open(t, remote.Options{URL: serve(t, host) + "/shop/"})
	about, err := c.Describe(ctx)
	require.NoError(t, err)
	assert.Len(t, about.Offers, 10)
	assert.Equal(t, crm.GuaranteeKeyed, about.Writes[crm.WriteEnroll])
	assert.WithinDuration(t, time.Now(), about.Now, time.Minute)

	none, err := c.Find(ctx, crm.Identity{Phone: anna.Phone})
	require.NoError(t, err)
	assert.Empty(t, none)
	made, err := c.Enroll(ctx, enrollment("k1", "0007", anna))
	require.NoError(t, err)
	assert.Equal(t, "0007", made.Card)
	assert.Equal(t, anna, made.Profile)
	found, err := c.Find(ctx, crm.Identity{Email: anna.Email})
	require.NoError(t, err)
	require.Len(t, found, 1)
	assert.Equal(t, made, found[0])

	require.NoError(t, c.Update(ctx, "k2", made.Ref, crm.Profile{FirstName: "Анна"}))
	now, err := c.Member(ctx, made.Ref)
	require.NoError(t, err)
	assert.Equal(t, "Анна", now.Profile.FirstName)
	assert.Equal(t, "Ёлкина", now.Profile.Surname)
	require.NoError(t, c.SetChannels(ctx, "k3", made.Ref, map[crm.Channel]bool{crm.ChannelSMS: true}))
	_, err = c.Member(ctx, crm.Ref{Card: "nobody"})
	assert.Equal(t, crm.ErrCardNotFound, crm.KindOf(err))

	moved, err := c.Move(ctx, "k4", made.Ref, crm.PointsMove{Points: 70, AvailableFrom: time.Now()})
	require.NoError(t, err)
	assert.Equal(t, int64(70), moved.Points)
	again, err := c.Move(ctx, "k4", made.Ref, crm.PointsMove{Points: 71})
	assert.Equal(t, crm.ErrOperationConflict, crm.KindOf(err), "%v", again)
	_, err = c.Move(ctx, "k5", made.Ref, crm.PointsMove{Points: -71})
	assert.Equal(t, crm.ErrInsufficientPoints, crm.KindOf(err))
	receipt, err := c.Receipt(ctx, "k6", made.Ref, crm.Receipt{SumKopecks: 100000, At: time.Now()})
	require.NoError(t, err)
	assert.Equal(t, int64(10), receipt.Points)
	code, err := c.Redeem(ctx, "k7", made.Ref, "GOOD-1")
	require.NoError(t, err)
	assert.Equal(t, int64(100), code.Points)
	balance, err := c.Balance(ctx, made.Ref)
	require.NoError(t, err)
	assert.Equal(t, crm.PointsBalance{Total: 180, Available: 180}, balance)
	applied, done, err := c.Operation(ctx, "k4", made.Ref, time.Now())
	require.NoError(t, err)
	assert.True(t, done)
	assert.Equal(t, int64(70), applied.Points)
	_, done, err = c.Operation(ctx, "never", made.Ref, time.Now())
	require.NoError(t, err)
	assert.False(t, done)

	lines, next, err := c.Purchases(ctx, made.Ref, "2026-11-01", "2026-11-30", "", 100)
	require.NoError(t, err)
	assert.Equal(t, "", next)
	assert.Equal(t, []crm.Purchase{{CardNumber: "0007", Date: "2026-11-30", Item: "Чайник", AmountKopecks: 249000, QuantityMilli: 1000}}, lines)
	open, err := c.Offers(ctx, made.Ref)
	require.NoError(t, err)
	assert.Len(t, open, 1)
	_, err = c.Enroll(ctx, enrollment("k8", "0008", crm.Profile{Phone: "79990000002"}))
	require.NoError(t, err)
	page, next, err := c.Members(ctx, "", 1)
	require.NoError(t, err)
	assert.Equal(t, "0007", page[0].Card)
	page, next, err = c.Members(ctx, next, 1)
	require.NoError(t, err)
	assert.Equal(t, "0008", page[0].Card)
	assert.Empty(t, next)
	require.NoError(t, c.Erase(ctx, made.Ref))
	_, err = c.Member(ctx, made.Ref)
	assert.Equal(t, crm.ErrCardNotFound, crm.KindOf(err))
}

func TestRefusalsAreKinds(t *testing.T) {
	known := map[crm.Kind]bool{}
	for _, kind := range crm.Kinds() {
		known[kind] = true
	}
	for _, code := range crmapi.Anywhere() {
		assert.True(t, known[crm.Kind(code)], code)
	}
	for _, call := range crmapi.Calls() {
		for _, code := range call.Refusals {
			assert.True(t, known[crm.Kind(code)], "%s: %s", call.Name, code)
		}
	}
	for status, code := range map[int]string{404: "card_not_found", 409: "phone_taken", 422: "invalid_profile"} {
		err := saying(t, status, `{"code":"`+code+`","description":"Anna","more":1}`).Update(ctx, "k", crm.Ref{Card: "1"}, anna)
		assert.Equal(t, crm.Kind(code), crm.KindOf(err))
		assert.NotContains(t, err.Error(), "Anna")
	}
}

func TestSurelyNotDone(t *testing.T) {
	for _, status := range []int{401, 429, 503} {
		err := saying(t, status, "<html>").Update(ctx, "k", crm.Ref{Card: "1"}, anna)
		assert.Equal(t, crm.ErrNotDone, crm.KindOf(err), "%d: %v", status, err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	refused := open(t, remote.Options{URL: "http://" + listener.Addr().String()})
	assert.Equal(t, crm.ErrNotDone, crm.KindOf(refused.Update(ctx, "k", crm.Ref{Card: "1"}, anna)), "refused")
	over, cancel := context.WithCancel(ctx)
	cancel()
	host := remotetest.New()
	assert.Equal(t, crm.ErrNotDone, crm.KindOf(open(t, remote.Options{URL: serve(t, host)}).Update(over, "k", crm.Ref{Card: "1"}, anna)))
	assert.Zero(t, host.Calls("update"))
	server := httptest.NewTLSServer(host)
	t.Cleanup(server.Close)
	err = open(t, remote.Options{URL: server.URL}).Update(ctx, "k", crm.Ref{Card: "1"}, anna)
	assert.Equal(t, crm.ErrNotDone, crm.KindOf(err), "a certificate that nobody trusts: %v", err)
}

// TestNobodyKnows: everything else leaves open whether a write was done, and reads
// nothing into the answer.
func TestNobodyKnows(t *testing.T) {
	for name, answer := range map[string]struct {
		status int
		text   string
	}{
		"500": {500, `{}`}, "502": {502, `<html>`}, "504": {504, ``}, "400": {400, `{"code":"card_not_found"}`}, "403": {403, `{}`}, "302": {302, ``}, "204": {204, ``}, "201": {201, `{}`},
		"HTML": {200, `<html>OK</html>`}, "empty": {200, ``}, "torn": {200, `{"member":{"id":"c"`}, "list": {200, `[]`}, "text": {200, `"ok"`}, "null": {200, `null`},
		"two": {200, `{} {}`}, "twice": {200, `{"a":1,"a":2}`}, "long": {200, `{"a":"` + strings.Repeat("x", crmapi.MaxAnswerBytes) + `"}`},
		"code of another call": {422, `{"code":"receipt_taken"}`}, "unknown code": {422, `{"code":"what_ever"}`}, "no code": {404, `{}`}, "HTML 404": {404, `<html>`},
		"our own code": {422, `{"code":"not_done"}`}, "internal": {422, `{"code":"internal"}`},
	} {
		c := saying(t, answer.status, answer.text)
		err := c.Update(ctx, "k", crm.Ref{Card: "1"}, anna)
		assert.Equal(t, crm.ErrUnavailable, crm.KindOf(err), "%s: %v", name, err)
		assert.False(t, errors.Is(err, crm.ErrNotDone), name)
		if err != nil {
			assert.Less(t, len(err.Error()), 300, name)
		}
		_, err = c.Find(ctx, crm.Identity{Phone: "7999"})
		assert.Equal(t, crm.ErrUnavailable, crm.KindOf(err), "find %s: %v", name, err)
	}
	assert.NoError(t, saying(t, 200, "\xef\xbb\xbf {\"new\": null}\n").Update(ctx, "k", crm.Ref{Card: "1"}, anna))
}

// TestImpossibleAnswers: a member, a balance or a list that cannot be.
func TestImpossibleAnswers(t *testing.T) {
	good := `"id":"c","card":"1","state":"active"`
	for _, text := range []string{
		`{"member":{}}`, `{}`, `{"member":null}`, `{"member":{"id":"c","card":"2","state":"active"}}`, `{"member":{"id":"d","card":"1","state":"active"}}`,
		`{"member":{"id":"c","card":1,"state":"active"}}`, `{"member":{"id":"c","card":"1","state":"gone"}}`, `{"member":{"id":"` + strings.Repeat("c", 129) + `","card":"1","state":"active"}}`,
		`{"member":{` + good + `,"issuedAt":"2026-02-30"}}`, `{"member":{` + good + `,"issuedAt":"2026-11-30T10:00:00"}}`, `{"member":{` + good + `,"barcode":{"number":"1","type":"EAN"}}}`,
		`{"member":{` + good + `,"barcode":{"number":"a b"}}}`, `{"member":{` + good + `,"balance":{"total":-1,"available":0}}}`, `{"member":{` + good + `,"profile":{"surname":"` + strings.Repeat("x", 256) + `"}}}`,
	} {
		_, err := saying(t, 200, text).Member(ctx, crm.Ref{ID: "c", Card: "1"})
		assert.Equal(t, crm.ErrUnavailable, crm.KindOf(err), text)
	}
	m, err := saying(t, 200, `{"member":{`+good+`,"profile":{"birthDate":"0000-00-00","sex":"?","phone":"7999"},"issuedAt":"2026-11-30"}}`).Member(ctx, crm.Ref{ID: "c", Card: "1"})
	require.NoError(t, err, "what decides nothing is left out")
	assert.Equal(t, crm.Profile{Phone: "7999"}, m.Profile)

	for _, text := range []string{
		`{}`, `{"total":1}`, `{"total":1.5,"available":1}`, `{"total":"1","available":1}`, `{"total":-1,"available":-1}`, `{"total":1,"available":2}`,
		`{"total":1,"available":1,"card":"2"}`, `{"total":1,"available":1,"id":"d"}`, `{"total":1,"available":1,"lots":[{}]}`, `{"total":1,"available":1,"lots":[{"points":2}]}`,
		`{"total":1,"available":1,"lots":[{"points":-1}]}`, `{"total":1,"available":1,"lots":[{"points":1,"validUntil":"2026-02-30"}]}`, `{"total":1,"available":1,"lots":[{"points":1,"validUntil":"31.12.2026"}]}`,
		`{"total":9223372036854775807,"available":1}`, `{"total":92233720368547758070,"available":1}`,
	} {
		_, err := saying(t, 200, text).Balance(ctx, crm.Ref{ID: "c", Card: "1"})
		assert.Equal(t, crm.ErrUnavailable, crm.KindOf(err), text)
	}
	for _, text := range []string{`{"members":[{` + good + `},{` + good + `}]}`, `{"members":{}}`, `{"members":[` + strings.Repeat(`{`+good+`},`, 10) + `{` + good + `}]}`} {
		_, err := saying(t, 200, text).Find(ctx, crm.Identity{Phone: "7999"})
		assert.Equal(t, crm.ErrUnavailable, crm.KindOf(err), text)
	}
	for _, text := range []string{
		`{}`, `{"lines":[{"day":"2026-11-31","item":"x","kopecks":1}]}`, `{"lines":[{"day":"2026-12-01","item":"x","kopecks":1}]}`, `{"lines":[{"day":"2026-11-30","kopecks":1}]}`,
		`{"lines":[{"day":"2026-11-30","item":"x"}]}`, `{"lines":[],"next":"here"}`,
	} {
		_, _, err := saying(t, 200, text).Purchases(ctx, crm.Ref{Card: "1"}, "2026-11-01", "2026-11-30", "here", 2)
		assert.Equal(t, crm.ErrUnavailable, crm.KindOf(err), text)
	}
	for _, text := range []string{`{}`, `{"offers":[{"id":"1"}]}`, `{"offers":[{"id":"1","name":"x"},{"id":"1","name":"x"}]}`, `{"offers":[{"id":"1","name":"x","to":"2026-13-01"}]}`} {
		_, err := saying(t, 200, text).Offers(ctx, crm.Ref{Card: "1"})
		assert.Equal(t, crm.ErrUnavailable, crm.KindOf(err), text)
	}
	for _, text := range []string{`{}`, `{"points":1.5}`, `{"points":9223372036854775807}`, `{"points":-9223372036854775808}`, `{"points":1,"ref":"` + strings.Repeat("x", 129) + `"}`} {
		_, err := saying(t, 200, text).Move(ctx, "k", crm.Ref{Card: "1"}, crm.PointsMove{Points: 1})
		assert.Equal(t, crm.ErrUnavailable, crm.KindOf(err), text)
	}
	for _, text := range []string{`{}`, `{"done":1}`} {
		_, _, err := saying(t, 200, text).Operation(ctx, "k", crm.Ref{Card: "1"}, time.Now())
		assert.Equal(t, crm.ErrUnavailable, crm.KindOf(err), text)
	}
	for _, text := range []string{`{"version":2,"name":"x","offers":[]}`, `{"version":1,"offers":[]}`, `{"version":1,"name":"x"}`, `{"version":1,"name":"x","offers":[],"writes":{"enroll":"sure"}}`} {
		_, err := saying(t, 200, text).Describe(ctx)
		assert.Equal(t, crm.ErrUnavailable, crm.KindOf(err), text)
	}
	about, err := saying(t, 200, `{"version":1,"name":"x","offers":["balance","magic","find"]}`).Describe(ctx)
	require.NoError(t, err)
	assert.Equal(t, []string{crm.OffersBalance}, about.Offers, "what we do not know is not offered")
}

func TestDaysAreWholeDaysOfTheZone(t *testing.T) {
	zone := time.FixedZone("MSK", 3*60*60)
	server := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"total":3,"available":1,"lots":[{"points":1,"validUntil":"2026-12-31"},{"points":1,"availableFrom":"2027-01-10","validUntil":"2027-02-01T00:00:00Z"},{"points":1}]}`))
	}))
	b, err := open(t, remote.Options{URL: server, Zone: zone}).Balance(ctx, crm.Ref{Card: "1"})
	require.NoError(t, err)
	assert.True(t, b.Lots[0].ValidUntil.Equal(time.Date(2027, 1, 1, 0, 0, 0, 0, zone)))
	assert.True(t, b.Lots[1].AvailableFrom.Equal(time.Date(2027, 1, 10, 0, 0, 0, 0, zone)))
	assert.True(t, b.Lots[1].ValidUntil.Equal(time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC)))
	assert.Equal(t, crm.Forever, b.Lots[2].ValidUntil)
}

// TestOnTheWire: what stands in a call's head.
func TestOnTheWire(t *testing.T) {
	old := "whsec_b2xkLXNlY3JldC1vZi10aGUtY3JtLTEyMzQ1Ng=="
	var head http.Header
	var calls atomic.Int32
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		body := make([]byte, r.ContentLength)
		_, _ = r.Body.Read(body)
		for _, text := range []string{remotetest.Secret, old} {
			secret, err := standardwebhooks.NewWebhook(text)
			assert.NoError(t, err)
			assert.NoError(t, secret.Verify(body, r.Header), "each of the two secrets fits")
		}
		head = r.Header
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(http.StatusTemporaryRedirect)
	}))
	limited, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	c := open(t, remote.Options{URL: url, Secrets: []string{remotetest.Secret, old}, User: "adapter", Password: "пароль"})
	assert.Equal(t, crm.ErrUnavailable, crm.KindOf(c.Update(limited, "key-1", crm.Ref{Card: "1"}, anna)))
	assert.Equal(t, int32(1), calls.Load(), "a redirect is not followed")
	assert.Equal(t, "key-1", head.Get("Idempotency-Key"))
	assert.Regexp(t, `^[1-5]\d{3}$`, head.Get("X-Deadline-Ms"))
	assert.True(t, strings.HasPrefix(head.Get("Authorization"), "Basic "))
	c = open(t, remote.Options{URL: url, Secrets: []string{remotetest.Secret, old}, Token: "tok", User: "adapter"})
	_, _ = c.Describe(ctx)
	assert.Equal(t, "Bearer tok", head.Get("Authorization"))
	assert.Empty(t, head.Get("Idempotency-Key"))
}

// TestTheTransportSendsOnce: net/http repeats calls with a key on its own when the
// other side has closed a kept connection; a write without a guarantee must not be.
func TestTheTransportSendsOnce(t *testing.T) {
	host := remotetest.New()
	var cut atomic.Bool
	host.Around = func(_ string, w http.ResponseWriter, _ *http.Request, next func(http.ResponseWriter)) {
		if !cut.Load() {
			next(w)
			return
		}
		next(httptest.NewRecorder())
		connection, _, err := w.(http.Hijacker).Hijack()
		if assert.NoError(t, err) {
			_ = connection.Close()
		}
	}
	c := open(t, remote.Options{URL: serve(t, host)})
	made, err := c.Enroll(ctx, enrollment("k", "1", anna))
	require.NoError(t, err)
	cut.Store(true)
	_, err = c.Move(ctx, "k2", made.Ref, crm.PointsMove{Points: 5})
	assert.Equal(t, crm.ErrUnavailable, crm.KindOf(err))
	assert.Equal(t, 1, host.Calls("points"))
}

func TestAnswersThatDoNotEnd(t *testing.T) {
	block := make(chan struct{})
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(`{"member":`))
		w.(http.Flusher).Flush()
		<-block
	}))
	defer close(block)
	limited, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	err := open(t, remote.Options{URL: url}).Update(limited, "k", crm.Ref{Card: "1"}, anna)
	assert.Equal(t, crm.ErrUnavailable, crm.KindOf(err))
}

func TestAuthorityOfOnesOwn(t *testing.T) {
	server := httptest.NewTLSServer(remotetest.New())
	t.Cleanup(server.Close)
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	_, err := open(t, remote.Options{URL: server.URL, CA: ca}).Describe(ctx)
	require.NoError(t, err)
}

func TestOptionsThatCannotBe(t *testing.T) {
	for name, o := range map[string]remote.Options{
		"no address": {}, "other scheme": {URL: "ftp://crm"}, "credentials": {URL: "https://a:b@crm"}, "plain text": {URL: "http://crm.example"},
		"no secret": {URL: "https://crm", Secrets: []string{}}, "short": {URL: "https://crm", Secrets: []string{"whsec_AAAA"}}, "bare": {URL: "https://crm", Secrets: []string{strings.TrimPrefix(remotetest.Secret, "whsec_")}},
		"three": {URL: "https://crm", Secrets: []string{remotetest.Secret, remotetest.Secret, remotetest.Secret}}, "authority": {URL: "https://crm", CA: []byte("none")},
	} {
		if o.Secrets == nil {
			o.Secrets = []string{remotetest.Secret}
		}
		_, err := remote.Open(o)
		require.Error(t, err, name)
		assert.NotContains(t, err.Error(), "AAAA")
	}
	_, err := remote.Open(remote.Options{URL: "http://crm.example", AllowHTTP: true, Secrets: []string{remotetest.Secret}})
	assert.NoError(t, err)
}

func TestChanged(t *testing.T) {
	now := time.Now()
	c := open(t, remote.Options{URL: "https://crm", Clock: func() time.Time { return now }})
	var got []crm.Ref
	take := c.Changed(func(_ context.Context, ref crm.Ref) error {
		got = append(got, ref)
		return nil
	})
	call := func(body string, at time.Time, text string) error {
		secret, err := standardwebhooks.NewWebhook(text)
		require.NoError(t, err)
		signature, err := secret.Sign("msg_1", at, []byte(body))
		require.NoError(t, err)
		r := httptest.NewRequest(http.MethodPost, remote.PathChanged, nil)
		r.Header.Set("webhook-id", "msg_1")
		r.Header.Set("webhook-timestamp", strconv.FormatInt(at.Unix(), 10))
		r.Header.Set("webhook-signature", signature)
		return take(r, []byte(body))
	}
	require.NoError(t, call(`{"card":"0007","more":true}`, now, remotetest.Secret))
	assert.Equal(t, []crm.Ref{{Card: "0007"}}, got)
	other := "whsec_b2xkLXNlY3JldC1vZi10aGUtY3JtLTEyMzQ1Ng=="
	assert.Equal(t, crm.ErrCardNotFound, crm.KindOf(call(`{"card":"0007"}`, now, other)))
	assert.Equal(t, crm.ErrCardNotFound, crm.KindOf(call(`{"card":"0007"}`, now.Add(-6*time.Minute), remotetest.Secret)))
	assert.Equal(t, crm.ErrCardNotFound, crm.KindOf(call(`{"card":"0007"}`, now.Add(6*time.Minute), remotetest.Secret)))
	for _, body := range []string{`{}`, `[]`, ``, `{"card":7}`, `{"card":"` + strings.Repeat("7", 65) + `"}`} {
		assert.Equal(t, crm.ErrInvalidRecord, crm.KindOf(call(body, now, remotetest.Secret)), body)
	}
	assert.Len(t, got, 1)
}

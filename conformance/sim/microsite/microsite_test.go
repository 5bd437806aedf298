package microsite_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance/sim"
	"koshelek-adapter/conformance/sim/bigcity"
	"koshelek-adapter/conformance/sim/microsite"
)

func newDriver(t *testing.T, bug string, change ...func(*microsite.Options)) (*microsite.Driver, *partner) {
	p := newPartner(bug, 1000)
	inbox := microsite.NewInbox(nil)
	p.send = func(otp string) { _, _ = inbox.Write([]byte("to 98XXXXXX45: your code is " + otp + "\n")) }
	server := httptest.NewServer(p)
	o := microsite.Options{Client: microsite.Client{BaseURL: server.URL + "/", User: "site", Password: "pw"}, OTP: inbox, Customer: "c-1", Prefix: "t-", AtOnce: 8}
	for _, c := range change {
		c(&o)
	}
	d := microsite.NewDriver(o)
	t.Cleanup(func() { d.Close(); server.Close() })
	return d, p
}

func TestEveryStoryIsGoodWithAGoodPartner(t *testing.T) {
	d, p := newDriver(t, "")
	reports := d.PlayAll(t.Context())
	require.Len(t, reports, len(microsite.Stories()))
	for _, r := range reports {
		assert.True(t, r.Good(), "%s", r)
		assert.NotEmpty(t, r.Steps)
		assert.Contains(t, r.String(), "as it should be")
	}
	assert.EqualValues(t, 900, p.balance, "only the fulfilled order stays paid")
	assert.Equal(t, 409, reports[2].Steps[len(reports[2].Steps)-2].Status)
}

// Each mistake of a partner is seen by the stories that look for it.
func TestMistakesAreSeen(t *testing.T) {
	for bug, stories := range map[string][]string{
		"double": {"duplicates"}, "late redeem": {"lost_redeem", "reverse_first", "duplicates"}, "overdraft": {"concurrent"},
		"race": {"concurrent"}, "earned falls": {"failed", "duplicates"}, "honours unknown": {"reverse_first"}, "forgets": {"reverse_first"},
		"reverses twice": {"lost_reverse", "duplicates"}, "fourth try": {"wrong_otps"}, "reuse": {"reused_otp"}, "mobile": {"reused_otp"},
		"text": {"fulfilled"}, "flag": {"duplicates"},
	} {
		for _, story := range stories {
			t.Run(bug+"/"+story, func(t *testing.T) {
				d, _ := newDriver(t, bug)
				r, err := d.Play(t.Context(), story)
				require.NoError(t, err)
				assert.False(t, r.Good(), "%s", r)
				assert.Empty(t, r.Aborted)
				assert.Contains(t, r.String(), "NOT as it should be")
			})
		}
	}
}

func TestStoriesThatCannotGoOnSayWhy(t *testing.T) {
	d, _ := newDriver(t, "", func(o *microsite.Options) { o.OTP = nil })
	r, err := d.Play(t.Context(), microsite.Fulfilled)
	require.NoError(t, err)
	assert.Contains(t, r.Aborted, "no way to read")
	assert.False(t, r.Good())
	d, p := newDriver(t, "", func(o *microsite.Options) { o.Wait = time.Millisecond })
	p.send = func(string) {}
	r, _ = d.Play(t.Context(), microsite.Fulfilled)
	assert.Contains(t, r.Aborted, "no one-time password arrived")
	d, p = newDriver(t, "")
	p.balance = 1
	r, _ = d.Play(t.Context(), microsite.Fulfilled)
	assert.Contains(t, r.Aborted, "pays for nothing")
	d, _ = newDriver(t, "", func(o *microsite.Options) { o.Client.BaseURL = "http://127.0.0.1:1" })
	r, _ = d.Play(t.Context(), "duplicates")
	assert.False(t, r.Good())
	_, err = d.Play(t.Context(), "none")
	require.Error(t, err)
}

// The microsite's own orders over HTTP reach the partner, and failing ones come
// back.
func TestSiteOfAnother(t *testing.T) {
	clock := sim.NewStandingClock(time.Now())
	site := bigcity.New(bigcity.Options{Settings: sim.Settings{Clock: clock}})
	defer clock.Close()
	d, p := newDriver(t, "", func(o *microsite.Options) { o.Site = site })
	defer d.Close()
	api := httptest.NewServer(site.Handler())
	defer api.Close()
	_, err := site.Faults.Add(sim.Next("fulfilment_fails", ""))
	require.NoError(t, err)
	r, err := http.NewRequest("POST", api.URL+"/api/v1/orders", strings.NewReader(`{"order_timestamp":"2026-09-17T15:42:36Z","order_total":100,"order_items":1,
		"line_items":[{"order_id":"o-1","SKU":"GIFT-100","qty":1}]}`))
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+p.sign("c-1"))
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	_ = answer.Body.Close()
	assert.Equal(t, 200, answer.StatusCode)
	assert.EqualValues(t, 900, p.balance)
	clock.Advance(time.Minute)
	assert.EqualValues(t, 1000, p.balance)
	assert.Equal(t, bigcity.Failed, site.SiteOrders()[0].Status)
	assert.True(t, site.SiteOrders()[0].Reversed)
}

func TestInbox(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	read := func(b *microsite.Inbox) string {
		t.Helper()
		wait, stop := context.WithTimeout(ctx, 5*time.Second)
		defer stop()
		otp, err := b.ReadOTP(wait, "", "")
		require.NoError(t, err)
		return otp
	}
	b := microsite.NewInbox(nil)
	_, _ = b.Write([]byte("1234567 is none\ncode 123"))
	_, _ = b.Write([]byte("456\nand 654321.\n"))
	assert.Equal(t, "123456", read(b))
	assert.Equal(t, "654321", read(b))

	path := filepath.Join(t.TempDir(), "out")
	require.NoError(t, os.WriteFile(path, []byte("old 111111\n"), 0o600))
	require.NoError(t, b.Follow(ctx, path))
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = file.WriteString("new 222222\n")
	require.NoError(t, err)
	require.NoError(t, file.Close())
	assert.Equal(t, "222222", read(b))
	require.Error(t, b.Follow(ctx, path+"x"))

	gateway := httptest.NewServer(b)
	defer gateway.Close()
	for _, send := range []func() (*http.Response, error){
		func() (*http.Response, error) { return http.Get(gateway.URL + "/send?to=79211234567&text=code+333333") },
		func() (*http.Response, error) {
			return http.Post(gateway.URL, "application/x-www-form-urlencoded", strings.NewReader("text=code+333333"))
		},
		func() (*http.Response, error) {
			return http.Post(gateway.URL, "application/json", strings.NewReader(`{"to":"79211234567","text":"code 333333"}`))
		},
		func() (*http.Response, error) {
			return http.Post(gateway.URL, "text/plain", strings.NewReader("code 333333"))
		},
	} {
		answer, err := send()
		require.NoError(t, err)
		_ = answer.Body.Close()
		assert.Equal(t, 200, answer.StatusCode)
		assert.Equal(t, "333333", read(b))
	}
}

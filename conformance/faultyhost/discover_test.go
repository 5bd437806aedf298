package faultyhost_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/faultyhost"
	"koshelek-adapter/schema/koshelek"
)

// discovered looks at a host of a style behind oddities, and then judges it by
// the profile that was found: nothing of it may be accused.
func discovered(t *testing.T, style faultyhost.Style, odd faultyhost.Odd, o conformance.DiscoverOptions, only ...string) conformance.Discovery {
	t.Helper()
	host, err := faultyhost.New(faultyhost.Options{User: user, Password: password, Style: &style, Data: faultyhost.Sample(style, time.Now()), Late: time.Second})
	require.NoError(t, err)
	server := httptest.NewServer(odd.Wrap(host))
	t.Cleanup(server.Close)
	target := conformance.Target{URL: server.URL, User: user, Password: password}
	found, err := conformance.Discover(context.Background(), target, o)
	require.NoError(t, err)
	for _, l := range found.Learned {
		assert.NotEmpty(t, l.Says, l.Field)
		assert.NotEmpty(t, l.How, l.Field)
	}
	profile, err := conformance.ParseProfile(found.Profile.Encode())
	require.NoError(t, err, string(found.Profile.Encode()))
	assert.Equal(t, found.Profile, profile, "the file says what was found")
	if !o.Write {
		return found
	}
	report, err := conformance.Run(context.Background(), target, conformance.Options{Profile: profile, Seed: 1, Only: only, Skip: []string{"tls"}})
	require.NoError(t, err)
	for _, check := range accusations(report) {
		assert.Equal(t, conformance.Skip, check.Outcome, "%s: %s", check.Rule, check.Message)
	}
	return found
}

// known is what a discovery has found out, by field.
func known(found conformance.Discovery) map[string]bool {
	all := map[string]bool{}
	for _, l := range found.Learned {
		all[l.Field] = l.Known
	}
	return all
}

func TestDiscoverTheGoodHosts(t *testing.T) {
	t.Run("plain", func(t *testing.T) {
		t.Parallel()
		found := discovered(t, faultyhost.Plain(), faultyhost.Odd{}, conformance.DiscoverOptions{Write: true, Code: faultyhost.SampleCode})
		p := found.Profile
		assert.Equal(t, map[string]string{"sms": "sms", "email": "email", "call": "call", "push": "push"}, p.ChannelParams)
		assert.Equal(t, faultyhost.SampleCode, p.Data.PromoCode)
		require.NotNil(t, p.Data.Card)
		assert.Equal(t, contract.EmailHint, p.Email)
		p.Email, p.ChannelParams, p.Data, p.Name = contract.EmailEither, nil, contract.Data{}, contract.DefaultProfile(koshelek.V130).Name
		assert.Equal(t, contract.DefaultProfile(koshelek.V130), p, "it says nothing that is the contract's")
		for field, is := range known(found) {
			assert.Equal(t, field != "blocked", is, field)
		}
		assert.Len(t, found.Left, 3)
	})
	t.Run("different", func(t *testing.T) {
		t.Parallel()
		p := discovered(t, faultyhost.Different(), faultyhost.Odd{}, conformance.DiscoverOptions{Write: true}).Profile
		want := profileOf(t, faultyhost.Different())
		want.Name, want.Data = p.Name, p.Data
		assert.Equal(t, want, p)
	})
}

// TestDiscoverWithoutWriting: the host has the same customers and numbers as
// before, and what cannot be known is said.
func TestDiscoverWithoutWriting(t *testing.T) {
	t.Parallel()
	writes := 0
	style := faultyhost.Different()
	host, err := faultyhost.New(faultyhost.Options{User: user, Password: password, Style: &style, Data: faultyhost.Sample(style, time.Now())})
	require.NoError(t, err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		if host.ServeHTTP(answer, r); answer.Code == http.StatusOK && (r.Method != http.MethodGet || strings.HasSuffix(r.URL.Path, "/anonymous")) {
			writes++
		}
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes()) // the discovery tells when it is gone
	}))
	t.Cleanup(server.Close)
	found, err := conformance.Discover(context.Background(), conformance.Target{URL: server.URL, User: user, Password: password}, conformance.DiscoverOptions{})
	require.NoError(t, err)
	assert.Zero(t, writes)
	assert.Empty(t, found.Left)
	p := found.Profile
	assert.Equal(t, map[string]string{"issueReservedCard": "PUT", "updateUser": "PUT"}, p.Verbs)
	assert.Equal(t, "offers", p.OffersPath)
	assert.Equal(t, 422, p.UnauthorizedStatus)
	for field, is := range known(found) {
		assert.Equal(t, !strings.Contains("verbs.reserveCard reserveForm promoFields blocked email channelParams", field), is, field)
	}
}

func TestDiscoverOddHosts(t *testing.T) {
	t.Run("names and words", func(t *testing.T) {
		t.Parallel()
		found := discovered(t, faultyhost.Different(), faultyhost.Odd{
			Names:  map[string]string{"qrCode": "receipt", "msisdn": "mobile"},
			Values: map[string]string{"allow": "on", "deny": ""}, Extra: true, Closes: true,
			Absent: map[string]int{"POST /v1/card/anonymous ": 404, "POST /v1/promo/code ": 405, "GET /v1/card/getAllUsers ": 422},
		}, conformance.DiscoverOptions{Write: true}, "reserve", "channels", "offers", "receipt", "users", "auth.status", "answer", "timing.keep-alive")
		p := found.Profile
		assert.Equal(t, koshelek.V110, p.Version)
		assert.Equal(t, []string{"listUsers"}, p.Off)
		assert.Equal(t, map[string]string{"qrCode": "receipt", "msisdn": "mobile"}, p.PromoFields)
		assert.Equal(t, map[string]string{"allow": "on", "deny": ""}, p.ChannelValues)
		assert.Equal(t, contract.ConnectionsClosed, p.Connections)
		assert.Equal(t, []string{"card", "error", "extra", "listCampaigns[]", "listPurchases[]", "listUsersExtended[]"}, p.ExtraFields)
		for _, l := range found.Learned {
			assert.True(t, l.Field != "extraFields" || strings.Contains(l.Says, "card.bonus.extra"), l.Says)
		}
	})
	t.Run("no offers", func(t *testing.T) {
		t.Parallel()
		p := discovered(t, faultyhost.Plain(), faultyhost.Odd{
			Absent:   map[string]int{"POST /v1/promo/qrCode ": 404, "GET /v1/card/getAllUsersExtended ": 404},
			NoOffers: true,
		}, conformance.DiscoverOptions{Write: true}, "reserve", "issue", "users", "offers", "answer").Profile
		assert.Equal(t, koshelek.V130, p.Version)
		assert.Equal(t, []string{"listUsersExtended", "submitQRCode", "listCampaigns"}, p.Off)
	})
	t.Run("a missing field may have another name", func(t *testing.T) {
		t.Parallel()
		found := discoverAlone(t, faultyhost.Odd{Names: map[string]string{"cardState": "state"}}, conformance.DiscoverOptions{Write: true})
		hint := found.Learned[len(found.Learned)-1]
		assert.Equal(t, "fields", hint.Field)
		assert.False(t, hint.Known)
		assert.Contains(t, hint.How, `"fields": {"card.cardState": "state"}`)
		assert.Nil(t, found.Profile.Fields, "only the partner knows what is agreed")
	})
	t.Run("one refusal for everything", func(t *testing.T) {
		t.Parallel()
		odd := faultyhost.Odd{OneRefusal: true}
		found := discoverAlone(t, odd, conformance.DiscoverOptions{})
		p := found.Profile
		assert.Equal(t, koshelek.V130, p.Version, "what is not clear is not switched off")
		assert.Empty(t, p.Off)
		for _, field := range []string{"version", "off", "verbs.updateUser", "offersPath"} {
			assert.False(t, known(found)[field], field)
		}
		p = discoverAlone(t, odd, conformance.DiscoverOptions{Write: true}).Profile
		assert.Equal(t, contract.EmailHint, p.Email)
		p.Email, p.ChannelParams, p.Data, p.Name = contract.EmailEither, nil, contract.Data{}, contract.DefaultProfile(koshelek.V130).Name
		assert.Equal(t, contract.DefaultProfile(koshelek.V130), p, "writing shows it all")
	})
}

func discoverAlone(t *testing.T, odd faultyhost.Odd, o conformance.DiscoverOptions) conformance.Discovery {
	t.Helper()
	host, err := faultyhost.New(faultyhost.Options{User: user, Password: password, Data: faultyhost.Sample(faultyhost.Plain(), time.Now())})
	require.NoError(t, err)
	server := httptest.NewServer(odd.Wrap(host))
	t.Cleanup(server.Close)
	found, err := conformance.Discover(context.Background(), conformance.Target{URL: server.URL, User: user, Password: password}, o)
	require.NoError(t, err)
	return found
}

func TestDiscoverSaysWhyItCannot(t *testing.T) {
	style := faultyhost.Different() // answers 422 to wrong credentials
	host, err := faultyhost.New(faultyhost.Options{User: user, Password: password, Style: &style})
	require.NoError(t, err)
	server := httptest.NewServer(host)
	t.Cleanup(server.Close)
	_, err = conformance.Discover(context.Background(), conformance.Target{URL: server.URL, User: user, Password: "wrong"}, conformance.DiscoverOptions{})
	assert.ErrorContains(t, err, "refuses the login and password")
	server.Close()
	_, err = conformance.Discover(context.Background(), conformance.Target{URL: server.URL, User: user, Password: password}, conformance.DiscoverOptions{})
	assert.ErrorIs(t, err, conformance.ErrUnreachable)
}

package faultyhost_test

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/faultyhost"
)

// oddities are choices far from the contract's, and the lines of a profile that
// say so.
var oddities = faultyhost.Odd{
	Names: map[string]string{
		"cardState": "state", "barcodeType": "type", "validUntil": "expires", "firstname": "givenName", "phone": "tel", "birthDate": "born", "email": "mail",
		"allow": "yes", "item": "title", "code": "errorCode", "qrCode": "qr", "msisdn": "telephone",
	},
	Query:  map[string]string{"msisdn": "telephone", "startDate": "from"},
	Values: map[string]string{"allow": "1", "deny": "0"},
	Extra:  true, Closes: true,
	Absent: map[string]int{"POST /v1/card/anonymous ": 404, "GET /v1/card/getAllUsers ": 405},
}

const oddProfile = `{
	"off": ["issueCard", "listUsers"], "connections": "closed", "channelValues": {"allow": "1", "deny": "0"},
	"channelParams": {"sms": "sms", "email": "email", "call": "call", "push": "push"},
	"promoFields": {"qrCode": "qr", "msisdn": "telephone", "code": "errorCode"},
	"fields": {
		"card.cardState": "state", "card.barcode.barcodeType": "type", "card.bonus.bonuses[].validUntil": "expires", "user.firstname": "givenName",
		"user.phone": "tel", "user.birthDate": "born", "user.email": "mail", "setChannels.allow": "yes", "listPurchases[].item": "title",
		"error.code": "errorCode", "listUsersExtended[].phone": "tel", "findCard.msisdn": "telephone", "listPurchases.startDate": "from"
	}}`

// TestOddHostsAreNotAccused: what a profile agrees to costs nothing, not even a
// warning, however far it is from the contract.
func TestOddHostsAreNotAccused(t *testing.T) {
	style := faultyhost.Plain()
	host, err := faultyhost.New(faultyhost.Options{User: user, Password: password, Style: &style, Data: faultyhost.Sample(style, time.Now()), Late: time.Second})
	require.NoError(t, err)
	server := httptest.NewServer(oddities.Wrap(host)) // a connection for each call is slow enough without TLS
	t.Cleanup(server.Close)
	profile, err := conformance.ParseProfile([]byte(oddProfile))
	require.NoError(t, err)
	profile.Data = profileOf(t, style).Data
	target := conformance.Target{URL: server.URL, User: user, Password: password}
	report, err := conformance.Run(context.Background(), target, conformance.Options{Profile: profile, Seed: 1, Skip: []string{"tls"}})
	require.NoError(t, err)
	for _, check := range accusations(report) {
		t.Errorf("%s: %s %s", check.Rule, check.Outcome, check.Message)
	}
	for _, check := range checksOf(report) {
		if check.Rule == "answer.known-fields" {
			assert.Contains(t, check.Message, "card.barcode.extra", "what was seen is told")
		}
	}
}

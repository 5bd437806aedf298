package points

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"koshelek-adapter/crm/vendors/vendorhttp"
)

// Client calls the Points API. It is safe for concurrent use.
type Client struct {
	settings Settings
	http     *vendorhttp.Client
	tokens   *vendorhttp.Tokens
	signer   *Signer
	options  vendorhttp.Options
}

// tokenMargin is how long before its end a token is renewed.
const tokenMargin = time.Minute

// New makes a client for settings that Check has found no fault with; the error is
// that of a key which cannot sign.
func New(s Settings, o vendorhttp.Options) (*Client, error) {
	c := &Client{settings: s, http: vendorhttp.New(Name, o), options: o}
	c.tokens = vendorhttp.NewTokens(c.http, tokenMargin, c.fetchToken)
	var err error
	c.signer, err = s.signer(c.http.Now)
	return c, err
}

// hide is what no error may show, whatever the vendor echoes.
func (c *Client) hide() []string {
	secret := c.settings.ClientSecret.Reveal()
	return []string{secret, url.QueryEscape(secret)}
}

// lifeUnsaid is for how long a token is trusted whose life the vendor left out.
const lifeUnsaid = 5 * time.Minute

// fetchToken is the client credentials grant. It may be repeated freely.
func (c *Client) fetchToken(ctx context.Context) (vendorhttp.Token, error) {
	form := url.Values{
		"client_id": {c.settings.ClientID}, "client_secret": {c.settings.ClientSecret.Reveal()}, "grant_type": {"client_credentials"},
	}
	return vendorhttp.Repeat(ctx, c.http, func(ctx context.Context) (vendorhttp.Token, error) {
		asked := c.http.Now()
		answer, err := c.http.Do(ctx, vendorhttp.Request{
			Call: "token", Method: http.MethodPost, URL: c.settings.TokenURL,
			Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
			Body:   []byte(form.Encode()), Hide: c.hide(),
		})
		if err != nil {
			return vendorhttp.Token{}, err
		}
		return readToken(answer, asked)
	})
}

func readToken(answer *vendorhttp.Answer, asked time.Time) (vendorhttp.Token, error) {
	var body struct {
		AccessToken vendorhttp.Text `json:"access_token"`
		ExpiresIn   vendorhttp.Text `json:"expires_in"`
		TokenType   vendorhttp.Text `json:"token_type"`
	}
	if err := answer.Decode(&body); err != nil {
		return vendorhttp.Token{}, err
	}
	if body.AccessToken.String() == "" {
		if _, isError := answer.Problem(); isError {
			return vendorhttp.Token{}, answer.Failure()
		}
		return vendorhttp.Token{}, answer.Malformed("the answer has no access_token")
	}
	if kind := body.TokenType.String(); kind != "" && !strings.EqualFold(kind, "Bearer") {
		return vendorhttp.Token{}, answer.Malformed("the token is not a bearer token")
	}
	life := lifeUnsaid
	if seconds, ok := body.ExpiresIn.Decimal(); ok && seconds.IsPositive() && seconds.IntPart() < 10*365*24*3600 {
		life = time.Duration(seconds.InexactFloat64() * float64(time.Second))
	}
	return vendorhttp.NewToken(body.AccessToken.String(), asked, asked.Add(life)), nil
}

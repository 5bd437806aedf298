package points

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"koshelek-adapter/crm/bridge/lenient"
	"koshelek-adapter/crm/bridge/token"
	"koshelek-adapter/crm/bridge/wire"
)

// Client calls the Points API. It is safe for concurrent use.
type Client struct {
	config Config
	http   *wire.Client
	tokens *token.Cache
}

// New makes a client; the error lists every fault of the configuration.
func New(config Config) (*Client, error) {
	if err := config.validate(); err != nil {
		return nil, err
	}
	c := &Client{config: config, http: wire.New(Vendor, config.HTTP)}
	c.tokens = token.NewCache(c.fetchToken, token.Options{Margin: config.TokenMargin, Now: c.http.Now})
	return c, nil
}

// hide is what no error may show, whatever the vendor echoes.
func (c *Client) hide() []string {
	secret := c.config.ClientSecret.Reveal()
	return []string{secret, url.QueryEscape(secret)}
}

// CheckCredentials gets a token when none is held, for a health check.
func (c *Client) CheckCredentials(ctx context.Context) error {
	_, err := c.tokens.Get(ctx)
	return err
}

// lifeUnsaid is for how long a token is trusted whose life the vendor left out.
const lifeUnsaid = 5 * time.Minute

// fetchToken is the client credentials grant. It may be repeated freely.
func (c *Client) fetchToken(ctx context.Context) (token.Token, error) {
	form := url.Values{
		"client_id": {c.config.ClientID}, "client_secret": {c.config.ClientSecret.Reveal()}, "grant_type": {"client_credentials"},
	}
	return wire.Repeat(ctx, c.config.Retry, func(ctx context.Context) (token.Token, error) {
		asked := c.http.Now()
		answer, err := c.http.Do(ctx, wire.Request{
			Call: "token", Method: http.MethodPost, URL: c.config.TokenURL,
			Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
			Body:   []byte(form.Encode()), Hide: c.hide(),
		})
		if err != nil {
			return token.Token{}, err
		}
		return readToken(answer, asked)
	})
}

func readToken(answer *wire.Answer, asked time.Time) (token.Token, error) {
	var body struct {
		AccessToken lenient.Text `json:"access_token"`
		ExpiresIn   lenient.Text `json:"expires_in"`
		TokenType   lenient.Text `json:"token_type"`
	}
	if err := answer.Decode(&body); err != nil {
		return token.Token{}, err
	}
	if body.AccessToken.String() == "" {
		if _, isError := answer.Problem(); isError {
			return token.Token{}, answer.Failure()
		}
		return token.Token{}, answer.Malformed("the answer has no access_token")
	}
	if kind := body.TokenType.String(); kind != "" && !strings.EqualFold(kind, "Bearer") {
		return token.Token{}, answer.Malformed("the token is not a bearer token")
	}
	life := lifeUnsaid
	if seconds, ok := body.ExpiresIn.Decimal(); ok && seconds.IsPositive() && seconds.IntPart() < 10*365*24*3600 {
		life = time.Duration(seconds.InexactFloat64() * float64(time.Second))
	}
	return token.New(body.AccessToken.String(), asked, asked.Add(life)), nil
}

// authorized makes a call with a token and renews a refused one once.
func authorized[T any](ctx context.Context, c *Client, call string, do func(context.Context, string) (T, error)) (T, error) {
	return token.Use(ctx, c.tokens,
		func(err error) bool { return errors.Is(err, wire.Unauthorized) },
		func(err error) error { return wire.Before(Vendor, call, err) },
		func(ctx context.Context, t token.Token) (T, error) { return do(ctx, "Bearer "+t.Reveal()) })
}

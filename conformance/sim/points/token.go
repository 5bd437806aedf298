package points

import (
	"crypto/subtle"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"

	"koshelek-adapter/conformance/sim"
)

const tokenPath = "/realms/partner/protocol/openid-connect/token"

// token is the client-credentials grant as Keycloak answers it. [C]
func (s *Simulator) token(c *sim.Call) sim.Answer {
	kind, _, _ := mime.ParseMediaType(c.Header.Get("Content-Type"))
	form, err := url.ParseQuery(string(c.Body))
	if kind != "application/x-www-form-urlencoded" || err != nil {
		return denied(http.StatusBadRequest, "invalid_request", "Missing form parameter: grant_type")
	}
	if form.Get("grant_type") != "client_credentials" {
		return denied(http.StatusBadRequest, "unsupported_grant_type", "Unsupported grant_type")
	}
	client, found := s.client(form.Get("client_id"))
	if !found || subtle.ConstantTimeCompare([]byte(client.Secret), []byte(form.Get("client_secret"))) != 1 {
		return denied(http.StatusUnauthorized, "unauthorized_client", "Invalid client or Invalid client credentials")
	}
	if s.Knobs.Is(knobOneToken, "yes") {
		s.tokens.RevokeAll(client.ID)
	}
	ttl := s.Knobs.Duration(knobTokenTTL)
	token, _ := s.tokens.Issue(client.ID, ttl)
	return sim.OK(map[string]any{
		"access_token": token, "expires_in": int(ttl.Seconds()), "refresh_expires_in": 0,
		"token_type": "Bearer", "not-before-policy": 0, "scope": "points",
	})
}

func denied(status int, code, description string) sim.Answer {
	return sim.Answer{Status: status, Body: map[string]string{"error": code, "error_description": description}}
}

func (s *Simulator) client(id string) (Client, bool) {
	i := slices.IndexFunc(s.options.Clients, func(c Client) bool { return c.ID == id })
	if i < 0 {
		return Client{}, false
	}
	return s.options.Clients[i], true
}

// caller finds out who calls and whether it may; else it returns the refusal.
func (s *Simulator) caller(c *sim.Call, scope string) (Client, *sim.Answer) {
	if c.Struck.Has(faultTokenOver) {
		s.tokens.Revoke(c.Bearer())
	}
	id, live := s.tokens.Subject(c.Bearer())
	client, known := s.client(id)
	if !live || !known {
		return Client{}, refused(http.StatusUnauthorized, "invalid_token")
	}
	if client.Forbidden {
		return Client{}, refused(http.StatusForbidden, "access_forbidden")
	}
	if client.Scopes != nil && !slices.Contains(client.Scopes, scope) {
		return Client{}, refused(http.StatusUnauthorized, "insufficient_scope", scope)
	}
	return client, nil
}

// refused is an error as the platform words it. [I here]
func refused(status int, code string, details ...string) *sim.Answer {
	if details == nil {
		details = []string{}
	}
	return &sim.Answer{Status: status, Body: map[string]any{"error": code, "details": details}}
}

// refuse words the errors that faults make.
func refuse(c *sim.Call, status int, message string) sim.Answer {
	codes := map[int]string{
		http.StatusBadRequest: "invalid_request", http.StatusUnauthorized: "invalid_token", http.StatusNotFound: "not_found",
		http.StatusTooManyRequests: "too_many_requests", http.StatusInternalServerError: "internal_server_error",
	}
	if c.Endpoint == tokenEndpoint {
		return denied(status, codes[status], fmt.Sprint(message))
	}
	if message == "" {
		return *refused(status, codes[status])
	}
	return *refused(status, codes[status], message)
}

package handlers

import (
	"encoding/json"
	"net/http"

	"koshelek-adapter/handlers/middleware"
	"koshelek-adapter/schema/koshelek"
)

// The faults of this API beside those of every API.
const (
	faultBodyMalformed  middleware.Fault = "body_malformed"
	faultQueryMalformed middleware.Fault = "query_malformed"
)

// challenge asks for credentials as RFC 7617 wants it. [I]
const challenge = `Basic realm="loyalty", charset="UTF-8"`

// refusals renders the catalogue once, by kind.
func refusals(o Options) map[error]*middleware.Refusal {
	byKind := map[error]*middleware.Refusal{}
	for _, row := range Catalogue() {
		body, err := json.Marshal(koshelek.Error{Code: row.Code, Description: row.description(o.Language)})
		if err != nil {
			panic(err) // a struct of strings always marshals
		}
		refusal := &middleware.Refusal{
			Status: http.StatusUnprocessableEntity, Code: row.Code, Name: row.Name, Level: middleware.LevelOf(row.kind), Body: body,
		}
		if row.kind == middleware.Unauthorized {
			refusal.Status = o.UnauthorizedStatus
		}
		if refusal.Status == http.StatusUnauthorized {
			refusal.Challenge = challenge
		}
		byKind[row.kind] = refusal
	}
	return byKind
}

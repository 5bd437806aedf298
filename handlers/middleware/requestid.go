package middleware

import "github.com/oklog/ulid/v2"

// HeaderRequestID carries the name of a call, both ways.
const HeaderRequestID = "X-Request-Id"

const maxRequestID = 64

// requestID names a call, by the client's name for it when that is harmless.
func requestID(given string) string {
	if harmless(given) {
		return given
	}
	return ulid.Make().String()
}

func harmless(id string) bool {
	for i := range len(id) {
		b := id[i]
		letter := b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
		if !letter && (b < '0' || b > '9') && b != '.' && b != '_' && b != '-' {
			return false
		}
	}
	return id != "" && len(id) <= maxRequestID
}

package faultyhost

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// unreadable is a body that every method refuses.
const unreadable = "?"

var (
	keyInBody   = regexp.MustCompile(`"(\w+)"\s*:`)
	typedInBody = regexp.MustCompile(`:\s*(\d|true|false)`)
	nestedValue = regexp.MustCompile(`:\s*(\{[^}]*\}|\[[^\]]*\])`)
	emailInBody = regexp.MustCompile(`"email":"([^"]*)"`)
	zeroInQuery = regexp.MustCompile(`%00[^&]*`)
	zeroInBody  = regexp.MustCompile(`\\u0000[^"]*`)
)

// bodyWrappers are the faults of reading bodies.
func bodyWrappers() map[string]wrapper {
	// anyway takes some bodies for an empty object.
	anyway := func(fits func(text string, err error) bool) wrapper {
		return telling(".", func(_ *Host, text string) string {
			var object map[string]any
			if fits(text, json.Unmarshal([]byte(text), &object)) {
				return "{}"
			}
			return text
		})
	}
	// not refuses bodies that fit.
	not := func(path string, fits func(text string) bool) wrapper {
		return telling(path, func(_ *Host, text string) string {
			if fits(text) {
				return unreadable
			}
			return text
		})
	}
	return map[string]wrapper{
		"takes-broken-text": telling(".", func(_ *Host, text string) string { return strings.ToValidUTF8(text, "?") }),
		"blanks-refused":    not(".", func(text string) bool { return strings.ContainsAny(text, "\r\n") }),
		"escapes-not-read":  retold(".", `\u`, `\\u`),
		"takes-trailing": telling(".", func(_ *Host, text string) string {
			var value json.RawMessage
			if json.NewDecoder(strings.NewReader(text)).Decode(&value) != nil {
				return text
			}
			return string(value)
		}),
		"keys-case-sensitive": telling(updatePath, func(_ *Host, text string) string {
			return keyInBody.ReplaceAllStringFunc(text, func(found string) string {
				if slices.Contains(profileFields, keyInBody.FindStringSubmatch(found)[1]) {
					return found
				}
				return `"x` + found[1:]
			})
		}),
		"takes-cut-body": anyway(func(text string, err error) bool {
			_, syntax := errors.AsType[*json.SyntaxError](err)
			return syntax && utf8.ValidString(text) && strings.HasPrefix(text, `{"`)
		}),
		"takes-malformed": anyway(func(text string, err error) bool {
			_, syntax := errors.AsType[*json.SyntaxError](err)
			return syntax && text != ""
		}),
		"takes-array": anyway(func(text string, err error) bool { return err != nil && strings.HasPrefix(text, "[") }),
		"takes-scalar": anyway(func(text string, _ error) bool {
			return json.Valid([]byte(text)) && !strings.ContainsAny(text[:1], "{[")
		}),
		"unknown-field-refused": not(updatePath, func(text string) bool {
			return slices.ContainsFunc(keyInBody.FindAllStringSubmatch(text, -1), func(key []string) bool {
				return !slices.ContainsFunc(profileFields, func(known string) bool { return strings.EqualFold(known, key[1]) })
			})
		}),
		"null-is-text":         retold(".", ":null", `:"null"`),
		"typed-values-refused": not(".", typedInBody.MatchString),
		"takes-nested": telling(updatePath, func(_ *Host, text string) string {
			return nestedValue.ReplaceAllString(text, `:""`)
		}),
		"deep-cuts": telling(".", func(_ *Host, text string) string {
			if strings.Count(text, "[") > 1000 {
				panic(http.ErrAbortHandler)
			}
			return text
		}),
		"huge-hangs": first(func(h *Host, _ http.ResponseWriter, r *http.Request) bool {
			if r.ContentLength <= maxBody {
				return false
			}
			_, _ = io.Copy(io.Discard, r.Body) // what is read to the end can be waited upon
			h.wait(&call{host: h, request: r})
			panic(http.ErrAbortHandler)
		}),
		"refused-body-half-stored": onAnswerLocked(func(h *Host, c *call, a *kept) {
			if mine := h.books.cards[c.number]; c.method == "update" && a.tells(badBody) && mine != nil {
				if email := firstOf(emailInBody, string(c.text())); email != "" {
					mine.holder.profile["email"] = email
				}
			}
		}),
		"zero-byte-cuts": changing(func(_ *Host, r *http.Request) *http.Request {
			query := zeroInQuery.ReplaceAllString(r.URL.RawQuery, "")
			r = at(r, upTo("%00")(r.URL.EscapedPath()), query)
			if r.ContentLength <= 0 || r.ContentLength > maxBody {
				return r
			}
			r, text := read(r)
			return carrying(r, string(zeroInBody.ReplaceAll(bytes.TrimSpace([]byte(text)), nil)))
		}),
	}
}

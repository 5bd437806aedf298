package faultyhost

import (
	"net/http"
	"regexp"
	"strings"
)

// readWrappers are hosts whose reads do not see what was written, and those that
// write large numbers for people.
func readWrappers() map[string]wrapper {
	searched := func(path string, answer *kept) bool {
		return path == "/v1/card" && answer.status == http.StatusOK
	}
	shown := regexp.MustCompile(updatePath).MatchString
	always := func(*Host, *http.Request) bool { return true }
	return map[string]wrapper{
		"searches-kept": keeping(func(path string, answer *kept) bool { return searched(path, answer) && answer.body.Len() > 0 }),
		"nobody-kept":   keeping(func(path string, answer *kept) bool { return searched(path, answer) && answer.body.Len() == 0 }),
		"unknown-card-kept": keeping(func(path string, answer *kept) bool {
			return shown(path) && answer.status == http.StatusUnprocessableEntity
		}),
		"balance-kept": keeping(func(path string, answer *kept) bool { return shown(path) && answer.status == http.StatusOK }),
		"users-kept": keeping(func(path string, answer *kept) bool {
			return path == "/v1/card/getAllUsers" && answer.status == http.StatusOK
		}),
		"receipt-unpaid":  unpaid("receipt", always),
		"code-unpaid":     unpaid("code", always),
		"thousands-blank": thousands(func(digits string) string { return digits[:len(digits)-3] + " " + digits[len(digits)-3:] }),
		"thousands-comma": thousands(func(digits string) string { return digits[:len(digits)-3] + "," + digits[len(digits)-3:] }),
		"thousands-nbsp":  thousands(func(digits string) string { return digits[:len(digits)-3] + "\u00a0" + digits[len(digits)-3:] }),
		"exponent": thousands(func(digits string) string {
			return digits[:1] + "." + strings.TrimRight(digits[1:], "0") + "0E" + itoa(len(digits)-1)
		}),
	}
}

// thousands writes points from a thousand on in another way.
func thousands(write func(digits string) string) wrapper {
	return edits("details", `"(total|available|amount)":"\d{4,}"`, func(found string) string {
		name, digits, _ := strings.Cut(strings.Trim(found, `"`), `":"`)
		return `"` + name + `":"` + write(digits) + `"`
	})
}

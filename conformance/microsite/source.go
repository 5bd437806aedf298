package microsite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
)

// password is what a source looks for in a text: the last six digits that stand
// alone.
var password = regexp.MustCompile(`(?:^|[^0-9])([0-9]{6})(?:[^0-9]|$)`)

func lastPassword(text string) (string, error) {
	found := ""
	for len(text) > 0 {
		at := password.FindStringSubmatchIndex(text)
		if at == nil {
			break
		}
		found, text = text[at[2]:at[3]], text[at[3]:]
	}
	if found == "" {
		return "", errors.New("microsite: the source of passwords gives no six digits")
	}
	return found, nil
}

// FromCommand runs a program for each password; CUSTOMER_ID in its environment
// says for whom, and the last six digits that it prints are the password.
func FromCommand(name string, args ...string) Source {
	return func(ctx context.Context, customer string) (string, error) {
		command := exec.CommandContext(ctx, name, args...)
		command.Env = append(command.Environ(), "CUSTOMER_ID="+customer)
		out, err := command.Output()
		if err != nil {
			return "", fmt.Errorf("microsite: the command for passwords: %w", err)
		}
		return lastPassword(string(out))
	}
}

// FromFile takes the last six digits of a file, such as a log; {customer_id} in
// the path stands for whom it is for.
func FromFile(path string) Source {
	return func(_ context.Context, customer string) (string, error) {
		text, err := os.ReadFile(strings.ReplaceAll(path, "{customer_id}", customer))
		if err != nil {
			return "", fmt.Errorf("microsite: the file of passwords: %w", err)
		}
		return lastPassword(string(text))
	}
}

// FromURL gets an address; {customer_id} in it stands for whom the password is
// for.
func FromURL(address string) Source {
	return func(ctx context.Context, customer string) (string, error) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.ReplaceAll(address, "{customer_id}", url.QueryEscape(customer)), nil)
		if err != nil {
			return "", fmt.Errorf("microsite: the address of passwords: %w", err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return "", fmt.Errorf("microsite: the address of passwords: %w", err)
		}
		defer func() { _ = response.Body.Close() }()
		text, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
		if err != nil {
			return "", fmt.Errorf("microsite: the address of passwords: %w", err)
		}
		return lastPassword(string(text))
	}
}

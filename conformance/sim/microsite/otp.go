package microsite

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"
)

// OTPReader tells the one-time passwords that a partner sends, as a customer
// reads them on the phone: one for each that was generated, in that order.
type OTPReader interface {
	// ReadOTP waits until ctx ends.
	ReadOTP(ctx context.Context, customer, reference string) (string, error)
}

// SixDigits finds a one-time password in a message; its first group is the
// password.
var SixDigits = regexp.MustCompile(`(?:^|[^0-9])([0-9]{6})(?:[^0-9]|$)`)

const keptPasswords = 1000

// Inbox collects messages and finds the passwords in them: written to it (a
// partner's output), read from a file that grows, or sent to it over HTTP as to
// an SMS gateway. Safe for concurrent use.
type Inbox struct {
	pattern *regexp.Regexp
	mu      sync.Mutex
	rest    []byte
	found   []string
	more    chan struct{}
}

// NewInbox returns an empty inbox; a nil pattern is [SixDigits].
func NewInbox(pattern *regexp.Regexp) *Inbox {
	if pattern == nil {
		pattern = SixDigits
	}
	return &Inbox{pattern: pattern, more: make(chan struct{}, 1)}
}

// Write takes output of a partner's development sender, line by line.
func (b *Inbox) Write(p []byte) (int, error) {
	b.mu.Lock()
	b.rest = append(b.rest, p...)
	var lines []string
	for {
		line, rest, found := strings.Cut(string(b.rest), "\n")
		if !found {
			break
		}
		lines, b.rest = append(lines, line), []byte(rest)
	}
	if len(b.rest) > maxAnswer {
		b.rest = nil
	}
	b.mu.Unlock()
	for _, line := range lines {
		b.take(line)
	}
	return len(p), nil
}

func (b *Inbox) take(message string) {
	m := b.pattern.FindStringSubmatch(message)
	if m == nil {
		return
	}
	b.mu.Lock()
	if len(b.found) < keptPasswords {
		b.found = append(b.found, m[len(m)-1])
	}
	b.mu.Unlock()
	select {
	case b.more <- struct{}{}:
	default:
	}
}

// ServeHTTP is an SMS gateway: whatever stands in the query, in a form or in
// JSON strings is the message.
func (b *Inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxAnswer))
	if err != nil {
		http.Error(w, "too long", http.StatusRequestEntityTooLarge)
		return
	}
	var words []string
	var fields map[string]any
	if json.Unmarshal(raw, &fields) == nil {
		for _, value := range fields {
			if text, isText := value.(string); isText {
				words = append(words, text)
			}
		}
		raw = nil
	}
	r.Body = io.NopCloser(strings.NewReader(string(raw)))
	if err := r.ParseForm(); err == nil {
		for _, values := range r.Form {
			words = append(words, values...)
		}
	}
	for _, word := range append(words, string(raw)) {
		if b.pattern.MatchString(word) {
			b.take(word)
			break
		}
	}
	w.Header().Set("X-Simulator", "test only; not an SMS gateway")
	_, _ = io.WriteString(w, `{"status":"ok"}`)
}

// ReadOTP returns the oldest password that was not read yet; it waits for one
// until ctx ends.
func (b *Inbox) ReadOTP(ctx context.Context, _, _ string) (string, error) {
	for {
		b.mu.Lock()
		if len(b.found) > 0 {
			otp := b.found[0]
			b.found = b.found[1:]
			b.mu.Unlock()
			return otp, nil
		}
		b.mu.Unlock()
		select {
		case <-b.more:
		case <-ctx.Done():
			return "", errors.New("no one-time password arrived")
		}
	}
}

// Follow reads what is added to a file, from its present end, until ctx ends.
func (b *Inbox) Follow(ctx context.Context, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	if _, err := file.Seek(0, io.SeekEnd); err != nil {
		return errors.Join(err, file.Close())
	}
	go func() {
		defer func() { _ = file.Close() }()
		reader := bufio.NewReader(file)
		for ctx.Err() == nil {
			if n, _ := io.Copy(b, reader); n == 0 {
				select {
				case <-time.After(20 * time.Millisecond):
				case <-ctx.Done():
				}
			}
		}
	}()
	return nil
}

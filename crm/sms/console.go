package sms

import (
	"context"
	"fmt"
	"io"
	"sync"
)

// Console is a sender for development: it prints the code where the operator
// sees it, with the phone masked. It must never serve customers: whoever reads
// the output can sign in as any of them.
type Console struct {
	mu  sync.Mutex
	out io.Writer
}

// NewConsole makes a sender that prints to out.
func NewConsole(out io.Writer) *Console { return &Console{out: out} }

// SendCode prints the code.
func (c *Console) SendCode(_ context.Context, phone, code string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	shown := "***"
	if len(phone) > 4 {
		shown += phone[len(phone)-2:]
	}
	_, err := fmt.Fprintf(c.out, "DEVELOPMENT ONLY: one-time code for %s: %s\n", shown, code)
	return err
}

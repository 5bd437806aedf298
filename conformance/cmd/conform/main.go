// Command conform judges a partner's host of the Koshelek Loyalty Online API.
//
//	conform run --url https://host:port --user LOGIN --password-file FILE
//
// Its exit code is 0 when the host is conformant, also with warnings, 1 when it is
// not, 2 when nothing could be judged (an unreachable host, a bad flag, no check to
// run), and 3 when nothing is broken but too much was left out for a verdict.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(Main(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

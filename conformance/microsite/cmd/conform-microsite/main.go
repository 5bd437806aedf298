// Program conform-microsite judges a client's system of BigCity's rewards
// microsite from outside. It exits with 0 for a conformant host, 1 for another
// one, and 2 when it could not run.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"koshelek-adapter/conformance/microsite"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	command := microsite.Command()
	command.Use = "conform-microsite --url URL --user LOGIN --customers ID,ID --otp-command 'PROGRAM'"
	err := command.ExecuteContext(ctx)
	stop()
	switch {
	case err == nil:
	case errors.Is(err, microsite.ErrNotConformant):
		os.Exit(1)
	default:
		fmt.Fprintln(os.Stderr, "conform-microsite:", err)
		os.Exit(2)
	}
}

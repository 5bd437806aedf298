package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"koshelek-adapter/server/bench/baseline"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run gives the exit code: 0 when everything was measured, 1 when something
// could not be, 2 for wrong flags. A goal that is missed is a result.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return complain(stderr, err, 2)
	}
	if err := o.perform(ctx, stdout, stderr); err != nil {
		return complain(stderr, err, 1)
	}
	return 0
}

// complain does what can be done about a standard error that is closed: nothing.
func complain(stderr io.Writer, err error, code int) int {
	_, _ = fmt.Fprintln(stderr, "Error:", err)
	return code
}

// perform does what the flags ask for; two of them are for processes that this
// program starts itself.
func (o options) perform(ctx context.Context, stdout, stderr io.Writer) error {
	switch {
	case o.baseline != "":
		return baseline.Serve(ctx, o.baseline, o.databaseConnections, stdout)
	case o.profiled != "":
		return serveProfiled(ctx, o.profiled, stdout)
	}
	b, err := newBench(o, stderr)
	if err != nil {
		return err
	}
	switch {
	case o.fill:
		return b.fill(ctx)
	case o.profile != "":
		return b.profile(ctx)
	}
	return b.measure(ctx, stdout)
}

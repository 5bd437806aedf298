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

	"koshelek-adapter/server/bench/floor"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run gives the exit code: 0 when everything was measured, 1 when something
// could not be, 2 for wrong flags. A target that is missed is a result.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		complain(stderr, err)
		return 2
	}
	if err := o.perform(ctx, stdout, stderr); err != nil {
		complain(stderr, err)
		return 1
	}
	return 0
}

// complain does what can be done about a standard error that is closed: nothing.
func complain(stderr io.Writer, err error) { _, _ = fmt.Fprintln(stderr, "Error:", err) }

// perform does what the flags ask for; two of them are for processes that this
// program starts itself.
func (o options) perform(ctx context.Context, stdout, stderr io.Writer) error {
	switch {
	case o.floor != nil:
		return floor.Serve(ctx, *o.floor, o.databaseConnections, stdout)
	case o.drive != "":
		return o.driveTarget(ctx, stdout)
	case o.fill:
		return o.fillAll(ctx, stderr)
	case o.profile != "":
		return o.profileAll(ctx, stdout, stderr)
	}
	return o.measure(ctx, stdout, stderr)
}

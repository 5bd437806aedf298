// Command server is koshelek-adapter: a retailer's loyalty cards for the
// Koshelek wallet. All of it is in package app.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"koshelek-adapter/server/app"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	os.Exit(app.Main(ctx, os.Args[1:], os.Environ(), os.Stdout))
}

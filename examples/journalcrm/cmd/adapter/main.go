// Command adapter is the adapter with one more kind of database: journal:PATH,
// the example CRM. ADAPTER_DATABASE=journal:data/crm.journal serves it.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"koshelek-adapter/crm/engine"
	"koshelek-adapter/examples/journalcrm"
	"koshelek-adapter/server/app"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	os.Exit(app.Main(ctx, os.Args[1:], os.Environ(), os.Stdout, app.WithStore("journal", open)))
}

func open(ctx context.Context, path string) (engine.Store, error) {
	c, err := journalcrm.Open(ctx, path)
	if err != nil {
		return nil, err // a nil *CRM must not become a Backend
	}
	return c, nil
}

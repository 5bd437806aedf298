package app

import (
	"context"
	"fmt"
	"runtime"

	"koshelek-adapter/config"
	"koshelek-adapter/handlers"
	"koshelek-adapter/version"
)

func (p *program) printVersion(context.Context) error {
	_, err := fmt.Fprintf(p.stdout, "koshelek-adapter %s (%s, %s/%s)\n", version.Number, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

func (p *program) listConfig(context.Context) error {
	_, err := fmt.Fprint(p.stdout, config.Table())
	return err
}

func (p *program) listErrors(context.Context) error {
	_, err := fmt.Fprint(p.stdout, handlers.CatalogueMarkdown())
	return err
}

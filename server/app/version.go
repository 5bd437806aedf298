package app

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"

	"koshelek-adapter/config"
	"koshelek-adapter/handlers"
)

// version is set by the linker in a release build.
var version = "dev"

// revision is what the build says of itself.
func revision() string {
	if version != "dev" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return version
}

func (p *program) printVersion(context.Context) error {
	_, err := fmt.Fprintf(p.stdout, "koshelek-adapter %s (%s, %s/%s)\n", revision(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
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

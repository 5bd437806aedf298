package main

import (
	"errors"

	"github.com/spf13/cobra"

	"koshelek-adapter/conformance/microsite"
)

// micrositeCommand judges a partner's side of BigCity's microsite. Its verdict
// becomes the program's.
func (p *program) micrositeCommand() *cobra.Command {
	c := microsite.Command()
	run := c.RunE
	c.RunE = func(c *cobra.Command, args []string) error {
		err := run(c, args)
		if errors.Is(err, microsite.ErrNotConformant) {
			return &notConformant{err.Error()}
		}
		return err
	}
	return c
}

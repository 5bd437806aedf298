package main

import (
	"errors"

	"github.com/spf13/cobra"

	"koshelek-adapter/conformance/microsite"
	"koshelek-adapter/conformance/sim/command"
)

// simulateCommand runs the reward vendors' simulators; stories that went wrong
// with a partner are a verdict.
func (p *program) simulateCommand() *cobra.Command {
	return judging(command.New(), func(err error) bool {
		var wrong *command.WentWrong
		return errors.As(err, &wrong)
	})
}

// micrositeCommand judges a partner's side of BigCity's microsite.
func (p *program) micrositeCommand() *cobra.Command {
	return judging(microsite.Command(), func(err error) bool { return errors.Is(err, microsite.ErrNotConformant) })
}

// judging lets a command's verdict become the program's.
func judging(c *cobra.Command, verdict func(error) bool) *cobra.Command {
	run := c.RunE
	c.RunE = func(c *cobra.Command, args []string) error {
		err := run(c, args)
		if err != nil && verdict(err) {
			return &notConformant{err.Error()}
		}
		return err
	}
	return c
}

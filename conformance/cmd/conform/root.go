package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/inert"
	"koshelek-adapter/conformance/language"
	"koshelek-adapter/conformance/sim/command"
	"koshelek-adapter/version"
)

// Exit codes.
const (
	ExitConformant    = 0
	ExitNotConformant = 1
	ExitCouldNotRun   = 2
	ExitNoVerdict     = 3
)

// program is one run of a command, with what it reads and writes.
type program struct {
	in       io.Reader
	out, err io.Writer
	// lang is the language of what people read, English unless a command was told.
	lang language.Language
}

// notConformant is the error of a host, or of a certificate, that was judged and
// did not hold. Any error but this and noVerdict means that nothing could be
// judged.
type notConformant struct{ text string }

func (n *notConformant) Error() string { return n.text }

// noVerdict is the error of a run that left out too much to say anything of the
// host.
type noVerdict struct{ text string }

func (n *noVerdict) Error() string { return n.text }

// Main runs a command and returns the exit code; args are without the program's
// name.
func Main(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	p := &program{in: in, out: out, err: errOut}
	root := p.commands()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	var judged *notConformant
	var open *noVerdict
	var mistake *conformance.Mistake
	switch {
	case err == nil:
		return ExitConformant
	case errors.As(err, &judged):
		p.remark(judged.text)
		return ExitNotConformant
	case errors.As(err, &open):
		p.remark(open.text)
		return ExitNoVerdict
	case errors.As(err, &mistake):
		p.complain("Error: %s%s\n", p.lang.Sentence(mistake.Error()), hint(mistake))
		return ExitCouldNotRun
	}
	p.complain("Error: %v\nRun 'conform help' for the commands and flags.\n", err)
	return ExitCouldNotRun
}

// complain writes to the user; when even that fails, the exit code tells.
func (p *program) complain(format string, args ...any) {
	_, _ = io.WriteString(p.err, inert.Text(fmt.Sprintf(format, args...)))
}

// remark complains when there is something to say.
func (p *program) remark(text string) {
	if text != "" {
		p.complain("%s\n", text)
	}
}

// say writes a result.
func (p *program) say(format string, args ...any) {
	_, _ = io.WriteString(p.out, inert.Text(fmt.Sprintf(format, args...)))
}

// commands is the tree of commands, one file each.
func (p *program) commands() *cobra.Command {
	root := &cobra.Command{
		Use: "conform", Short: "Judge a host of the Koshelek Loyalty Online API",
		Long: "conform judges a partner's host of the Koshelek Loyalty Online API from outside, in any language.\n\n" +
			"Exit codes: 0 conformant, also with warnings; 1 not conformant; 2 could not run (an unreachable\n" +
			"host, a bad flag, no check to run); 3 no verdict (nothing is broken, but too much was left out).",
		Version: version.Number, SilenceErrors: true, SilenceUsage: true, Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return errors.New("a command is missing; 'conform run --help' is where to begin")
		},
	}
	root.AddCommand(p.runCommand(), p.discoverCommand(), p.walletCommand(), p.serveCommand(), p.judgeCommand(), p.crmCommand(), p.rulesCommand(), p.profileCommand(),
		p.keygenCommand(), p.verifyCommand(), p.freePortCommand(), command.New(), p.micrositeCommand())
	return root
}

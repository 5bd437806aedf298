package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"koshelek-adapter/config"
	"koshelek-adapter/crm"
	"koshelek-adapter/crm/connect/connector"
	"koshelek-adapter/crm/engine"
)

// Exit codes of the program.
const (
	ExitOK      = 0
	ExitFailed  = 1 // the command was understood and failed
	ExitMisused = 2 // a wrong command, flag or setting; nothing was started
	// ExitIncomplete: the command was done, but rows were refused or differences
	// were found.
	ExitIncomplete = 3
	// ExitInterrupted: the operator or the system ended a command before its end.
	ExitInterrupted = 130
)

// Option shapes the program for a build of one's own or a test.
type Option func(*program)

// OpenProgram opens a programme of one's own; rest is what follows the scheme in
// ADAPTER_DATABASE. One that is an io.Closer is closed at the end.
type OpenProgram func(ctx context.Context, rest string) (crm.Program, error)

// WithProgram connects a programme of one's own in place of the built-in engine:
// ADAPTER_DATABASE=scheme:rest opens it. What it is able to do besides
// [crm.Program] it tells by its capabilities, such as [crm.Ledger].
func WithProgram(scheme string, open OpenProgram) Option {
	return func(p *program) { p.programs[scheme] = open }
}

// OpenConnector opens a connector; rest is what follows the scheme in ADAPTER_CRM. It
// must not fail because the CRM is down.
type OpenConnector func(ctx context.Context, rest string, o connector.Options) (crm.Connector, error)

// WithConnector connects a CRM through a connector of one's own:
// ADAPTER_CRM=scheme:rest opens it.
func WithConnector(scheme string, open OpenConnector) Option {
	return func(p *program) { p.connectors[scheme] = open }
}

// OpenStore opens a store; rest is what follows the scheme in
// ADAPTER_DATABASE. It should give a crm.ErrUnavailable error for a store that
// may come up yet, and the start then waits for it.
type OpenStore func(ctx context.Context, rest string) (engine.Store, error)

// WithStore adds a store of one's own for the built-in engine:
// ADAPTER_DATABASE=scheme:rest opens it.
func WithStore(scheme string, open OpenStore) Option {
	return func(p *program) { p.stores[scheme] = open }
}

// WithLogOutput sends the log and the faults of settings elsewhere than to
// standard error.
func WithLogOutput(w io.Writer) Option { return func(p *program) { p.stderr = w } }

// WithInput gives standard input, which an import reads for the file "-".
func WithInput(r io.Reader) Option { return func(p *program) { p.stdin = r } }

// program is one run of a command.
type program struct {
	environ  []string
	stdin    io.Reader
	stdout   io.Writer
	stderr   io.Writer
	stores   map[string]OpenStore
	programs map[string]OpenProgram
	// connectors are those of the build's own.
	connectors map[string]OpenConnector
	// bulk opens the store for much writing.
	bulk bool
}

// Main runs a command and returns the exit code. args are without the program's
// name, environ has the form of os.Environ. The context's end asks a server to
// drain and stop.
func Main(ctx context.Context, args, environ []string, stdout io.Writer, options ...Option) int {
	p := &program{environ: environ, stdin: os.Stdin, stdout: stdout, stderr: os.Stderr, stores: map[string]OpenStore{}, programs: map[string]OpenProgram{}, connectors: map[string]OpenConnector{}}
	for _, option := range options {
		option(p)
	}
	root := p.commands()
	root.SetIn(p.stdin)
	root.SetArgs(negatives(root, args))
	root.SetOut(stdout)
	root.SetErr(p.stderr)
	used, err := root.ExecuteContextC(ctx)
	var faults config.Faults
	var failed *failure
	var unfinished *incomplete
	var lost lostLog
	switch {
	case err == nil:
		return ExitOK
	case errors.As(err, &lost): // who reads the log would have to read the complaint
		return ExitFailed
	case errors.As(err, &faults):
		p.complain("The settings are wrong, nothing was started:\n%v\n", faults)
		return ExitMisused
	case ctx.Err() != nil:
		p.complain("interrupted\n")
		return ExitInterrupted
	case errors.As(err, &unfinished):
		fmt.Fprintln(p.stderr, unfinished)
		return ExitIncomplete
	case errors.As(err, &failed):
		p.complain("Error: %v\n", failed.err)
		return ExitFailed
	}
	p.complain("Error: %v\nRun '%s --help'.\n", err, used.CommandPath())
	return ExitMisused
}

// complain writes to the operator; when even that fails, the exit code tells.
func (p *program) complain(format string, args ...any) { _, _ = fmt.Fprintf(p.stderr, format, args...) }

// failure marks an error of a command's work, as against one of its use.
type failure struct{ err error }

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// commands is the tree of commands; serve is what happens without one.
func (p *program) commands() *cobra.Command {
	serve := p.command("serve", "Serve the Koshelek API until SIGTERM (the default command)", p.serve)
	root := &cobra.Command{
		Use: "koshelek-adapter", Short: "Loyalty cards for the Koshelek wallet",
		Long: "koshelek-adapter hosts a retailer's side of the Koshelek Loyalty Online API.\n" +
			"Settings come from the environment; 'koshelek-adapter config' lists them.\n" +
			"The operator's commands read the same settings and may be used beside a running server.\n\n" +
			"Exit codes: 0 done, 1 failed, 2 misused (nothing was started),\n" +
			"3 done, but rows were refused or differences were found, 130 interrupted.",
		Args: onlyCommands, RunE: serve.RunE,
		SilenceErrors: true, SilenceUsage: true,
	}
	root.AddCommand(
		serve,
		p.command("migrate", "Bring the database's schema up to date and exit", p.migrate),
		p.command("health", "Ask the running server whether it is ready (for container health checks)", p.health),
		p.command("config", "List the settings, their defaults and meanings as Markdown", p.listConfig),
		p.command("errors", "List the error codes that Koshelek may be answered, as Markdown", p.listErrors),
		p.command("version", "Print the version", p.printVersion),
	)
	root.AddCommand(p.operatorCommands()...)
	return root
}

// operatorCommands look after the data.
func (p *program) operatorCommands() []*cobra.Command {
	return []*cobra.Command{
		p.importCommand(), p.exportCommand(), p.poolCommand(), p.cardCommand(), p.pointsCommand(),
		p.searchCommand(), p.statsCommand(), p.auditCommand(), p.codesCommand(), p.offersCommand(), p.eraseCommand(), p.drivesCommand(), p.identifiersCommand(), p.outboxCommand(), p.verifyCommand(), p.doctorCommand(), p.crmCommand(),
	}
}

// command makes a command without arguments whose errors are failures.
func (p *program) command(use, short string, run func(context.Context) error) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			err := run(c.Context())
			var faults config.Faults
			if err == nil || errors.As(err, &faults) {
				return err
			}
			return &failure{err}
		},
	}
}

// load reads the settings.
func (p *program) load() (*config.Config, error) {
	return config.Load(p.environ, slices.Concat(slices.Collect(maps.Keys(p.stores)), slices.Collect(maps.Keys(p.programs)), slices.Collect(maps.Keys(p.connectors)))...)
}

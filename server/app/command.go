package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"strings"
	"text/tabwriter"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"

	"koshelek-adapter/config"
	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/server/app/importer"
)

// session is one operator's command at work on the store that the settings
// name, beside whatever server runs on it.
type session struct {
	*program
	cfg *config.Config
	// programme is what the settings name. A command of the built-in engine finds
	// the engine in crm and its store in store; both are nil for another programme.
	programme *programme
	store     engine.Store
	crm       *engine.Engine
	// desk is the programme's outbox, for the commands that look after it.
	desk desk
	// vendors are who hears of what the command does; a running server tells them.
	vendors *rewardVendors
	json    bool
	actor   string
}

// work is what an operator's command does.
type work func(ctx context.Context, s *session, args []string) error

// misuse marks an error of a command's use, as against one of its work.
type misuse struct{ error }

func misused(format string, args ...any) error { return misuse{fmt.Errorf(format, args...)} }

// country is by whose habits phones are read.
func (s *session) country() crm.Country { return crm.Country(s.cfg.PhoneCountry) }

// phone reads a phone as people write it.
func (s *session) phone(text string) (string, error) {
	phone, err := s.country().Phone(text)
	if err != nil {
		return "", misused("the phone %s; write it as +79216668899", importer.Explain(err))
	}
	return phone, nil
}

// incomplete is the error of a command that was done, but not for everything:
// rows were refused, or differences were found.
type incomplete struct{ text string }

func (i *incomplete) Error() string { return i.text }

// operator completes a command that works on the built-in engine; see capable.
func (p *program) operator(c *cobra.Command, run work) *cobra.Command {
	return p.capable(c, func(ctx context.Context, s *session, args []string) error {
		if s.crm == nil {
			return misused("'%s' works on the built-in engine, and %s names another programme", c.CommandPath(), s.namedBy())
		}
		return run(ctx, s, args)
	})
}

// ours completes a command that works on what is kept here also beside a CRM.
func (p *program) ours(c *cobra.Command, run work) *cobra.Command {
	return p.capable(c, func(ctx context.Context, s *session, args []string) error {
		if s.crm = s.programme.ours; s.crm == nil {
			return misused("'%s' works on the built-in engine, and %s names another programme", c.CommandPath(), s.namedBy())
		}
		return run(ctx, s, args)
	})
}

// namedBy is the variable that names the programme.
func (s *session) namedBy() string {
	if s.cfg.Store.CRM.Reveal() != "" {
		return "ADAPTER_CRM"
	}
	return "ADAPTER_DATABASE"
}

// capability gives what a programme may be able to do; a command that needs what is
// missing is misused.
func capability[T any](s *session, what string) (T, error) {
	able, ok := s.programme.Program.(T)
	if !ok {
		return able, misused("the programme that %s names has no %s", s.namedBy(), what)
	}
	return able, nil
}

// capable completes a command that asks for the capabilities that it needs: the
// flags that all have, and the work between the opening and the closing of the
// programme.
func (p *program) capable(c *cobra.Command, run work) *cobra.Command {
	s := &session{program: p}
	c.Flags().BoolVar(&s.json, "json", false, "print JSON for scripts")
	c.Flags().StringVar(&s.actor, "actor", "", "who does this, for the audit log (default: the name of the OS user)")
	c.RunE = func(c *cobra.Command, args []string) error {
		err := s.run(c.Context(), args, run)
		var faults config.Faults
		var unfinished *incomplete
		var wrong misuse
		if err == nil || errors.As(err, &faults) || errors.As(err, &unfinished) || errors.As(err, &wrong) {
			return err
		}
		return &failure{humane(err)}
	}
	return c
}

// humane says in words what the programme refused.
func humane(err error) error {
	var own *crm.Error
	var kind crm.Kind
	if errors.As(err, &own) || errors.As(err, &kind) {
		return explained{err}
	}
	return err
}

// explained prints a crm error in words and keeps it for errors.Is.
type explained struct{ error }

func (e explained) Error() string {
	inner := e.error
	var own *crm.Error
	if errors.As(inner, &own) {
		return strings.Replace(inner.Error(), own.Error(), importer.Explain(own), 1)
	}
	var kind crm.Kind
	if errors.As(inner, &kind) {
		return strings.Replace(inner.Error(), kind.Error(), importer.Explain(kind), 1)
	}
	return inner.Error()
}

// Unwrap gives the error itself.
func (e explained) Unwrap() error { return e.error }

func (s *session) run(ctx context.Context, args []string, run work) (err error) {
	if s.cfg, err = s.load(); err != nil {
		return err
	}
	if err := s.mustExist(); err != nil {
		return err
	}
	if s.actor == "" {
		s.actor = systemUser()
	}
	if s.programme, err = s.openProgramme(ctx, s.cfg, newMetrics(), s.warnings()); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.programme.close()) }()
	s.crm, s.store, s.vendors = s.programme.engine, s.programme.store, s.programme.vendors
	err = run(ctx, s, args)
	return errors.Join(err, s.programme.release(context.WithoutCancel(ctx)))
}

// mustExist refuses to begin a new database because of a command that was given
// in the wrong folder.
func (s *session) mustExist() error {
	path, lite := strings.CutPrefix(s.cfg.Database.Reveal(), "sqlite:")
	if !lite {
		return nil
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no database %s: are ADAPTER_DATA_DIR and ADAPTER_DATABASE right, is this the right folder? "+
			"'koshelek-adapter migrate' makes a new one", path)
	}
	return nil
}

// warnings is the log of a command: what the store warns of, for people.
func (s *session) warnings() zerolog.Logger {
	return zerolog.New(zerolog.ConsoleWriter{Out: s.stderr, NoColor: true, PartsExclude: []string{zerolog.TimestampFieldName}}).
		Level(zerolog.WarnLevel)
}

// systemUser is who runs the program.
func systemUser() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return fmt.Sprintf("uid %d", os.Getuid())
}

// print writes the answer of a command: JSON for scripts, else what human writes.
func (s *session) print(answer any, human func(w *tabwriter.Writer)) error {
	if s.json {
		encoder := json.NewEncoder(s.stdout)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(answer)
	}
	var out bytes.Buffer
	w := tabwriter.NewWriter(&out, 0, 8, 2, ' ', 0)
	human(w)
	if err := w.Flush(); err != nil {
		return err
	}
	// An empty last field is padded like any other.
	for line := range bytes.Lines(out.Bytes()) {
		if _, err := fmt.Fprintf(s.stdout, "%s\n", bytes.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	return nil
}

// row writes a row of a table.
func row(w *tabwriter.Writer, fields ...any) {
	for i, field := range fields {
		if i > 0 {
			fmt.Fprint(w, "\t")
		}
		fmt.Fprint(w, field)
	}
	fmt.Fprintln(w)
}

// group is a command that only holds others.
func group(use, short string, commands ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: onlyCommands, RunE: func(c *cobra.Command, _ []string) error {
		return fmt.Errorf("'%s' needs a command behind it; 'koshelek-adapter %s --help' lists them", c.Name(), c.Name())
	}}
	c.AddCommand(commands...)
	return c
}

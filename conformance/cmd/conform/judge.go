package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"koshelek-adapter/conformance/har"
)

// judgeFlags are the flags of judge.
type judgeFlags struct {
	version, profile, host string
	strict, asJSON         bool
}

func (p *program) judgeCommand() *cobra.Command {
	f := &judgeFlags{}
	c := &cobra.Command{
		Use: "judge FILE.har", Args: cobra.ExactArgs(1),
		Short: "Hold recorded traffic to the rules that hold for every answer",
		Long: "judge reads an HTTP Archive, as browsers and proxies write it, and holds every answer of the Koshelek API\n" +
			"in it to the rules that hold for every answer. - reads standard input. Bodies must have been recorded.",
		Example: "  conform judge traffic.har\n  mitmdump -nr flows --set hardump=- | conform judge - --host shop.example",
		RunE:    func(_ *cobra.Command, args []string) error { return p.judge(f, args[0]) },
	}
	flags := c.Flags()
	flags.StringVar(&f.version, "version", "", "version of the API: 1.0.0, 1.1.0, 1.2.0 or 1.3.0 (default: the profile's, else 1.3.0)")
	flags.StringVar(&f.profile, "profile", "", "file with the partner's profile")
	flags.StringVar(&f.host, "host", "", "judge only calls to this host, as name or name:port")
	flags.BoolVar(&f.strict, "strict", false, "let broken minor rules count as failures")
	flags.BoolVar(&f.asJSON, "json", false, "print JSON")
	return c
}

func (p *program) judge(f *judgeFlags, name string) error {
	profile, err := readProfile(f.profile, f.version)
	if err != nil {
		return err
	}
	archive, closing, err := p.open(name)
	if err != nil {
		return err
	}
	defer closing()
	result, err := har.Judge(archive, har.Options{Profile: profile, Host: f.host, Strict: f.strict})
	if err != nil && !errors.Is(err, har.ErrNothingJudged) {
		return fmt.Errorf("%s: %w", name, err)
	}
	written := result.WriteText
	if f.asJSON {
		written = func(w io.Writer) error { return printJSON(w, result) }
	}
	switch wrong := written(p.out); {
	case wrong != nil:
		return wrong
	case err != nil:
		return fmt.Errorf("%s: %w", name, err)
	case !result.Conformant():
		return &notConformant{}
	}
	return nil
}

// open opens a file, or standard input for "-".
func (p *program) open(name string) (io.Reader, func(), error) {
	if name == "-" {
		return p.in, func() {}, nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, nil, err
	}
	return file, func() { _ = file.Close() }, nil // it was only read
}

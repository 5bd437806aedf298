package microsite

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"koshelek-adapter/conformance"
)

// ErrNotConformant is the error of a command whose run found something wrong.
var ErrNotConformant = errors.New("the host is not conformant")

// flags are those of the command.
type flags struct {
	target                            Target
	options                           Options
	customers                         []string
	otpCommand, otpFile, otpURL, save string
	wait                              time.Duration
}

// Command is the suite as a command of a program. It ends with nil for a
// conformant host, [ErrNotConformant] for another one, and another error when it
// could not run. The password may stand in MICROSITE_PASSWORD.
func Command() *cobra.Command {
	f := &flags{}
	command := &cobra.Command{
		Use:   "microsite --url URL --user LOGIN --customers ID,ID --otp-command 'PROGRAM'",
		Short: "Judge a client's system of BigCity's rewards microsite",
		Long: "Judges a server that BigCity's rewards microsite calls (one-time passwords, points, orders), from outside over HTTP.\n\n" +
			"Two customers with 64 points or more are needed, and a way to learn the password that one of them was sent last:\n" +
			"a shell command with CUSTOMER_ID in its environment, a file, or an address; {customer_id} in the last two stands for whom.\n" +
			"Raise the host's limits on passwords for the run: it asks for about twenty and types a dozen wrong ones.\n" +
			"Every order that is redeemed is reversed.",
		Args: cobra.NoArgs, SilenceUsage: true, SilenceErrors: true,
		RunE: func(command *cobra.Command, _ []string) error { return f.run(command) },
	}
	set := command.Flags()
	set.StringVar(&f.target.URL, "url", "", "scheme, host and port of the host")
	set.StringVar(&f.target.User, "user", "", "login of the microsite")
	set.StringVar(&f.target.Password, "password", os.Getenv("MICROSITE_PASSWORD"), "its password; MICROSITE_PASSWORD is better")
	set.Lookup("password").DefValue = ""
	set.BoolVar(&f.target.Insecure, "insecure", false, "do not look at the certificate")
	set.StringSliceVar(&f.customers, "customers", nil, "two customer IDs with points")
	set.StringVar(&f.otpCommand, "otp-command", "", "shell command that prints the last password of CUSTOMER_ID")
	set.StringVar(&f.otpFile, "otp-file", "", "file whose last six digits are the password")
	set.StringVar(&f.otpURL, "otp-url", "", "address that answers with the password")
	set.StringVar(&f.options.Unknown, "unknown", "", "a customer ID that nobody has")
	set.DurationVar(&f.wait, "expire-wait", 0, "wait so long for a password to expire, such as 5m1s; 0 leaves that check out")
	set.IntVar(&f.options.InvalidCustomer, "invalid-customer", 404, "status for an unknown customer: 404, 400 or 200")
	set.IntVar(&f.options.Replay, "replay", 409, "status of the very same order again: 409 or 200")
	set.BoolVar(&f.options.Partial, "partial", false, "the host takes partial reversals")
	set.StringSliceVar(&f.options.Only, "only", nil, "rules to check, or beginnings with a dot behind, such as otp.")
	set.Uint64Var(&f.options.Seed, "seed", 0, "makes the order IDs; must not have been used before")
	set.StringVar(&f.save, "report", "", "directory for the report as JSON")
	return command
}

func (f *flags) run(command *cobra.Command) error {
	if f.target.URL == "" || f.target.User == "" || f.target.Password == "" || len(f.customers) != 2 {
		return errors.Join(ErrOptions, errors.New("--url, --user, --password and two --customers are needed"))
	}
	copy(f.options.Customers[:], f.customers)
	switch {
	case f.otpCommand != "":
		f.options.OTP = FromCommand("sh", "-c", f.otpCommand)
	case f.otpFile != "":
		f.options.OTP = FromFile(f.otpFile)
	case f.otpURL != "":
		f.options.OTP = FromURL(f.otpURL)
	}
	if f.wait > 0 {
		f.options.Expire = Wait(f.wait)
	}
	report, err := Run(command.Context(), f.target, f.options)
	if err != nil {
		return err
	}
	if err := errors.Join(f.store(report), tell(command.OutOrStdout(), report)); err != nil {
		return err
	}
	if report.Verdict != conformance.Conformant {
		return ErrNotConformant
	}
	return nil
}

func (f *flags) store(report conformance.Report) error {
	if f.save == "" {
		return nil
	}
	raw, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(f.save, 0o750); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(f.save, "microsite.json"), append(raw, '\n'), 0o600)
}

// tell writes the report for people.
func tell(out io.Writer, report conformance.Report) error {
	for _, scenario := range report.Scenarios {
		if _, err := fmt.Fprintf(out, "%s\n", scenario.Title); err != nil {
			return err
		}
		for _, check := range scenario.Checks {
			line := fmt.Sprintf("  %-5s %-24s %s\n", check.Outcome, check.Rule, check.Text)
			if check.Message != "" {
				line += "        " + check.Message + "\n"
			}
			if _, err := io.WriteString(out, line); err != nil {
				return err
			}
		}
	}
	c := report.Counts
	_, err := fmt.Fprintf(out, "\n%s: %d pass, %d fail, %d error, %d skip, %d requests in %s\n",
		report.Verdict, c.Pass, c.Fail, c.Error, c.Skip, report.Requests, report.Took)
	return err
}

package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"koshelek-adapter/conformance"
)

// discoverFlags are the flags of discover.
type discoverFlags struct {
	target
	options conformance.DiscoverOptions
	out     string
	force   bool
}

func (p *program) discoverCommand() *cobra.Command {
	f := &discoverFlags{}
	c := &cobra.Command{
		Use: "discover --url URL --user LOGIN --password-file FILE", Short: "Look at a host and write the profile that fits it",
		Long: "discover finds out which choices a host has made where the contract leaves one, says how it knows, and writes\n" +
			"a profile for 'conform run --profile'. What it cannot find out stays as in the contract, and is said.\n\n" +
			"Without --write it makes no call that a host carries out but reads: what it sends beside them is refused. Then the\n" +
			"form of a reserved number, the names of the promo fields and the channels stay unknown. With --write it reserves\n" +
			"numbers, makes one customer with a card (which stays), and sends that card's consents and some receipts.\n" +
			"A profile says what is agreed with Koshelek: read it before you use it.",
		Example: "  conform discover --url https://localhost:8443 --ca cert.pem --user koshelek --password-file secret --write --out shop.json",
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return p.discover(c, f) },
	}
	f.target.flags(c)
	flags, o := c.Flags(), &f.options
	flags.BoolVar(&o.Write, "write", false, "reserve numbers and make one customer with a card, to see more")
	flags.StringVar(&o.Card, "card", "", "number of a card that may be read")
	flags.StringVar(&o.Code, "code", "", "promo code that the made-up customer may use (with --write)")
	flags.StringVar(&f.out, "out", "profile.json", "file to write the profile to, - for standard output")
	flags.BoolVar(&f.force, "force", false, "replace the file when it exists")
	flags.Uint64Var(&o.Seed, "seed", 0, "make up the same values as an earlier run (default: new ones)")
	flags.StringVar(&o.PhonePrefix, "phones", conformance.DefaultPhonePrefix, "digits that made-up phones begin with")
	flags.StringVar(&o.EmailDomain, "email-domain", conformance.DefaultEmailDomain, "domain of made-up e-mail addresses")
	return c
}

func (p *program) discover(c *cobra.Command, f *discoverFlags) error {
	target, err := f.target.read(p)
	if err != nil {
		return err
	}
	if f.options.Code != "" && !f.options.Write {
		return errors.New("--code needs --write: to try a code is to use it")
	}
	if _, err := os.Lstat(f.out); err == nil && f.out != "-" && !f.force {
		return fmt.Errorf("%s exists; give --force to replace it, or another name (--out)", f.out)
	}
	found, err := conformance.Discover(c.Context(), target, f.options)
	if err != nil {
		return err
	}
	if f.out == "-" {
		tell(p.err, found)
		p.say("%s", found.Profile.Encode())
		return nil
	}
	tell(p.out, found)
	if err := f.write(found.Profile.Encode()); err != nil {
		return err
	}
	p.say("Profile: %s\n", f.out)
	return nil
}

// write writes the profile. A file that came to be while the host was looked at is
// not replaced either.
func (f *discoverFlags) write(text []byte) error {
	flags := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if f.force {
		flags = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	file, err := os.OpenFile(f.out, flags, 0o644)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Close())
}

// tell says in words what was found and what was not.
func tell(out io.Writer, found conformance.Discovery) {
	for _, known := range []bool{true, false} {
		title := "Found:"
		if !known {
			title = "Not found out:"
		}
		for _, l := range found.Learned {
			if l.Known != known {
				continue
			}
			if title != "" {
				fmt.Fprintln(out, title)
				title = ""
			}
			fmt.Fprintf(out, "  %s: %s\n      %s\n", l.Field, l.Says, l.How)
		}
	}
	fmt.Fprintf(out, "%d calls were made.\n", found.Calls)
	for _, line := range found.Left {
		fmt.Fprintln(out, line)
	}
}

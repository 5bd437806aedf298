package main

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/certificate"
	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/report"
	"koshelek-adapter/schema/koshelek"
)

// runFlags are the flags of run.
type runFlags struct {
	target
	version, profile string
	readOnly, strict bool
	only, skip       []string
	seed             uint64
	phones, domain   string
	twins, parallel  int
	report           string
	certify          string
	quiet, plain     bool
	verbose          bool
	lang             langFlag
}

func (p *program) runCommand() *cobra.Command {
	f := &runFlags{}
	c := &cobra.Command{
		Use: "run --url URL --user LOGIN --password-file FILE", Short: "Replay every scenario of a card's life against a host and judge it",
		Long: "run replays every scenario of a card's life against a host, as Koshelek's backend would, and judges\n" +
			"every answer. It makes customers of its own in a marked range of phones and a marked e-mail domain\n" +
			"and touches no other cards. Use a test installation: the API has no call that removes a card.",
		Example: "  conform run --url https://localhost:8443 --ca data/tls-cert.pem --user koshelek --password-file data/koshelek-password\n" +
			"  conform run --url https://shop.example --user koshelek --password-file secret --profile shop.json --report out --certify key.pem\n" +
			"  conform run --url https://shop.example --user koshelek --password-file secret --only 'find.*' --only answer",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return p.run(c, f) },
	}
	f.target.flags(c)
	flags := c.Flags()
	flags.StringVar(&f.version, "version", "", "version of the API: 1.0.0, 1.1.0, 1.2.0 or 1.3.0 (default: the profile's, else 1.3.0)")
	flags.StringVar(&f.profile, "profile", "", "file with the partner's profile; 'conform profile' prints one to begin with")
	flags.BoolVar(&f.readOnly, "read-only", false, "make no call that writes; the profile should name a card (data.card)")
	flags.BoolVar(&f.strict, "strict", false, "let broken minor rules count as failures")
	flags.StringArrayVar(&f.only, "only", nil, "check only these rules or scenarios, such as find or 'race.*'; may be given several times")
	flags.StringArrayVar(&f.skip, "skip", nil, "leave out these rules or scenarios; may be given several times")
	flags.Uint64Var(&f.seed, "seed", 0, "make up the same values as an earlier run (default: new ones)")
	flags.StringVar(&f.phones, "phones", conformance.DefaultPhonePrefix, "digits that the phones of the test customers begin with")
	flags.StringVar(&f.domain, "email-domain", conformance.DefaultEmailDomain, "domain of their e-mail addresses")
	flags.IntVar(&f.twins, "twins", conformance.DefaultTwins, "calls at one moment in a race")
	flags.IntVar(&f.parallel, "parallel", conformance.DefaultParallel, "checks that are carried out side by side; races have the host to themselves")
	flags.StringVar(&f.report, "report", "", "folder for the report: JSON, JUnit, HTML, Markdown and a badge")
	flags.StringVar(&f.certify, "certify", "", "sign a certificate with this private key ('conform keygen' makes one); no check may be skipped")
	f.lang.flag(c, "language of the output and of the report for people")
	flags.BoolVar(&f.quiet, "quiet", false, "print the result alone")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "print every check that does not hold, and every list in full")
	flags.BoolVar(&f.plain, "plain", false, "print plain lines, also on a terminal")
	return c
}

func (p *program) run(c *cobra.Command, f *runFlags) error {
	p.lang = f.lang.Language
	target, err := f.target.read(p)
	if err != nil {
		return err
	}
	options, err := f.options()
	if err != nil {
		return err
	}
	key, err := f.key()
	if err != nil {
		return err
	}
	show := newDisplay(p.out, f)
	options.Observe = show.event
	r, err := conformance.Run(c.Context(), target, options)
	show.end()
	if err != nil {
		return err
	}
	p.sum(r, show)
	if err := p.keep(f, r, key); err != nil {
		return err
	}
	switch r.Verdict {
	case conformance.NotConformant:
		return &notConformant{}
	case conformance.NoVerdict:
		return &noVerdict{}
	case conformance.Conformant, conformance.ConformantWithWarnings:
	}
	return nil
}

func (f *runFlags) options() (conformance.Options, error) {
	profile, err := readProfile(f.profile, f.version)
	return conformance.Options{
		Profile: profile, ReadOnly: f.readOnly, Strict: f.strict, Only: f.only, Skip: f.skip, Seed: f.seed,
		PhonePrefix: f.phones, EmailDomain: f.domain, Twins: f.twins, Parallel: f.parallel,
	}, err
}

// readProfile reads a profile, or takes the contract as it stands. A version
// given apart wins over the profile's.
func readProfile(file, version string) (contract.Profile, error) {
	profile := contract.DefaultProfile(koshelek.V130)
	if file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return profile, fmt.Errorf("profile: %w", err)
		}
		if profile, err = conformance.ParseProfile(text); err != nil {
			return profile, fmt.Errorf("%s: %w", file, err)
		}
	}
	if version == "" {
		return profile, nil
	}
	v, err := koshelek.ParseVersion(version)
	if err != nil {
		return profile, fmt.Errorf("--version: %q is none of 1.0.0, 1.1.0, 1.2.0, 1.3.0", version)
	}
	if profile.Name == contract.DefaultProfile(profile.Version).Name {
		profile.Name = contract.DefaultProfile(v).Name
	}
	profile.Version = v
	return profile, nil
}

// key reads the key before the run, so that a bad one does not waste it.
func (f *runFlags) key() (ed25519.PrivateKey, error) {
	if f.certify == "" {
		return nil, nil
	}
	if f.report == "" {
		return nil, errors.New("--certify needs --report: the certificate holds the report's digest")
	}
	text, err := os.ReadFile(f.certify)
	if err != nil {
		return nil, fmt.Errorf("--certify: %w", err)
	}
	key, err := certificate.ParsePrivate(text)
	if err != nil {
		return nil, fmt.Errorf("--certify: %s is %w", f.certify, err)
	}
	return key, nil
}

// certificateName is the file that a certificate is written to.
const certificateName = "certificate.json"

// keep writes the report and, when asked for, the certificate.
func (p *program) keep(f *runFlags, r conformance.Report, key ed25519.PrivateKey) error {
	if f.report == "" {
		return nil
	}
	// A certificate of an earlier run must not lie beside this report.
	name := filepath.Join(f.report, certificateName)
	if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("report: %w", err)
	}
	if err := report.Write(f.report, r, f.lang.Language); err != nil {
		return err
	}
	p.say("%s: %s\n", f.lang.Say("Report"), filepath.Join(f.report, report.HTMLName))
	if key == nil {
		return nil
	}
	text, err := os.ReadFile(filepath.Join(f.report, report.JSONName))
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	signed, err := certificate.Issue(key, r, text)
	if errors.Is(err, certificate.ErrRefused) {
		if r.Verdict == conformance.NotConformant {
			return &notConformant{err.Error()}
		}
		return &noVerdict{err.Error()}
	}
	if err != nil {
		return err
	}
	if err := os.WriteFile(name, signed.Encode(), 0o644); err != nil {
		return fmt.Errorf("certificate: %w", err)
	}
	p.say("%s: %s\n", f.lang.Say("Certificate"), name)
	return nil
}

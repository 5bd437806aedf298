package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/language"
	"koshelek-adapter/conformance/remotecrm"
	"koshelek-adapter/conformance/report"
)

// crmFlags are the flags of crm.
type crmFlags struct {
	options                                     remotecrm.Options
	secret, secretFile, tokenFile, passwordFile string
	ca                                          string
	lang                                        langFlag
}

func (p *program) crmCommand() *cobra.Command {
	f := &crmFlags{}
	c := &cobra.Command{
		Use: "crm --url URL --secret-file FILE", Args: cobra.NoArgs,
		Short: "Judge a CRM of one's own that the adapter is to call over HTTP",
		Long: "crm calls a CRM team's service as the adapter does (schema/crmapi/openapi.yaml), and as it never does: without a\n" +
			"signature, twice, twenty times at once, and going away before the answer. It makes customers of its own, and erases\n" +
			"them in the end when the service offers that. Use a test installation.",
		Example: "  conform crm --url http://localhost:8090/koshelek --secret-file data/crm-secret\n" +
			"  conform crm --url https://crm.example/koshelek --secret-file secret --only enroll --lang ru",
		RunE: func(c *cobra.Command, _ []string) error { return p.crm(c, f) },
	}
	flags, o := c.Flags(), &f.options
	flags.StringVar(&o.Remote.URL, "url", "", "address of the service, what stands before /v1/ (required)")
	flags.StringVar(&f.secret, "secret", "", "secret that signs, whsec_…; other users of the machine may see it, so prefer --secret-file")
	flags.StringVar(&f.secretFile, "secret-file", "", "file that holds the secret, - for standard input")
	flags.StringVar(&f.tokenFile, "token-file", "", "file that holds a token that is sent as Bearer")
	flags.StringVar(&o.Remote.User, "user", "", "login that is sent as Basic")
	flags.StringVar(&f.passwordFile, "password-file", "", "file that holds its password")
	flags.StringVar(&f.ca, "ca", "", "file with certificates of authorities to trust, in PEM")
	flags.BoolVar(&o.Remote.AllowHTTP, "allow-http", false, "let customers' data go in plain text to another machine")
	flags.StringVar(&o.PhonePrefix, "phones", conformance.DefaultPhonePrefix, "digits that the phones of the test customers begin with")
	flags.StringVar(&o.NumberPrefix, "numbers", "29", "digits that their card numbers begin with; the numbers are EAN-13")
	flags.StringArrayVar(&o.Only, "only", nil, "check only these rules, such as enroll or 'points.*'; may be given several times")
	flags.Uint64Var(&o.Seed, "seed", 0, "make up the same customers as an earlier run (default: new ones)")
	f.lang.flag(c, "language of the output")
	return c
}

func (p *program) crm(c *cobra.Command, f *crmFlags) error {
	p.lang, f.options.Language = f.lang.Language, f.lang.Language
	if err := f.read(p); err != nil {
		return err
	}
	r, err := remotecrm.Run(c.Context(), f.options, p.crmResult)
	if err != nil {
		return err
	}
	p.crmSum(r)
	switch r.Verdict {
	case conformance.NotConformant:
		return &notConformant{}
	case conformance.NoVerdict:
		return &noVerdict{}
	case conformance.Conformant, conformance.ConformantWithWarnings:
	}
	return nil
}

// read completes the options by what stands in files.
func (f *crmFlags) read(p *program) error {
	switch {
	case f.options.Remote.URL == "":
		return errors.New("--url is missing: the service's address, what stands before /v1/")
	case (f.secret == "") == (f.secretFile == ""):
		return errors.New("give either --secret-file or --secret")
	case (f.options.Remote.User == "") != (f.passwordFile == ""):
		return errors.New("--user and --password-file go together")
	}
	for _, file := range []struct {
		flag, name string
		value      *string
	}{
		{"--secret-file", f.secretFile, &f.secret}, {"--token-file", f.tokenFile, &f.options.Remote.Token}, {"--password-file", f.passwordFile, &f.options.Remote.Password},
	} {
		if file.name == "" {
			continue
		}
		text, err := readSecret(p.in, file.name)
		if err != nil {
			return fmt.Errorf("%s: %w", file.flag, err)
		}
		*file.value = text
	}
	f.options.Remote.Secrets = []string{f.secret}
	if f.ca != "" {
		pem, err := os.ReadFile(f.ca)
		if err != nil {
			return fmt.Errorf("--ca: %w", err)
		}
		f.options.Remote.CA = pem
	}
	return nil
}

func (p *program) crmResult(r remotecrm.Result) {
	p.say("%s %-20s %s\n", report.Sign(r.Outcome), r.Rule, r.Text)
	if r.Message != "" {
		p.say("  %s (%s)\n", r.Message, report.Word(p.lang, r.Outcome))
	}
}

func (p *program) crmSum(r remotecrm.Report) {
	counts := map[conformance.Outcome]int{}
	for _, result := range r.Results {
		counts[result.Outcome]++
	}
	var parts []string
	for _, o := range conformance.Outcomes() {
		parts = append(parts, fmt.Sprintf("%s %d", report.Word(p.lang, o), counts[o]))
	}
	p.say("\n%s: %s\n%s\n", r.About.Name, strings.ToUpper(p.lang.Say(string(r.Verdict))), strings.Join(parts, ", "))
	if len(r.Losses) > 0 {
		title := "What is not offered, and what the wallet's users lose:"
		if p.lang == language.Russian {
			title = "Чего сервис не предлагает и что теряют пользователи кошелька:"
		}
		p.say("%s\n", title)
	}
	for _, line := range r.Losses {
		p.say("  %s\n", line)
	}
}

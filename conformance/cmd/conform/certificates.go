package main

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"koshelek-adapter/conformance/certificate"
)

func (p *program) keygenCommand() *cobra.Command {
	return &cobra.Command{
		Use: "keygen FILE", Short: "Make an Ed25519 key to sign certificates: FILE and FILE.pub",
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			private, public, err := certificate.NewKey()
			if err != nil {
				return err
			}
			// Neither half may replace another key.
			if err := writeNew(args[0], private, 0o600); err != nil {
				return err
			}
			if err := writeNew(args[0]+".pub", public, 0o644); err != nil {
				return errors.Join(err, os.Remove(args[0]))
			}
			p.say("%s is secret; hand out %s.pub\n", args[0], args[0])
			return nil
		},
	}
}

func writeNew(name string, text []byte, mode os.FileMode) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Close())
}

func (p *program) verifyCommand() *cobra.Command {
	var key, report string
	c := &cobra.Command{
		Use: "verify-certificate FILE", Short: "Check a certificate, without a network",
		Long: "verify-certificate checks that a certificate was signed with a key and that nothing in it was changed;\n" +
			"with --report also that it is for that report. Without --key it only proves that nothing was changed.",
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return p.verify(args[0], key, report) },
	}
	c.Flags().StringVar(&key, "key", "", "file with the public key that must have signed it")
	c.Flags().StringVar(&report, "report", "", "the report's JSON file")
	return c
}

func (p *program) verify(name, keyName, reportName string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	var trusted ed25519.PublicKey
	if keyName != "" {
		pem, err := os.ReadFile(keyName)
		if err != nil {
			return fmt.Errorf("--key: %w", err)
		}
		if trusted, err = certificate.ParsePublic(pem); err != nil {
			return fmt.Errorf("--key: %s is %w", keyName, err)
		}
	}
	var report []byte
	if reportName != "" {
		if report, err = os.ReadFile(reportName); err != nil {
			return fmt.Errorf("--report: %w", err)
		}
	}
	c, err := certificate.Verify(text, trusted, report)
	if errors.Is(err, certificate.ErrInvalid) {
		return &notConformant{name + ": " + err.Error()}
	}
	if err != nil {
		return err
	}
	p.say("%s holds.\n%s was %s on %s: %s, version %s, suite %s\n", name, c.Host, c.Verdict, c.Date.Format(time.DateOnly), c.Profile, c.Version, c.Suite)
	p.say("%d pass, %d warn, %d disabled; the host's certificate is %s\n", c.Counts.Pass, c.Counts.Warn, c.Counts.Disabled, c.HostFingerprint)
	if len(c.Deviations) > 0 {
		p.say("Excused deviations: %s\n", strings.Join(c.Deviations, ", "))
	}
	if trusted == nil {
		p.say("Nobody vouches for the key in it (%s): give the signer's public key with --key.\n", c.PublicKey)
	}
	return nil
}

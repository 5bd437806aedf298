package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"koshelek-adapter/conformance"
)

// target is the host's address and credentials as flags; every command that
// talks to a host has them.
type target struct {
	url, user, password, passwordFile, ca string
	insecure                              bool
}

func (t *target) flags(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&t.url, "url", "", "address of the host, https://host:port (required)")
	flags.StringVar(&t.user, "user", "", "login that the partner handed over (required)")
	flags.StringVar(&t.password, "password", "", "its password; other users of the machine may see it, so prefer --password-file")
	flags.StringVar(&t.passwordFile, "password-file", "", "file that holds the password, - for standard input")
	flags.BoolVar(&t.insecure, "insecure", false, "do not look at the certificate")
	flags.StringVar(&t.ca, "ca", "", "file with certificates of authorities to trust, in PEM")
}

// maxSecret bounds a file that should hold a password.
const maxSecret = 64 << 10

func (t *target) read(p *program) (conformance.Target, error) {
	out := conformance.Target{URL: strings.TrimRight(t.url, "/"), User: t.user, Password: t.password, Insecure: t.insecure}
	switch {
	case t.url == "":
		return out, errors.New("--url is missing: the host's address, https://host:port")
	case t.user == "":
		return out, errors.New("--user is missing: the login that the partner handed over")
	case t.password != "" && t.passwordFile != "":
		return out, errors.New("give either --password or --password-file")
	case t.insecure && t.ca != "":
		return out, errors.New("give either --insecure or --ca")
	}
	if t.passwordFile != "" {
		password, err := readSecret(p.in, t.passwordFile)
		if err != nil {
			return out, fmt.Errorf("--password-file: %w", err)
		}
		out.Password = password
	}
	if out.Password == "" {
		return out, errors.New("the password is missing: --password-file or --password")
	}
	if t.ca != "" {
		pem, err := os.ReadFile(t.ca)
		if err != nil {
			return out, fmt.Errorf("--ca: %w", err)
		}
		out.CA = pem
	}
	return out, nil
}

// readSecret reads a file, or standard input for "-", without the line end.
func readSecret(in io.Reader, name string) (string, error) {
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return "", err
		}
		defer func() { _ = file.Close() }() // it was only read
		in = file
	}
	text, err := io.ReadAll(io.LimitReader(in, maxSecret+1))
	if err != nil {
		return "", err
	}
	if len(text) > maxSecret {
		return "", errors.New("it is too long for a password")
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r"), nil
}

// hints name the flags by which a mistake is put right.
var hints = map[conformance.MistakeKind]string{
	conformance.MistakePath: "--url", conformance.MistakeName: "--url", conformance.MistakeNobody: "--url", conformance.MistakeHTTP: "--url",
	conformance.MistakeHTTPS: "--url", conformance.MistakeProtocol: "--url", conformance.MistakeElsewhere: "--url", conformance.MistakeRefused: "--url",
	conformance.MistakeAuthority: "--ca", conformance.MistakeCredentials: "--user and --password-file",
}

// hint is what the error of a mistake is followed by.
func hint(m *conformance.Mistake) string {
	if flags := hints[m.Kind]; flags != "" {
		return " (" + flags + ")"
	}
	return ""
}

// Package certificate signs the report of a whole conformance run, so that
// somebody who was not there can trust it.
//
// A certificate says which host kept which profile of the contract, when, and by
// which version of the suite, and holds the digest of the report. It is signed
// with Ed25519 and checked without a network.
package certificate

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"koshelek-adapter/conformance"
)

// Schema names the form of a certificate.
const Schema = "koshelek-conformance-certificate/2"

// Certificate is a signed statement about a run.
type Certificate struct {
	Statement
	// PublicKey is the signer's, Signature is over the statement; both in Base64.
	PublicKey string `json:"publicKey"`
	Signature string `json:"signature"`
}

// Statement is what is signed.
type Statement struct {
	Schema  string `json:"schema"`
	Verdict string `json:"verdict"`
	Profile string `json:"profile"`
	Version string `json:"version"`
	Suite   string `json:"suite"`
	// Host is the address that was judged, HostFingerprint the SHA-256 of its
	// certificate in hex.
	Host            string             `json:"host"`
	HostFingerprint string             `json:"hostFingerprint"`
	Date            time.Time          `json:"date"`
	Seed            uint64             `json:"seed"`
	Counts          conformance.Counts `json:"counts"`
	// Warnings are minor rules that the host breaks. Disabled are rules that
	// version or profile do not ask for; Deviations are rules that the host breaks
	// and the profile excuses.
	Warnings   []string `json:"warnings,omitempty"`
	Disabled   []string `json:"disabled,omitempty"`
	Deviations []string `json:"deviations,omitempty"`
	// ReportSHA256 is the digest of the report's JSON file, byte for byte.
	ReportSHA256 string `json:"reportSha256"`
}

// ErrRefused is the error of a report that cannot be certified.
var ErrRefused = errors.New("no certificate")

// ErrInvalid is the error of a certificate that does not hold.
var ErrInvalid = errors.New("the certificate does not hold")

// Refusals lists why a report cannot be certified; none when it can.
func Refusals(r conformance.Report) []string {
	var why []string
	add := func(is bool, text string, args ...any) {
		if is {
			why = append(why, fmt.Sprintf(text, args...))
		}
	}
	add(r.Verdict == conformance.NotConformant, "the host is not conformant: %d failed, %d in error", r.Counts.Fail, r.Counts.Error)
	for _, reason := range r.Partial() {
		add(true, "there is no verdict: %s", reason)
	}
	add(r.Counts.Skip > 0, "%d checks were skipped", r.Counts.Skip)
	add(r.Target.Fingerprint == "", "the host has no certificate to be known by")
	add(r.Counts.Pass == 0, "no check passed")
	return why
}

// Issue signs a statement about a report. reportJSON is the report's file. The
// error is ErrRefused when the report is not that of a whole run of a conformant host.
func Issue(key ed25519.PrivateKey, r conformance.Report, reportJSON []byte) (Certificate, error) {
	if why := Refusals(r); len(why) > 0 {
		return Certificate{}, fmt.Errorf("%w: %s", ErrRefused, strings.Join(why, "; "))
	}
	digest := sha256.Sum256(reportJSON)
	c := Certificate{Statement: Statement{
		Schema: Schema, Verdict: string(r.Verdict), Profile: r.Profile, Version: r.Version, Suite: r.Suite, Host: r.Target.URL,
		HostFingerprint: r.Target.Fingerprint, Date: r.Started, Seed: r.Seed, Counts: r.Counts, ReportSHA256: hex.EncodeToString(digest[:]),
	}}
	for _, d := range r.Deviations {
		if d.State == "active" {
			c.Deviations = append(c.Deviations, d.Rule)
		}
	}
	for _, check := range r.Checks(conformance.Warn) {
		if !slices.Contains(c.Deviations, check.Rule) {
			c.Warnings = append(c.Warnings, check.Rule)
		}
	}
	for _, check := range r.Checks(conformance.Disabled) {
		c.Disabled = append(c.Disabled, check.Rule)
	}
	c.PublicKey = base64.StdEncoding.EncodeToString(key.Public().(ed25519.PublicKey))
	c.Signature = base64.StdEncoding.EncodeToString(ed25519.Sign(key, c.signed()))
	return c, nil
}

// signed is what the signature is over: the statement as compact JSON, its
// fields in their order, behind the schema, so that no signature for something
// else fits.
func (s Statement) signed() []byte {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // texts and numbers always encode
	}
	return append([]byte(Schema+"\n"), text...)
}

// Encode writes the certificate as a file.
func (c Certificate) Encode() []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(c); err != nil {
		panic(err) // texts and numbers always encode
	}
	return out.Bytes()
}

// Verify reads a certificate and checks it. trusted is the public key that must
// have signed it; nil takes the key that stands in it, which only proves that
// nothing was changed. reportJSON is the report's file, nil to leave it out. The
// error is ErrInvalid with the reason.
func Verify(text []byte, trusted ed25519.PublicKey, reportJSON []byte) (Certificate, error) {
	var c Certificate
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&c); err != nil || decoder.More() {
		return c, fmt.Errorf("%w: it cannot be read", ErrInvalid)
	}
	if c.Schema != Schema {
		return c, fmt.Errorf("%w: its schema is %q and not %q", ErrInvalid, c.Schema, Schema)
	}
	key, err := base64.StdEncoding.DecodeString(c.PublicKey)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return c, fmt.Errorf("%w: its public key cannot be read", ErrInvalid)
	}
	if trusted != nil && !bytes.Equal(trusted, key) {
		return c, fmt.Errorf("%w: another key has signed it", ErrInvalid)
	}
	signature, err := base64.StdEncoding.DecodeString(c.Signature)
	if err != nil || !ed25519.Verify(key, c.signed(), signature) {
		return c, fmt.Errorf("%w: the signature is wrong, so something was changed", ErrInvalid)
	}
	if digest := sha256.Sum256(reportJSON); reportJSON != nil && hex.EncodeToString(digest[:]) != c.ReportSHA256 {
		return c, fmt.Errorf("%w: it is for another report", ErrInvalid)
	}
	return c, nil
}

package points

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"koshelek-adapter/conformance/sim"
)

var parameter = regexp.MustCompile(`^\s*([A-Za-z]+)=(?:"([^"]*)"|([0-9]+))\s*$`)

// checkSignature verifies `Digest` and `Signature` as far as the knob asks for
// it, over the request URI as it came over the wire. [C layout; the algorithm's
// name and the future I]
func (s *Simulator) checkSignature(c *sim.Call, client Client) error {
	mode, header := s.Knobs.Get(knobSignature), c.Header.Get("Signature")
	switch {
	case mode == "off" || (mode == "optional" && header == "" && c.Header.Get("Digest") == ""):
		return nil
	case header == "":
		return errors.New("the Signature is missing")
	case len(c.Header.Values("Signature")) > 1 || len(c.Header.Values("Digest")) > 1:
		return errors.New("the Signature or Digest stands twice")
	}
	sum := sha512.Sum512(c.Body)
	digest := "SHA-512=" + base64.StdEncoding.EncodeToString(sum[:])
	if c.Header.Get("Digest") != digest {
		return errors.New("the Digest is not that of the body")
	}
	p, err := parameters(header)
	if err != nil {
		return err
	}
	if err := s.checkTime(p["created"]); err != nil {
		return err
	}
	target := strings.ToLower(c.Method) + " " + c.RequestURI
	return verify(p, client, digest, target)
}

func verify(p map[string]string, client Client, digest, target string) error {
	key, known := client.Keys[p["keyId"]]
	signature, err := base64.StdEncoding.DecodeString(p["signature"])
	switch {
	case !known:
		return errors.New("keyId is unknown")
	case !strings.EqualFold(p["algorithm"], "RSA-SHA256"):
		return fmt.Errorf("algorithm %q is not RSA-SHA256", p["algorithm"])
	case err != nil:
		return errors.New("signature is not base64")
	}
	text, err := signingString(p["headers"], p["created"], digest, target)
	if err != nil {
		return err
	}
	hash := sha256.Sum256([]byte(text))
	if rsa.VerifyPKCS1v15(key, crypto.SHA256, hash[:], signature) != nil {
		return errors.New("signature does not fit")
	}
	return nil
}

// signingString builds what was signed, in the order of the headers parameter,
// which must name all three.
func signingString(headers, created, digest, target string) (string, error) {
	lines := map[string]string{"(created)": created, "digest": digest, "(request-target)": target}
	var text []string
	for _, name := range strings.Fields(strings.ToLower(headers)) {
		value, known := lines[name]
		if !known {
			return "", fmt.Errorf("header %q cannot be signed, or stands twice", name)
		}
		delete(lines, name)
		text = append(text, name+": "+value)
	}
	if len(lines) > 0 {
		return "", errors.New("(created), digest and (request-target) must be signed")
	}
	return strings.Join(text, "\n"), nil
}

func (s *Simulator) checkTime(created string) error {
	seconds, err := strconv.ParseInt(created, 10, 64)
	if err != nil {
		return errors.New("created is no Unix time")
	}
	age := s.Clock.Now().Unix() - seconds
	if age < 0 {
		return errors.New("created lies in the future")
	}
	if oldest := s.Knobs.Duration(knobSignatureAge); oldest > 0 && age > int64(oldest.Seconds()) {
		return errors.New("created is too old")
	}
	return nil
}

func parameters(header string) (map[string]string, error) {
	found := map[string]string{}
	for part := range strings.SplitSeq(header, ",") {
		m := parameter.FindStringSubmatch(part)
		if m == nil {
			return nil, errors.New("the Signature cannot be read")
		}
		if _, twice := found[m[1]]; twice {
			return nil, errors.New("a parameter of Signature stands twice")
		}
		found[m[1]] = m[2] + m[3]
	}
	return found, nil
}

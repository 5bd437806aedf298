package tlscert

import (
	"crypto/tls"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

const (
	certName = "tls-cert.pem"
	keyName  = "tls-key.pem"

	// lifetime is the longest that browsers accept from any certificate, 398 days, less one for clocks that differ.
	lifetime = 397 * 24 * time.Hour
	// renewBefore leaves a month to hand the new certificate to those who trust the old one.
	renewBefore = 30 * 24 * time.Hour
)

// SelfSigned returns the files of a certificate (PEM, readable by all) and its private key (PEM, mode 0600) in dir, which is made with mode
// 0700 when it does not exist. The pair that is there is used again while it fits together, is valid for more than 30 days after now, and
// covers hosts; otherwise a new one is made, valid for 397 days, for localhost, 127.0.0.1, ::1, the name of the machine, and hosts (names or IP
// addresses; empty ones and the unspecified addresses are skipped, anything else is an error). Clients can trust the certificate file as it is.
//
// The directory is locked meanwhile, so that of several processes that start at once one makes the pair and the others use it. A process that
// dies half-way leaves at most a pair that does not fit together, which the next call replaces.
func SelfSigned(dir string, now time.Time, hosts []string) (certFile, keyFile string, err error) {
	certFile, keyFile = filepath.Join(dir, certName), filepath.Join(dir, keyName)
	for _, host := range wanted(hosts) {
		if !isHost(host) {
			return "", "", fmt.Errorf("self-signed certificate: %q is neither the name nor the IP address of a host", host)
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", "", fmt.Errorf("directory of the certificate: %w", err)
	}
	// The system frees the lock when its holder dies. Its file stays: removing it would let two processes lock two files of one name.
	lock := flock.New(filepath.Join(dir, ".tls.lock"), flock.SetPermissions(0o600))
	if err := lock.Lock(); err != nil {
		return "", "", fmt.Errorf("lock of the certificate: %w", err)
	}
	defer func() { _ = lock.Close() }()
	if usable(certFile, keyFile, now, hosts) {
		err = keepPrivate(keyFile)
	} else {
		err = renew(certFile, keyFile, now, hosts)
	}
	if err != nil {
		return "", "", fmt.Errorf("self-signed certificate: %w", err)
	}
	return certFile, keyFile, nil
}

// usable reports whether the pair on disk can serve. Why not does not matter: whatever is wrong with it, a new pair puts it right. The name of
// the machine is not asked for, because that of a container changes with every start.
func usable(certFile, keyFile string, now time.Time, hosts []string) bool {
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return false
	}
	leaf := pair.Leaf
	if now.Before(leaf.NotBefore) || !now.Add(renewBefore).Before(leaf.NotAfter) {
		return false
	}
	for _, host := range wanted(hosts) {
		if leaf.VerifyHostname(host) != nil {
			return false
		}
	}
	return true
}

// keepPrivate closes a key file that somebody copied or restored with wider permissions.
func keepPrivate(keyFile string) error {
	info, err := os.Stat(keyFile)
	if err != nil || info.Mode().Perm()&0o077 == 0 {
		return err
	}
	return os.Chmod(keyFile, 0o600)
}

// renew replaces the pair, the key first. Each file changes in one step; a server that reads between the two steps sees a pair that does not
// fit together, keeps the old one and reads again.
func renew(certFile, keyFile string, now time.Time, hosts []string) error {
	cert, key, err := generate(now, hosts)
	if err != nil {
		return err
	}
	if err := replaceFile(keyFile, key, 0o600); err != nil {
		return err
	}
	return replaceFile(certFile, cert, 0o644)
}

package tlscert

import (
	"crypto/tls"
	"fmt"
	"sync"
	"time"
)

// checkEvery is the least time between two looks at the files.
const checkEvery = time.Second

// Reloader serves a certificate from two files and notices when they are replaced, without a restart. All methods are safe for concurrent use.
//
// It looks at the files during handshakes, at most once a second, in place of a file watcher: two calls of stat cost next to nothing beside
// the handshake's arithmetic; there is no goroutine to stop and no descriptor to run out of; and stat follows symbolic links, so it sees
// Kubernetes swap the directory behind a secret, and changes on network disks, which watchers of a file famously miss.
type Reloader struct {
	certFile, keyFile string
	report            func(notAfter time.Time, err error)

	mu       sync.Mutex
	now      func() time.Time
	pair     *tls.Certificate
	notAfter time.Time
	checked  time.Time
	checking bool // one handshake reads the files; the others go on with the pair that is there

	// Only who has the turn to check touches these.
	loaded  stamp  // the files that the pair came from
	refused stamp  // the files that trouble was reported of
	trouble string // what was last reported, "" when all is well
}

// NewReloader loads the pair, PEM files with the chain (the server's own certificate first) and the private key, and fails when that is not
// possible. Later changes of the files go to report, which may be nil, with the end of the pair that is served from now on and, when the files
// could not be used, why: once for every change, never with key material, and without a lock held, from within a handshake.
func NewReloader(certFile, keyFile string, report func(notAfter time.Time, err error)) (*Reloader, error) {
	if report == nil {
		report = func(time.Time, error) {}
	}
	r := &Reloader{certFile: certFile, keyFile: keyFile, report: report, now: time.Now}
	seen, err := look(certFile, keyFile)
	if err != nil {
		return nil, err
	}
	pair, notAfter, err := load(certFile, keyFile)
	if err != nil {
		return nil, err
	}
	r.pair, r.notAfter, r.loaded, r.checked = pair, notAfter, seen, r.now()
	return r, nil
}

// SetClock replaces time.Now; the next handshake looks at the files.
func (r *Reloader) SetClock(now func() time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now, r.checked = now, time.Time{}
}

// NotAfter returns when the certificate that is served now expires.
func (r *Reloader) NotAfter() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.notAfter
}

// GetCertificate has the form that tls.Config wants. It never fails: when the files do not hold a pair, the last one that they held is served.
func (r *Reloader) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	if r.due() {
		r.check()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.pair, nil
}

// due reports whether it is the caller's turn to look. A clock that was set back counts as due, or it would stop the looking for that long.
func (r *Reloader) due() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	since := now.Sub(r.checked)
	if r.checking || since >= 0 && since < checkEvery {
		return false
	}
	r.checking, r.checked = true, now
	return true
}

// check looks at the files and takes over a changed pair. The stamp is from before the reading: a file that changes in between looks changed
// again the next time. What could not be used is read again every time, since the reason may have been a full table of open files and not
// the files.
func (r *Reloader) check() {
	now, err := look(r.certFile, r.keyFile)
	if err != nil {
		r.fail(now, err)
		return
	}
	if now.same(r.loaded) {
		r.done(func() { r.trouble = "" })
		return
	}
	pair, notAfter, err := load(r.certFile, r.keyFile)
	if err != nil {
		r.fail(now, err)
		return
	}
	r.done(func() { r.pair, r.notAfter, r.loaded, r.trouble = pair, notAfter, now, "" })
	r.report(notAfter, nil)
}

// fail keeps the old pair, and reports unless the same was reported of the same files.
func (r *Reloader) fail(now stamp, err error) {
	repeated := r.trouble == err.Error() && now.same(r.refused)
	r.done(func() { r.refused, r.trouble = now, err.Error() })
	if !repeated {
		r.report(r.NotAfter(), fmt.Errorf("changed certificate is not used, the old one (valid until %s) stays: %w", r.NotAfter().UTC().Format(time.RFC3339), err))
	}
}

// done ends the turn that due gave, with the changes that it brought.
func (r *Reloader) done(change func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change()
	r.checking = false
}

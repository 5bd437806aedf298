package tlscert_test

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/server/app/tlscert"
)

// pairs makes n pairs, each in its own folder, of different validity.
func pairs(t *testing.T, n int) (dirs []string) {
	t.Helper()
	for i := range n {
		dir := filepath.Join(t.TempDir(), fmt.Sprint(i))
		_, _, err := tlscert.SelfSigned(dir, time.Now().Add(-time.Duration(n-i)*day), nil)
		require.NoError(t, err)
		dirs = append(dirs, dir)
	}
	return dirs
}

func files(dir string) (cert, key string) {
	return filepath.Join(dir, "tls-cert.pem"), filepath.Join(dir, "tls-key.pem")
}

// bench is a Reloader with its files, a clock that stands still, and what it reported.
type bench struct {
	*tlscert.Reloader
	t         *testing.T
	cert, key string
	nanos     atomic.Int64
	mu        sync.Mutex
	reports   []string
	renewals  []time.Time
}

func newBench(t *testing.T, cert, key string) *bench {
	t.Helper()
	b := &bench{t: t, cert: cert, key: key}
	reloader, err := tlscert.NewReloader(cert, key, func(notAfter time.Time, err error) {
		b.mu.Lock()
		defer b.mu.Unlock()
		if err == nil {
			b.renewals = append(b.renewals, notAfter)
			return
		}
		b.reports = append(b.reports, err.Error())
	})
	require.NoError(t, err)
	b.Reloader = reloader
	b.nanos.Store(time.Now().UnixNano())
	reloader.SetClock(func() time.Time { return time.Unix(0, b.nanos.Load()) })
	b.served()
	return b
}

func (b *bench) pass(d time.Duration) { b.nanos.Add(int64(d)) }

// served is the serial number of the certificate that a client gets.
func (b *bench) served() string {
	b.t.Helper()
	state, err := handshake(b.t, tlscert.Config(b.GetCertificate), &tls.Config{InsecureSkipVerify: true, ServerName: "localhost"})
	require.NoError(b.t, err)
	return state.PeerCertificates[0].SerialNumber.String()
}

// reported empties the list of reports.
func (b *bench) reported() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := b.reports
	b.reports = nil
	return all
}

func install(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(to+".new", text, 0o600))
	require.NoError(t, os.Rename(to+".new", to))
}

func serial(t *testing.T, dir string) string {
	t.Helper()
	return leaf(t, filepath.Join(dir, "tls-cert.pem"), filepath.Join(dir, "tls-key.pem")).SerialNumber.String()
}

func TestRotationIsSeen(t *testing.T) {
	p := pairs(t, 2)
	old, fresh := serial(t, p[0]), serial(t, p[1])
	b := newBench(t, filepath.Join(p[0], "tls-cert.pem"), filepath.Join(p[0], "tls-key.pem"))
	before := b.NotAfter()
	assert.Equal(t, old, b.served())

	newCert, newKey := files(p[1])
	install(t, newKey, b.key)
	b.pass(time.Second)
	assert.Equal(t, old, b.served(), "half of a rotation is not used")
	require.Len(t, b.reported(), 1)
	install(t, newCert, b.cert)
	b.pass(time.Second - time.Nanosecond)
	assert.Equal(t, old, b.served(), "the files are looked at once a second at most")
	b.pass(time.Nanosecond)
	assert.Equal(t, fresh, b.served())
	assert.Equal(t, before.Add(day).Truncate(time.Minute), b.NotAfter().Truncate(time.Minute))
	assert.Empty(t, b.reported())
	assert.Equal(t, []time.Time{b.NotAfter()}, b.renewals)
}

func TestGarbageIsKeptOut(t *testing.T) {
	p := pairs(t, 1)
	want := serial(t, p[0])
	b := newBench(t, filepath.Join(p[0], "tls-cert.pem"), filepath.Join(p[0], "tls-key.pem"))
	key, err := os.ReadFile(b.key)
	require.NoError(t, err)
	cert, err := os.ReadFile(b.cert)
	require.NoError(t, err)
	breakages := []struct {
		what string
		do   func() error
	}{
		{"half a key", func() error { return os.WriteFile(b.key, key[:len(key)/2], 0o600) }},
		{"another half", func() error { return os.WriteFile(b.key, key[:len(key)/3], 0o600) }},
		{"garbage", func() error { return os.WriteFile(b.cert, []byte("\x00garbage"), 0o600) }},
		{"no key", func() error { return os.Remove(b.key) }},
		{"no certificate", func() error { return os.Remove(b.cert) }},
		{"a directory", func() error { return os.Mkdir(b.cert, 0o700) }},
	}
	for _, breakage := range breakages {
		require.NoError(t, breakage.do(), breakage.what)
		for range 3 {
			b.pass(2 * time.Second)
			assert.Equal(t, want, b.served(), breakage.what)
		}
		reports := b.reported()
		require.Len(t, reports, 1, "once for %s: %v", breakage.what, reports)
		assert.NotContains(t, reports[0], string(key[40:60]))
	}
	require.NoError(t, os.Remove(b.cert))
	require.NoError(t, os.WriteFile(b.cert, cert, 0o600))
	require.NoError(t, os.WriteFile(b.key, key, 0o600))
	b.pass(2 * time.Second)
	assert.Equal(t, want, b.served())
	assert.Empty(t, b.reported())
	for range 2 {
		require.NoError(t, os.Rename(b.key, b.key+".away"))
		b.pass(2 * time.Second)
		assert.Equal(t, want, b.served())
		assert.Len(t, b.reported(), 1, "the same trouble is news after all was well")
		require.NoError(t, os.Rename(b.key+".away", b.key))
		b.pass(2 * time.Second)
		assert.Equal(t, want, b.served())
		assert.Empty(t, b.reported())
	}
}

// level gives the files of all pairs one size and one time, so that neither tells them apart.
func level(t *testing.T, dirs []string) {
	t.Helper()
	when := time.Now().Add(-time.Hour)
	for _, dir := range dirs {
		for _, name := range []string{"tls-cert.pem", "tls-key.pem"} {
			path := filepath.Join(dir, name)
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(path, append(text, bytes.Repeat([]byte{'\n'}, 2000-len(text))...), 0o600))
			require.NoError(t, os.Chtimes(path, when, when))
		}
	}
}

// Kubernetes swaps a symbolic link to a directory; the files themselves are never written.
func TestSwappedLinkIsSeen(t *testing.T) {
	p := pairs(t, 2)
	level(t, p)
	link := filepath.Join(t.TempDir(), "..data")
	require.NoError(t, os.Symlink(p[0], link))
	b := newBench(t, filepath.Join(link, "tls-cert.pem"), filepath.Join(link, "tls-key.pem"))
	require.NoError(t, os.Symlink(p[1], link+".new"))
	require.NoError(t, os.Rename(link+".new", link))
	b.pass(time.Second)
	assert.Equal(t, serial(t, p[1]), b.served(), "also when sizes and times are the same")
}

// Somebody copies new content into the old files: only their time tells.
func TestOverwrittenFilesAreSeen(t *testing.T) {
	p := pairs(t, 2)
	level(t, p)
	cert, key := files(p[0])
	b := newBench(t, cert, key)
	newCert, newKey := files(p[1])
	for from, to := range map[string]string{newCert: cert, newKey: key} {
		text, err := os.ReadFile(from)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(to, text, 0o600))
	}
	b.pass(time.Second)
	assert.Equal(t, serial(t, p[1]), b.served())
}

func TestClockThatIsSetBack(t *testing.T) {
	p := pairs(t, 2)
	b := newBench(t, filepath.Join(p[0], "tls-cert.pem"), filepath.Join(p[0], "tls-key.pem"))
	cert, key := files(p[1])
	install(t, cert, b.cert)
	install(t, key, b.key)
	b.pass(-time.Hour)
	assert.Equal(t, serial(t, p[1]), b.served())
}

func TestReloaderNeedsAPair(t *testing.T) {
	p := pairs(t, 2)
	cert, key := files(p[0])
	other, _ := files(p[1])
	for _, bad := range [][2]string{{"none", key}, {cert, "none"}, {key, cert}, {other, key}} {
		_, err := tlscert.NewReloader(bad[0], bad[1], nil)
		assert.Error(t, err)
	}
	reloader, err := tlscert.NewReloader(cert, key, nil)
	require.NoError(t, err)
	require.NoError(t, os.Remove(key))
	reloader.SetClock(time.Now)
	_, err = reloader.GetCertificate(nil)
	assert.NoError(t, err, "no one to report to is no trouble")
}

// Many handshakes while the pair is swapped again and again: each gets one of the pairs whole.
func TestConcurrentHandshakes(t *testing.T) {
	p := pairs(t, 2)
	known := map[string]bool{serial(t, p[0]): true, serial(t, p[1]): true}
	link := filepath.Join(t.TempDir(), "current")
	require.NoError(t, os.Symlink(p[0], link))
	b := newBench(t, filepath.Join(link, "tls-cert.pem"), filepath.Join(link, "tls-key.pem"))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				b.pass(time.Second)
				state, err := handshake(t, tlscert.Config(b.GetCertificate), &tls.Config{InsecureSkipVerify: true})
				if assert.NoError(t, err) {
					assert.True(t, known[state.PeerCertificates[0].SerialNumber.String()])
				}
				assert.False(t, b.NotAfter().IsZero())
			}
		})
	}
	for i := range 50 {
		require.NoError(t, os.Symlink(p[i%2], link+".new"))
		require.NoError(t, os.Rename(link+".new", link))
	}
	wg.Wait()
}

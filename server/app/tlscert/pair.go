package tlscert

import (
	"crypto/tls"
	"fmt"
	"os"
	"time"
)

// stamp tells whether two files were replaced or written. The zero value is that of no files.
type stamp struct{ cert, key os.FileInfo }

func (s stamp) same(o stamp) bool { return sameFile(s.cert, o.cert) && sameFile(s.key, o.key) }

func sameFile(a, b os.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return a.Size() == b.Size() && a.ModTime().Equal(b.ModTime()) && os.SameFile(a, b)
}

// look returns what it could see also when it fails.
func look(certFile, keyFile string) (s stamp, err error) {
	if s.cert, err = os.Stat(certFile); err != nil {
		return s, err
	}
	s.key, err = os.Stat(keyFile)
	return s, err
}

// load reads the pair. The errors of crypto/tls name what is wrong and quote nothing.
func load(certFile, keyFile string) (*tls.Certificate, time.Time, error) {
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("certificate %s with key %s: %w", certFile, keyFile, err)
	}
	return &pair, pair.Leaf.NotAfter, nil
}

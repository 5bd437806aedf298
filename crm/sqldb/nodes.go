package sqldb

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"time"
)

// nodes dials the members of a cluster: the one that worked last, then the
// others in turn. All connections so stay on one node while it lives, which
// keeps hot rows from being fought over between nodes.
type nodes struct {
	addresses []string
	good      atomic.Int32
}

// dialTimeout is for one node; a dead one must not eat the time of the next.
const dialTimeout = 700 * time.Millisecond

// newNodes reads a list of addresses, as it was written or as the driver's
// parser leaves it: that takes the list for one IPv6 address without a port.
func newNodes(list string) *nodes {
	n := &nodes{}
	if inner, found := strings.CutSuffix(list, "]:3306"); found {
		list = strings.TrimPrefix(inner, "[")
	}
	for address := range strings.SplitSeq(list, ",") {
		address = strings.TrimSpace(address)
		if !strings.Contains(address, ":") {
			address += ":3306"
		}
		n.addresses = append(n.addresses, address)
	}
	return n
}

// verified gives settings with which each of the nodes may answer: crypto/tls
// itself compares with one name only.
func (n *nodes) verified(wanted *tls.Config) *tls.Config {
	c := wanted.Clone()
	c.ServerName = ""
	if c.InsecureSkipVerify {
		return c
	}
	c.InsecureSkipVerify = true // VerifyConnection does all of it
	c.VerifyConnection = func(state tls.ConnectionState) error {
		options := x509.VerifyOptions{Roots: c.RootCAs, Intermediates: x509.NewCertPool()}
		for _, between := range state.PeerCertificates[1:] {
			options.Intermediates.AddCert(between)
		}
		var faults []error
		for _, address := range n.addresses {
			host, _, err := net.SplitHostPort(address)
			if err == nil {
				options.DNSName = host
				_, err = state.PeerCertificates[0].Verify(options)
			}
			if err == nil {
				return nil
			}
			faults = append(faults, err)
		}
		return errors.Join(faults...)
	}
	return c
}

func (n *nodes) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	first := int(n.good.Load())
	var faults []error
	for i := range n.addresses {
		at := (first + i) % len(n.addresses)
		dialer := net.Dialer{Timeout: dialTimeout}
		c, err := dialer.DialContext(ctx, network, n.addresses[at])
		if err == nil {
			n.good.Store(int32(at))
			return c, nil
		}
		faults = append(faults, err)
	}
	return nil, errors.Join(faults...)
}

package sqldb

import (
	"context"
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

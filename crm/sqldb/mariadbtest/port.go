package mariadbtest

import (
	"errors"
	"math/rand/v2"
	"net"
	"strconv"
)

// Ports come from below the range that systems give to outgoing connections.
// In that range a client that connects to a dead server's port can be given
// the very port as its own, is connected to itself, and keeps the server from
// coming back.
const (
	minPort = 12000
	maxPort = 32000
)

// freePort is a port of 127.0.0.1 that was free a moment ago.
func freePort() (int, error) {
	for range 100 {
		port := minPort + rand.IntN(maxPort-minPort)
		if isFree(port) {
			return port, nil
		}
	}
	return 0, errors.New("found no free port")
}

func isFree(port int) bool {
	l, err := net.Listen("tcp", loopback(port))
	if err != nil {
		return false
	}
	return l.Close() == nil
}

func loopback(port int) string {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
}

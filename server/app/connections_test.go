package app_test

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestIdleConnections: who opens more connections than there may be loses the
// oldest of them, calls are answered, and the operator's port is not touched.
func TestIdleConnections(t *testing.T) {
	const limit = 8
	server := start(t, environment(t, fmt.Sprintf("ADAPTER_MAX_CONNECTIONS=%d", limit)))
	address, err := url.Parse(server.url)
	require.NoError(t, err)
	idle := make([]net.Conn, 5*limit)
	for i := range idle {
		idle[i], err = net.Dial("tcp", address.Host)
		require.NoError(t, err)
		t.Cleanup(func() { _ = idle[i].Close() })
	}
	for range 2 * limit { // each on a connection of its own
		server.client.CloseIdleConnections()
		status, _ := server.call("GET", "/v1/card/404", "")
		assert.Equal(t, 422, status)
	}
	require.NoError(t, idle[0].SetReadDeadline(time.Now().Add(time.Minute)))
	_, err = idle[0].Read(make([]byte, 1))
	require.ErrorIs(t, err, io.EOF, "the oldest was closed")
	status, page := server.get("/metrics")
	assert.Equal(t, 200, status)
	assert.Regexp(t, `adapter_connections [1-8]\n`, page)
	assert.Regexp(t, `adapter_connections_shed_total [1-9]`, page)
	require.Eventually(t, func() bool { return strings.Contains(server.log.String(), "connections.full") }, time.Minute, time.Millisecond)
}

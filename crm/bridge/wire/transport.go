package wire

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"time"
)

const maxHeaderBytes = 64 << 10

// newTransport is net/http's with gates around its connections. TLS is done
// here, so that the gate counts the request's bytes and not TLS's own, such as
// the alert that says goodbye.
func newTransport(o Options) *http.Transport {
	dialer := &net.Dialer{Timeout: o.ConnectTimeout, KeepAlive: 15 * time.Second}
	config := &tls.Config{
		MinVersion:   tls.VersionTLS12,
		RootCAs:      o.RootCAs,
		Certificates: o.Certificates,
		NextProtos:   []string{"http/1.1"},
	}
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dialer.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &gate{Conn: conn}, nil
	}
	dialTLS := func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dialer.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		secured, err := handshake(ctx, conn, config, address, o.ConnectTimeout)
		if err != nil {
			_ = conn.Close()
			return nil, err
		}
		return &gate{Conn: secured}, nil
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy:                  o.Proxy,
		DialContext:            dial,
		DialTLSContext:         dialTLS,
		TLSClientConfig:        config,
		TLSHandshakeTimeout:    o.ConnectTimeout,
		MaxIdleConns:           o.MaxConnections,
		MaxIdleConnsPerHost:    o.MaxConnections,
		MaxConnsPerHost:        o.MaxConnections,
		IdleConnTimeout:        o.IdleTimeout,
		MaxResponseHeaderBytes: maxHeaderBytes,
		Protocols:              protocols,
	}
}

func handshake(ctx context.Context, conn net.Conn, config *tls.Config, address string, limit time.Duration) (*tls.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	config = config.Clone()
	config.ServerName = host
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	secured := tls.Client(conn, config)
	if err := secured.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return secured, nil
}

package app

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"koshelek-adapter/config"
	"koshelek-adapter/server/app/tlscert"
)

// maxHeaderBytes bounds the head of a request; net/http answers more with 431.
const maxHeaderBytes = 32 << 10

// certificate is how the server proves who it is; the zero value is no TLS.
type certificate struct {
	// file is what a client may trust, "" for none.
	file     string
	reloader *tlscert.Reloader
}

func openCertificate(cfg *config.Config, reg prometheus.Registerer, log zerolog.Logger) (certificate, error) {
	certFile, keyFile := cfg.TLSCert, cfg.TLSKey
	switch cfg.TLS {
	case config.TLSOff:
		return certificate{}, nil
	case config.TLSSelfSigned:
		host, _, err := net.SplitHostPort(cfg.Listen)
		if err != nil {
			return certificate{}, err
		}
		if certFile, keyFile, err = tlscert.SelfSigned(cfg.DataDir, time.Now(), []string{host}); err != nil {
			return certificate{}, err
		}
	}
	reloader, err := tlscert.NewReloader(certFile, keyFile, func(notAfter time.Time, err error) {
		if err != nil {
			log.Error().Err(err).Time("until", notAfter).Msg("certificate.refused")
			return
		}
		log.Info().Time("until", notAfter).Msg("certificate.renewed")
	})
	if err != nil {
		return certificate{}, err
	}
	reg.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "adapter_certificate_days_left", Help: "Days until the certificate that is served ends.",
	}, func() float64 { return time.Until(reloader.NotAfter()).Hours() / 24 }))
	return certificate{file: certFile, reloader: reloader}, nil
}

// newServer makes the API's server with every time-out set: a client that
// stalls anywhere loses its connection, not ours.
func newServer(cfg *config.Config, handler http.Handler, cert certificate, held *connections, log zerolog.Logger) *http.Server {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: cfg.HeaderTimeout,
		ReadTimeout:       cfg.BodyTimeout,
		WriteTimeout:      cfg.WriteTimeout,
		IdleTimeout:       cfg.IdleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		// Otherwise "OPTIONS *" is answered before anybody has signed in.
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     serverLog(log),
		Protocols:                    new(http.Protocols),
	}
	held.watch(server)
	server.Protocols.SetHTTP1(true)
	server.Protocols.SetHTTP2(cert.reloader != nil)
	server.Protocols.SetUnencryptedHTTP2(cert.reloader == nil)
	if cert.reloader != nil {
		server.TLSConfig = tlscert.Config(cert.reloader.GetCertificate)
	}
	return server
}

// newOpsServer makes the operator's server.
func newOpsServer(handler http.Handler, log zerolog.Logger) *http.Server {
	return &http.Server{
		Handler: handler, ErrorLog: serverLog(log), MaxHeaderBytes: maxHeaderBytes,
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute,
	}
}

// listening is a server on its socket.
type listening struct {
	server *http.Server
	socket net.Listener
}

// listen takes the address; serving begins with start.
func listen(server *http.Server, address string) (*listening, error) {
	socket, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	return &listening{server: server, socket: socket}, nil
}

// start serves until the server is shut down; fail hears of any other end.
func (l *listening) start(fail func(error)) {
	serve := l.server.Serve
	if l.server.TLSConfig != nil {
		serve = func(socket net.Listener) error { return l.server.ServeTLS(socket, "", "") }
	}
	go func() {
		if err := serve(l.socket); !errors.Is(err, http.ErrServerClosed) {
			fail(err)
		}
	}()
}

func (l *listening) url() string {
	scheme := "http"
	if l.server.TLSConfig != nil {
		scheme = "https"
	}
	return scheme + "://" + reachable(l.socket.Addr())
}

// reachable is an address as one would type it on this machine.
func reachable(addr net.Addr) string {
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return addr.String()
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}

// stop lets requests finish until the context ends.
func (l *listening) stop(ctx context.Context) error {
	if err := l.server.Shutdown(ctx); err != nil {
		return errors.Join(err, l.server.Close())
	}
	return nil
}

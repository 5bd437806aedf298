package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/sqldb"
	"koshelek-adapter/handlers"
	"koshelek-adapter/server/bench/floor"
	"koshelek-adapter/server/bench/stock"
)

// stack is a server inside this process.
type stack struct {
	url   string
	close func() error
}

// startStack puts the program's own parts together as package server/app does it.
func startStack(ctx context.Context, st *stock.Store, log io.Writer, connections int) (*stack, error) {
	store, err := sqldb.Open(ctx, st.URL, sqldb.Options{Connections: connections})
	if err != nil {
		return nil, err
	}
	surface, err := newSurface(store, log)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return serve(&http.Server{
		Handler: surface, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
	}, store.Close)
}

// startFloorStack is the floor inside this process.
func startFloorStack(ctx context.Context, st *stock.Store, connections int) (*stack, error) {
	handler, closeStore, err := floor.New(ctx, st.URL, connections)
	if err != nil {
		return nil, err
	}
	return serve(&http.Server{Handler: handler}, closeStore)
}

// serve starts a server, which owns its store.
func serve(server *http.Server, closeStore func() error) (*stack, error) {
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, closeStore())
	}
	go func() { _ = server.Serve(socket) }() // ends with Close
	return &stack{
		url:   "http://" + socket.Addr().String(),
		close: func() error { return errors.Join(server.Close(), closeStore()) },
	}, nil
}

// newSurface has credentials, log and metrics on, and the rest as it comes.
func newSurface(store crm.Backend, log io.Writer) (http.Handler, error) {
	barcode := crm.BarcodeRule{Pattern: crm.DefaultBarcodeTemplate, Type: crm.EAN13}
	template, err := crm.ParseNumberTemplate(crm.DefaultTemplate, barcode)
	if err != nil {
		return nil, err
	}
	zone := time.FixedZone("MSK", 3*60*60)
	svc, err := crm.NewService(store, crm.Options{
		Rules: crm.Rules{
			EarnBasisPoints: 100, MaxAge: 30 * 24 * time.Hour, ClockSkew: 10 * time.Minute, Lifetime: 365 * 24 * time.Hour,
			Zone: zone, Texts: crm.EnglishTexts,
		},
		Template: template, Barcode: barcode, ReserveFor: time.Hour,
	})
	if err != nil {
		return nil, err
	}
	return handlers.New(svc, handlers.Options{
		Credentials: []handlers.Credential{{User: user, Password: password}}, Zone: zone, AcceptPut: true,
		Log:     zerolog.New(zerolog.SyncWriter(log)).With().Timestamp().Logger(),
		Metrics: handlers.NewMetrics(prometheus.NewRegistry()),
	})
}

package app

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/rs/zerolog"

	"koshelek-adapter/crm"
)

var errNotReady = errors.New("starting or draining")

// readiness tells whether calls can be served: the server is neither starting nor
// draining, and the store takes a write. It answers within the caller's time also
// when the store hangs. It is safe for concurrent use.
type readiness struct {
	serving atomic.Bool
	ping    func(context.Context) error
	log     zerolog.Logger
	// probing holds a token while the store is asked, so that a store that hangs
	// gathers one question and not one for each probe.
	probing chan struct{}
	lost    atomic.Bool
}

func newReadiness(ping func(context.Context) error, log zerolog.Logger) *readiness {
	return &readiness{ping: ping, log: log, probing: make(chan struct{}, 1)}
}

// check gives what is in the way, nil for nothing. A change is logged once.
func (r *readiness) check(ctx context.Context) error {
	if !r.serving.Load() {
		return errNotReady
	}
	err := r.ask(ctx)
	switch {
	case err != nil && !r.lost.Swap(true):
		r.log.Error().Err(err).Msg("readiness.lost")
	case err == nil && r.lost.Swap(false):
		r.log.Info().Msg("readiness.regained")
	}
	return err
}

func (r *readiness) ask(ctx context.Context) error {
	select {
	case r.probing <- struct{}{}:
	case <-ctx.Done():
		return crm.Wrap(crm.ErrUnavailable, errors.New("the store does not answer"))
	}
	answer := make(chan error, 1)
	go func() {
		defer func() { <-r.probing }()
		answer <- r.ping(ctx)
	}()
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return crm.Wrap(crm.ErrUnavailable, errors.New("the store does not answer"))
	}
}

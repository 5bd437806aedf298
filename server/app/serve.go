package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os/signal"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"github.com/rs/zerolog"

	"koshelek-adapter/config"
	"koshelek-adapter/crm"
	"koshelek-adapter/handlers"
	"koshelek-adapter/handlers/middleware"
	"koshelek-adapter/schema/koshelek"
	micrositewire "koshelek-adapter/schema/microsite"
	"koshelek-adapter/version"
)

// service is a running server.
type service struct {
	cfg     *config.Config
	log     zerolog.Logger
	metrics *metrics
	// programme answers what Koshelek asks, by way of crm.
	programme *programme
	crm       *crm.Service
	vendors   *rewardVendors
	api       *listening
	rewards   *listening // the microsite's own, nil when it has none
	ops       *listening // nil when switched off
	ready     *readiness
	held      *connections
}

// serve runs until the context ends, then drains.
func (p *program) serve(ctx context.Context) (err error) {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	tuneCollector()
	// Go ends a program that writes to a broken pipe on standard output or error,
	// which would cut off calls at work when the log's reader goes.
	signal.Ignore(syscall.SIGPIPE)
	log, gathered := newServerLogger(cfg, p.stderr)
	defer func() { err = errors.Join(err, gathered.close()) }()
	s := &service{cfg: cfg, log: log, metrics: newMetrics()}
	s.metrics.registry.MustRegister(gathered.lost)
	if path := cfg.Database.Rest(); cfg.Database.Scheme() == config.SchemeSQLite && !cfg.DatabaseAllowUnsafe && inMemory(path) {
		return fmt.Errorf("the database %s lies on a file system in memory and is gone with the machine's power; "+
			"ADAPTER_DATABASE_ALLOW_UNSAFE=true serves it all the same", path)
	}
	if cfg.Koshelek.Email == config.EmailIdentity {
		s.log.Warn().Str("risk", emailRisk).Msg("config.email_identifies")
	}
	login, err := newLogin(p, cfg)
	if err != nil {
		return err
	}
	if s.programme, err = p.openProgramme(ctx, cfg, s.metrics, s.log, login.codes); err != nil {
		return err
	}
	defer s.closeProgramme()
	s.vendors = s.programme.vendors
	if s.crm, err = crm.NewService(s.programme.Program, crm.Options{
		Zone: cfg.TimeZone.Location(), Fields: fields(cfg, s.metrics), ShowBlocked: cfg.Koshelek.Blocked == config.BlockedInactive, Email: emailTrust(cfg.Koshelek.Email),
	}); err != nil {
		return err
	}
	s.held = newConnections(roomFor(s.cfg, openFiles(), s.log), s.metrics.registry, s.log)
	s.ready = newReadiness(s.crm.Ping, s.log)
	s.metrics.watchLog(s.cfg.Database)
	if pool, able := s.programme.Program.(crm.Numbers); able {
		s.metrics.watchPool(pool, s.log)
	}
	if outbox, able := s.programme.Program.(desk); able {
		s.metrics.watchOutbox(outbox, s.vendors, s.log)
	}
	if err := s.listen(p, login); err != nil {
		return err
	}
	return s.run(ctx)
}

// collectAt is the growth of the heap, in percent, at which a server collects.
// Its live heap is a few megabytes, so Go's own 100 would collect many times a
// second under load; this costs some ten megabytes.
const collectAt = 400

// tuneCollector leaves a GOGC of the operator's own alone.
func tuneCollector() {
	const unset = 100
	if before := debug.SetGCPercent(collectAt); before != unset {
		debug.SetGCPercent(before)
	}
}

// listen takes the sockets and tells the operator where they are.
func (s *service) listen(p *program, login login) error {
	pairs, made, err := credentials(s.cfg)
	if err != nil {
		return err
	}
	cert, err := openCertificate(s.cfg, s.metrics.registry, s.log)
	if err != nil {
		return err
	}
	api, err := s.koshelek(pairs)
	if err != nil {
		return err
	}
	if api, err = s.addMicrosite(api, login, cert); err != nil {
		return err
	}
	vendors, err := s.callbacks()
	if err != nil {
		return err
	}
	if s.api, err = listen(newServer(s.cfg, front{api, vendors}, cert, s.held, s.log), s.cfg.Listen); err != nil {
		return err
	}
	if s.cfg.OpsEnabled() {
		if s.ops, err = listen(newOpsServer(s.opsHandler(), s.log), s.cfg.OpsListen); err != nil {
			return errors.Join(err, s.api.socket.Close())
		}
	}
	s.announce(p, pairs[0], made, cert)
	return nil
}

// middleware is what every API of the server has.
func (s *service) middleware(api string, pairs []middleware.Credential) middleware.Options {
	warnOfPasswords(pairs, s.log)
	return middleware.Options{
		Credentials: pairs, TrustedProxies: s.cfg.TrustedProxies, MaxInFlight: s.cfg.MaxInFlight, RequestTimeout: s.cfg.RequestTimeout,
		Log: s.log, Metrics: middleware.NewMetrics(s.metrics.registry, api),
	}
}

func (s *service) koshelek(pairs []middleware.Credential) (http.Handler, error) {
	version, err := koshelek.ParseVersion(s.cfg.Koshelek.Version)
	if err != nil {
		return nil, err
	}
	return handlers.New(s.crm, handlers.Options{
		Options: s.middleware("koshelek", pairs), Version: version, LenientPaths: s.cfg.Koshelek.LenientPaths, UnauthorizedStatus: s.cfg.Koshelek.UnauthorizedStatus,
		ContentTypeSemicolon: s.cfg.Koshelek.ContentTypeSemicolon, AcceptPut: s.cfg.Koshelek.AcceptPUT,
		ReserveDigits: s.cfg.Koshelek.ReserveFormat == config.ReserveDigits, OffersPath: s.cfg.Koshelek.OffersPath,
		Language: s.cfg.Koshelek.Language, Zone: s.cfg.TimeZone.Location(),
	})
}

// announce tells where the server listens and, once, a password that it made.
func (s *service) announce(p *program, pair middleware.Credential, made bool, cert certificate) {
	s.log.Info().Str("version", version.Number).Str("url", s.api.url()).Str("contract", s.cfg.Koshelek.Version).
		Str("database", s.cfg.Database.String()).Msg("serving")
	if s.ops != nil {
		s.log.Info().Str("url", s.ops.url()).Msg("operations")
	}
	if s.cfg.Microsite.Enabled() {
		url := s.api.url()
		if s.rewards != nil {
			url = s.rewards.url()
		}
		s.log.Info().Str("url", url+micrositewire.Prefix).Str("customer_id", s.cfg.Microsite.CustomerID).Msg("microsite.serving")
	}
	if !made {
		return
	}
	trust := ""
	if s.cfg.TLS == config.TLSSelfSigned {
		trust = "--cacert " + cert.file + " "
	}
	_, err := fmt.Fprintf(p.stdout, "A password was made for %s and is kept in %s/%s. It is printed this once. Reserve a card number:\n\n"+
		"  curl %s-u '%s:%s' %s/v1/card/anonymous\n\n",
		pair.User, s.cfg.DataDir, passwordFile, trust, pair.User, pair.Password, s.api.url())
	if err != nil {
		s.log.Warn().Err(err).Msg("password.not_printed")
	}
}

// run serves until the context ends or a listener fails.
func (s *service) run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s.api.start(cancel)
	if s.rewards != nil {
		s.rewards.start(cancel)
	}
	if s.ops != nil {
		s.ops.start(cancel)
	}
	var expiring sync.WaitGroup
	if s.programme.engine != nil {
		expiring.Go(func() { s.expirePoints(ctx) })
	}
	counting := refusalCounter{registry: s.metrics.registry, add: func(context.Context, map[string]int64) error { return nil }}
	if e := s.programme.engine; e != nil {
		counting.add = e.AddRefusals
	}
	expiring.Go(func() { counting.run(ctx, s.refusalsFailed) })
	if s.programme.connected != nil {
		expiring.Go(func() { s.programme.connected.Run(ctx) })
	}
	stopVendors := s.vendors.start(context.WithoutCancel(ctx), s.programme.engine, s.log, s.metrics.delivered)
	s.ready.serving.Store(true)
	<-ctx.Done()
	cause := context.Cause(ctx)
	err := s.drain()
	expiring.Wait() // the store is closed next
	last, done := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	if err := counting.flush(last); err != nil {
		s.refusalsFailed(err)
	}
	done()
	stopVendors() // after the last request, whose errands may go out now
	if err != nil {
		s.log.Error().Err(err).Msg("drain.incomplete")
	}
	if !errors.Is(cause, context.Canceled) {
		return cause
	}
	s.log.Info().Msg("stopped")
	return nil
}

// drain reports not ready, lets load balancers notice, and lets requests finish.
// The operator's server ends last, so that probes see the drain.
func (s *service) drain() error {
	s.ready.serving.Store(false)
	s.log.Info().Msg("draining")
	s.api.server.SetKeepAlivesEnabled(false)
	time.Sleep(s.cfg.DrainDelay)
	ctx, cancel := context.WithTimeout(context.Background(), s.cfg.DrainTimeout)
	defer cancel()
	err := s.api.stop(ctx)
	if s.rewards != nil {
		err = errors.Join(err, s.rewards.stop(ctx))
	}
	err = errors.Join(err, s.programme.release(ctx))
	if s.ops != nil {
		err = errors.Join(err, s.ops.stop(ctx))
	}
	return err
}

func (s *service) refusalsFailed(err error) {
	s.log.Warn().Err(err).Msg("refusals.count_failed")
}

func (s *service) closeProgramme() {
	if err := s.programme.close(); err != nil {
		s.log.Error().Err(err).Msg("store.close_failed")
	}
}

// expiryInterval is how often points that are over are booked; they cannot be
// spent from their last moment on, booked or not.
const expiryInterval = time.Hour

func (s *service) expirePoints(ctx context.Context) {
	ticker := time.NewTicker(expiryInterval)
	defer ticker.Stop()
	for {
		booked, err := s.programme.engine.ExpirePoints(ctx)
		if err != nil && ctx.Err() == nil {
			s.log.Error().Err(err).Msg("points.expiry_failed")
		}
		if err := s.programme.engine.Forget(ctx); err != nil && ctx.Err() == nil {
			s.log.Error().Err(err).Msg("customers.forget_failed")
		}
		if booked > 0 {
			s.log.Info().Int("lots", booked).Msg("points.expired")
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

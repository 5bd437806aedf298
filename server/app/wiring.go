package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"koshelek-adapter/config"
	"koshelek-adapter/crm"
	"koshelek-adapter/crm/connect"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/sqldb"
)

// storePatience is how long a start waits for a database that is not up yet.
const storePatience = 30 * time.Second

// openStore opens what ADAPTER_DATABASE names, and waits a while for a database
// that starts at the same time.
func (p *program) openStore(ctx context.Context, cfg *config.Config, m *metrics, log zerolog.Logger) (engine.Store, error) {
	deadline := time.Now().Add(storePatience)
	for {
		store, err := p.openOnce(ctx, cfg, m, log)
		if err == nil || !errors.Is(err, crm.ErrUnavailable) || time.Now().After(deadline) {
			return store, err
		}
		log.Warn().Err(err).Msg("database.waiting")
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

func (p *program) openOnce(ctx context.Context, cfg *config.Config, m *metrics, log zerolog.Logger) (engine.Store, error) {
	url := cfg.Database.Reveal()
	scheme, rest, _ := strings.Cut(url, ":")
	if open, own := p.stores[scheme]; own {
		return open(ctx, rest)
	}
	if scheme == config.SchemeSQLite {
		warnOfOther(rest, log)
	}
	encrypted, err := databaseTLS(cfg)
	if err != nil {
		return nil, err
	}
	store, err := sqldb.Open(ctx, url, sqldb.Options{
		TLS:         encrypted,
		Connections: cfg.DatabaseConnections,
		Bulk:        p.bulk,
		AllowUnsafe: cfg.DatabaseAllowUnsafe,
		Warn:        func(text string) { log.Warn().Str("setting", text).Msg("database.unsafe") },
		OnBatch:     m.batch,
		OnRetry:     m.retry,
	})
	if err != nil {
		return nil, err // a nil *Store must not become a Backend
	}
	return store, nil
}

// formerStore is where the embedded store was by default, whatever ADAPTER_DATA_DIR
// said; it still is when that says nothing.
var formerStore = filepath.Join("data", "adapter.db")

// warnOfOther tells who is about to begin an empty store beside one that may be
// meant: its customers would be unknown, and get second cards.
func warnOfOther(path string, log zerolog.Logger) {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return
	}
	if _, err := os.Stat(formerStore); err == nil {
		log.Warn().Str("new", path).Str("other", formerStore).
			Msg("a new store is begun; if the other one is meant, stop, and move it with its -wal and -shm, or name it by ADAPTER_DATABASE")
	}
}

// fields says how the fields of people who come over the wire are read.
func fields(cfg *config.Config, m *metrics) crm.Fields {
	f := crm.Fields{Country: crm.Country(cfg.PhoneCountry), Strict: cfg.Koshelek.StrictFields, LeftOut: m.fieldLeftOut}
	for _, day := range cfg.Koshelek.BirthDatesOfNobody() {
		f.NoBirthDates = append(f.NoBirthDates, crm.Date(day))
	}
	return f
}

// programme is the loyalty programme that the settings name.
type programme struct {
	crm.Program
	// engine is the built-in one; nil for a programme of somebody's own and for a CRM.
	engine *engine.Engine
	// connected is the programme over a CRM, nil for others.
	connected *connect.Program
	// changed takes a remote CRM's word that a card is not what it was; nil for others.
	changed func(r *http.Request, body []byte) error
	// ours looks after numbers and offers in the store: the engine, also beside a CRM.
	ours  *engine.Engine
	store engine.Store
	// vendors are who hears of what the built-in one does.
	vendors *rewardVendors
}

// openProgramme opens the programme that ADAPTER_DATABASE names.
func (p *program) openProgramme(ctx context.Context, cfg *config.Config, m *metrics, log zerolog.Logger, more ...func(*engine.Options)) (*programme, error) {
	scheme, rest, _ := strings.Cut(cfg.Database.Reveal(), ":")
	if open, own := p.programs[scheme]; own {
		return openOwn(ctx, cfg, open, rest)
	}
	store, err := p.openStore(ctx, cfg, m, log)
	if err != nil {
		return nil, err
	}
	build := builtIn
	if cfg.Store.CRM.Reveal() != "" {
		build = func(cfg *config.Config, store engine.Store, _ ...func(*engine.Options)) (*programme, error) {
			return p.overCRM(ctx, cfg, store, m, log)
		}
	}
	made, err := build(cfg, store, more...)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return made, nil
}

// openOwn opens a programme of somebody's own, which has no outbox for vendors.
func openOwn(ctx context.Context, cfg *config.Config, open OpenProgram, rest string) (*programme, error) {
	v, err := openVendors(cfg)
	if err != nil {
		return nil, err
	}
	if len(v.open) > 0 || cfg.Awards != "" {
		return nil, config.Faults{{Variable: "ADAPTER_DATABASE", Message: "reward vendors need the built-in engine; this programme has no outbox"}}
	}
	own, err := open(ctx, rest)
	if err != nil {
		return nil, err
	}
	return &programme{Program: own, vendors: v}, nil
}

// builtIn makes the built-in programme, with the reward vendors that hear of it.
func builtIn(cfg *config.Config, store engine.Store, more ...func(*engine.Options)) (*programme, error) {
	v, err := openVendors(cfg)
	if err != nil {
		return nil, err
	}
	rules, err := awards(cfg.Awards, v.named)
	if err != nil {
		return nil, err
	}
	e, err := newEngine(cfg, store, append(more, func(o *engine.Options) { o.Rules.Awards, o.OnOrder = rules, v.wake })...)
	if err != nil {
		return nil, err
	}
	return &programme{Program: e, engine: e, ours: e, store: store, vendors: v}, nil
}

// release gives leased numbers back.
func (p *programme) release(ctx context.Context) error {
	if p.ours != nil {
		return p.ours.Close(ctx)
	}
	return nil
}

// close releases the store.
func (p *programme) close() error {
	var err error
	if closer, ok := p.Program.(io.Closer); ok {
		err = closer.Close()
	}
	if p.store != nil {
		err = errors.Join(err, p.store.Close())
	}
	return err
}

// newEngine makes the built-in programme without vendors.
func newEngine(cfg *config.Config, store engine.Store, more ...func(*engine.Options)) (*engine.Engine, error) {
	barcode := crm.BarcodeRule{Pattern: cfg.Card.BarcodeTemplate, Type: crm.BarcodeType(cfg.Card.BarcodeType)}
	options := engine.Options{Rules: rules(cfg), Barcode: barcode, ReserveFor: cfg.Card.ReserveFor}
	if cfg.Card.Template != config.CardPool {
		template, err := crm.ParseNumberTemplate(cfg.Card.Template, barcode)
		if err != nil {
			return nil, config.Faults{{Variable: "ADAPTER_CARD_TEMPLATE", Message: err.Error()}}
		}
		options.Template = template
	}
	for _, add := range more {
		add(&options)
	}
	service, err := engine.New(store, options)
	if err != nil {
		return nil, fmt.Errorf("the programme's rules: %w", err)
	}
	return service, nil
}

func rules(cfg *config.Config) engine.Rules {
	texts := engine.EnglishTexts
	if cfg.Koshelek.Language == config.LanguageRussian {
		texts = engine.RussianTexts
	}
	return engine.Rules{
		EarnBasisPoints: cfg.Earn.Percent.BasisPoints(), EarnCap: cfg.Earn.Cap,
		PerDay: engine.DayLimit{Receipts: cfg.Earn.ReceiptsPerDay, Points: cfg.Earn.PointsPerDay},
		MaxAge: cfg.Earn.MaxAge, ClockSkew: cfg.Earn.ClockSkew,
		TillsEast: cfg.Earn.TillsEast, TillsWest: cfg.Earn.TillsWest,
		Pending: cfg.Earn.Pending, Lifetime: cfg.Earn.Lifetime,
		Welcome: cfg.Earn.Welcome, CodePoints: cfg.Earn.PromoCode,
		UnmarkedEarns:   cfg.Earn.UnmarkedReceipts,
		Refunds:         cfg.Earn.Refunds,
		Email:           emailTrust(cfg.Koshelek.Email),
		Claims:          engine.Claims{Refuse: cfg.Card.Claim == config.ClaimRefuse, PerDay: cfg.Card.ClaimsPerDay, Failures: cfg.Card.FailuresPerHour},
		NumberFromPhone: cfg.Card.FromPhone,
		KeepReturned:    time.Duration(cfg.Microsite.ReturnedDays) * 24 * time.Hour,
		PartialReversal: cfg.Microsite.PartialReversal,
		Zone:            cfg.TimeZone.Location(),
		Country:         crm.Country(cfg.PhoneCountry),
		Texts:           texts,
	}
}

// emailRisk is what the start and doctor say of ADAPTER_KOSHELEK_EMAIL=identity.
const emailRisk = "whoever types a stranger's e-mail is given the stranger's card and points: use hint or refuse, unless Koshelek's acceptance asks for identity"

// emailTrust reads ADAPTER_KOSHELEK_EMAIL.
func emailTrust(setting string) crm.EmailTrust {
	if setting == config.EmailIdentity {
		return crm.EmailIdentifies
	}
	return crm.EmailTrust(setting)
}

package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"koshelek-adapter/config"
	"koshelek-adapter/crm"
	"koshelek-adapter/crm/connect"
	"koshelek-adapter/crm/connect/connector"
	"koshelek-adapter/crm/connect/remote"
	"koshelek-adapter/crm/engine"
)

// openConnector opens the connector that ADAPTER_CRM names.
func (p *program) openConnector(ctx context.Context, cfg *config.Config, ours *engine.Engine, log zerolog.Logger) (crm.Connector, error) {
	o := connector.Options{Zone: cfg.TimeZone.Location(), Country: crm.Country(cfg.PhoneCountry), InFlight: cfg.CRM.InFlight, Log: log}
	if ours != nil {
		o.Admit = func(ctx context.Context, receipt crm.Receipt) error {
			_, _, err := ours.ReceiptAward(ctx, receipt)
			return err
		}
	}
	scheme, rest := cfg.Store.CRM.Scheme(), cfg.Store.CRM.Rest()
	if open, own := p.connectors[scheme]; own {
		return open(ctx, rest, o)
	}
	known, found := cfg.CRM.All()[scheme]
	if !found {
		return nil, config.Faults{{Variable: "ADAPTER_CRM", Message: "names no connector"}}
	}
	return known.Open(ctx, rest, o)
}

// overCRM makes a programme over the CRM that the settings name. What reward vendors
// hear of happens in the built-in engine, so there are none.
func (p *program) overCRM(ctx context.Context, cfg *config.Config, store engine.Store, m *metrics, log zerolog.Logger) (*programme, error) {
	v, err := openVendors(cfg)
	if err != nil {
		return nil, err
	}
	kept, able := store.(connect.Store)
	if len(v.open) > 0 || !able {
		return nil, config.Faults{{Variable: "ADAPTER_CRM", Message: "reward vendors and stores of one's own need the built-in engine; they cannot be used with a CRM"}}
	}
	ours, err := newEngine(cfg, store)
	if err != nil {
		return nil, err
	}
	connector, err := p.openConnector(ctx, cfg, ours, log)
	if err != nil {
		return nil, fmt.Errorf("the CRM's connector: %w", err)
	}
	calls := m.watchCRM()
	over, err := connect.New(connector, kept, ours, connect.Options{
		ReadTimeout: cfg.CRM.ReadTimeout, WriteTimeout: cfg.CRM.WriteTimeout, Lease: cfg.RequestTimeout + cfg.CRM.WriteTimeout,
		Fresh: orNever(cfg.CRM.Fresh), Stale: orNever(cfg.CRM.Stale), InFlight: uint(cfg.CRM.InFlight), BreakerDelay: cfg.CRM.BreakerDelay,
		Receipts: cfg.CRM.Receipts, Email: emailTrust(cfg.Koshelek.Email), Country: crm.Country(cfg.PhoneCountry),
		Barcode: crm.BarcodeRule{Pattern: cfg.Card.BarcodeTemplate, Type: crm.BarcodeType(cfg.Card.BarcodeType)},
		Zone:    cfg.TimeZone.Location(), Observe: calls.observe, OnStale: calls.stale, Log: log,
	})
	if err != nil {
		return nil, errors.Join(err, connector.Close())
	}
	calls.down(m.registry, over)
	made := &programme{Program: over, connected: over, ours: ours, store: store, vendors: v}
	if c, tells := connector.(*remote.Connector); tells {
		made.changed = c.Changed(over.Changed)
	}
	return made, nil
}

// orNever is how connect.Options say never: zero stands for the default there.
func orNever(d time.Duration) time.Duration {
	if d == 0 {
		return -1
	}
	return d
}

// crmMetrics tell how the CRM answers.
type crmMetrics struct {
	took     *prometheus.HistogramVec
	stoodFor *prometheus.CounterVec
}

func (m *metrics) watchCRM() crmMetrics {
	c := crmMetrics{
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "adapter_crm_duration_seconds", Help: "Time for a call of the CRM, by operation and outcome: ok, refused, busy, not_done, unknown.",
			Buckets: []float64{.005, .02, .05, .1, .3, 1, 3, 5},
		}, []string{"operation", "outcome"}),
		stoodFor: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "adapter_crm_stale_answers_total", Help: "Answers from what the CRM said before, because it could not be asked.",
		}, []string{"operation"}),
	}
	m.registry.MustRegister(c.took, c.stoodFor)
	return c
}

func (c crmMetrics) observe(operation, outcome string, took time.Duration) {
	c.took.WithLabelValues(operation, outcome).Observe(took.Seconds())
}

func (c crmMetrics) stale(operation string) { c.stoodFor.WithLabelValues(operation).Inc() }

// down adds whether the CRM is left alone.
func (crmMetrics) down(registry *prometheus.Registry, over *connect.Program) {
	registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "adapter_crm_down", Help: "1 while a CRM that failed is left alone.",
	}, func() float64 {
		if over.Down() {
			return 1
		}
		return 0
	}))
}

// farClock is how far the CRM's clock may be from ours.
const farClock = 5 * time.Minute

// lostWithout says what a wallet's user misses of a CRM that does not offer something.
var lostWithout = []struct{ offer, lost string }{
	{crm.OffersBalance, "cards are shown without points, unless they come with the card"},
	{crm.OffersChannels, "consents are kept here only"},
	{crm.OffersPurchases, "the history of purchases is not offered (code 103)"},
	{crm.OffersOffers, "only offers that were imported here are shown"},
	{crm.OffersMembers, "lists of users hold those who came through Koshelek only"},
	{crm.OffersReceipt, "receipts earn by the rules here where the CRM takes points and ADAPTER_CRM_RECEIPTS is true, else they cannot be sent (code 103)"},
	{crm.OffersCode, "promo codes that were imported here are good where the CRM takes points, else none are (code 103)"},
	{crm.OffersPoints, "points are not granted or taken from here"},
	{crm.OffersLookup, "a change whose answer was lost is asked of an operator, unless it may be sent again"},
	{crm.OffersErase, "'erase' does not reach the CRM"},
}

// askCRM asks the CRM what it is, for doctor.
func (s *session) askCRM(ctx context.Context, cfg *config.Config, store engine.Store) (list []finding) {
	over, err := s.program.overCRM(ctx, cfg, store, newMetrics(), zerolog.Nop())
	if err != nil {
		return []finding{{"CRM", ill, "cannot be opened", err.Error()}}
	}
	defer func() {
		if err := over.connected.Close(); err != nil {
			list = append(list, finding{"CRM", ill, "does not close", err.Error()})
		}
	}()
	begun := time.Now()
	about, err := over.connected.Describe(ctx)
	if err != nil {
		return []finding{{"CRM", ill, s.cfg.Store.CRM.String() + " does not answer", err.Error()}}
	}
	list = []finding{{"CRM", fine, fmt.Sprintf("%s answers", about.Name), ""}}
	if middle := begun.Add(time.Since(begun) / 2); !about.Now.IsZero() {
		f := finding{"CRM clock", fine, fmt.Sprintf("%s apart from ours", about.Now.Sub(middle).Abs().Round(time.Second)), ""}
		if about.Now.Sub(middle).Abs() > farClock {
			f.Verdict, f.Advice = advised, "set both clocks: days and codes begin and end by them"
		}
		list = append(list, f)
	}
	for _, c := range lostWithout {
		if !slices.Contains(about.Offers, c.offer) {
			list = append(list, finding{"CRM without " + c.offer, advised, c.lost, ""})
		}
	}
	for _, w := range []crm.Write{crm.WriteEnroll, crm.WriteUpdate, crm.WriteChannels, crm.WriteReceipt, crm.WriteCode, crm.WritePoints} {
		if g := about.Writes[w]; g != "" {
			list = append(list, finding{"CRM " + string(w), fine, string(g), ""})
		}
	}
	for _, note := range about.Notes {
		list = append(list, finding{"CRM", advised, note, ""})
	}
	return list
}

// eraseConnected removes a person's data here and in the CRM, where it can.
func (s *session) eraseConnected(ctx context.Context, phone string) error {
	erased, err := s.programme.connected.Erase(ctx, phone)
	if err != nil {
		return err
	}
	answer := struct {
		At    time.Time `json:"at"`
		Phone string    `json:"phone_masked"`
		Cards []string  `json:"cards"`
		AtCRM bool      `json:"erased_in_crm"`
	}{time.Now().UTC(), crm.MaskPhone(phone), append([]string{}, erased.Cards...), erased.AtCRM}
	err = s.print(answer, func(w *tabwriter.Writer) {
		row(w, "erased", s.moment(answer.At))
		row(w, "phone", answer.Phone)
		row(w, "cards", orDash(strings.Join(answer.Cards, ", "))+" (what was known of them here)")
		row(w, "consents", "kept as evidence that names nobody")
	})
	if err == nil && !erased.AtCRM {
		err = &incomplete{"The CRM cannot erase by itself: its team must do it there."}
	}
	return err
}

package app

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"

	"koshelek-adapter/config"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/sqldb"
)

// The verdicts of a diagnosis.
const (
	fine    = "ok"
	advised = "advice"
	ill     = "FAULT"
)

// finding is one line of a diagnosis.
type finding struct {
	What    string `json:"what"`
	Verdict string `json:"verdict"`
	State   string `json:"state"`
	Advice  string `json:"advice,omitempty"`
}

// doctorCommand looks at everything that a server with the same settings needs.
// It opens the store by itself, since it must have something to say when that
// fails.
func (p *program) doctorCommand() *cobra.Command {
	s := &session{program: p}
	c := &cobra.Command{
		Use: "doctor", Short: "Look at settings, database, pool and certificate, and give advice", Args: cobra.NoArgs,
		Long: "Look at the settings, the database and its settings, the schema, the pool of numbers and the certificate.\n" +
			"Exit codes: 0 nothing is wrong (there may be advice), 1 there is a fault, 2 the settings are wrong.",
		Example: "  koshelek-adapter doctor\n  koshelek-adapter doctor --json",
	}
	c.Flags().BoolVar(&s.json, "json", false, "print JSON for scripts")
	c.RunE = func(c *cobra.Command, _ []string) (err error) {
		if s.cfg, err = p.load(); err != nil {
			return err
		}
		list := []finding{{"settings", fine, "all can be read", ""}}
		if s.cfg.Koshelek.Email == config.EmailIdentity {
			list = append(list, finding{"identity", advised, "ADAPTER_KOSHELEK_EMAIL=identity", emailRisk})
		}
		list = append(list, s.database(c.Context())...)
		list = append(list, s.certificate(time.Now()))
		err = s.print(list, func(w *tabwriter.Writer) {
			for _, f := range list {
				row(w, f.Verdict, f.What, f.State, f.Advice)
			}
		})
		for _, f := range list {
			if f.Verdict == ill {
				return errors.Join(err, &failure{errors.New("at least one fault was found")})
			}
		}
		return err
	}
	return c
}

// database looks at the store.
func (s *session) database(ctx context.Context) (list []finding) {
	if err := s.mustExist(); err != nil {
		return []finding{{"database", ill, "is missing", err.Error()}}
	}
	if _, own := s.programs[s.cfg.Database.Scheme()]; own {
		return s.ownProgramme(ctx)
	}
	cfg := *s.cfg
	cfg.DatabaseAllowUnsafe = true // its settings are findings of their own below
	store, err := s.openOnce(ctx, &cfg, newMetrics(), zerolog.New(io.Discard))
	if err != nil {
		return []finding{{"database", ill, "cannot be opened", err.Error()}}
	}
	defer func() {
		if err := store.Close(); err != nil {
			list = append(list, finding{"database", ill, "does not close", err.Error()})
		}
	}()
	if err := store.Ping(ctx); err != nil {
		return []finding{{"database", ill, "cannot be reached", err.Error()}}
	}
	list = []finding{
		{"database", fine, s.cfg.Database.String() + " answers", ""},
		{"schema", fine, "is up to date", ""},
	}
	if own, ok := store.(*sqldb.Store); ok {
		list = append(list, s.databaseSettings(ctx, own)...)
	}
	if s.cfg.Store.CRM.Reveal() != "" {
		list = append(list, s.askCRM(ctx, &cfg, store)...)
	}
	return append(list, s.pool(ctx, store), s.drives(ctx, store))
}

// drives tells whether receipts of any shop in the country earn.
func (s *session) drives(ctx context.Context, store engine.Store) finding {
	keeper, can := store.(engine.Drives)
	if !can {
		return finding{"drives", advised, "the store keeps no fiscal drives", "any receipt of the country may earn"}
	}
	_, _, some, err := keeper.Drive(ctx, "")
	switch {
	case err != nil:
		return finding{"drives", ill, "cannot be read", err.Error()}
	case !some:
		return finding{"drives", advised, "no fiscal drive is known", "any receipt of the country may earn, and whoever makes up a code: 'import drives' lists those of your tills"}
	case s.cfg.Earn.Cap == 0 || s.cfg.Earn.ReceiptsPerDay == 0 || s.cfg.Earn.PointsPerDay == 0:
		return finding{"drives", advised, "receipts of listed drives earn", "ADAPTER_EARN_CAP, ADAPTER_EARN_RECEIPTS_PER_DAY or ADAPTER_EARN_POINTS_PER_DAY is 0: no limit"}
	}
	return finding{"drives", fine, "receipts of listed drives earn", ""}
}

// ownProgramme asks a programme of somebody's own whether it answers.
func (s *session) ownProgramme(ctx context.Context) (list []finding) {
	own, err := s.openProgramme(ctx, s.cfg, newMetrics(), zerolog.New(io.Discard))
	if err != nil {
		return []finding{{"programme", ill, "cannot be opened", err.Error()}}
	}
	defer func() {
		if err := own.close(); err != nil {
			list = append(list, finding{"programme", ill, "does not close", err.Error()})
		}
	}()
	if err := own.Ping(ctx); err != nil {
		return []finding{{"programme", ill, "cannot be reached", err.Error()}}
	}
	return []finding{{"programme", fine, s.cfg.Database.Scheme() + " answers", ""}}
}

func (s *session) databaseSettings(ctx context.Context, store *sqldb.Store) (list []finding) {
	notes, err := store.Inspect(ctx, s.cfg.DatabaseConnections)
	if err != nil {
		return []finding{{"database settings", ill, "cannot be read", err.Error()}}
	}
	for _, note := range notes {
		verdict := fine
		switch {
		case note.Unsafe:
			verdict = ill
		case note.Advice != "":
			verdict = advised
		}
		list = append(list, finding{note.Name, verdict, note.Value, note.Advice})
	}
	return list
}

// fewNumbers is the level below which a pool should be filled.
const fewNumbers = 1000

func (s *session) pool(ctx context.Context, store engine.Store) finding {
	level, err := store.CountNumbers(ctx, time.Now())
	if err != nil {
		return finding{"pool", ill, "cannot be counted", err.Error()}
	}
	f := finding{What: "pool", Verdict: fine, State: fmt.Sprintf("%d free, %d reserved, %d handed over", level.Free, level.Reserved, level.HandedOver)}
	switch {
	case s.cfg.Card.Template != config.CardPool:
		f.State += "; new numbers come from the template " + s.cfg.Card.Template
	case level.Free == 0:
		f.Verdict, f.Advice = ill, "no card can be issued: add numbers with 'pool import', or set ADAPTER_CARD_TEMPLATE"
	case level.Free < fewNumbers:
		f.Verdict, f.Advice = advised, "few numbers are left: add some with 'pool import'"
	}
	return f
}

// fewDays is how long before its end a certificate should be renewed.
const fewDays = 14

// certificate looks at the days that are left.
func (s *session) certificate(now time.Time) finding {
	file := s.cfg.TLSCert
	switch s.cfg.TLS {
	case config.TLSOff:
		return finding{"certificate", fine, "TLS is off: a proxy in front must do it", ""}
	case config.TLSSelfSigned:
		file = filepath.Join(s.cfg.DataDir, "tls-cert.pem")
		if _, err := os.Stat(file); err != nil {
			return finding{"certificate", fine, "will be made at the first start", ""}
		}
	}
	end, err := certificateEnd(file)
	if err != nil {
		return finding{"certificate", ill, "cannot be read", err.Error()}
	}
	days := int(end.Sub(now).Hours() / 24)
	f := finding{What: "certificate", Verdict: fine, State: fmt.Sprintf("valid for %d days, until %s", days, s.moment(end))}
	switch {
	case !end.After(now):
		f.Verdict, f.Advice = ill, "it is over: renew it"
	case days < fewDays && s.cfg.TLS == config.TLSFiles:
		f.Verdict, f.Advice = advised, "renew it soon; the server picks up the new files by itself"
	}
	return f
}

func certificateEnd(file string) (time.Time, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return time.Time{}, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return time.Time{}, errors.New(file + " holds no PEM block")
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return time.Time{}, err
	}
	return certificate.NotAfter, nil
}

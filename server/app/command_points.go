package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"koshelek-adapter/crm"
	"koshelek-adapter/server/app/tables"
)

// pointsCommand is the tree of 'points'.
func (p *program) pointsCommand() *cobra.Command {
	return group("points", "Grant or take points, read a card's ledger",
		p.pointsMove("grant", "Grant points to a card", ledger(crm.Ledger.Credit)),
		p.pointsMove("take", "Take points from a card, those that end first", ledger(crm.Ledger.Debit)),
		p.pointsMove("exchange", "Exchange points of a card for a partner's miles, as the award rules on exchange say", exchange),
		p.pointsMembership(),
		p.pointsHistory(),
	)
}

// movementFlags shape a movement of points.
type movementFlags struct{ key, description, from, until string }

// booking books a transaction on the programme's ledger.
type booking func(ctx context.Context, s *session, t crm.Transaction) (crm.Posting, error)

// ledger is a booking for every programme that keeps one.
func ledger(book func(crm.Ledger, context.Context, crm.Transaction) (crm.Posting, error)) booking {
	return func(ctx context.Context, s *session, t crm.Transaction) (crm.Posting, error) {
		able, err := capability[crm.Ledger](s, "ledger for operators")
		if err != nil {
			return crm.Posting{}, err
		}
		posting, err := book(able, ctx, t)
		if errors.Is(err, crm.ErrNotSupported) {
			err = misused("the CRM that %s names takes no points: %w", s.namedBy(), err)
		}
		return posting, err
	}
}

// exchange is a booking of the built-in engine, which knows partners.
func exchange(ctx context.Context, s *session, t crm.Transaction) (crm.Posting, error) {
	if s.crm == nil {
		return crm.Posting{}, misused("an exchange needs the built-in engine, and %s names another programme", s.namedBy())
	}
	return s.crm.Exchange(ctx, t)
}

func (p *program) pointsMove(use, short string, book booking) *cobra.Command {
	flags := &movementFlags{}
	c := &cobra.Command{
		Use: use + " CARD POINTS", Short: short, Args: cobra.ExactArgs(2),
		Long: short + ".\nIt happens once for a key. Without --key one is made from card, points, description and day, and printed:\n" +
			"the same command again on the same day changes nothing. Give a key to do it twice on purpose.",
		Example: "  koshelek-adapter points " + use + " 2900000000018 100 --description 'Birthday gift'\n" +
			"  koshelek-adapter points " + use + " 2900000000018 100 --key ticket-4711",
	}
	c.Flags().StringVar(&flags.key, "key", "", "name of this movement; the same key happens once")
	c.Flags().StringVar(&flags.description, "description", "", "what the customer reads beside the points")
	if use == "grant" {
		c.Flags().StringVar(&flags.from, "available-from", "", "day or moment from which they can be spent (default: at once)")
		c.Flags().StringVar(&flags.until, "valid-until", "", "last day, or the moment at which they are gone (default: the programme's lifetime)")
	}
	return p.capable(c, func(ctx context.Context, s *session, args []string) error {
		m, err := s.movement(use, args, flags)
		if err != nil {
			return err
		}
		start := time.Now()
		posting, err := book(ctx, s, m)
		if err != nil {
			return err
		}
		return s.moved(m.Key, posting, posting.At.Before(start.Truncate(time.Millisecond)))
	})
}

func (s *session) movement(use string, args []string, f *movementFlags) (m crm.Transaction, err error) {
	m = crm.Transaction{Key: f.key, CardNumber: args[0], Description: f.description, Actor: s.actor}
	if m.Points, err = strconv.ParseInt(args[1], 10, 64); err != nil {
		return m, misused("POINTS is a whole number, not %q", args[1])
	}
	zone := s.cfg.TimeZone.Location()
	if m.AvailableFrom, err = tables.ParseTime(f.from, zone); err != nil {
		return m, misused("--available-from %w", err)
	}
	if m.ValidUntil, err = tables.ParseEnd(f.until, zone); err != nil {
		return m, misused("--valid-until %w", err)
	}
	if m.Key == "" {
		day := crm.DateOf(time.Now(), zone)
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%d\n%s", use, m.CardNumber, m.Points, m.Description))
		m.Key = fmt.Sprintf("%s-%s-%s", use, day, hex.EncodeToString(sum[:8]))
	}
	return m, nil
}

// moved prints a movement; before tells that it had happened already.
func (s *session) moved(key string, p crm.Posting, before bool) error {
	answer := struct {
		Key      string    `json:"key"`
		ID       string    `json:"posting_id"`
		Card     string    `json:"card_number"`
		Points   int64     `json:"points"`
		At       time.Time `json:"at"`
		Repeated bool      `json:"repeated"`
	}{key, p.ID, p.CardNumber, p.Points, p.At, before}
	return s.print(answer, func(w *tabwriter.Writer) {
		if before {
			fmt.Fprintf(w, "this was done before, at %s; nothing was changed now (key %s)\n", s.moment(p.At), key)
			return
		}
		fmt.Fprintf(w, "card %s: %+d points (key %s)\n", p.CardNumber, p.Points, key)
	})
}

// shownPosting is a line of a ledger.
type shownPosting struct {
	ID          string    `json:"posting_id"`
	At          time.Time `json:"at"`
	Kind        string    `json:"kind"`
	Points      int64     `json:"points"`
	Description string    `json:"description"`
}

func (p *program) pointsHistory() *cobra.Command {
	limit := 50
	c := &cobra.Command{
		Use: "history CARD", Short: "Show the ledger of a card, newest first", Args: cobra.ExactArgs(1),
		Example: "  koshelek-adapter points history 2900000000018 --limit 10",
	}
	c.Flags().IntVar(&limit, "limit", 50, "lines at most, 1 to 10000")
	return p.operator(c, func(ctx context.Context, s *session, args []string) error {
		if limit < 1 || limit > 10_000 {
			return misused("--limit is 1 to 10000")
		}
		list, err := s.crm.Postings(ctx, args[0], "", limit)
		if err != nil {
			return err
		}
		shown := []shownPosting{}
		for _, p := range list {
			shown = append(shown, shownPosting{p.ID, p.At, string(p.Kind), p.Points, p.Description})
		}
		return s.print(shown, func(w *tabwriter.Writer) {
			row(w, "time", "kind", "points", "description")
			for _, p := range shown {
				row(w, s.moment(p.At), p.Kind, fmt.Sprintf("%+d", p.Points), p.Description)
			}
		})
	})
}

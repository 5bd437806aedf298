package app

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/server/app/importer"
)

// shownIdentifier is an identifier that stays as it is.
type shownIdentifier struct {
	Kind      string `json:"kind"`
	Stored    string `json:"stored"`
	Canonical string `json:"canonical,omitempty"`
	Customer  string `json:"customer_id"`
	Card      string `json:"card_number,omitempty"`
	Owner     string `json:"other_customer_id,omitempty"`
	OwnerCard string `json:"other_card_number,omitempty"`
	Refused   string `json:"refused,omitempty"`
}

// shownSettled is the answer of 'identifiers'.
type shownSettled struct {
	DryRun    bool  `json:"dry_run"`
	Customers int64 `json:"customers"`
	Cards     int64 `json:"cards"`
	Changed   int64 `json:"changed"`
	Shared    int64 `json:"would_merge"`
	Refused   int64 `json:"refused"`
	// Left are the first of those that stay as they are.
	Left []shownIdentifier `json:"left"`
}

// identifierFlags are the flags of 'identifiers'.
type identifierFlags struct {
	dryRun, local, personal bool
	limit                   int
}

func (p *program) identifiersCommand() *cobra.Command {
	var f identifierFlags
	c := &cobra.Command{
		Use: "identifiers", Short: "Bring stored phones and e-mails to the form that they have today", Args: cobra.NoArgs,
		Long: "Bring the phones and e-mails of all customers to the one form that calls, files and commands have today, and check\n" +
			"the numbers of cards and barcodes. For stores that an older version filled. Lists what stays as it is: identifiers\n" +
			"whose form another customer has already (perhaps one person with two records; nothing is merged), and those that\n" +
			"the rules refuse. It may be interrupted and repeated, and servers may run beside it. Exit code 3 tells that\n" +
			"something is left. --dry-run does it all in one transaction that is rolled back: other writers wait meanwhile.",
		Example: "  koshelek-adapter identifiers --dry-run\n  koshelek-adapter identifiers --actor 'upgrade' --json",
	}
	c.Flags().BoolVar(&f.dryRun, "dry-run", false, "say what would be done, and store nothing")
	c.Flags().BoolVar(&f.local, "local", false, "a phone that can be read in two ways is one of ADAPTER_PHONE_COUNTRY")
	c.Flags().BoolVar(&f.personal, "personal", false, "show personal data in full")
	c.Flags().IntVar(&f.limit, "limit", 1000, "identifiers to list at most; all are counted")
	return p.operator(c, func(ctx context.Context, s *session, _ []string) error {
		if f.limit < 0 {
			return misused("--limit is 0 or more")
		}
		if f.dryRun {
			return s.rehearse(ctx, func(s *session) error { return s.settleIdentifiers(ctx, f) })
		}
		return s.settleIdentifiers(ctx, f)
	})
}

func (s *session) settleIdentifiers(ctx context.Context, f identifierFlags) error {
	var left []engine.Unsettled
	done, err := s.crm.SettleIdentifiers(ctx, s.actor, f.local, func(u engine.Unsettled) {
		if len(left) < f.limit {
			left = append(left, u)
		}
	})
	if err != nil {
		return fmt.Errorf("%d identifiers are changed, the same command goes on: %w", done.Changed, err)
	}
	answer := shownSettled{DryRun: f.dryRun, Customers: done.Customers, Cards: done.Cards, Changed: done.Changed, Shared: done.Shared, Refused: done.Refused, Left: []shownIdentifier{}}
	for _, u := range left {
		shown, err := s.showIdentifier(ctx, u, f.personal)
		if err != nil {
			return err
		}
		answer.Left = append(answer.Left, shown)
	}
	if err := s.print(answer, answer.table); err != nil {
		return err
	}
	if n := done.Shared + done.Refused; n > 0 {
		return &incomplete{fmt.Sprintf("%d identifiers stay as they are; decide about each, and run the command again", n)}
	}
	return nil
}

func (a shownSettled) table(w *tabwriter.Writer) {
	done := "changed"
	if a.DryRun {
		done = "would be changed"
	}
	fmt.Fprintf(w, "%d customers and %d cards: %d identifiers %s, %d belong to another customer already, %d are refused\n", a.Customers, a.Cards, a.Changed, done, a.Shared, a.Refused)
	if len(a.Left) > 0 {
		row(w, "kind", "stored", "form of today", "customer", "card", "other customer", "other card", "why it stays")
	}
	for _, l := range a.Left {
		why := l.Refused
		if why == "" {
			why = "the other has this form; nothing was merged"
		}
		row(w, l.Kind, l.Stored, orDash(l.Canonical), l.Customer, orDash(l.Card), orDash(l.Owner), orDash(l.OwnerCard), why)
	}
	if more := a.Shared + a.Refused - int64(len(a.Left)); more > 0 {
		fmt.Fprintf(w, "and %d more; --limit lists them\n", more)
	}
}

func (s *session) showIdentifier(ctx context.Context, u engine.Unsettled, personal bool) (shownIdentifier, error) {
	shown := shownIdentifier{Kind: string(u.Kind), Stored: u.Stored, Canonical: u.Canonical, Customer: orDash(u.CustomerID), Owner: u.Owner}
	if u.Err != nil {
		shown.Refused = importer.Explain(u.Err)
	}
	mask := map[engine.IdentifierKind]func(string) string{engine.KindPhone: crm.MaskPhone, engine.KindEmail: crm.MaskEmail}[u.Kind]
	if mask != nil && !personal {
		shown.Stored = mask(u.Stored)
		if u.Canonical != "" {
			shown.Canonical = mask(u.Canonical)
		}
	}
	if mask == nil {
		return shown, nil
	}
	var err error
	if shown.Card, err = s.cardsBy(ctx, u.Kind, u.Stored); err == nil && u.Owner != "" {
		shown.OwnerCard, err = s.cardsBy(ctx, u.Kind, u.Canonical)
	}
	return shown, err
}

// cardsBy names the cards of the customer who has a phone or e-mail, as it is stored.
func (s *session) cardsBy(ctx context.Context, kind engine.IdentifierKind, stored string) (string, error) {
	by := crm.Identity{Phone: stored}
	if kind == engine.KindEmail {
		by = crm.Identity{Email: stored}
	}
	found, err := s.store.FindCards(ctx, by)
	var numbers []string
	for _, match := range found {
		for _, card := range match.Cards {
			numbers = append(numbers, card.Number)
		}
	}
	return strings.Join(numbers, ", "), err
}

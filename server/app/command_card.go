package app

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"koshelek-adapter/crm"
)

// cardCommand is the tree of 'card'.
func (p *program) cardCommand() *cobra.Command {
	return group("card", "Show, block, unblock or replace a card, or set its segments",
		p.cardShow(),
		p.cardState("block", "Block a card: it is refused everywhere until it is unblocked", crm.CardBlocked),
		p.cardState("unblock", "Make a blocked or resting card active", crm.CardActive),
		p.cardReplace(),
		p.cardPhone(),
		p.cardSegments(),
	)
}

// shownCard is the answer of 'card show'.
type shownCard struct {
	Card      string       `json:"card_number"`
	Barcode   string       `json:"barcode"`
	Type      string       `json:"barcode_type"`
	State     string       `json:"state"`
	IssuedAt  time.Time    `json:"issued_at"`
	Customer  string       `json:"customer_id"`
	Phone     string       `json:"phone"`
	Email     string       `json:"email"`
	Name      string       `json:"name,omitempty"`
	Total     int64        `json:"points_total"`
	Available int64        `json:"points_available"`
	Former    []string     `json:"former_phones,omitempty"`
	Audit     []shownAudit `json:"audit"`
}

type shownAudit struct {
	At      time.Time `json:"at"`
	Actor   string    `json:"actor"`
	Action  string    `json:"action"`
	Subject string    `json:"subject"`
	Detail  string    `json:"detail"`
}

// auditLines is how many lines of the log are shown.
const auditLines = 10

func (p *program) cardShow() *cobra.Command {
	phone, personal := "", false
	c := &cobra.Command{
		Use: "show [NUMBER]", Short: "Show a card with its holder, points and audit log", Args: cobra.MaximumNArgs(1),
		Long:    "Show a card, by its number or by the phone of its holder. Personal data is masked without --personal.",
		Example: "  koshelek-adapter card show 2900000000018\n  koshelek-adapter card show --phone 79216668899 --personal",
	}
	c.Flags().StringVar(&phone, "phone", "", "show every card of the customer with this phone")
	c.Flags().BoolVar(&personal, "personal", false, "show personal data in full")
	return p.operator(c, func(ctx context.Context, s *session, args []string) error {
		if (len(args) == 1) == (phone != "") {
			return misused("give either a card's number or --phone")
		}
		numbers := args
		if phone != "" {
			var err error
			if numbers, err = s.cardsOfPhone(ctx, phone); err != nil {
				return err
			}
		}
		var cards []shownCard
		for _, number := range numbers {
			card, err := s.look(ctx, number, personal)
			if err != nil {
				return err
			}
			cards = append(cards, card)
		}
		return s.print(cards, func(w *tabwriter.Writer) {
			for i, card := range cards {
				if i > 0 {
					row(w)
				}
				card.table(s, w)
			}
		})
	})
}

func (s *session) cardsOfPhone(ctx context.Context, phone string) ([]string, error) {
	phone, err := s.phone(phone)
	if err != nil {
		return nil, err
	}
	matches, err := s.store.FindCards(ctx, crm.Identity{Phone: phone})
	if err != nil {
		return nil, err
	}
	var numbers []string
	for _, match := range matches {
		for _, card := range match.Cards {
			numbers = append(numbers, card.Number)
		}
	}
	if len(numbers) == 0 {
		return nil, crm.ErrCustomerNotFound
	}
	return numbers, nil
}

// look reads a card past the rule that hides blocked ones.
func (s *session) look(ctx context.Context, number string, personal bool) (shownCard, error) {
	now := time.Now()
	statement, err := s.store.Statement(ctx, number, now)
	if err != nil {
		return shownCard{}, err
	}
	holder, err := s.crm.Holder(ctx, number)
	if err != nil {
		return shownCard{}, err
	}
	former, err := s.formerPhones(ctx, number, personal)
	if err != nil {
		return shownCard{}, err
	}
	lines, err := s.auditOf(ctx, number)
	card := statement.Card
	shown := shownCard{
		Card: card.Number, Barcode: card.BarcodeNumber, Type: string(card.BarcodeType), State: string(card.State),
		IssuedAt: card.IssuedAt, Customer: card.CustomerID, Former: former, Audit: lines,
	}
	for _, lot := range statement.Lots {
		shown.Total += lot.Remaining
		if !lot.AvailableFrom.After(now) {
			shown.Available += lot.Remaining
		}
	}
	shown.person(holder, personal)
	return shown, err
}

func (c *shownCard) person(p crm.Profile, personal bool) {
	if personal {
		c.Phone, c.Email = p.Phone, p.Email
		c.Name = fmt.Sprintf("%s %s %s", p.Surname, p.FirstName, p.Patronymic)
		return
	}
	if p.Phone != "" {
		c.Phone = crm.MaskPhone(p.Phone)
	}
	if p.Email != "" {
		c.Email = crm.MaskEmail(p.Email)
	}
}

func (s *session) auditOf(ctx context.Context, subject string) ([]shownAudit, error) {
	lines, err := s.crm.AuditLog(ctx, subject, auditLines)
	shown := []shownAudit{}
	for _, line := range lines {
		shown = append(shown, shownAudit{line.At, line.Actor, line.Action, line.Subject, line.Detail})
	}
	return shown, err
}

func (c shownCard) table(s *session, w *tabwriter.Writer) {
	row(w, "card", c.Card)
	row(w, "barcode", c.Barcode+" "+c.Type)
	row(w, "state", c.State)
	row(w, "issued", s.moment(c.IssuedAt))
	row(w, "customer", orDash(c.Customer))
	row(w, "phone", orDash(c.Phone))
	for _, phone := range c.Former {
		row(w, "former phone", phone)
	}
	row(w, "email", orDash(c.Email))
	if c.Name != "" {
		row(w, "name", c.Name)
	}
	row(w, "points", fmt.Sprintf("%d, of which %d can be spent", c.Total, c.Available))
	auditTable(s, w, c.Audit)
}

func auditTable(s *session, w *tabwriter.Writer, lines []shownAudit) {
	for _, line := range lines {
		row(w, "log", fmt.Sprintf("%s  %s: %s %s", s.moment(line.At), line.Actor, line.Action, line.Detail))
	}
}

// moment is how times are shown: in the programme's zone.
func (s *session) moment(t time.Time) string {
	return t.In(s.cfg.TimeZone.Location()).Format("2006-01-02 15:04:05 MST")
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

func (p *program) cardState(use, short string, state crm.CardState) *cobra.Command {
	reason := ""
	c := &cobra.Command{
		Use: use + " NUMBER", Short: short, Args: cobra.ExactArgs(1),
		Example: "  koshelek-adapter card " + use + " 2900000000018 --reason 'reported lost'",
	}
	c.Flags().StringVar(&reason, "reason", "", "why, for the audit log; no personal data")
	return p.operator(c, func(ctx context.Context, s *session, args []string) error {
		if err := s.crm.SetCardState(ctx, args[0], state, s.actor, reason); err != nil {
			return err
		}
		answer := struct {
			Card  string `json:"card_number"`
			State string `json:"state"`
		}{args[0], string(state)}
		return s.print(answer, func(w *tabwriter.Writer) { fmt.Fprintf(w, "card %s is %s\n", args[0], state) })
	})
}

func (p *program) cardReplace() *cobra.Command {
	reason := ""
	c := &cobra.Command{
		Use: "replace OLD [NEW]", Short: "Give everything of a card to a new number", Args: cobra.RangeArgs(1, 2),
		Long: "Give holder, points, history, segments and offers of a card to a new number, for a card that was lost.\n" +
			"Without NEW the programme takes the next free number. The old card stays, blocked and empty.\n" +
			"The same command again changes nothing, also without NEW.",
		Example: "  koshelek-adapter card replace 2900000000018 --reason lost\n  koshelek-adapter card replace 2900000000018 2900000000025",
	}
	c.Flags().StringVar(&reason, "reason", "", "why, for the audit log; no personal data")
	return p.operator(c, func(ctx context.Context, s *session, args []string) error {
		number := ""
		if len(args) == 2 {
			number = args[1]
		}
		card, err := s.crm.ReplaceCard(ctx, args[0], number, s.actor, reason)
		if err != nil {
			if errors.Is(err, crm.ErrOperationConflict) {
				err = fmt.Errorf("card %s has a successor already: %w", args[0], err)
			}
			return err
		}
		answer := struct {
			Old    string `json:"old_card_number"`
			New    string `json:"card_number"`
			Points int64  `json:"points"`
		}{args[0], card.Number, card.Balance}
		return s.print(answer, func(w *tabwriter.Writer) {
			fmt.Fprintf(w, "card %s is replaced by %s (%d points)\n", args[0], card.Number, card.Balance)
		})
	})
}

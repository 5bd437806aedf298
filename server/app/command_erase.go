package app

import (
	"bufio"
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/outbox"
)

// eraseCommand removes a person's data.
func (p *program) eraseCommand() *cobra.Command {
	phone, email, card, yes := "", "", "", false
	c := &cobra.Command{
		Use: "erase [PHONE]", Short: "Remove a customer's personal data everywhere (152-FZ)", Args: cobra.MaximumNArgs(1),
		Long: "Remove the personal data of a customer everywhere, at once and for good: by phone, by e-mail, or by the number\n" +
			"of a card. Cards stay, blocked and without a holder; postings stay; purchases go; consents stay as evidence that\n" +
			"names nobody. Prints what was erased, which vendors were told of the customer, and an extract of the audit log,\n" +
			"to be kept as a record. It asks first, and reads yes from standard input, unless --yes is given.",
		Example: "  koshelek-adapter erase 79216668899 --actor 'DPO'\n  koshelek-adapter erase --card 2900000000018 --yes",
	}
	c.Flags().StringVar(&phone, "phone", "", "the customer with this phone, like PHONE")
	c.Flags().StringVar(&email, "email", "", "the customer with this e-mail")
	c.Flags().StringVar(&card, "card", "", "the holder of this card")
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return p.capable(c, func(ctx context.Context, s *session, args []string) error {
		if phone != "" {
			args = append(args, phone)
		}
		if len(args)+len(strings.Fields(email))+len(strings.Fields(card)) != 1 {
			return misused("give one of --phone, --email and --card")
		}
		if s.programme.connected != nil {
			if len(args) == 0 {
				return misused("with a CRM behind the adapter a customer is erased by phone")
			}
			phone, err := s.phone(args[0])
			if err == nil {
				err = s.confirmed(yes)
			}
			if err != nil {
				return err
			}
			return s.eraseConnected(ctx, phone)
		}
		if s.crm == nil {
			return misused("'erase' works on the built-in engine, and ADAPTER_DATABASE names another programme")
		}
		id, err := s.customerToErase(ctx, strings.Join(args, ""), email, card)
		if err == nil {
			err = s.confirmed(yes)
		}
		if err != nil {
			return err
		}
		erased, err := s.crm.EraseCustomer(ctx, id, s.actor)
		if err != nil {
			return err
		}
		return s.erased(ctx, erased, named(strings.Join(args, ""), email, card))
	})
}

// confirmed asks before something is gone for good. A script says --yes, or yes on
// standard input.
func (s *session) confirmed(yes bool) error {
	if yes {
		return nil
	}
	fmt.Fprint(s.stderr, "The data of this customer will be gone for good. Erase it? (yes/no) ")
	answer, _ := bufio.NewReader(s.stdin).ReadString('\n') // what cannot be read is no yes
	if strings.TrimSpace(strings.ToLower(answer)) != "yes" {
		return misused("nothing was erased; answer yes, or give --yes")
	}
	return nil
}

// customerToErase finds the one customer who is named.
func (s *session) customerToErase(ctx context.Context, phone, email, number string) (string, error) {
	var by crm.Identity
	var err error
	switch {
	case number != "":
		card, err := s.store.Card(ctx, number)
		if err == nil && card.CustomerID == "" {
			err = crm.ErrCustomerNotFound
		}
		return card.CustomerID, err
	case email != "":
		by.Email, err = crm.NormalizeEmail(email)
	default:
		by.Phone, err = s.phone(phone)
	}
	if err != nil {
		return "", err
	}
	found, err := s.store.FindCards(ctx, by)
	if err == nil && len(found) == 0 {
		err = crm.ErrCustomerNotFound
	}
	if err != nil {
		return "", err
	}
	return found[0].CustomerID, nil
}

// named shows how the customer was named, without what names a person.
func named(phone, email, card string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, phone)
	switch {
	case card != "":
		return "the holder of " + card
	case email != "":
		return crm.MaskEmail(email)
	}
	return crm.MaskPhone(digits)
}

// told lists the vendors who heard of an erased customer's cards.
func (s *session) told(ctx context.Context, cards []string) (vendors []string, err error) {
	for _, card := range cards {
		list, err := s.crm.Deliveries(ctx, outbox.Query{CardNumber: card, Limit: 1000})
		if err != nil {
			return nil, err
		}
		for _, d := range list {
			if !slices.Contains(vendors, d.Vendor) {
				vendors = append(vendors, d.Vendor)
			}
		}
	}
	return vendors, nil
}

// scrub makes the erasure reach the store's files, and says what stays.
func (s *session) scrub(ctx context.Context) string {
	scrubber, can := s.store.(engine.Scrubber)
	if !can {
		return "ask the makers of the store what its files keep"
	}
	note, err := scrubber.Scrub(ctx)
	if err != nil {
		return err.Error()
	}
	return note
}

func (s *session) erased(ctx context.Context, e engine.Erasure, who string) error {
	lines, err := s.auditOf(ctx, e.CustomerID)
	if err != nil {
		return fmt.Errorf("the data is erased, but the audit log cannot be read: %w", err)
	}
	vendors, err := s.told(ctx, e.Cards)
	if err != nil {
		return fmt.Errorf("the data is erased, but the outbox cannot be read: %w", err)
	}
	answer := struct {
		At        time.Time    `json:"at"`
		Named     string       `json:"named_masked"`
		Customer  string       `json:"customer_id"`
		Fields    []string     `json:"fields"`
		Cards     []string     `json:"cards"`
		Consents  int          `json:"consents_kept"`
		Purchases int          `json:"purchases_removed"`
		Vendors   []string     `json:"vendors_told"`
		Files     string       `json:"files"`
		Audit     []shownAudit `json:"audit"`
	}{time.Now().UTC(), who, e.CustomerID, e.Fields, e.Cards, e.Consents, e.Purchases, vendors, s.scrub(ctx), lines}
	return s.print(answer, func(w *tabwriter.Writer) {
		row(w, "erased", s.moment(answer.At))
		row(w, "customer", e.CustomerID+" ("+who+")")
		row(w, "fields", orDash(strings.Join(e.Fields, ", ")))
		row(w, "cards", orDash(strings.Join(e.Cards, ", "))+" (blocked, without a holder)")
		row(w, "purchases", fmt.Sprintf("%d removed", e.Purchases))
		row(w, "consents", fmt.Sprintf("%d kept as evidence that names nobody", e.Consents))
		row(w, "points", "postings kept")
		row(w, "vendors", orDash(strings.Join(vendors, ", "))+" (were told of the customer: ask each of them to forget)")
		row(w, "files", answer.Files)
		auditTable(s, w, lines)
	})
}

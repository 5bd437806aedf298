package app

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// eraseCommand removes a person's data.
func (p *program) eraseCommand() *cobra.Command {
	return p.capable(&cobra.Command{
		Use: "erase PHONE", Short: "Remove a customer's personal data everywhere (152-FZ)", Args: cobra.ExactArgs(1),
		Long: "Remove the personal data of the customer with this phone everywhere, at once and for good.\n" +
			"Cards stay, blocked and without a holder; postings stay; purchases go; consents stay as evidence that\n" +
			"names nobody. Prints what was erased and an extract of the audit log, to be kept as a record.",
		Example: "  koshelek-adapter erase 79216668899 --actor 'DPO'",
	}, func(ctx context.Context, s *session, args []string) error {
		phone, err := s.phone(args[0])
		if err != nil {
			return err
		}
		switch {
		case s.programme.connected != nil:
			return s.eraseConnected(ctx, phone)
		case s.crm == nil:
			return misused("'erase' works on the built-in engine, and ADAPTER_DATABASE names another programme")
		}
		erased, err := s.crm.Erase(ctx, phone, s.actor)
		if err != nil {
			return err
		}
		return s.erased(ctx, erased, phone)
	})
}

func (s *session) erased(ctx context.Context, e engine.Erasure, phone string) error {
	lines, err := s.auditOf(ctx, e.CustomerID)
	if err != nil {
		return fmt.Errorf("the data is erased, but the audit log cannot be read: %w", err)
	}
	answer := struct {
		At        time.Time    `json:"at"`
		Phone     string       `json:"phone_masked"`
		Customer  string       `json:"customer_id"`
		Fields    []string     `json:"fields"`
		Cards     []string     `json:"cards"`
		Consents  int          `json:"consents_kept"`
		Purchases int          `json:"purchases_removed"`
		Audit     []shownAudit `json:"audit"`
	}{time.Now().UTC(), crm.MaskPhone(phone), e.CustomerID, e.Fields, e.Cards, e.Consents, e.Purchases, lines}
	return s.print(answer, func(w *tabwriter.Writer) {
		row(w, "erased", s.moment(answer.At))
		row(w, "customer", e.CustomerID+" ("+answer.Phone+")")
		row(w, "fields", orDash(strings.Join(e.Fields, ", ")))
		row(w, "cards", orDash(strings.Join(e.Cards, ", "))+" (blocked, without a holder)")
		row(w, "purchases", fmt.Sprintf("%d removed", e.Purchases))
		row(w, "consents", fmt.Sprintf("%d kept as evidence that names nobody", e.Consents))
		row(w, "points", "postings kept")
		auditTable(s, w, lines)
	})
}

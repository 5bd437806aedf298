package app

import (
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"koshelek-adapter/crm/engine"
)

// verifyCommand recomputes the balances.
func (p *program) verifyCommand() *cobra.Command {
	return p.operator(&cobra.Command{
		Use: "verify", Short: "Recompute every balance from its postings and lots", Args: cobra.NoArgs,
		Long: "Recompute every balance from its postings and lots, and list the cards that differ. Nothing is changed.\n" +
			"Exit codes: 0 everything adds up, 3 there are differences.",
		Example: "  koshelek-adapter verify --json",
	}, func(ctx context.Context, s *session, _ []string) error {
		differing := []shownDiscrepancy{}
		count, err := s.crm.Verify(ctx, func(d engine.Discrepancy) {
			if len(differing) < maxDiscrepancies {
				differing = append(differing, shownDiscrepancy(d))
			}
		})
		if err != nil {
			return err
		}
		answer := struct {
			Count     int                `json:"differences"`
			Differing []shownDiscrepancy `json:"cards"`
		}{count, differing}
		err = s.print(answer, func(w *tabwriter.Writer) { verified(w, count, differing) })
		if err == nil && count > 0 {
			err = &incomplete{fmt.Sprintf("%d cards differ.", count)}
		}
		return err
	})
}

// maxDiscrepancies bounds what is kept and shown; all are counted.
const maxDiscrepancies = 10_000

// shownDiscrepancy has the fields of engine.Discrepancy.
type shownDiscrepancy struct {
	CardNumber string `json:"card_number"`
	Balance    int64  `json:"balance"`
	Postings   int64  `json:"postings"`
	Lots       int64  `json:"lots"`
}

func verified(w *tabwriter.Writer, count int, differing []shownDiscrepancy) {
	if count == 0 {
		fmt.Fprintln(w, "every balance is what its postings and lots add up to")
		return
	}
	row(w, "card", "balance", "postings", "lots")
	for _, d := range differing {
		row(w, d.CardNumber, d.Balance, d.Postings, d.Lots)
	}
}

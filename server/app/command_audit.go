package app

import (
	"context"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

func (p *program) auditCommand() *cobra.Command {
	limit := 0
	c := &cobra.Command{
		Use: "audit [CARD]", Short: "Show what operators and imports did, oldest first", Args: cobra.MaximumNArgs(1),
		Long:    "Show the last lines of the audit log: of everything, of a card, or of a customer by its ID.",
		Example: "  koshelek-adapter audit\n  koshelek-adapter audit 2900000000018 --limit 100",
	}
	c.Flags().IntVar(&limit, "limit", 50, "lines to show at most")
	return p.operator(c, func(ctx context.Context, s *session, args []string) error {
		if limit < 1 || limit > 10_000 {
			return misused("--limit is 1 to 10000")
		}
		subject := ""
		if len(args) == 1 {
			subject = args[0]
		}
		lines, err := s.crm.AuditLog(ctx, subject, limit)
		if err != nil {
			return err
		}
		shown := []shownAudit{}
		for _, line := range lines {
			shown = append(shown, shownAudit{line.At, line.Actor, line.Action, line.Subject, line.Detail})
		}
		return s.print(shown, func(w *tabwriter.Writer) {
			row(w, "time", "who", "what", "subject", "detail")
			for _, line := range shown {
				row(w, s.moment(line.At), line.Actor, line.Action, line.Subject, line.Detail)
			}
		})
	})
}

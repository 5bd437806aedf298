package app

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// shownStats is the answer of 'stats'.
type shownStats struct {
	Cards     map[crm.CardState]int64 `json:"cards"`
	Customers int64                   `json:"customers"`
	Points    int64                   `json:"points"`
	Receipts  int64                   `json:"receipts"`
	CodeUses  int64                   `json:"code_uses"`
	Days      []shownDay              `json:"days"`
}

type shownDay struct {
	Day      string           `json:"day"`
	Cards    int64            `json:"cards"`
	Receipts int64            `json:"receipts"`
	Codes    int64            `json:"code_uses"`
	Credited int64            `json:"points_credited"`
	Debited  int64            `json:"points_debited"`
	Refused  map[string]int64 `json:"refused"`
}

func (p *program) statsCommand() *cobra.Command {
	days := 0
	c := &cobra.Command{
		Use: "stats", Short: "Count cards, customers, points, receipts, codes, and refusals by day", Args: cobra.NoArgs,
		Long: "Count what there is, and what happened on each of the last days, in the programme's time zone.\n" +
			"Refusals are what Koshelek was answered, by the codes of 'koshelek-adapter errors'; servers add them every minute.",
		Example: "  koshelek-adapter stats\n  koshelek-adapter stats --days 31 --json",
	}
	c.Flags().IntVar(&days, "days", 7, "days to show, today included")
	return p.operator(c, func(ctx context.Context, s *session, _ []string) error {
		if days < 1 || days > 366 {
			return misused("--days is 1 to 366")
		}
		totals, list, err := s.crm.Stats(ctx, days)
		if err != nil {
			return err
		}
		shown := shownStats{
			Cards: totals.Cards, Customers: totals.Customers, Points: totals.Points, Receipts: totals.Receipts, CodeUses: totals.CodeUses,
		}
		for _, d := range list {
			shown.Days = append(shown.Days, showDay(d))
		}
		return s.print(shown, func(w *tabwriter.Writer) { shown.table(w, list) })
	})
}

func showDay(d engine.DayCounts) shownDay {
	shown := shownDay{Day: string(d.Day), Cards: d.Cards, Receipts: d.Receipts, Codes: d.Codes, Credited: d.Credited, Debited: d.Debited, Refused: map[string]int64{}}
	for _, r := range d.Refused {
		shown.Refused[r.Code] = r.Count
	}
	return shown
}

func (s shownStats) table(w *tabwriter.Writer, list []engine.DayCounts) {
	row(w, "cards", fmt.Sprintf("%d active, %d resting, %d blocked", s.Cards[crm.CardActive], s.Cards[crm.CardInactive], s.Cards[crm.CardBlocked]))
	row(w, "customers", s.Customers)
	row(w, "points on cards", s.Points)
	row(w, "receipts", s.Receipts)
	row(w, "uses of codes", s.CodeUses)
	row(w)
	row(w, "day", "cards", "receipts", "codes", "credited", "taken", "refused (code: times)")
	for _, d := range list {
		var refused []string
		for _, r := range d.Refused {
			refused = append(refused, fmt.Sprintf("%s: %d", r.Code, r.Count))
		}
		row(w, d.Day, d.Cards, d.Receipts, d.Codes, d.Credited, d.Debited, strings.Join(refused, ", "))
	}
}

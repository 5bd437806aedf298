package app

import (
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

// drivesCommand is the tree of 'drives'.
func (p *program) drivesCommand() *cobra.Command {
	return group("drives", "See and remove the fiscal drives of your tills ('import drives' adds them)", p.drivesList(), p.drivesRemove())
}

func (p *program) drivesList() *cobra.Command {
	return p.operator(&cobra.Command{
		Use: "list", Short: "List the fiscal drives whose receipts earn, with their zones", Args: cobra.NoArgs,
		Long:    "List the fiscal drives whose receipts earn, with the time zones of their tills. When none is listed, receipts of\nany till may earn.",
		Example: "  koshelek-adapter drives list --json",
	}, func(ctx context.Context, s *session, _ []string) error {
		drives, err := s.crm.Drives(ctx)
		if err != nil {
			return err
		}
		type shown struct {
			FN   string `json:"fn"`
			Zone string `json:"zone"`
		}
		list := []shown{}
		for _, d := range drives {
			list = append(list, shown(d))
		}
		return s.print(list, func(w *tabwriter.Writer) {
			if len(list) == 0 {
				fmt.Fprintln(w, "no drive is listed: receipts of any till may earn")
				return
			}
			row(w, "fn", "zone")
			for _, d := range list {
				row(w, d.FN, orDash(d.Zone))
			}
		})
	})
}

func (p *program) drivesRemove() *cobra.Command {
	return p.operator(&cobra.Command{
		Use: "remove FN...", Short: "Take fiscal drives off the list", Args: cobra.MinimumNArgs(1),
		Long: "Take fiscal drives off the list: receipts of theirs earn nothing from then on, as long as others are listed. What\n" +
			"they earned stays. The same command again changes nothing.",
		Example: "  koshelek-adapter drives remove 9960440300123456",
	}, func(ctx context.Context, s *session, args []string) error {
		removed, err := s.crm.RemoveDrives(ctx, s.actor, args)
		if err != nil {
			return err
		}
		left, err := s.crm.Drives(ctx)
		if err != nil {
			return err
		}
		answer := struct {
			Removed int64 `json:"removed"`
			Left    int   `json:"listed"`
		}{removed, len(left)}
		return s.print(answer, func(w *tabwriter.Writer) {
			fmt.Fprintf(w, "%d removed, %d listed\n", answer.Removed, answer.Left)
			if answer.Left == 0 {
				fmt.Fprintln(w, "no drive is listed any more: receipts of any till may earn")
			}
		})
	})
}

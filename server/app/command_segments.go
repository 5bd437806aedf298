package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

// cardSegments is 'card segments'.
func (p *program) cardSegments() *cobra.Command {
	none := false
	c := &cobra.Command{
		Use: "segments NUMBER SEGMENT...", Short: "Say which segments a card belongs to, in place of those before",
		Long: "Say which segments a card belongs to, in place of those before. Offers for a segment ('offers add --audience\n" +
			"segment') are shown on its cards. The same command again changes nothing.",
		Example: "  koshelek-adapter card segments 2900000000018 students moscow\n  koshelek-adapter card segments 2900000000018 --none",
		Args:    cobra.MinimumNArgs(1),
	}
	c.Flags().BoolVar(&none, "none", false, "take the card out of all segments")
	return p.operator(c, func(ctx context.Context, s *session, args []string) error {
		segments := slices.Compact(slices.Sorted(slices.Values(args[1:])))
		if none == (len(segments) > 0) {
			return misused("name the segments, or give --none for no segment")
		}
		if err := s.crm.SetSegments(ctx, args[0], segments, s.actor); err != nil {
			return err
		}
		answer := struct {
			Card     string   `json:"card_number"`
			Segments []string `json:"segments"`
		}{args[0], append([]string{}, segments...)}
		return s.print(answer, func(w *tabwriter.Writer) {
			fmt.Fprintf(w, "card %s: %s\n", args[0], orDash(strings.Join(segments, ", ")))
		})
	})
}

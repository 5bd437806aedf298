package app

import (
	"context"
	"errors"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

// outboxBalance asks the Points API for a customer's balance, to compare.
func (p *program) outboxBalance() *cobra.Command {
	c := &cobra.Command{
		Use: "balance CARD", Short: "Ask the Points API for the balance of a card's holder, beside our own", Args: cobra.ExactArgs(1),
	}
	return p.operator(c, func(ctx context.Context, s *session, args []string) error {
		if s.vendors.points == nil {
			return errors.New("the Points API is not configured")
		}
		card, err := s.store.Card(ctx, args[0])
		if err != nil {
			return err
		}
		theirs, err := s.vendors.points.Balance(ctx, card.CustomerID)
		if err != nil {
			return err
		}
		answer := struct {
			Card   string `json:"card_number"`
			Ours   int64  `json:"our_balance"`
			Theirs string `json:"vendor_balance"`
		}{card.Number, card.Balance, theirs}
		return s.print(answer, func(w *tabwriter.Writer) {
			row(w, "card", "our balance", "at the vendor")
			row(w, answer.Card, answer.Ours, answer.Theirs)
		})
	})
}

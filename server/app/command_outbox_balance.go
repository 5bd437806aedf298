package app

import (
	"context"
	"errors"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

// balances is a vendor that tells what a customer has there.
type balances interface {
	BalanceOf(ctx context.Context, customerID string) (string, error)
}

// outboxBalance asks a vendor for a customer's balance, to compare.
func (p *program) outboxBalance() *cobra.Command {
	c := &cobra.Command{
		Use: "balance CARD", Short: "Ask the vendor for the balance of a card's holder, beside our own", Args: cobra.ExactArgs(1),
	}
	return p.operator(c, func(ctx context.Context, s *session, args []string) error {
		vendor, can := capable[balances](s.vendors)
		if !can {
			return errors.New("no vendor that is configured can be asked for a balance")
		}
		card, err := s.store.Card(ctx, args[0])
		if err != nil {
			return err
		}
		theirs, err := vendor.BalanceOf(ctx, card.CustomerID)
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

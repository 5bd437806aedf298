package app

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"koshelek-adapter/crm"
)

// memberships is a vendor that keeps customers' numbers at partners.
type memberships interface {
	SetMembership(ctx context.Context, customerID string, profile crm.Profile, provider, number string) error
}

// pointsMembership stores at the vendor where a customer's miles go.
func (p *program) pointsMembership() *cobra.Command {
	c := &cobra.Command{
		Use: "membership CARD PROVIDER NUMBER", Short: "Store at the vendor a customer's number at a partner whose miles points are exchanged for",
		Args: cobra.ExactArgs(3), Example: "  koshelek-adapter points membership 2900000000018 miles_and_more 992003000000000",
	}
	return p.operator(c, func(ctx context.Context, s *session, args []string) error {
		vendor, can := capable[memberships](s.vendors)
		if !can {
			return errors.New("no vendor that is configured exchanges points for a partner's miles")
		}
		card, err := s.store.Card(ctx, args[0])
		if err != nil {
			return err
		}
		if card.CustomerID == "" {
			return crm.ErrCustomerNotFound
		}
		profile, err := s.store.Holder(ctx, card.Number)
		if err != nil {
			return err
		}
		if err := vendor.SetMembership(ctx, card.CustomerID, profile, args[1], args[2]); err != nil {
			return err
		}
		answer := struct {
			Card     string `json:"card_number"`
			Provider string `json:"provider"`
		}{card.Number, args[1]}
		return s.print(answer, func(w *tabwriter.Writer) {
			fmt.Fprintf(w, "the holder of card %s has a number at %s now\n", card.Number, args[1])
		})
	})
}

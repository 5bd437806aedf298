package app

import (
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"koshelek-adapter/crm"
)

// cardPhone gives a card's holder another phone, or one back.
func (p *program) cardPhone() *cobra.Command {
	return p.operator(&cobra.Command{
		Use: "phone NUMBER PHONE", Short: "Give a card's holder another phone, or the one back that was lost", Args: cobra.ExactArgs(2),
		Long: "Give the holder of a card another phone. 'card show NUMBER --personal' lists the phones that the holder had in the\n" +
			"last 90 days, so that a change which the holder did not want can be undone.",
		Example: "  koshelek-adapter card phone 2900000000018 +79216668899",
	}, func(ctx context.Context, s *session, args []string) error {
		phone, err := s.phone(args[1])
		if err != nil {
			return err
		}
		holder, err := s.crm.Holder(ctx, args[0])
		if err != nil {
			return err
		}
		if holder == (crm.Profile{}) {
			return crm.ErrCustomerNotFound
		}
		if err := s.crm.UpdateProfile(ctx, args[0], crm.Profile{Phone: phone}); err != nil {
			return err
		}
		if err := s.crm.Note(ctx, s.actor, "card phone", args[0], ""); err != nil {
			return err
		}
		answer := struct {
			Card  string `json:"card_number"`
			Phone string `json:"phone"`
		}{args[0], crm.MaskPhone(phone)}
		return s.print(answer, func(w *tabwriter.Writer) {
			fmt.Fprintf(w, "the holder of card %s has the phone %s\n", args[0], answer.Phone)
		})
	})
}

// formerPhones are the phones that a card's holder had, for operators.
func (s *session) formerPhones(ctx context.Context, number string, personal bool) (shown []string, err error) {
	former, err := s.crm.FormerPhones(ctx, number)
	for _, f := range former {
		phone := f.Phone
		if !personal {
			phone = crm.MaskPhone(phone)
		}
		shown = append(shown, phone+" (kept until "+s.moment(f.Until)+")")
	}
	return shown, err
}

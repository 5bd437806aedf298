package app

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"koshelek-adapter/crm"
)

// shownHolder is a card of 'search'.
type shownHolder struct {
	Card   string `json:"card_number"`
	State  string `json:"state"`
	Points int64  `json:"points_total"`
	Phone  string `json:"phone"`
	Email  string `json:"email"`
	Name   string `json:"name"`
}

func (p *program) searchCommand() *cobra.Command {
	limit, personal := 0, false
	c := &cobra.Command{
		Use: "search WORD...", Short: "Find cards by a part of the name, e-mail, phone or number", Args: cobra.MinimumNArgs(1),
		Long: "Find cards by parts of the holder's name or e-mail, of the phone (three digits at least) or of the card's number.\n" +
			"Every word must be found. Personal data is masked without --personal.",
		Example: "  koshelek-adapter search Иванов Пётр\n  koshelek-adapter search 666-88 --personal\n  koshelek-adapter search 8 916 666-88-99",
	}
	c.Flags().IntVar(&limit, "limit", 50, "cards to show at most")
	c.Flags().BoolVar(&personal, "personal", false, "show personal data in full")
	return p.operator(c, func(ctx context.Context, s *session, args []string) error {
		if limit < 1 {
			return misused("--limit is 1 or more")
		}
		text := strings.Join(args, " ")
		if phone, err := s.country().Phone(text); err == nil {
			text = phone // one that is written in groups
		}
		shown, more := []shownHolder{}, false
		for h, err := range s.crm.Search(ctx, text) {
			if err != nil {
				return err
			}
			if more = len(shown) == limit; more {
				break
			}
			shown = append(shown, showHolder(h, personal))
		}
		return s.print(shown, func(w *tabwriter.Writer) {
			if len(shown) == 0 {
				fmt.Fprintln(w, "nothing was found")
				return
			}
			row(w, "card", "state", "points", "phone", "email", "name")
			for _, h := range shown {
				row(w, h.Card, h.State, h.Points, orDash(h.Phone), orDash(h.Email), orDash(h.Name))
			}
			if more {
				fmt.Fprintf(w, "there are more than %d; add a word, or give --limit\n", limit)
			}
		})
	})
}

func showHolder(h crm.Holder, personal bool) shownHolder {
	shown := shownHolder{Card: h.Card.Number, State: string(h.Card.State), Points: h.Card.Balance}
	p := h.Profile
	shown.Phone, shown.Email, shown.Name = p.Phone, p.Email, strings.Join(strings.Fields(p.Surname+" "+p.FirstName+" "+p.Patronymic), " ")
	if personal {
		return shown
	}
	if p.Phone != "" {
		shown.Phone = crm.MaskPhone(p.Phone)
	}
	if p.Email != "" {
		shown.Email = crm.MaskEmail(p.Email)
	}
	shown.Name = initials(shown.Name)
	return shown
}

// initials masks a name.
func initials(name string) string {
	var letters []string
	for word := range strings.FieldsSeq(name) {
		letters = append(letters, string([]rune(word)[:1])+".")
	}
	return strings.Join(letters, " ")
}

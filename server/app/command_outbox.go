package app

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/outbox"
	"koshelek-adapter/crm/vendors"
)

// outboxCommand is the tree of 'outbox'.
func (p *program) outboxCommand() *cobra.Command {
	return group("outbox", "Look after what reward vendors must hear",
		p.outboxStatus(), p.outboxList(), p.outboxShow(), p.outboxRetry(), p.outboxResolve(), p.outboxReconcile(), p.outboxBalance())
}

// desk is where an operator looks at what must be told to somebody else, and decides
// what nobody can find out.
type desk interface {
	CountDeliveries(ctx context.Context, all bool) ([]outbox.Count, error)
	Deliveries(ctx context.Context, q outbox.Query) ([]outbox.Delivery, error)
	Delivery(ctx context.Context, id string) (outbox.Delivery, error)
	Decide(ctx context.Context, seen outbox.Delivery, o outbox.Outcome, actor string) (outbox.Delivery, error)
}

// desk completes a command that works on the outbox of the programme.
func (p *program) desk(c *cobra.Command, run work) *cobra.Command {
	return p.capable(c, func(ctx context.Context, s *session, args []string) (err error) {
		if s.desk, err = capability[desk](s, "outbox"); err != nil {
			return err
		}
		return run(ctx, s, args)
	})
}

// shownCount is a line of 'outbox status'.
type shownCount struct {
	Vendor string       `json:"vendor"`
	State  outbox.State `json:"state"`
	Count  int64        `json:"count"`
	Oldest time.Time    `json:"oldest"`
}

func (p *program) outboxStatus() *cobra.Command {
	c := &cobra.Command{Use: "status", Short: "Count deliveries by vendor and state, with the age of the oldest", Args: cobra.NoArgs}
	return p.desk(c, func(ctx context.Context, s *session, _ []string) error {
		counts, err := s.desk.CountDeliveries(ctx, true)
		if err != nil {
			return err
		}
		shown := []shownCount{}
		for _, n := range counts {
			shown = append(shown, shownCount{n.Vendor, n.State, n.Count, n.Oldest})
		}
		return s.print(shown, func(w *tabwriter.Writer) {
			row(w, "vendor", "state", "deliveries", "oldest")
			for _, n := range shown {
				row(w, n.Vendor, n.State, n.Count, s.moment(n.Oldest))
			}
		})
	})
}

// shownDelivery is a delivery as operators see it: without personal data, and
// with answers as they are stored, redacted.
type shownDelivery struct {
	ID        string          `json:"id"`
	Vendor    string          `json:"vendor"`
	Action    string          `json:"action"`
	State     outbox.State    `json:"state"`
	Card      string          `json:"card_number"`
	Customer  string          `json:"customer_id,omitempty"`
	Points    int64           `json:"points"`
	Booked    int64           `json:"booked"`
	Rule      string          `json:"rule"`
	Cause     string          `json:"cause"`
	Reverses  string          `json:"reverses,omitempty"`
	Attempts  int64           `json:"attempts"`
	DueAt     string          `json:"due_at"`
	VendorRef string          `json:"vendor_ref,omitempty"`
	Reason    string          `json:"reason,omitempty"`
	CreatedAt time.Time       `json:"created_at"`
	UpdatedAt time.Time       `json:"updated_at"`
	Payload   json.RawMessage `json:"payload,omitempty"`
	Answer    string          `json:"answer,omitempty"`
}

func (s *session) shown(d outbox.Delivery) shownDelivery {
	due := s.moment(d.DueAt)
	switch {
	case d.State.Final():
		due = ""
	case d.DueAt.Equal(crm.Forever):
		due = "waits for an operator"
	}
	return shownDelivery{
		ID: d.ID, Vendor: d.Vendor, Action: d.Action, State: d.State, Card: d.CardNumber, Customer: d.CustomerID, Points: d.Points,
		Booked: d.Booked, Rule: d.Rule, Cause: d.Cause, Reverses: d.Reverses, Attempts: d.Attempts, DueAt: due, VendorRef: d.VendorRef,
		Reason: d.Reason, CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt, Payload: d.Payload, Answer: string(d.Answer),
	}
}

func (p *program) outboxList() *cobra.Command {
	var q outbox.Query
	var state string
	c := &cobra.Command{
		Use: "list", Short: "List deliveries, oldest first", Args: cobra.NoArgs,
		Example: "  koshelek-adapter outbox list --state unknown\n  koshelek-adapter outbox list --vendor qiibee --card 2900000000018",
	}
	c.Flags().StringVar(&q.Vendor, "vendor", "", "only those to this vendor: "+strings.Join(vendors.Names(), ", "))
	c.Flags().StringVar(&state, "state", "", "only those in this state: "+stateNames())
	c.Flags().StringVar(&q.CardNumber, "card", "", "only those of this card")
	c.Flags().StringVar(&q.After, "after", "", "only those behind this ID, for the next page")
	c.Flags().IntVar(&q.Limit, "limit", 50, "lines at most, 1 to 10000")
	return p.desk(c, func(ctx context.Context, s *session, _ []string) error {
		if q.Limit < 1 || q.Limit > 10_000 {
			return misused("--limit is 1 to 10000")
		}
		if q.State = outbox.State(state); state != "" && !q.State.Valid() {
			return misused("--state is one of %s", stateNames())
		}
		list, err := s.desk.Deliveries(ctx, q)
		if err != nil {
			return err
		}
		shown := []shownDelivery{}
		for _, d := range list {
			shown = append(shown, s.shown(d))
		}
		return s.print(shown, func(w *tabwriter.Writer) {
			row(w, "id", "vendor", "action", "state", "card", "points", "booked", "attempts", "reason")
			for _, d := range shown {
				row(w, d.ID, d.Vendor, d.Action, d.State, d.Card, d.Points, d.Booked, d.Attempts, d.Reason)
			}
		})
	})
}

func stateNames() string {
	names := make([]string, 0, len(outbox.States()))
	for _, state := range outbox.States() {
		names = append(names, string(state))
	}
	return strings.Join(names, ", ")
}

func (p *program) outboxShow() *cobra.Command {
	c := &cobra.Command{Use: "show ID", Short: "Show everything about a delivery", Args: cobra.ExactArgs(1)}
	return p.desk(c, func(ctx context.Context, s *session, args []string) error {
		d, err := s.desk.Delivery(ctx, args[0])
		if err != nil {
			return err
		}
		return s.printDelivery(d)
	})
}

func (s *session) printDelivery(d outbox.Delivery) error {
	shown := s.shown(d)
	return s.print(shown, func(w *tabwriter.Writer) {
		for _, field := range [][2]any{
			{"id", shown.ID}, {"vendor", shown.Vendor}, {"action", shown.Action}, {"state", shown.State}, {"reason", shown.Reason},
			{"card", shown.Card}, {"points", shown.Points}, {"booked", shown.Booked}, {"vendor's reference", shown.VendorRef},
			{"attempts", shown.Attempts}, {"due", shown.DueAt}, {"ordered by", shown.Rule + ", " + shown.Cause}, {"undoes", shown.Reverses},
			{"ordered at", s.moment(shown.CreatedAt)}, {"changed at", s.moment(shown.UpdatedAt)}, {"payload", string(shown.Payload)}, {"answer", shown.Answer},
		} {
			if text := fmt.Sprint(field[1]); text != "" {
				row(w, field[0], text)
			}
		}
	})
}

package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/outbox"
)

func (p *program) outboxRetry() *cobra.Command {
	c := &cobra.Command{
		Use: "retry ID", Short: "Send a delivery again that is unknown, pending or waiting", Args: cobra.ExactArgs(1),
		Long: "Send a delivery again under the same reference and with the same bytes.\n" +
			"An unknown delivery may have been done: ask the vendor first, or it may be done twice.",
	}
	return p.desk(c, func(ctx context.Context, s *session, args []string) error {
		d, err := s.desk.Delivery(ctx, args[0])
		if err != nil {
			return err
		}
		if d.State.Final() || d.State == outbox.StateSending {
			return fmt.Errorf("the delivery is %s: only one that is unknown, pending or waiting can be sent again", d.State)
		}
		d, err = s.desk.Decide(ctx, d, outbox.Outcome{State: outbox.StateRetry, Reason: "an operator sends it again"}, s.actor)
		if err != nil {
			return err
		}
		return s.printDelivery(d)
	})
}

// resolution are the flags of 'outbox resolve'.
type resolution struct {
	as, ref  string
	booked   int64
	vouchers []string
}

func (p *program) outboxResolve() *cobra.Command {
	r := &resolution{}
	c := &cobra.Command{
		Use: "resolve ID --as done|rejected", Short: "Say what became of a delivery, after asking the vendor", Args: cobra.ExactArgs(1),
		Long: "Say what became of a delivery that the program cannot find out by itself.\n" +
			"What depends on it happens now, once: points are booked or come back, vouchers are shown to the customer.",
		Example: "  koshelek-adapter outbox resolve 01JD… --as done --booked 100 --ref 4711\n" +
			"  koshelek-adapter outbox resolve 01JD… --as done --voucher 'BCP123456,1234,2027-03-26'\n" +
			"  koshelek-adapter outbox resolve 01JD… --as rejected",
	}
	c.Flags().StringVar(&r.as, "as", "", "done or rejected")
	c.Flags().StringVar(&r.ref, "ref", "", "the vendor's own name of what it did")
	c.Flags().Int64Var(&r.booked, "booked", -1, "points that the vendor moved (default: those of the delivery)")
	c.Flags().StringArrayVar(&r.vouchers, "voucher", nil, "a voucher that the vendor gave as CODE[,PIN[,YYYY-MM-DD]]; may be repeated")
	return p.desk(c, func(ctx context.Context, s *session, args []string) error {
		d, err := s.desk.Delivery(ctx, args[0])
		if err != nil {
			return err
		}
		out, err := r.outcome(d)
		if err != nil {
			return err
		}
		if d, err = s.desk.Decide(ctx, d, out, s.actor); err != nil {
			return err
		}
		return s.printDelivery(d)
	})
}

func (r *resolution) outcome(d outbox.Delivery) (outbox.Outcome, error) {
	out := outbox.Outcome{State: outbox.State(r.as), VendorRef: r.ref, Reason: "an operator has resolved it"}
	switch {
	case !out.State.Final():
		return out, misused("--as is done or rejected")
	case out.State == outbox.StateRejected && (r.booked > 0 || len(r.vouchers) > 0):
		return out, misused("a delivery that was rejected has booked nothing and given no vouchers")
	case out.State == outbox.StateDone && r.booked < 0:
		out.Booked = d.Points
	case out.State == outbox.StateDone:
		out.Booked = r.booked
	}
	for _, text := range r.vouchers {
		v, err := parseVoucher(text)
		if err != nil {
			return out, err
		}
		out.Vouchers = append(out.Vouchers, v)
	}
	return out, nil
}

func parseVoucher(text string) (v outbox.Voucher, err error) {
	parts := strings.SplitN(text, ",", 3)
	if v.Code = strings.TrimSpace(parts[0]); v.Code == "" {
		return v, misused("--voucher is CODE[,PIN[,YYYY-MM-DD]]")
	}
	if len(parts) > 1 {
		v.PIN = strings.TrimSpace(parts[1])
	}
	if len(parts) > 2 {
		if v.Until, err = crm.ParseDate(strings.TrimSpace(parts[2])); err != nil {
			return v, misused("--voucher ends with a day as YYYY-MM-DD")
		}
	}
	return v, nil
}

func (p *program) outboxReconcile() *cobra.Command {
	var vendor string
	patience := 30 * time.Second
	c := &cobra.Command{
		Use: "reconcile", Short: "Ask vendors now what became of unknown and pending deliveries", Args: cobra.NoArgs,
		Long: "Ask vendors now what became of deliveries whose answer was lost, where the vendor can be asked.\n" +
			"Those that only an operator can resolve are listed at the end, and the exit code is 3.",
	}
	c.Flags().StringVar(&vendor, "vendor", "", "only this vendor")
	c.Flags().DurationVar(&patience, "for", patience, "how long to wait for answers")
	return p.operator(c, func(ctx context.Context, s *session, _ []string) error {
		if err := s.reconcile(ctx, vendor, patience); err != nil {
			return err
		}
		left, err := s.crm.Deliveries(ctx, outbox.Query{Vendor: vendor, State: outbox.StateUnknown, Limit: 10_000})
		if err != nil {
			return err
		}
		shown := []shownDelivery{}
		for _, d := range left {
			shown = append(shown, s.shown(d))
		}
		err = s.print(shown, func(w *tabwriter.Writer) {
			row(w, "id", "vendor", "action", "card", "points", "due", "reason")
			for _, d := range shown {
				row(w, d.ID, d.Vendor, d.Action, d.Card, d.Points, d.DueAt, d.Reason)
			}
		})
		if err == nil && len(left) > 0 {
			return &incomplete{fmt.Sprintf("%d deliveries are unknown: ask the vendor, then 'outbox resolve' or 'outbox retry' them", len(left))}
		}
		return err
	})
}

// reconcile makes what the vendor can be asked about due, and works on the
// outbox until nothing of it is left or the time is up.
func (s *session) reconcile(ctx context.Context, vendor string, patience time.Duration) error {
	if err := s.makeDue(ctx, vendor); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	stop := s.vendors.start(context.WithoutCancel(ctx), s.crm, s.warnings(), nil)
	defer stop()
	for {
		waiting, err := s.askable(ctx, vendor)
		if err != nil && ctx.Err() == nil {
			return err
		}
		if len(waiting) == 0 || ctx.Err() != nil {
			return nil
		}
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// unknown gives every unknown delivery.
func (s *session) unknown(ctx context.Context, vendor string) (list []outbox.Delivery, err error) {
	const limit = 1000
	q := outbox.Query{Vendor: vendor, State: outbox.StateUnknown, Limit: limit}
	for {
		page, err := s.crm.Deliveries(ctx, q)
		if err != nil {
			return nil, err
		}
		list = append(list, page...)
		if len(page) < limit {
			return list, nil
		}
		q.After = page[limit-1].ID
	}
}

// askable gives the unknown deliveries that need no operator.
func (s *session) askable(ctx context.Context, vendor string) ([]outbox.Delivery, error) {
	list, err := s.unknown(ctx, vendor)
	return slices.DeleteFunc(list, func(d outbox.Delivery) bool { return d.DueAt.Equal(crm.Forever) }), err
}

// makeDue lets every unknown delivery be asked about at once, also those that an
// operator was to resolve: the vendor may know more by now.
func (s *session) makeDue(ctx context.Context, vendor string) error {
	list, err := s.unknown(ctx, vendor)
	if err != nil {
		return err
	}
	for _, d := range list {
		// One that is being asked about in this moment needs nothing.
		_, err := s.crm.Decide(ctx, d, outbox.Outcome{State: d.State, Reason: d.Reason, Booked: d.Booked}, "")
		if err != nil && crm.KindOf(err) != crm.ErrOperationConflict {
			return err
		}
	}
	return nil
}

package app

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/server/app/importer"
	"koshelek-adapter/server/app/tables"
)

// codesCommand is the tree of 'codes'.
func (p *program) codesCommand() *cobra.Command {
	return group("codes", "Add, change and end promo codes, see how often they were used",
		p.codesAdd(),
		p.codesEnd(),
		p.ours(&cobra.Command{
			Use: "status [CODE]", Short: "Show one promo code, or all", Args: cobra.MaximumNArgs(1),
			Example: "  koshelek-adapter codes status SPRING",
		}, codesStatus),
	)
}

func (p *program) codesAdd() *cobra.Command {
	given, starts, ends := engine.PromoCode{}, "", ""
	c := &cobra.Command{
		Use: "add CODE", Short: "Add a promo code, or change a known one", Args: cobra.ExactArgs(1),
		Long:    "Add a promo code, or change a known one: what is not given stays as it is, and so does the count of uses.",
		Example: "  koshelek-adapter codes add SPRING --points 50 --max-uses 1000 --ends-at 2026-06-01",
	}
	c.Flags().Int64Var(&given.Points, "points", 0, "points that it gives; 0 for ADAPTER_EARN_PROMO_CODE")
	c.Flags().Int64Var(&given.MaxUses, "max-uses", 0, "uses by all cards together; 0 for no limit")
	c.Flags().StringVar(&given.Description, "description", "", "what the code is for")
	c.Flags().StringVar(&starts, "starts-at", "", "day or moment from which it is open (new codes: at once)")
	c.Flags().StringVar(&ends, "ends-at", "", "last day, or the moment at which it is over (new codes: never)")
	return p.ours(c, func(ctx context.Context, s *session, args []string) (err error) {
		zone := s.cfg.TimeZone.Location()
		if given.StartsAt, err = tables.ParseTime(starts, zone); err != nil {
			return misused("--starts-at %w", err)
		}
		if given.EndsAt, err = tables.ParseEnd(ends, zone); err != nil {
			return misused("--ends-at %w", err)
		}
		err = s.crm.ChangeCode(ctx, s.actor, args[0], func(code *engine.PromoCode, _ bool) error {
			for flag, take := range map[string]func(){
				"points": func() { code.Points = given.Points }, "max-uses": func() { code.MaxUses = given.MaxUses },
				"description": func() { code.Description = given.Description },
				"starts-at":   func() { code.StartsAt = given.StartsAt }, "ends-at": func() { code.EndsAt = given.EndsAt },
			} {
				if c.Flags().Changed(flag) {
					take()
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		return codesStatus(ctx, s, args)
	})
}

func (p *program) codesEnd() *cobra.Command {
	last := ""
	c := &cobra.Command{
		Use: "end CODE", Short: "End a promo code: now, or after a day", Args: cobra.ExactArgs(1),
		Example: "  koshelek-adapter codes end SPRING\n  koshelek-adapter codes end SPRING --last-day 2026-12-31",
	}
	c.Flags().StringVar(&last, "last-day", "", "last day on which it can be used (default: it is over now)")
	return p.ours(c, func(ctx context.Context, s *session, args []string) error {
		at := time.Now()
		if last != "" {
			day, err := tables.ParseDay(last)
			if err != nil {
				return misused("--last-day %w", err)
			}
			at = day.End(s.cfg.TimeZone.Location())
		}
		err := s.crm.ChangeCode(ctx, s.actor, args[0], func(code *engine.PromoCode, known bool) error {
			if !known {
				return crm.ErrCodeUnknown
			}
			// A code that ends before it would begin never is open: its window is empty.
			if !at.After(code.StartsAt) {
				code.StartsAt = at.Add(-time.Millisecond)
			}
			if at.Before(code.EndsAt) {
				code.EndsAt = at
			}
			return nil
		})
		if err != nil {
			return err
		}
		return codesStatus(ctx, s, args)
	})
}

// shownCode is a promo code as it is printed; open ends are null.
type shownCode struct {
	Code        string     `json:"code"`
	Points      int64      `json:"points"`
	StartsAt    *time.Time `json:"starts_at"`
	EndsAt      *time.Time `json:"ends_at"`
	MaxUses     int64      `json:"max_uses"`
	Used        int64      `json:"used"`
	Description string     `json:"description"`
}

func codesStatus(ctx context.Context, s *session, args []string) error {
	shown := []shownCode{}
	if len(args) == 1 {
		code, err := s.crm.Code(ctx, args[0])
		if err != nil {
			return err
		}
		shown = append(shown, showCode(code))
	} else {
		for code, err := range s.crm.AllCodes(ctx) {
			if err != nil {
				return err
			}
			shown = append(shown, showCode(code))
		}
	}
	return s.print(shown, func(w *tabwriter.Writer) {
		row(w, "code", "points", "starts", "ends", "used", "limit", "description")
		for _, c := range shown {
			row(w, c.Code, c.Points, s.begins(c.StartsAt), s.ends(c.EndsAt), c.Used, limitText(c.MaxUses), c.Description)
		}
	})
}

func showCode(c engine.PromoCode) shownCode {
	shown := shownCode{Code: c.Code, Points: c.Points, MaxUses: c.MaxUses, Used: c.Used, Description: c.Description}
	if c.StartsAt.UnixMilli() > 0 {
		shown.StartsAt = &c.StartsAt
	}
	if c.EndsAt.Before(crm.Forever) {
		shown.EndsAt = &c.EndsAt
	}
	return shown
}

func (s *session) begins(t *time.Time) string {
	if t == nil {
		return "-"
	}
	return s.moment(*t)
}

// ends shows a whole day as it was typed.
func (s *session) ends(t *time.Time) string {
	if t == nil {
		return "-"
	}
	if day, whole := tables.LastDay(*t, s.cfg.TimeZone.Location()); whole {
		return day
	}
	return s.moment(*t)
}

func limitText(limit int64) string {
	if limit == 0 {
		return "-"
	}
	return fmt.Sprint(limit)
}

// offersCommand is the tree of 'offers'.
func (p *program) offersCommand() *cobra.Command {
	return group("offers", "List, add and end offers", p.offersList(), p.offersAdd(), p.offersEnd())
}

// shownOffer is an offer as it is printed.
type shownOffer struct {
	ID          string `json:"id"`
	Audience    string `json:"audience"`
	Target      string `json:"target"`
	Name        string `json:"name"`
	Description string `json:"description"`
	StartDate   string `json:"start_date"`
	EndDate     string `json:"end_date"`
	ImageURL    string `json:"image_url"`
	Discount    string `json:"discount"`
}

func (p *program) offersList() *cobra.Command {
	all := false
	c := &cobra.Command{
		Use: "list", Short: "List the offers that are open or will be", Args: cobra.NoArgs, Example: "  koshelek-adapter offers list --all",
	}
	c.Flags().BoolVar(&all, "all", false, "also those that are over")
	return p.ours(c, func(ctx context.Context, s *session, _ []string) error {
		today, shown := crm.DateOf(time.Now(), s.cfg.TimeZone.Location()), []shownOffer{}
		for o, err := range s.crm.AllOffers(ctx) {
			if err != nil {
				return err
			}
			if all || o.EndDate == "" || o.EndDate >= today {
				shown = append(shown, shownOffer{
					o.ID, string(o.Audience), o.Target, o.Name, o.Description, string(o.StartDate), string(o.EndDate), o.ImageURL, o.Discount,
				})
			}
		}
		return s.print(shown, func(w *tabwriter.Writer) {
			row(w, "id", "for", "name", "from", "to", "discount")
			for _, o := range shown {
				row(w, o.ID, o.Audience+" "+o.Target, o.Name, orDash(o.StartDate), orDash(o.EndDate), o.Discount)
			}
		})
	})
}

func (p *program) offersAdd() *cobra.Command {
	o := crm.Offer{}
	c := &cobra.Command{
		Use: "add ID", Short: "Add an offer, or replace a known one", Args: cobra.ExactArgs(1),
		Example: "  koshelek-adapter offers add coffee --name 'Coffee for half' --discount '50 %' --end-date 2026-12-31\n" +
			"  koshelek-adapter offers add gift-18 --name 'A gift' --audience card --target 2900000000018",
	}
	c.Flags().StringVar((*string)(&o.Audience), "audience", string(crm.AudienceAll), "for whom: all, segment or card")
	c.Flags().StringVar(&o.Target, "target", "", "the segment, or the card's number")
	c.Flags().StringVar(&o.Name, "name", "", "what the customer reads first")
	c.Flags().StringVar(&o.Description, "description", "", "the long text")
	c.Flags().StringVar((*string)(&o.StartDate), "start-date", "", "first day, YYYY-MM-DD (default: open)")
	c.Flags().StringVar((*string)(&o.EndDate), "end-date", "", "last day, YYYY-MM-DD (default: open)")
	c.Flags().StringVar(&o.ImageURL, "image", "", "address of a picture")
	c.Flags().StringVar(&o.Discount, "discount", "", "the discount in words")
	return p.ours(c, func(ctx context.Context, s *session, args []string) error {
		if o.Name == "" {
			return misused("--name is needed")
		}
		o.ID = args[0]
		_, refused, err := s.putOffers(ctx, []crm.Offer{o})
		if err == nil && len(refused) > 0 {
			err = fmt.Errorf("the offer is refused: %s", importer.Explain(refused[0].Err))
		}
		if err != nil {
			return err
		}
		return s.print(map[string]string{"id": o.ID}, func(w *tabwriter.Writer) { fmt.Fprintf(w, "offer %s is stored\n", o.ID) })
	})
}

func (p *program) offersEnd() *cobra.Command {
	last := ""
	c := &cobra.Command{
		Use: "end ID", Short: "End an offer: from today on, or after a day", Args: cobra.ExactArgs(1),
		Example: "  koshelek-adapter offers end coffee\n  koshelek-adapter offers end coffee --last-day 2026-12-31",
	}
	c.Flags().StringVar(&last, "last-day", "", "last day on which it is shown, YYYY-MM-DD (default: yesterday)")
	return p.ours(c, func(ctx context.Context, s *session, args []string) error {
		if last == "" {
			last = string(crm.DateOf(time.Now().AddDate(0, 0, -1), s.cfg.TimeZone.Location()))
		}
		found, err := s.crm.EndOffer(ctx, s.actor, args[0], crm.Date(last))
		if err != nil {
			return err
		}
		if !found {
			return fmt.Errorf("there is no offer %s; 'offers list --all' lists them", args[0])
		}
		answer := map[string]string{"id": args[0], "last_day": last}
		return s.print(answer, func(w *tabwriter.Writer) { fmt.Fprintf(w, "offer %s ends with %s at the latest\n", args[0], last) })
	})
}

package app

import (
	"context"
	"fmt"
	"iter"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/server/app/importer"
	"koshelek-adapter/server/app/tables"
)

// poolCommand is the tree of 'pool'.
func (p *program) poolCommand() *cobra.Command {
	return group("pool", "Add card numbers to the pool, hand them over to Koshelek, see its level",
		p.poolAdd(), p.poolImport(), p.poolExport(),
		p.capable(&cobra.Command{
			Use: "status", Short: "Tell how many numbers are free, reserved and handed over", Args: cobra.NoArgs,
			Example: "  koshelek-adapter pool status --json",
		}, poolStatus),
	)
}

func poolStatus(ctx context.Context, s *session, _ []string) error {
	pool, err := capability[crm.Numbers](s, "pool of numbers")
	if err != nil {
		return err
	}
	level, err := pool.PoolLevel(ctx)
	if err != nil {
		return err
	}
	answer := struct {
		Free       int64 `json:"free"`
		Reserved   int64 `json:"reserved"`
		HandedOver int64 `json:"handed_over"`
	}{level.Free, level.Reserved, level.HandedOver}
	return s.print(answer, func(w *tabwriter.Writer) {
		row(w, "free", level.Free)
		row(w, "reserved", level.Reserved)
		row(w, "handed over", level.HandedOver)
	})
}

func (p *program) poolAdd() *cobra.Command {
	handedOver := false
	c := &cobra.Command{
		Use: "add NUMBER...", Short: "Add numbers to the pool", Args: cobra.MinimumNArgs(1),
		Long:    "Add numbers to the pool. A number that is in the pool or is a card stays as it is.",
		Example: "  koshelek-adapter pool add 2900000000018 2900000000025",
	}
	c.Flags().BoolVar(&handedOver, "handed-over", false, "Koshelek has these numbers and issues them by itself")
	return p.capable(c, func(ctx context.Context, s *session, args []string) error {
		pool, err := capability[crm.Numbers](s, "pool of numbers")
		if err != nil {
			return err
		}
		numbers := make([]crm.CardNumber, len(args))
		for i, number := range args {
			numbers[i].Number = number
		}
		added, refused, err := pool.AddNumbers(ctx, numbers, handedOver)
		if err != nil {
			return err
		}
		for _, r := range refused {
			fmt.Fprintf(s.stderr, "refused: %s: %s\n", args[r.Index], importer.Explain(r.Err))
		}
		answer := struct {
			Added   int `json:"added"`
			Known   int `json:"known"`
			Refused int `json:"refused"`
		}{added, len(args) - added - len(refused), len(refused)}
		err = s.print(answer, func(w *tabwriter.Writer) {
			fmt.Fprintf(w, "%d added, %d known before, %d refused\n", answer.Added, answer.Known, answer.Refused)
		})
		if err == nil && len(refused) > 0 {
			err = &incomplete{fmt.Sprintf("%d numbers were refused.", len(refused))}
		}
		return err
	})
}

func (p *program) poolImport() *cobra.Command {
	handedOver := false
	c := p.importer("numbers", "Add the numbers of a file to the pool",
		"  koshelek-adapter pool import numbers.csv\n"+
			"  koshelek-adapter pool import Shop_reserved_20260917.csv.zip --format koshelek-registry --handed-over",
		[]string{formatRegistry},
		func(ctx context.Context, s *session, c tables.Conventions, o importer.Options) (importer.Result, error) {
			table := tables.Numbers(c)
			if o.Registry {
				table = tables.ReservedRegistry(crm.BarcodeType(s.cfg.Card.BarcodeType))
			}
			return importer.Run(ctx, s.numbersJob(table, handedOver), o)
		})
	c.Flags().BoolVar(&handedOver, "handed-over", false, "Koshelek has these numbers and issues them by itself (mixed mode)")
	return c
}

// The states by which 'pool export' chooses.
const (
	stateHandedOver = tables.NumberHandedOver
	stateFree       = tables.NumberFree
	stateAll        = "all"
)

func (p *program) poolExport() *cobra.Command {
	flags, state := &exportFlags{}, stateHandedOver
	c := p.exporter("numbers", "Write the numbers of the pool, by default those handed over to Koshelek", flags,
		"  koshelek-adapter pool export --format koshelek-registry --partner Shop\n  koshelek-adapter pool export free.csv --state free",
		func(ctx context.Context, s *session, f *exportFlags, path string) (string, int, error) {
			if state != stateAll && state != stateFree && state != stateHandedOver {
				return "", 0, misused("--state is %s, %s or %s", stateHandedOver, stateFree, stateAll)
			}
			list := pooled(s.crm.AllNumbers(ctx), state, time.Now())
			switch f.format {
			case formatCSV:
				return exportTo(s, path, tables.Numbers(s.conventions()), list)
			case formatRegistry:
				return exportRegistry(s, path, f.partner, "reserved", tables.ReservedRegistry(crm.BarcodeType(s.cfg.Card.BarcodeType)), list)
			}
			return "", 0, misused("--format is %s or %s", formatCSV, formatRegistry)
		})
	c.Flags().StringVar(&flags.format, "format", formatCSV, "csv (also .xlsx), or koshelek-registry (CSV in ZIP; FILE may be left out)")
	c.Flags().StringVar(&flags.partner, "partner", "", "name of the partner in the name of a registry")
	c.Flags().StringVar(&state, "state", stateHandedOver, "which numbers: handed-over, free or all")
	return c
}

// pooled chooses the numbers of a state.
func pooled(list iter.Seq2[engine.PooledNumber, error], state string, now time.Time) iter.Seq2[engine.PooledNumber, error] {
	return func(yield func(engine.PooledNumber, error) bool) {
		for number, err := range list {
			handed := number.ReservedUntil.Equal(crm.Forever)
			free := !number.ReservedUntil.After(now)
			wanted := err != nil || state == stateAll || state == stateHandedOver && handed || state == stateFree && free
			if wanted && !yield(number, err) {
				return
			}
		}
	}
}

package app

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"koshelek-adapter/crm/engine"
	"koshelek-adapter/server/app/importer"
	"koshelek-adapter/server/app/tables"
)

// The formats of files.
const (
	formatCSV      = "csv"
	formatRegistry = "koshelek-registry"
)

// importHeap is the memory, in bytes, beyond which an import collects garbage
// more often: it lives beside a server, and the store's cache comes on top.
const importHeap = 64 << 20

// importFlags are the flags of every import.
type importFlags struct {
	format, report, rejects string
	dryRun, restart         bool
	reading                 tables.Reading
	leadingZeros            bool
}

func (f *importFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.rejects, "rejects", "", "write the refused rows as they are to this CSV file, with the reasons, to be mended and imported again")
	c.Flags().StringVar(&f.report, "report", "", "write what is wrong to this CSV file: line, column, reason, masked value")
	c.Flags().BoolVar(&f.dryRun, "dry-run", false, "do it all, say what it did, and take it back; other writers wait meanwhile")
	c.Flags().StringVar(&f.reading.Encoding, "encoding", "", "read the file as "+strings.Join(tables.Encodings, ", ")+"; without it the file is looked at")
	c.Flags().StringToStringVar(&f.reading.Names, "map", nil, "further names of columns, as in --map 'Моб. тел=phone'; --map 'NAME=' passes over a column")
	c.Flags().BoolVar(&f.reading.IgnoreUnknown, "ignore-unknown", false, "pass over columns whose names are not known")
	c.Flags().StringVar(&f.reading.Sheet, "sheet", "", "the sheet of a workbook (default: the first)")
	c.Flags().BoolVar(&f.restart, "restart", false, "begin at the first row though an interrupted import could go on")
}

func (f *importFlags) addFormat(c *cobra.Command) {
	c.Flags().StringVar(&f.format, "format", formatCSV, "csv (also .xlsx), or koshelek-registry (its columns, in a ZIP archive or not)")
	c.Flags().BoolVar(&f.leadingZeros, "leading-zeros", false, "put back the zeros that a spreadsheet took from the beginning of barcodes")
}

const importLong = `
FILE is an .xlsx workbook, or CSV in UTF-8, UTF-16 or Windows-1251, with a header
row; columns are found by their names, English or Russian, and may stand in any
order, separated by semicolon, tab, | or comma. '-' reads CSV from standard input.

%s
Days are 2026-12-31 or 31.12.2026; moments a day or 2026-12-31T09:30:00+03:00;
points whole numbers, money roubles. docs/formats.md describes every column.

Rows that break a rule are refused and listed, the others are stored. --rejects
writes the refused ones to a file: mend them there and import that file. The same
file may be imported again at any time, and twice at once: nothing is stored
twice. An import that was interrupted goes on where it was (FILE.progress says
where); --restart begins anew, which changes nothing of what is stored.

Exit codes: 0 all rows are stored, 1 failed (the message says what is loaded),
2 misused, 3 done and some rows were refused.`

// importCommand is the tree of 'import'.
func (p *program) importCommand() *cobra.Command {
	welcome := false
	customers := p.importer("customers", "Give every customer of a file a card, and update those who have one",
		"  koshelek-adapter import customers customers.csv --rejects refused.csv", nil, func(ctx context.Context, s *session, _ tables.Conventions, o importer.Options) (importer.Result, error) {
			return importer.Run(ctx, s.customersJob(welcome), o)
		})
	customers.Flags().BoolVar(&welcome, "welcome", false, "credit the welcome bonus (ADAPTER_EARN_WELCOME) to new customers")
	roundDown, balances := false, string(engine.BalancesRefuse)
	cards := p.importer("cards", "Load cards with their holders and opening balances",
		"  koshelek-adapter import cards cards.xlsx --dry-run\n"+
			"  koshelek-adapter import cards cards.csv --rejects refused.csv\n"+
			"  koshelek-adapter import cards Shop_clients_20260917.csv.zip --format koshelek-registry",
		[]string{formatRegistry}, func(ctx context.Context, s *session, c tables.Conventions, o importer.Options) (importer.Result, error) {
			c.RoundDown = roundDown
			if !slices.Contains([]engine.Balances{engine.BalancesRefuse, engine.BalancesCorrect, engine.BalancesKeep}, engine.Balances(balances)) {
				return importer.Result{}, misused("--balances is refuse, correct or keep")
			}
			return importCards(ctx, s, c, engine.Balances(balances), o)
		})
	cards.Flags().BoolVar(&roundDown, "round-down", false, "take the decimals off balances, where points have some")
	cards.Flags().StringVar(&balances, "balances", balances, "a balance that differs from that of a card that exists: refuse the row, correct the card by the difference, or keep the card's")
	return group("import", "Load customers, cards, purchases, offers, codes, fiscal drives or points from a file",
		customers,
		cards,
		p.importer("purchases", "Load lines of purchase history", "  koshelek-adapter import purchases purchases.csv", nil,
			func(ctx context.Context, s *session, _ tables.Conventions, o importer.Options) (importer.Result, error) {
				return importer.Run(ctx, s.purchasesJob(), o)
			}),
		p.importer("offers", "Load offers; one with a known id is replaced", "  koshelek-adapter import offers offers.csv", nil,
			func(ctx context.Context, s *session, _ tables.Conventions, o importer.Options) (importer.Result, error) {
				return importer.Run(ctx, s.offersJob(), o)
			}),
		p.importer("codes", "Load promo codes; a known one gets the new limits", "  koshelek-adapter import codes codes.csv", nil,
			func(ctx context.Context, s *session, _ tables.Conventions, o importer.Options) (importer.Result, error) {
				return importer.Run(ctx, s.codesJob(), o)
			}),
		p.importer("drives", "Load the fiscal drives of your tills: receipts of others earn nothing from then on", "  koshelek-adapter import drives drives.csv", nil,
			func(ctx context.Context, s *session, _ tables.Conventions, o importer.Options) (importer.Result, error) {
				return importer.Run(ctx, s.drivesJob(), o)
			}),
		p.importer("points", "Grant (positive) and take (negative) points, once for each key",
			"  koshelek-adapter import points points.csv\n  generate | koshelek-adapter import points -", nil,
			func(ctx context.Context, s *session, _ tables.Conventions, o importer.Options) (importer.Result, error) {
				return importer.Run(ctx, s.pointsJob(), o)
			}),
	)
}

func importCards(ctx context.Context, s *session, c tables.Conventions, balances engine.Balances, o importer.Options) (importer.Result, error) {
	if o.Registry {
		return importer.Run(ctx, s.cardsJob(tables.Registry(c), balances), o)
	}
	return importer.Run(ctx, s.cardsJob(tables.Cards(c), balances), o)
}

// runImport imports a file of one kind.
type runImport func(context.Context, *session, tables.Conventions, importer.Options) (importer.Result, error)

// importer makes the command of one kind; formats are those beside CSV.
func (p *program) importer(kind, short, example string, formats []string, run runImport) *cobra.Command {
	flags := &importFlags{format: formatCSV}
	use := kind
	if kind == "numbers" { // of the pool, where the command is 'pool import'
		use = "import"
	}
	c := &cobra.Command{Use: use + " FILE", Short: short, Long: short + ".\n" + fmt.Sprintf(importLong, tables.Legend(kind)), Example: example, Args: cobra.ExactArgs(1)}
	flags.add(c)
	if len(formats) > 0 {
		flags.addFormat(c)
	}
	complete := p.operator
	if kind == "numbers" || kind == "offers" || kind == "codes" { // they stay here beside a CRM
		complete = p.ours
	}
	complete(c, func(ctx context.Context, s *session, args []string) error {
		return s.importFile(ctx, kind, args[0], flags, run)
	})
	inner := c.RunE
	c.RunE = func(c *cobra.Command, args []string) error {
		p.bulk = true
		defer debug.SetMemoryLimit(debug.SetMemoryLimit(importHeap))
		return inner(c, args)
	}
	return c
}

func (s *session) importFile(ctx context.Context, kind, path string, f *importFlags, run runImport) error {
	if f.format != formatCSV && f.format != formatRegistry {
		return misused("--format is %s or %s", formatCSV, formatRegistry)
	}
	if f.reading.Encoding != "" && !slices.Contains(tables.Encodings, f.reading.Encoding) {
		return misused("--encoding is one of %s", strings.Join(tables.Encodings, ", "))
	}
	if f.dryRun {
		return s.rehearse(ctx, func(s *session) error { return s.importNow(ctx, kind, path, f, run) })
	}
	return s.importNow(ctx, kind, path, f, run)
}

// rehearse does something in a transaction that is rolled back.
func (s *session) rehearse(ctx context.Context, work func(*session) error) error {
	stage, can := s.store.(interface {
		Rehearse(ctx context.Context, work func(engine.Store) error) error
	})
	if !can {
		return misused("--dry-run is for stores that can roll back what they did, and this one cannot")
	}
	var result error
	err := stage.Rehearse(ctx, func(store engine.Store) error {
		rehearsed := *s
		rehearsed.store = store
		service, err := newEngine(s.cfg, store)
		if err != nil {
			return err
		}
		rehearsed.crm = service
		result = work(&rehearsed)
		return nil
	})
	return errors.Join(err, result)
}

func (s *session) importNow(ctx context.Context, kind, path string, f *importFlags, run runImport) error {
	bar := newProgress(s.stderr, time.Now)
	start := time.Now()
	conventions := s.conventions()
	conventions.LeadingZeros = f.leadingZeros
	result, err := run(ctx, s, conventions, importer.Options{
		Path: path, Stdin: s.stdin, Reading: f.reading, Registry: f.format == formatRegistry, Scope: kind + " " + f.format + " " + s.cfg.Database.String(),
		Restart: f.restart, DryRun: f.dryRun, Report: f.report, Rejects: f.rejects, Progress: bar.show, Now: time.Now,
	})
	bar.done()
	if result.Rows > result.Refused {
		detail := fmt.Sprintf("%d rows, %d refused", result.Rows, result.Refused)
		err = errors.Join(err, s.crm.Note(context.WithoutCancel(ctx), s.actor, "import "+kind, "", detail))
	}
	if err != nil && ctx.Err() != nil {
		fmt.Fprintf(s.stderr, "the first %d rows are loaded; the same command loads the rest\n", result.Rows)
	}
	if err != nil && result.Rows == 0 {
		return err
	}
	told := s.imported(kind, f, result, time.Since(start))
	return errors.Join(err, told, refusals(result, f, err))
}

// imported prints what became of a file.
func (s *session) imported(kind string, f *importFlags, r importer.Result, took time.Duration) error {
	seconds := max(took.Seconds(), 0.001)
	for _, refusal := range r.First {
		where := fmt.Sprintf("line %d", refusal.Line)
		if refusal.Column != "" {
			where += ", " + refusal.Column
		}
		if refusal.Value != "" {
			where += " " + refusal.Value
		}
		fmt.Fprintf(s.stderr, "refused: %s: %s\n", where, refusal.Reason)
	}
	if len(r.First) == importer.MaxShown {
		fmt.Fprintln(s.stderr, "refused: and perhaps more (--rejects FILE keeps the rows, --report FILE lists what is wrong)")
	}
	for _, warning := range r.Warnings {
		fmt.Fprintf(s.stderr, "warning: %s\n", warning)
	}
	answer := struct {
		Kind   string `json:"kind"`
		DryRun bool   `json:"dry_run"`
		importer.Result
		Seconds float64 `json:"seconds"`
	}{kind, f.dryRun, r, seconds}
	return s.print(answer, func(w *tabwriter.Writer) {
		done := "stored"
		if f.dryRun {
			done = "would be stored"
		}
		fmt.Fprintf(w, "%s: %d rows, %d %s, %d refused (%.1f s, %.0f rows/s)\n", kind, r.Rows, r.Accepted, done, r.Refused,
			seconds, float64(r.Rows-r.Continued)/seconds)
		for _, reason := range r.Reasons {
			fmt.Fprintf(w, "refused %d times: %s\n", reason.Count, strings.TrimPrefix(reason.Column+": "+reason.Reason, ": "))
		}
		if r.Counted {
			fmt.Fprintf(w, "%d new, %d updated, %d unchanged\n", r.New, r.Updated, r.Unchanged)
		}
		if r.Encoding != "utf-8" {
			fmt.Fprintf(w, "read as %s\n", r.Encoding)
		}
		if r.Continued > 0 {
			fmt.Fprintf(w, "went on after row %d of an interrupted import; --restart begins anew\n", r.Continued)
		}
	})
}

// refusals is the error of an import that was done but for some rows.
func refusals(r importer.Result, f *importFlags, err error) error {
	if err != nil || r.Refused == 0 {
		return nil
	}
	text := fmt.Sprintf("%d rows were refused, the others are stored.", r.Refused)
	if f.dryRun {
		text = fmt.Sprintf("%d rows would be refused; nothing was stored.", r.Refused)
	}
	return &incomplete{text}
}

package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/server/app/tables"
)

const exportLong = `
FILE is written whole or not at all, as a workbook when its name ends in .xlsx,
else as CSV; without FILE, or with '-', CSV goes to standard output. The columns are those that 'import' reads, so that an export
can be imported elsewhere; docs/formats.md describes them. Exports hold personal
data: a new file can be read by its owner alone.`

// exportFlags are the flags of exports.
type exportFlags struct{ format, partner string }

// exportCommand is the tree of 'export'.
func (p *program) exportCommand() *cobra.Command {
	flags := &exportFlags{}
	cards := p.exporter("cards", "Write every card with its holder and balance", flags,
		"  koshelek-adapter export cards cards.csv\n"+
			"  koshelek-adapter export cards --format koshelek-registry --partner Shop",
		exportCards)
	cards.Flags().StringVar(&flags.format, "format", formatCSV, "csv (also .xlsx), or koshelek-registry (CSV in ZIP; FILE may be left out)")
	cards.Flags().StringVar(&flags.partner, "partner", "", "name of the partner in the name of a registry")
	return group("export", "Write customers, cards, purchases, points, codes or offers to a file",
		p.exporter("customers", "Write every customer who holds a card", nil, "  koshelek-adapter export customers customers.csv",
			func(ctx context.Context, s *session, _ *exportFlags, path string) (string, int, error) {
				return exportTo(s, path, tables.Customers(s.conventions()), s.crm.AllCustomers(ctx))
			}),
		cards,
		p.exporter("purchases", "Write the purchase history of all cards", nil, "  koshelek-adapter export purchases purchases.csv",
			func(ctx context.Context, s *session, _ *exportFlags, path string) (string, int, error) {
				return exportTo(s, path, tables.Purchases(), s.crm.AllPurchases(ctx))
			}),
		p.exporter("points", "Write every movement of points, oldest first", nil, "  koshelek-adapter export points - | wc -l",
			func(ctx context.Context, s *session, _ *exportFlags, path string) (string, int, error) {
				return exportTo(s, path, tables.Points(s.cfg.TimeZone.Location()), mapped(s.crm.AllLines(ctx), movement))
			}),
		p.exporter("codes", "Write every promo code with its uses", nil, "  koshelek-adapter export codes codes.csv",
			func(ctx context.Context, s *session, _ *exportFlags, path string) (string, int, error) {
				return exportTo(s, path, tables.Codes(s.cfg.TimeZone.Location()), s.crm.AllCodes(ctx))
			}),
		p.exporter("offers", "Write every offer, open or not", nil, "  koshelek-adapter export offers offers.csv",
			func(ctx context.Context, s *session, _ *exportFlags, path string) (string, int, error) {
				return exportTo(s, path, tables.Offers(), s.crm.AllOffers(ctx))
			}),
	)
}

// exporter makes the command of one kind. run gives the path that it wrote, ""
// for standard output, and the count of rows.
func (p *program) exporter(kind, short string, flags *exportFlags, example string,
	run func(context.Context, *session, *exportFlags, string) (string, int, error),
) *cobra.Command {
	use := kind
	if kind == "numbers" { // of the pool, where the command is 'pool export'
		use = "export"
	}
	c := &cobra.Command{
		Use: use + " [FILE]", Short: short, Long: short + ".\n" + exportLong, Example: example, Args: cobra.MaximumNArgs(1),
	}
	return p.operator(c, func(ctx context.Context, s *session, args []string) error {
		path := ""
		if len(args) > 0 && args[0] != "-" {
			path = args[0]
		}
		path, rows, err := run(ctx, s, flags, path)
		if err != nil || path == "" {
			return err
		}
		answer := struct {
			Kind string `json:"kind"`
			File string `json:"file"`
			Rows int    `json:"rows"`
		}{kind, path, rows}
		return s.print(answer, func(w *tabwriter.Writer) { fmt.Fprintf(w, "%s: %d rows in %s\n", kind, rows, path) })
	})
}

// movement is a line of the ledger as a row of points.
func movement(line engine.LedgerLine) tables.Movement {
	if line.Lot != nil && line.Lot.CardNumber == line.CardNumber {
		lot := *line.Lot
		lot.CardNumber, line.Lot = "", &lot
	}
	return tables.Movement{LedgerLine: line}
}

func record(h crm.Holder) engine.CardRecord {
	return engine.CardRecord{
		CardNumber: h.Card.CardNumber, State: h.Card.State, Holder: h.Profile, Balance: h.Card.Balance, IssuedAt: h.Card.IssuedAt,
	}
}

// mapped turns the records of a walk into others.
func mapped[A, B any](list iter.Seq2[A, error], turn func(A) B) iter.Seq2[B, error] {
	return func(yield func(B, error) bool) {
		for record, err := range list {
			if !yield(turn(record), err) {
				return
			}
		}
	}
}

func exportCards(ctx context.Context, s *session, f *exportFlags, path string) (string, int, error) {
	cards := mapped(s.crm.AllCards(ctx), record)
	switch f.format {
	case formatCSV:
		return exportTo(s, path, tables.Cards(s.conventions()), cards)
	case formatRegistry:
		return exportRegistry(s, path, f.partner, "clients", tables.Registry(s.conventions()), cards)
	}
	return "", 0, misused("--format is %s or %s", formatCSV, formatRegistry)
}

// exportRegistry writes a registry: CSV in ZIP with the published name, in the
// folder or under the path that is given.
func exportRegistry[R any](s *session, path, partner, kind string, table tables.Table[R], list iter.Seq2[R, error]) (string, int, error) {
	now := time.Now().In(s.cfg.TimeZone.Location())
	name, err := tables.RegistryName(partner, kind, now)
	if err != nil {
		return "", 0, misused("--partner: %w", err)
	}
	if info, err := os.Stat(path); path == "" || err == nil && info.IsDir() {
		path = filepath.Join(path, name)
	}
	rows := 0
	err = writeFile(path, func(out io.Writer) (err error) {
		packed, err := tables.NewZipWriter(out, strings.TrimSuffix(name, ".zip"), now)
		if err != nil {
			return err
		}
		rows, err = writeTable(packed, tables.NewWriter, table, list)
		return errors.Join(err, packed.Close())
	})
	return path, rows, err
}

// exportTo writes a table to a file, a workbook when its name says so, or to standard
// output without a path.
func exportTo[R any](s *session, path string, table tables.Table[R], list iter.Seq2[R, error]) (string, int, error) {
	if path == "" {
		rows, err := writeTable(s.stdout, tables.NewWriter, table, list)
		return "", rows, err
	}
	rows, begin := 0, tables.NewWriter[R]
	if strings.EqualFold(filepath.Ext(path), ".xlsx") {
		begin = tables.NewSheetWriter[R]
	}
	err := writeFile(path, func(out io.Writer) (err error) {
		rows, err = writeTable(out, begin, table, list)
		return err
	})
	return path, rows, err
}

// newTableWriter begins a file of some form.
type newTableWriter[R any] func(io.Writer, tables.Table[R]) (*tables.Writer[R], error)

func writeTable[R any](out io.Writer, begin newTableWriter[R], table tables.Table[R], list iter.Seq2[R, error]) (int, error) {
	w, err := begin(out, table)
	if err != nil {
		return 0, err
	}
	rows := 0
	for record, err := range list {
		if err != nil {
			return rows, err
		}
		if err := w.Write(record); err != nil {
			return rows, err
		}
		rows++
	}
	return rows, w.Flush()
}

// writeFile writes a file whole or not at all: under another name first. What
// is not a regular file, such as a pipe, is written as it is.
func writeFile(path string, write func(io.Writer) error) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return fmt.Errorf("%s is a directory, not a file", path)
	case err == nil && !info.Mode().IsRegular():
		return writeDevice(path, write)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	draft, err := os.CreateTemp(filepath.Dir(path), ".export-*") // mode 0600
	if err != nil {
		return err
	}
	err = write(draft)
	if err == nil {
		err = draft.Sync()
	}
	if err := errors.Join(err, draft.Close()); err != nil {
		return errors.Join(fmt.Errorf("%s was not written: %w", path, err), os.Remove(draft.Name()))
	}
	return os.Rename(draft.Name(), path)
}

func writeDevice(path string, write func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(write(file), file.Close())
}

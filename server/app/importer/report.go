package importer

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"koshelek-adapter/server/app/tables"
)

// report is what is written of the refused rows: the reasons (line, column, reason,
// value), and the rows as they were with their reasons.
type report struct {
	reasons, rejects *os.File // nil when not wanted
	comma            rune
}

// heading is what a reader knows of the header of its file.
type heading interface {
	Header() string
	Comma() rune
}

// newReport begins the files, or goes on with those of the interrupted import.
func newReport(o Options, source os.FileInfo, in heading, goOn bool) (r *report, err error) {
	r = &report{comma: in.Comma()}
	if r.reasons, err = begin(o.Report, source, goOn); err != nil {
		return nil, err
	}
	if r.rejects, err = begin(o.Rejects, source, goOn); err != nil {
		return nil, errors.Join(err, r.close())
	}
	if r.reasons != nil && r.rejects != nil && sameFile(r.reasons, r.rejects) {
		return nil, errors.Join(errors.New("--report and --rejects name one file"), r.close())
	}
	if goOn {
		return r, nil
	}
	if r.reasons != nil {
		err = record(r.reasons, ',', "line", "column", "reason", "value")
	}
	if r.rejects != nil {
		// Excel takes a file for UTF-8 when it begins with the mark.
		_, failed := io.WriteString(r.rejects, "\ufeff"+tables.RefusedColumn+string(r.comma)+unmarked(in.Header())+"\n")
		err = errors.Join(err, plain(failed))
	}
	if err != nil {
		return nil, errors.Join(err, r.close())
	}
	return r, nil
}

// unmarked takes the mark off a header that has one.
func unmarked(row string) string { return strings.TrimPrefix(row, "\ufeff") }

// begin opens a file to write; it must not be the one that is imported, under
// whatever name.
func begin(path string, source os.FileInfo, goOn bool) (*os.File, error) {
	if path == "" {
		return nil, nil
	}
	if info, err := os.Stat(path); err == nil && source != nil && os.SameFile(info, source) {
		return nil, fmt.Errorf("%s is the file that is imported; the refused rows need a file of their own", path)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, plain(err)
	}
	flags := os.O_CREATE | os.O_WRONLY | os.O_TRUNC
	if goOn {
		flags = os.O_CREATE | os.O_WRONLY | os.O_APPEND
	}
	file, err := os.OpenFile(path, flags, 0o600)
	return file, plain(err)
}

func sameFile(a, b *os.File) bool {
	one, failed := a.Stat()
	other, err := b.Stat()
	return failed == nil && err == nil && os.SameFile(one, other)
}

// add writes at once, so that a state is never ahead of the report.
func (r *report) add(rows []refusedRow) (err error) {
	for _, row := range rows {
		reasons := make([]string, len(row.faults))
		for i, f := range row.faults {
			if reasons[i] = f.Reason; f.Column != "" {
				reasons[i] = f.Column + ": " + f.Reason
			}
			if r.reasons != nil {
				err = errors.Join(err, record(r.reasons, ',', strconv.Itoa(f.Line), f.Column, f.Reason, f.Value))
			}
		}
		if r.rejects != nil {
			why := `"` + strings.ReplaceAll(strings.Join(reasons, "; "), `"`, `""`) + `"`
			_, failed := io.WriteString(r.rejects, why+string(r.comma)+row.raw+"\n")
			err = errors.Join(err, plain(failed))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// record writes a line of CSV.
func record(out io.Writer, comma rune, fields ...string) error {
	w := csv.NewWriter(out)
	w.Comma = comma
	if err := w.Write(fields); err != nil {
		return err
	}
	w.Flush()
	return plain(w.Error())
}

func (r *report) close() (err error) {
	for _, file := range []*os.File{r.reasons, r.rejects} {
		if file != nil {
			err = errors.Join(err, plain(file.Close()))
		}
	}
	return err
}

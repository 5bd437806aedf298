package importer

import (
	"encoding/csv"
	"os"
	"strconv"
)

// report is the file of refused rows: line, column, reason, value (masked).
type report struct {
	file *os.File
	csv  *csv.Writer
}

// newReport begins the file, or goes on with that of the interrupted import.
func newReport(path string, goOn bool) (*report, error) {
	if path == "" {
		return &report{}, nil
	}
	flags := os.O_CREATE | os.O_WRONLY | os.O_TRUNC
	if goOn {
		flags = os.O_CREATE | os.O_WRONLY | os.O_APPEND
	}
	file, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return nil, plain(err)
	}
	r := &report{file: file, csv: csv.NewWriter(file)}
	if goOn {
		return r, nil
	}
	return r, r.write("line", "column", "reason", "value")
}

func (r *report) add(refusals []Refusal) error {
	for _, f := range refusals {
		if err := r.write(strconv.Itoa(f.Line), f.Column, f.Reason, f.Value); err != nil {
			return err
		}
	}
	return nil
}

// write writes a line at once, so that a state is never ahead of the report.
func (r *report) write(fields ...string) error {
	if r.csv == nil {
		return nil
	}
	if err := r.csv.Write(fields); err != nil {
		return err
	}
	r.csv.Flush()
	return plain(r.csv.Error())
}

func (r *report) close() error {
	if r.file == nil {
		return nil
	}
	return plain(r.file.Close())
}

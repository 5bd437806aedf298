package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"koshelek-adapter/server/bench/report"
	"koshelek-adapter/server/bench/stock"
)

// roundTrip exports what was imported, compares it with the file row by row,
// imports the export into the same store and exports once more: nothing may have
// changed.
func (b *bench) roundTrip(ctx context.Context, env []string, dir, file string) error {
	first, second := filepath.Join(dir, "first.csv"), filepath.Join(dir, "second.csv")
	for _, step := range []struct {
		name string
		args []string
		// was and is are files that must say the same afterwards.
		was, is string
	}{
		{"export of cards", []string{"export", "cards", first}, file, first},
		{"import of the export", []string{"import", "cards", first}, "", ""},
		{"export after importing again", []string{"export", "cards", second}, first, second},
	} {
		b.say("%s: %d cards", step.name, b.o.largest())
		f := report.Figure{Name: step.name, Engine: stock.SQLite, Cards: b.o.largest(), Unit: report.PerSecond}
		start := time.Now()
		if err := b.command(ctx, env, step.args...); err != nil {
			f.Faults = []string{err.Error()}
			b.figure(f)
			return nil
		}
		f.Value = report.Exact(float64(b.o.largest()) / time.Since(start).Seconds())
		b.figure(f)
		if step.was == "" {
			continue
		}
		differing, err := compareFiles(step.was, step.is)
		if err != nil {
			return err
		}
		b.figure(report.Figure{
			Name: step.name + ": rows that differ", Engine: stock.SQLite, Cards: b.o.largest(),
			Value: report.Exact(float64(differing)), Goal: report.Goal{Relation: report.Exactly},
		})
	}
	return nil
}

// command runs a command of the program to its end.
func (b *bench) command(ctx context.Context, env []string, args ...string) error {
	cmd := exec.CommandContext(ctx, b.binary, args...)
	cmd.Env = env
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %.300s", args[0], err, said)
	}
	return nil
}

// compareFiles counts the rows of two CSV files in the same order that differ in
// a column of the first one, and those that only one of them has.
func compareFiles(was, is string) (differing int, err error) {
	a, err := openRows(was)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, a.file.Close()) }()
	b, err := openRows(is)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, b.file.Close()) }()
	places := make([]int, len(a.header))
	for i, name := range a.header {
		if places[i] = slices.Index(b.header, name); places[i] < 0 {
			return 0, fmt.Errorf("%s has no column %s", is, name)
		}
	}
	for {
		left, leftErr := a.csv.Read()
		right, rightErr := b.csv.Read()
		switch {
		case errors.Is(leftErr, io.EOF) && errors.Is(rightErr, io.EOF):
			return differing, nil
		case errors.Is(leftErr, io.EOF), errors.Is(rightErr, io.EOF):
			differing++
		case leftErr != nil || rightErr != nil:
			return differing, errors.Join(leftErr, rightErr)
		case !sameFields(left, right, places):
			differing++
		}
	}
}

func sameFields(left, right []string, places []int) bool {
	for i, place := range places {
		if left[i] != right[place] {
			return false
		}
	}
	return true
}

// rowsOf is an opened CSV file behind its header.
type rowsOf struct {
	file   *os.File
	csv    *csv.Reader
	header []string
}

func openRows(path string) (*rowsOf, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	r := &rowsOf{file: file, csv: csv.NewReader(file)}
	header, err := r.csv.Read()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	r.header, r.csv.ReuseRecord = slices.Clone(header), true
	return r, nil
}

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"koshelek-adapter/server/bench/dataset"
	"koshelek-adapter/server/bench/proc"
)

// rowImport lets the program's own command import the largest store into an
// empty one, export it, import the export and export again: nothing may have
// changed. The baseline inserts the same rows by plain statements.
func (b *bench) rowImport(ctx context.Context, engine string) error {
	cards := b.o.largest()
	b.say("%s: importing %d cards", engine, cards)
	dir, err := os.MkdirTemp(b.scratch, "import-")
	if err != nil {
		return err
	}
	file := filepath.Join(dir, "cards.csv")
	if err := writeCSV(file, dataset.Keys{Cards: cards}); err != nil {
		return err
	}
	plain, err := b.onEmpty(ctx, engine, func(st *dataset.Store) error { return st.Insert(ctx, cards) })
	if err != nil {
		return err
	}
	var took time.Duration
	var peak int64
	_, err = b.onEmpty(ctx, engine, func(st *dataset.Store) error {
		env := append(foreign(os.Environ()), "ADAPTER_DATA_DIR="+dir, "ADAPTER_DATABASE="+st.URL)
		if took, peak, err = b.command(ctx, env, "import", "cards", file); err != nil {
			return err
		}
		return b.roundTrip(ctx, env, dir)
	})
	if err != nil {
		return err
	}
	var rate pairs
	rate.add(float64(cards)/took.Seconds(), float64(cards)/plain.Seconds())
	memory := row{Name: "import of cards: memory", Unit: mib, Ours: spread{mebibytes(peak), mebibytes(peak), mebibytes(peak)}, Goal: valueBelow(200)}
	for _, r := range []row{rate.row("import of cards", perSecond, valueFrom(50_000)), memory} {
		r.Engine, r.Cards = engine, cards
		b.add(r)
	}
	return nil
}

// onEmpty uses an empty store and tells how long that took.
func (b *bench) onEmpty(ctx context.Context, engine string, use func(*dataset.Store) error) (took time.Duration, err error) {
	st, err := dataset.Empty(ctx, b.options(engine))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	begun := time.Now()
	err = use(st)
	return time.Since(begun), err
}

// roundTrip exports, imports the export and exports once more.
func (b *bench) roundTrip(ctx context.Context, env []string, dir string) error {
	first, second := filepath.Join(dir, "first.csv"), filepath.Join(dir, "second.csv")
	for _, args := range [][]string{{"export", "cards", first}, {"import", "cards", first}, {"export", "cards", second}} {
		if _, _, err := b.command(ctx, env, args...); err != nil {
			return err
		}
	}
	was, err := os.ReadFile(first)
	if err != nil {
		return err
	}
	is, err := os.ReadFile(second)
	if err == nil && !bytes.Equal(was, is) {
		err = errors.New("an export differs after it was imported")
	}
	return err
}

// peakTick is how often the memory of a command is looked at.
const peakTick = 20 * time.Millisecond

// command runs a command of the program to its end, and tells how long it took
// and the most memory that it held.
func (b *bench) command(ctx context.Context, env []string, args ...string) (took time.Duration, peak int64, err error) {
	cmd := exec.CommandContext(ctx, b.binary, args...)
	var said bytes.Buffer
	cmd.Env, cmd.Stdout, cmd.Stderr = env, &said, &said
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, 0, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case err := <-ended:
			if err != nil {
				err = fmt.Errorf("%s %s: %w: %.300s", args[0], args[1], err, &said)
			}
			return time.Since(start), peak, err
		case <-time.After(peakTick):
			_, now := proc.Memory(cmd.Process.Pid)
			peak = max(peak, now)
		}
	}
}

// writeCSV writes a file like a partner's.
func writeCSV(path string, k dataset.Keys) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	out := bufio.NewWriterSize(file, 1<<20)
	if _, err := io.WriteString(out, "card_number,state,phone,email,surname,firstname,birth_date,balance\n"); err != nil {
		return err
	}
	for i := range k.Cards {
		if _, err := fmt.Fprintf(out, "%s,active,%s,%s,Ivanova,Anna,1990-05-17,%d\n", k.Number(i), k.Phone(i), k.Email(i), 100+i%900); err != nil {
			return err
		}
	}
	return out.Flush()
}

package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"koshelek-adapter/server/bench/stock"
)

// fillAll fills every store that a run with these flags takes copies of.
func (o options) fillAll(ctx context.Context, stderr io.Writer) error {
	dir, err := filepath.Abs(o.dir)
	if err != nil {
		return err
	}
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(stderr, format+"\n", args...) }
	for _, engine := range o.engines {
		for _, cards := range append([]int{o.small}, o.cards...) {
			if err := stock.Fill(ctx, stock.Options{Dir: dir, Engine: engine, Cards: cards, BufferPool: o.bufferPool, Say: say}); err != nil {
				return err
			}
		}
	}
	return nil
}

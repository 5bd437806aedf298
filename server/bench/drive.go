package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"koshelek-adapter/server/bench/load"
	"koshelek-adapter/server/bench/stock"
	"koshelek-adapter/server/bench/workload"
)

// driveTarget puts a server under load from a process of its own, so that the
// generator stays out of the server's profile. It prints what it got through.
func (o options) driveTarget(ctx context.Context, out io.Writer) error {
	op, known := workload.ByName(o.drive)
	if !known {
		return fmt.Errorf("-drive: there is no operation %q", o.drive)
	}
	target, err := load.NewTarget(o.target, user, password)
	if err != nil {
		return err
	}
	connections := o.reads
	if op.Write {
		connections = o.writes
	}
	result := load.Closed(ctx, target, op.Load(stock.Keys{Cards: o.cards[0]}, o.base), connections, o.duration)
	return json.NewEncoder(out).Encode(result.Throughput)
}

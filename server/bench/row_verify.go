package main

import (
	"context"

	"koshelek-adapter/server/bench/report"
	"koshelek-adapter/server/bench/stock"
)

// rowVerify recomputes every balance of a store that has been written to.
func (b *bench) rowVerify(ctx context.Context, st *stock.Store) error {
	if !b.o.wants("verify") {
		return nil
	}
	b.say("%s: verifying %d cards and all that were issued", st.Engine, st.Cards)
	bad, err := st.Verify(ctx)
	if err != nil {
		return err
	}
	b.figure(report.Figure{
		Name: "cards whose balance differs after all of this", Engine: st.Engine, Cards: st.Cards,
		Value: report.Exact(float64(bad)), Goal: report.Goal{Relation: report.Exactly},
	})
	return nil
}

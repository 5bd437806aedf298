package main

import (
	"koshelek-adapter/server/bench/report"
	"koshelek-adapter/server/bench/stock"
	"koshelek-adapter/server/bench/workload"
)

// summary makes a row of the turns of both sides. Ratios are taken within each
// round.
func summary(op workload.Operation, st *stock.Store, ours, floor []turn) report.Operation {
	var ratios, own, cpu []float64
	result := report.Operation{Engine: st.Engine, Cards: st.Cards, Name: op.Name, Title: op.Title}
	for i := range ours {
		ratios = append(ratios, quotient(ours[i].rate, floor[i].rate))
		own = append(own, quotient(ours[i].own, floor[i].own))
		cpu = append(cpu, quotient(floor[i].cost.cpu+floor[i].cost.database, ours[i].cost.cpu+ours[i].cost.database))
		result.Faults = append(append(result.Faults, ours[i].faults...), floor[i].faults...)
	}
	result.Ratio, result.OwnRatio, result.CPURatio = report.SpreadOf(ratios), report.SpreadOf(own), report.SpreadOf(cpu)
	result.Server, result.Floor = sideOf(ours), sideOf(floor)
	return result
}

func quotient(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

func sideOf(turns []turn) report.Side {
	of := func(value func(turn) float64) report.Spread {
		values := make([]float64, len(turns))
		for i, t := range turns {
			values[i] = value(t)
		}
		return report.SpreadOf(values)
	}
	return report.Side{
		PerSecond:   of(func(t turn) float64 { return t.rate }),
		Own:         of(func(t turn) float64 { return t.own }),
		CPU:         of(func(t turn) float64 { return t.cost.cpu }),
		DatabaseCPU: of(func(t turn) float64 { return t.cost.database }),
		Objects:     of(func(t turn) float64 { return t.cost.objects }),
		Bytes:       of(func(t turn) float64 { return t.cost.bytes }),
	}
}

// promise is what an operation's ratio is called and must reach.
type promise struct {
	name string
	goal map[string]float64 // by engine
}

var promises = map[string]promise{
	"find":    {"find by phone ÷ its floor", map[string]float64{stock.SQLite: 0.85, stock.MariaDB: 0.85}},
	"card":    {"card with balance ÷ its floor", map[string]float64{stock.SQLite: 0.80, stock.MariaDB: 0.80}},
	"issue":   {"durable issue ÷ one transaction per request", map[string]float64{stock.SQLite: 4, stock.MariaDB: 1.5}},
	"reserve": {"reserve ÷ SELECT … FOR UPDATE row by row", map[string]float64{stock.MariaDB: 5}},
	"profile": {"profile update ÷ one transaction per request", nil},
	"receipt": {"receipt ÷ one transaction per request", nil},
}

func figureOf(op report.Operation) report.Figure {
	p := promises[op.Name]
	f := report.Figure{Name: p.name, Engine: op.Engine, Cards: op.Cards, Value: op.Ratio, Unit: report.Ratio, Faults: op.Faults}
	if bound, promised := p.goal[op.Engine]; promised {
		f.Goal = report.Goal{Relation: report.AtLeast, Bound: bound}
	}
	return f
}

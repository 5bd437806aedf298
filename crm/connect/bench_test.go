package connect_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/connect"
	"koshelek-adapter/crm/connect/connecttest"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/sqldb"
	"koshelek-adapter/crm/sqldb/sqldbtest"
)

// slow is a CRM that answers in 20 ms.
type slow struct{ *connecttest.Memory }

const slowness = 20 * time.Millisecond

func (s slow) Find(ctx context.Context, by crm.Identity) ([]crm.Member, error) {
	time.Sleep(slowness)
	return s.Memory.Find(ctx, by)
}

func (s slow) Member(ctx context.Context, ref crm.Ref) (crm.Member, error) {
	time.Sleep(slowness)
	return s.Memory.Member(ctx, ref)
}

func (s slow) Balance(ctx context.Context, ref crm.Ref) (crm.PointsBalance, error) {
	time.Sleep(slowness)
	return s.Memory.Balance(ctx, ref)
}

// BenchmarkBesideTheCRM is find and card through the programme, nothing from the cache,
// beside the CRM alone: x-p50 and x-p99 say how many times as long they take. With the
// CRM away, known-ms is a known card while the breaker is open.
func BenchmarkBesideTheCRM(b *testing.B) {
	store, err := sqldb.Open(b.Context(), sqldbtest.SQLite(b), sqldb.Options{})
	require.NoError(b, err)
	defer func() { require.NoError(b, store.Close()) }()
	numbers, err := engine.New(store, engine.Options{Rules: engine.Rules{MaxAge: time.Hour, Zone: time.UTC, Texts: engine.EnglishTexts}, ReserveFor: time.Hour})
	require.NoError(b, err)
	far := slow{connecttest.NewMemory()}
	far.Put(crm.Profile{Phone: anna}, annasCard, crm.CardActive, 70)
	p, err := connect.New(far, store, numbers, connect.Options{Fresh: -1})
	require.NoError(b, err)
	_, err = p.Card(b.Context(), annasCard)
	require.NoError(b, err)
	ref := crm.Ref{ID: "C000001", Card: annasCard}
	pairs := []struct{ ours, theirs func() error }{
		{
			func() error { _, err := p.Find(b.Context(), crm.Identity{Phone: anna}); return err },
			func() error { _, err := far.Find(b.Context(), crm.Identity{Phone: anna}); return err },
		},
		{
			func() error { _, err := p.Card(b.Context(), annasCard); return err },
			func() error { _, err := far.Member(b.Context(), ref); return err },
		},
	}
	for i, name := range []string{"find", "card"} {
		b.Run(name, func(b *testing.B) {
			var ours, theirs []time.Duration
			for range b.N { // in turn, so that both meet the same machine
				ours, theirs = append(ours, took(b, pairs[i].ours)), append(theirs, took(b, pairs[i].theirs))
			}
			b.ReportMetric(share(ours, theirs, 50), "x-p50")
			b.ReportMetric(share(ours, theirs, 99), "x-p99")
		})
	}
	b.Run("known", func(b *testing.B) {
		far.Fail(always(connecttest.Refused))
		for !p.Down() {
			_, err := p.Card(b.Context(), annasCard)
			require.NoError(b, err)
		}
		var ours []time.Duration
		for range b.N {
			ours = append(ours, took(b, pairs[1].ours))
		}
		slices.Sort(ours)
		b.ReportMetric(float64(ours[len(ours)*99/100].Microseconds())/1000, "known-p99-ms")
	})
}

func took(b *testing.B, do func() error) time.Duration {
	begun := time.Now()
	require.NoError(b, do())
	return time.Since(begun)
}

func share(ours, theirs []time.Duration, percent int) float64 {
	slices.Sort(ours)
	slices.Sort(theirs)
	at := len(ours) * percent / 100
	return float64(ours[at]) / float64(theirs[at])
}

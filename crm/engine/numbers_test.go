package engine_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// Two processes over one store never hand out one number, however many ask.
func TestReserveNeverGivesANumberTwice(t *testing.T) {
	one := newShop(t)
	shops := []*shop{one, one.twin(1), one.twin(2)} // the first two even draw the same numbers
	var (
		all   sync.WaitGroup
		mutex sync.Mutex
		seen  = map[string]int{}
	)
	for i := range 24 {
		all.Go(func() {
			for range 25 {
				number, err := shops[i%len(shops)].Reserve(t.Context())
				if !assert.NoError(t, err) {
					return
				}
				mutex.Lock()
				seen[number]++
				mutex.Unlock()
			}
		})
	}
	all.Wait()
	require.Len(t, seen, 24*25)
	for number := range seen {
		require.True(t, one.options.Template.Matches(number))
	}
}

// A number is kept for at least the time of a reservation, whenever in the life
// of its block it was handed out, and is free again afterwards.
func TestReservedNumberIsKeptThenFree(t *testing.T) {
	s := newShop(t, poolAlone)
	s.stock("1", "2")
	first, err := s.Reserve(t.Context())
	require.NoError(t, err)
	s.clock.forward(5 * time.Minute) // the last moment at which the block is handed out from
	second, err := s.Reserve(t.Context())
	require.NoError(t, err)
	require.NotEqual(t, first, second)
	s.clock.forward(hold - time.Millisecond)
	_, err = s.Reserve(t.Context())
	require.ErrorIs(t, err, crm.ErrPoolEmpty)
	s.clock.forward(time.Millisecond)
	again := []string{reserve(s), reserve(s)}
	require.ElementsMatch(t, []string{"1", "2"}, again)
}

func reserve(s *shop) string {
	s.t.Helper()
	number, err := s.Reserve(s.t.Context())
	require.NoError(s.t, err)
	return number
}

// A block that was not used up goes back, so that its numbers are never handed
// out with less than a whole reservation before them.
func TestOldBlockIsGivenBack(t *testing.T) {
	s := newShop(t, poolAlone)
	s.stock("1", "2", "3")
	reserve(s)
	require.Equal(t, crm.PoolLevel{Reserved: 3}, s.level())
	s.clock.forward(5*time.Minute + time.Millisecond)
	reserve(s)
	s.clock.forward(hold - time.Millisecond)
	// Both reservations still stand here, and the third number with the second block.
	require.Equal(t, crm.PoolLevel{Reserved: 2, Free: 1}, s.level())
}

func TestCloseGivesLeasesBack(t *testing.T) {
	s := newShop(t, poolAlone)
	s.stock("1", "2", "3", "4")
	taken := reserve(s)
	require.Equal(t, crm.PoolLevel{Reserved: 4}, s.level())
	require.NoError(t, s.Close(t.Context()))
	require.Equal(t, crm.PoolLevel{Free: 3, Reserved: 1}, s.level(), "what was handed out stays reserved")
	require.NoError(t, s.Close(t.Context()), "twice is once")

	other := s.twin(2)
	for range 3 {
		require.NotEqual(t, taken, reserve(other))
	}
}

func TestReserveFromAnEmptyPool(t *testing.T) {
	s := newShop(t, poolAlone)
	_, err := s.Reserve(t.Context())
	require.ErrorIs(t, err, crm.ErrPoolEmpty)
	_, err = s.Issue(t.Context(), crm.Profile{Phone: anna})
	require.ErrorIs(t, err, crm.ErrPoolEmpty)
	s.stock("1")
	require.Equal(t, "1", reserve(s), "a number that comes later is found")
}

// What was handed over to Koshelek is not given out here.
func TestHandedOverNumbersAreKoshelekAlone(t *testing.T) {
	s := newShop(t, poolAlone)
	added, refused, err := s.AddNumbers(t.Context(), numbers("1", "2"), true)
	require.NoError(t, err)
	require.Empty(t, refused)
	require.Equal(t, 2, added)
	require.Equal(t, crm.PoolLevel{HandedOver: 2}, s.level())
	_, err = s.Reserve(t.Context())
	require.ErrorIs(t, err, crm.ErrPoolEmpty)
	_, err = s.IssueReserved(t.Context(), "2", crm.Profile{Phone: anna})
	require.NoError(t, err)
	require.Equal(t, crm.PoolLevel{HandedOver: 1}, s.level())
}

// A template of ten numbers gives each of them, and then says that it is over.
func TestTemplateIsUsedUp(t *testing.T) {
	s := newShop(t, func(o *engine.Options) { o.Template = template(t, "1#", crm.Code128) })
	seen := map[string]bool{}
	for range 10 {
		seen[reserve(s)] = true
	}
	require.Len(t, seen, 10)
	_, err := s.Reserve(t.Context())
	require.ErrorIs(t, err, crm.ErrPoolEmpty)
	_, err = s.twin(3).Reserve(t.Context())
	require.ErrorIs(t, err, crm.ErrPoolEmpty)

	s.clock.forward(hold + 6*time.Minute)
	require.True(t, seen[reserve(s)], "a reservation that is over makes its number free")
}

// The pool comes first, the template when it has none.
func TestPoolBeforeTemplate(t *testing.T) {
	s := newShop(t)
	s.stock("pool-1", "pool-2")
	require.ElementsMatch(t, []string{"pool-1", "pool-2"}, []string{reserve(s), reserve(s)})
	require.True(t, s.options.Template.Matches(reserve(s)))
}

func TestReserveObeysItsContext(t *testing.T) {
	s := newShop(t)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Reserve(cancelled)
	require.ErrorIs(t, err, crm.ErrUnavailable)
	require.ErrorIs(t, err, context.Canceled)
	reserve(s)
}

// Blocks grow with demand and shrink without, so that an idle process does not
// sit on numbers that another one lacks.
func TestBlocksFollowDemand(t *testing.T) {
	s := newShop(t, poolAlone)
	names := make([]string, 2000)
	for i := range names {
		names[i] = fmt.Sprint(10_000 + i)
	}
	s.stock(names...)
	for range 8 {
		reserve(s)
	}
	require.Equal(t, int64(8), s.level().Reserved)
	reserve(s)
	require.Equal(t, int64(8+16), s.level().Reserved)
	for range 15 + 32 {
		reserve(s)
	}
	require.Equal(t, int64(8+16+32), s.level().Reserved)
	for range 5 {
		s.clock.forward(10 * time.Minute)
		reserve(s)
	}
	require.Less(t, s.level().Reserved, int64(8+16+32+64), "the demand is gone")
	s.clock.forward(2 * hold)
	reserve(s)
	require.Equal(t, int64(8), s.level().Reserved)
}

// slow lets something happen while an Issue is under way.
type slow struct {
	engine.Store
	meanwhile func()
}

func (s *slow) Issue(ctx context.Context, r engine.IssueRequest) (engine.Issued, error) {
	s.meanwhile()
	return s.Store.Issue(ctx, r)
}

// A number that comes back unused when its block is over is not handed out from
// the next block: its own lease ends before a whole reservation would.
func TestUnusedNumberOfAnOldBlockIsNotHandedOut(t *testing.T) {
	base := newShop(t, poolAlone)
	base.stock("1", "2", "3")
	base.card(anna)
	require.NoError(t, base.Close(t.Context()))

	store := &slow{Store: base.backend}
	s := shopOver(t, store, poolAlone)
	old := s.level()
	require.Equal(t, crm.PoolLevel{Free: 2}, old)
	store.meanwhile = func() {
		s.clock.forward(6 * time.Minute)
		reserve(s) // the other number, from a block of its own
	}
	s.card(anna) // has a card already, so the number comes back
	_, err := s.Reserve(t.Context())
	require.ErrorIs(t, err, crm.ErrPoolEmpty)
}

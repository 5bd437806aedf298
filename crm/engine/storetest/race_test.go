package storetest

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	"koshelek-adapter/crm"
)

// racers is how many callers come at once: enough to meet each other, few
// enough for a slow store.
const racers = 32

// result is what one caller of a race was answered.
type result[T any] struct {
	answer T
	err    error
}

// race makes n calls at the same moment and gives their results by caller.
// Nothing is reported from within, since only the check's own goroutine may
// end it.
func race[T any](n int, call func(i int) (T, error)) []result[T] {
	results := make([]result[T], n)
	var ready, done sync.WaitGroup
	ready.Add(n)
	begin := make(chan struct{})
	for i := range n {
		done.Go(func() {
			defer func() {
				if fault := recover(); fault != nil {
					results[i].err = fmt.Errorf("panic: %v", fault)
				}
			}()
			ready.Done()
			<-begin
			results[i].answer, results[i].err = call(i)
		})
	}
	ready.Wait()
	close(begin)
	done.Wait()
	return results
}

// done is how a race names callers that got no error; the others go by the
// kind of theirs.
const done = "done"

// all is the tally of a race in which everybody is served, onlyOne of one that
// one caller wins.
var all = map[string]int{done: racers}

func onlyOne(others crm.Kind) map[string]int {
	return map[string]int{done: 1, string(others): racers - 1}
}

// tally compares how many callers were answered how.
func tally[T any](b *bench, results []result[T], want map[string]int) {
	b.Helper()
	answers := map[string]int{}
	for _, r := range results {
		answers[verdict(r.err)]++
	}
	same(b, answers, want)
}

func verdict(err error) string {
	switch kind := crm.KindOf(err); kind {
	case "":
		return done
	case crm.ErrInternal: // says nothing by itself
		return err.Error()
	default:
		return string(kind)
	}
}

// winners gives the answers of the callers that got no error.
func winners[T any](results []result[T]) (answers []T) {
	for _, r := range results {
		if r.err == nil {
			answers = append(answers, r.answer)
		}
	}
	return answers
}

// onlyFails reports callers that got an error of another kind than these.
func onlyFails[T any](b *bench, results []result[T], kinds ...crm.Kind) {
	b.Helper()
	for _, r := range results {
		b.holds(r.err == nil || isAny(r.err, kinds...), "success, or the error "+either(kinds), r.err)
	}
}

// once looks that one of the answers is the first and all tell the points.
func (b *bench) once(results []result[crm.Submitted], points int64) {
	b.Helper()
	tally(b, results, all)
	first := 0
	for _, answer := range winners(results) {
		if !answer.Repeated {
			first++
		}
		same(b, answer.Points, points)
	}
	same(b, first, 1)
}

// oneAnswer reports a broken promise unless all callers got the same answer.
func oneAnswer[T any](b *bench, results []result[T]) {
	b.Helper()
	tally(b, results, all)
	for _, answer := range winners(results) {
		same(b, answer, results[0].answer)
	}
}

// turned gives the list to callers with even numbers, and backwards to others.
func turned[T any](i int, list []T) []T {
	list = slices.Clone(list)
	if i%2 == 1 {
		slices.Reverse(list)
	}
	return list
}

func sortedKeys[K ~string, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

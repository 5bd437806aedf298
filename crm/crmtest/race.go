package crmtest

import (
	"fmt"
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

// tally compares how many callers were answered how.
func tally[T any](b *bench, did string, results []result[T], want map[string]int) {
	b.Helper()
	answers := map[string]int{}
	for _, r := range results {
		answers[verdict(r.err)]++
	}
	same(b, did+", the answers", answers, want)
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
func winners[T any](results []result[T]) []T {
	var answers []T
	for _, r := range results {
		if r.err == nil {
			answers = append(answers, r.answer)
		}
	}
	return answers
}

// onlyOne is the tally of a race that one caller wins.
func onlyOne(others crm.Kind) map[string]int {
	return map[string]int{done: 1, string(others): racers - 1}
}

// all is the tally of a race in which everybody is served.
var all = map[string]int{done: racers}

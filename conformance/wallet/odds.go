package wallet

import (
	"time"

	"koshelek-adapter/schema/koshelek"
)

// add puts a call behind the scenario, with what the odds do to it: a twin beside
// it or a copy some steps later, and, for every request whose answer is dropped,
// one more in the next step.
func (t *generator) add(in Intent) {
	if in.Version == "" {
		in.Version = koshelek.V100.String()
	}
	t.scenario.Intents = append(t.scenario.Intents, in)
	at := len(t.scenario.Intents) - 1
	step := Step{t.send(at, false)}
	if t.opening == 0 && t.o.Repeat > 0 && in.hasBody() && t.rng.IntN(4) > 0 {
		// A customer without a card is where twins do most harm.
		step = append(step, t.twin(at), t.twin(at))
	} else if in.Kind != Torn && t.rng.Float64() < t.o.Repeat {
		if t.rng.IntN(2) == 0 {
			step = append(step, t.twin(at))
		} else {
			when := len(t.scenario.Steps) + 1 + t.rng.IntN(8)
			t.later[when] = append(t.later[when], t.send(at, true))
		}
	}
	t.push(step)
}

// push ends a step, and asks again in steps of their own while answers were
// dropped.
func (t *generator) push(step Step) {
	step = append(step, t.later[len(t.scenario.Steps)]...)
	delete(t.later, len(t.scenario.Steps))
	t.scenario.Steps = append(t.scenario.Steps, step)
	var again Step
	for _, s := range step {
		if s.Fate != Answered && s.Fate != CutBody {
			again = append(again, t.send(s.Intent, true))
		}
	}
	if len(again) > 0 {
		t.push(again)
	}
}

func (t *generator) twin(at int) Send {
	s := t.send(at, true)
	if t.rng.IntN(3) == 0 {
		s.After = t.jitter()
	}
	return s
}

// send is one request with its fate.
func (t *generator) send(at int, repeat bool) Send {
	s := Send{Intent: at, Repeat: repeat, Fate: Answered}
	in := t.scenario.Intents[at]
	if in.Kind == Torn {
		s.Fate = CutBody
		return s
	}
	if in.hasBody() && t.rng.Float64() < t.o.Slow {
		s.Slow = true
	}
	if t.rng.Float64() < t.o.Lose {
		s.Fate = CutSent
		s.Cut = time.Duration(t.rng.IntN(2500)) * time.Microsecond
		if t.rng.IntN(2) == 0 {
			s.Fate, s.Cut = CutHeaders, 0
		}
	}
	return s
}

func (in Intent) hasBody() bool {
	switch in.Kind {
	case IssueReserved, Issue, Update, Consents, Scan, Contest, Redeem, BadCode, Torn:
		return true
	}
	return false
}

// overtake joins pairs of steps so that the second one goes first.
func (t *generator) overtake() {
	steps := t.scenario.Steps[:t.opening:t.opening]
	rest := t.scenario.Steps[t.opening:]
	for len(rest) > 0 {
		if len(rest) > 1 && t.rng.Float64() < t.o.Reorder {
			both := append(Step{}, rest[1]...)
			for _, s := range rest[0] {
				s.After += time.Millisecond + t.jitter()
				both = append(both, s)
			}
			steps, rest = append(steps, both), rest[2:]
			t.scenario.Overtaken++
			continue
		}
		steps, rest = append(steps, rest[0]), rest[1:]
	}
	t.scenario.Steps = steps
}

// cut shortens the scenario to n requests.
func (t *generator) cut(n int) {
	for i := range t.scenario.Steps {
		if len(t.scenario.Steps[i]) >= n {
			t.scenario.Steps[i] = t.scenario.Steps[i][:n]
			t.scenario.Steps = t.scenario.Steps[:i+1]
			return
		}
		n -= len(t.scenario.Steps[i])
	}
}

// markRepeats looks again at what goes out first, now that calls have overtaken
// each other.
func (t *generator) markRepeats() {
	sent := map[int]bool{}
	for _, step := range t.scenario.Steps {
		for i := range step {
			step[i].Repeat = sent[step[i].Intent]
			sent[step[i].Intent] = true
		}
	}
}

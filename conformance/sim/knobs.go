package sim

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Knobs holds the settings of one simulator. Safe for concurrent use.
type Knobs struct {
	mu      sync.Mutex
	offered []Knob
	set     map[string]string
}

func newKnobs(offered []Knob) *Knobs { return &Knobs{offered: offered, set: map[string]string{}} }

// Set changes one setting; an unknown name or a value that does not fit is an
// error and changes nothing.
func (k *Knobs) Set(name, value string) error { return k.SetAll(map[string]string{name: value}) }

// SetAll changes several settings, or none when one of them is refused.
func (k *Knobs) SetAll(values map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		knob, found := k.find(name)
		if !found {
			return fmt.Errorf("there is no knob %q", name)
		}
		if err := knob.check(values[name]); err != nil {
			return fmt.Errorf("knob %s: %w", name, err)
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	maps.Copy(k.set, values)
	return nil
}

// Get returns a setting. It panics when the simulator has no such knob, which
// is a fault in the simulator.
func (k *Knobs) Get(name string) string {
	knob, found := k.find(name)
	if !found {
		panic("sim: no knob " + name)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if value, set := k.set[name]; set {
		return value
	}
	return knob.Default
}

// Is tells whether a setting has the value.
func (k *Knobs) Is(name, value string) bool { return k.Get(name) == value }

// Duration returns a setting that is a duration.
func (k *Knobs) Duration(name string) time.Duration {
	d, err := time.ParseDuration(k.Get(name))
	if err != nil {
		panic("sim: knob " + name + ": " + err.Error())
	}
	return d
}

// Count returns a setting that is a whole number.
func (k *Knobs) Count(name string) int {
	n, err := strconv.Atoi(k.Get(name))
	if err != nil {
		panic("sim: knob " + name + ": " + err.Error())
	}
	return n
}

// All returns every setting with its present value.
func (k *Knobs) All() map[string]string {
	all := map[string]string{}
	for _, knob := range k.offered {
		all[knob.Name] = k.Get(knob.Name)
	}
	return all
}

// Reset puts every setting back to its default.
func (k *Knobs) Reset() {
	k.mu.Lock()
	defer k.mu.Unlock()
	clear(k.set)
}

func (k *Knobs) find(name string) (Knob, bool) {
	i := slices.IndexFunc(k.offered, func(o Knob) bool { return o.Name == name })
	if i < 0 {
		return Knob{}, false
	}
	return k.offered[i], true
}

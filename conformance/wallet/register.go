package wallet

import "time"

// register is a value that several writes fought for: a field of a profile or
// the state of a channel.
type register struct{ writes []write }

// write is one request that set the value. ended is when it was answered or,
// when the wallet hung up, when it can no longer take effect.
type write struct {
	value          string
	started, ended time.Time
	// accepted tells that the host has said yes; refused that it said no.
	accepted, refused bool
}

// note adds a request.
func (r *register) note(w write) { r.writes = append(r.writes, w) }

// finals are the values that may stand at the end: those of requests that may
// have taken effect last. unset tells that the value may also be what it was
// before.
func (r *register) finals() (values map[string]bool, unset bool) {
	values, unset = map[string]bool{}, true
	var last time.Time // the latest begin of an accepted write
	for _, w := range r.writes {
		if w.accepted {
			unset = false
			if w.started.After(last) {
				last = w.started
			}
		}
	}
	for _, w := range r.writes {
		if !w.refused && !last.After(w.ended) {
			values[w.value] = true
		}
	}
	return values, unset
}

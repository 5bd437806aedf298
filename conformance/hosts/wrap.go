package hosts

import (
	"maps"
	"net/http"
)

// wrapper is a fault that stands between the caller and the host: it changes
// calls on their way in or answers on their way out. Most faults can be written
// so, and then they need nothing of the host's inside.
type wrapper func(h *Host, next http.Handler) http.Handler

// wrappers gathers the wrappers by the names of their faults; one function a
// subject.
func wrappers() map[string]wrapper {
	all := map[string]wrapper{}
	for _, subject := range []func() map[string]wrapper{} {
		maps.Copy(all, subject())
	}
	return all
}

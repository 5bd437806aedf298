package hosts

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
)

// spoilHuge is the fault that a huge body is never answered.
func (h *Host) spoilHuge(c *call) {
	if h.wrong("huge-hangs") {
		_, _ = io.Copy(io.Discard, c.request.Body) // what is read to the end can be waited upon
		h.wait(c)
		panic(http.ErrAbortHandler)
	}
}

// spoilDeep is the fault that a deep body ends the call.
func (h *Host) spoilDeep() {
	if h.wrong("deep-cuts") {
		panic(http.ErrAbortHandler)
	}
}

// storeHalf is the fault that a profile is stored field by field, up to where
// the body is wrong.
func (h *Host) storeHalf(c *call, text []byte) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	half, key := profile{}, ""
	for {
		token, err := decoder.Token()
		if err != nil {
			break
		}
		value, text := token.(string)
		switch {
		case !text:
			key = ""
		case key == "":
			key = value
		default:
			half[key], key = value, ""
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if known := h.books.cards[c.number]; known != nil {
		known.holder.profile.merge(half)
	}
}

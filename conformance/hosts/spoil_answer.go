package hosts

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"time"
)

func itoa(n int) string { return strconv.Itoa(n) }

// spoilAnswer is the faults of status and header of an answer.
func (h *Host) spoilAnswer(c *call, a *answer) {
	empty, done := len(a.body) == 0, a.status == http.StatusOK
	switch {
	case h.wrong("type-missing-on-empty") && empty:
		a.header["Content-Type"] = nil
	case h.wrong("empty-204") && empty && done:
		a.status = http.StatusNoContent
	case h.wrong("issue-201") && (c.method == "issue" || c.method == "confirm") && done:
		a.status = http.StatusCreated
	case h.wrong("receipt-202") && c.method == "receipt" && done:
		a.status = http.StatusAccepted
	case h.wrong("answers-late") && c.method == "details" && h.turn()%20 == 0:
		h.wait(c)
	case h.wrong("closes-every-connection"):
		a.header.Set("Connection", "close")
	case h.wrong("type-twice"):
		a.header.Add("Content-Type", "text/html")
	default:
		h.spoilType(a)
	}
}

// spoilType is the faults that answer with one other Content-Type.
func (h *Host) spoilType(a *answer) {
	types := map[name]string{
		"charset-missing":    "application/json",
		"charset-other":      "application/json; charset=windows-1251",
		"charset-upper-case": "Application/JSON; Charset=UTF-8",
		"type-html":          "text/html; charset=utf-8",
	}
	if other, has := types[h.fault]; has {
		a.header.Set("Content-Type", other)
	}
}

// wait is the time that the faults of being late take.
func (h *Host) wait(c *call) {
	timer := time.NewTimer(h.late)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.request.Context().Done():
	}
}

// spoilBytes is the faults of the bytes of an answer.
func (h *Host) spoilBytes(c *call, a *answer) {
	if len(a.body) == 0 {
		return
	}
	switch h.fault {
	case "windows-1251":
		a.body = windows1251(a.body)
	case "byte-order-mark":
		a.body = append([]byte("\xef\xbb\xbf"), a.body...)
	case "body-cut":
		if a.status == http.StatusOK {
			a.body = a.body[:len(a.body)-1]
		}
	case "length-too-long":
		if c.method == "details" {
			a.length, a.chunked = len(a.body)+10, false
		}
	case "trailing-text":
		a.body = append(a.body, "\n<!-- served by shop01 -->"...)
	case "second-document":
		a.body = append(a.body, a.body...)
	case "single-quotes":
		a.body = bytes.ReplaceAll(a.body, []byte{'"'}, []byte{'\''})
	case "json-in-text":
		a.body = []byte(strconv.Quote(string(a.body)))
	case "zipped":
		a.body = zip(a.body)
		a.header.Set("Content-Encoding", "gzip")
	}
}

func zip(text []byte) []byte {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write(text) // a buffer takes everything
	_ = w.Close()
	return packed.Bytes()
}

// windows1251 writes Cyrillic letters in one byte each.
func windows1251(text []byte) []byte {
	var out []byte
	for _, r := range string(text) {
		switch {
		case r < 0x80:
			out = append(out, byte(r))
		case r >= 'А' && r <= 'я':
			out = append(out, byte(r-'А'+0xC0))
		default:
			out = append(out, '?')
		}
	}
	return out
}

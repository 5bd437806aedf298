package load

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// wire is one connection that is kept alive. It knows as much HTTP/1.1 as the
// servers under test speak, so that the generator takes little of the
// processors that it shares with them: net/http's client takes three times as
// much.
type wire struct {
	conn net.Conn
	in   *bufio.Reader
	head []byte // what every request carries
	out  []byte
	body []byte
}

// wireTimeout ends a connection whose server has gone silent.
const wireTimeout = 30 * time.Second

func newWire(conn net.Conn, authorization string) *wire {
	head := []byte("Host: localhost\r\n")
	if authorization != "" {
		head = append(head, "Authorization: "+authorization+"\r\n"...)
	}
	return &wire{conn: conn, in: bufio.NewReaderSize(conn, 8<<10), head: head}
}

// do sends a request and reads its answer. The body is good until the next call.
func (w *wire) do(r Request) (status int, body []byte, err error) {
	if err := w.conn.SetDeadline(time.Now().Add(wireTimeout)); err != nil {
		return 0, nil, err
	}
	if _, err := w.conn.Write(w.render(r)); err != nil {
		return 0, nil, err
	}
	return w.answer()
}

func (w *wire) render(r Request) []byte {
	out := append(w.out[:0], r.Method...)
	out = append(out, ' ')
	out = append(out, r.Path...)
	out = append(out, " HTTP/1.1\r\n"...)
	out = append(out, w.head...)
	if r.Body != nil {
		out = append(out, "Content-Type: application/json\r\nContent-Length: "...)
		out = strconv.AppendInt(out, int64(len(r.Body)), 10)
		out = append(out, "\r\n"...)
	}
	out = append(out, "\r\n"...)
	w.out = append(out, r.Body...)
	return w.out
}

func (w *wire) answer() (status int, body []byte, err error) {
	if status, err = w.statusLine(); err != nil {
		return 0, nil, err
	}
	length, err := w.headers()
	if err != nil {
		return 0, nil, err
	}
	if cap(w.body) < length {
		w.body = make([]byte, length)
	}
	w.body = w.body[:length]
	_, err = io.ReadFull(w.in, w.body)
	return status, w.body, err
}

func (w *wire) line() ([]byte, error) {
	line, err := w.in.ReadSlice('\n')
	return bytes.TrimSuffix(line, []byte("\r\n")), err
}

func (w *wire) statusLine() (int, error) {
	line, err := w.line()
	if err != nil {
		return 0, err
	}
	if len(line) < len("HTTP/1.1 200") || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) {
		return 0, fmt.Errorf("not an HTTP/1.1 answer: %.40q", line)
	}
	return strconv.Atoi(string(line[9:12]))
}

// headers reads to the end of the head and gives the length of the body.
func (w *wire) headers() (length int, err error) {
	length = -1
	for {
		line, err := w.line()
		if err != nil {
			return 0, err
		}
		if len(line) == 0 {
			break
		}
		if name, value, found := bytes.Cut(line, []byte(": ")); found && bytes.EqualFold(name, []byte("content-length")) {
			if length, err = strconv.Atoi(string(value)); err != nil {
				return 0, err
			}
		}
	}
	if length < 0 {
		return 0, errors.New("an answer without Content-Length")
	}
	return length, nil
}

func (w *wire) close() { _ = w.conn.Close() }

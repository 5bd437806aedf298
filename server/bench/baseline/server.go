package baseline

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Serve serves the baseline over a database until the context ends. It writes
// its URL as the first line of out; /metrics tells its allocations.
func Serve(ctx context.Context, address string, connections int, out io.Writer) (err error) {
	d, err := openDatabase(ctx, address, connections)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	handler := http.NewServeMux()
	handler.Handle("GET /metrics", promhttp.Handler())
	(&handlers{d}).routes(handler)
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if _, err := fmt.Fprintf(out, "http://%s\n", socket.Addr()); err != nil {
		return err
	}
	if err := server.Serve(socket); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// handlers answer for the operations.
type handlers struct{ d *database }

func (f *handlers) routes(mux *http.ServeMux) {
	for pattern, serve := range map[string]func(http.ResponseWriter, *http.Request) error{
		"GET /v1/card":            f.find,
		"GET /v1/card/{number}":   f.card,
		"POST /v1/card/anonymous": f.issue,
		"POST /v1/promo/qrCode":   f.receipt,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := serve(w, r); err != nil {
				http.Error(w, err.Error(), http.StatusUnprocessableEntity)
			}
		})
	}
}

// send answers with JSON; nil is an empty body.
func send(w http.ResponseWriter, body []byte) error {
	header := w.Header()
	header.Set("Content-Type", "application/json; charset=utf-8")
	header.Set("Content-Length", strconv.Itoa(len(body)))
	_, err := w.Write(body)
	return err
}

// read decodes the whole body.
func read(r *http.Request, into any) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, into)
}

var errNotFound = errors.New("not found")

// single moves to the only row that is wanted.
func single(rows *sql.Rows) error {
	if rows.Next() {
		return nil
	}
	return errors.Join(rows.Err(), errNotFound)
}

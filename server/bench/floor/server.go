package floor

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strconv"

	"koshelek-adapter/crm"
)

// Paths that the floor has beside the operations.
const (
	PathHello  = "/hello"
	PathMemory = "/memory"
)

// Memory is what PathMemory answers: the process's allocations so far.
type Memory struct {
	Objects uint64 `json:"objects"`
	Bytes   uint64 `json:"bytes"`
}

// New gives the floor over a database, or hello alone when the address is empty,
// and what closes it.
func New(ctx context.Context, address string, connections int) (http.Handler, func() error, error) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+PathHello, hello)
	mux.HandleFunc("GET "+PathMemory, memory)
	if address == "" {
		return mux, func() error { return nil }, nil
	}
	template, err := crm.ParseNumberTemplate(crm.DefaultTemplate,
		crm.BarcodeRule{Pattern: crm.DefaultBarcodeTemplate, Type: crm.EAN13})
	if err != nil {
		return nil, nil, err
	}
	d, err := openDatabase(ctx, address, connections)
	if err != nil {
		return nil, nil, err
	}
	(&handlers{d, template}).routes(mux)
	return mux, d.close, nil
}

// Serve serves the floor until the context ends. It writes its URL as the first
// line of out.
func Serve(ctx context.Context, address string, connections int, out io.Writer) (err error) {
	handler, closeStore, err := New(ctx, address, connections)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore()) }()
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
type handlers struct {
	d        *database
	template *crm.NumberTemplate
}

func (f *handlers) routes(mux *http.ServeMux) {
	for pattern, serve := range map[string]func(http.ResponseWriter, *http.Request) error{
		"GET /v1/card":            f.find,
		"GET /v1/card/{number}":   f.card,
		"GET /v1/card/anonymous":  f.reserve,
		"POST /v1/card/anonymous": f.issue,
		"POST /v1/card/{number}":  f.update,
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

func hello(w http.ResponseWriter, _ *http.Request) {
	_, _ = io.WriteString(w, "hello") // who does not listen needs no answer
}

func memory(w http.ResponseWriter, _ *http.Request) {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	_ = json.NewEncoder(w).Encode(Memory{Objects: stats.Mallocs, Bytes: stats.TotalAlloc})
}

var errNotFound = errors.New("not found")

// single moves to the only row that is wanted.
func single(rows *sql.Rows) error {
	if rows.Next() {
		return nil
	}
	return errors.Join(rows.Err(), errNotFound)
}

package web

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"html/template"
	"net/http"
	"sync"
	"time"

	"koshelek-adapter/conformance"
)

//go:embed templates static
var files embed.FS

// Limits of the site.
const (
	// DefaultKeep is how many runs are kept when nothing else is asked for.
	DefaultKeep = 20
	// MaxRunning is how many runs go on at once.
	MaxRunning = 2
	// maxForm limits a form: certificates and a profile are pasted into it.
	maxForm = 512 << 10
)

// Runner judges a host; [conformance.Run] is one.
type Runner func(context.Context, conformance.Target, conformance.Options) (conformance.Report, error)

// Options shape the site.
type Options struct {
	// Hosts are the names, with the port, under which the site answers, such as
	// localhost:8010. At least one is needed.
	Hosts []string
	// Keep is how many runs are kept; DefaultKeep when zero. The oldest finished
	// one makes room.
	Keep int
	// Run is conformance.Run when nil.
	Run Runner
	// Clock is time.Now when nil.
	Clock func() time.Time
}

// Server is the site. It is an http.Handler, safe for concurrent use.
type Server struct {
	options Options
	handler http.Handler
	pages   *template.Template
	token   string

	ctx  context.Context
	stop context.CancelFunc
	work sync.WaitGroup

	mu     sync.Mutex
	runs   []*run // oldest first
	serial int
}

// New makes the site. Close it, or its runs go on.
func New(o Options) (*Server, error) {
	if len(o.Hosts) == 0 {
		return nil, errors.New("web: no name to answer under")
	}
	if o.Keep <= 0 {
		o.Keep = DefaultKeep
	}
	if o.Run == nil {
		o.Run = conformance.Run
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	pages, err := template.New("").Funcs(functions).ParseFS(files, "templates/*.tmpl")
	if err != nil {
		return nil, err
	}
	s := &Server{options: o, pages: pages, token: rand.Text()}
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.handler = s.guard(s.routes())
	return s, nil
}

// ServeHTTP answers a browser.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Close stops all runs and waits for them.
func (s *Server) Close() {
	s.stop()
	s.work.Wait()
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.home)
	mux.HandleFunc("POST /runs", s.begin)
	mux.HandleFunc("GET /runs/{id}", s.show)
	mux.HandleFunc("GET /runs/{id}/results", s.results)
	mux.HandleFunc("GET /runs/{id}/events", s.events)
	mux.HandleFunc("GET /runs/{id}/checks/{rule}", s.check)
	mux.HandleFunc("GET /runs/{id}/files/{name}", s.download)
	mux.HandleFunc("POST /runs/{id}/stop", s.halt)
	mux.HandleFunc("POST /runs/{id}/delete", s.remove)
	mux.HandleFunc("GET /compare", s.compare)
	mux.Handle("GET /static/", http.FileServerFS(files))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.oops(w, r, http.StatusNotFound, "There is no such page.")
	})
	return mux
}

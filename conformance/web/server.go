package web

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"html/template"
	"io"
	"net/http"
	"sync"
	"time"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/language"
	"koshelek-adapter/conformance/report"
)

//go:embed templates static
var files embed.FS

// Limits of the site.
const (
	// DefaultKeep is how many runs are kept when nothing else is asked for.
	DefaultKeep = 20
	// MaxRunning is how many runs go on at once.
	MaxRunning = 2
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
	// Dir is the folder in which runs are kept over a restart; "" for none.
	Dir string
	// Language is spoken to browsers that ask for none of ours; English when "".
	Language language.Language
	// Log is told what went wrong with the folder; nil for nobody.
	Log func(text string)
	// Clock is time.Now when nil.
	Clock func() time.Time
}

// Server is the site. It is an http.Handler, safe for concurrent use.
type Server struct {
	options Options
	handler http.Handler
	pages   map[language.Language]*template.Template
	store   *store
	token   string

	ctx  context.Context
	stop context.CancelFunc
	work sync.WaitGroup

	mu   sync.Mutex
	runs []*run // oldest first
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
	if o.Language == "" {
		o.Language = language.English
	}
	s := &Server{options: o, token: rand.Text(), pages: map[language.Language]*template.Template{}}
	var err error
	for _, l := range language.All() {
		if s.pages[l], err = template.New("").Funcs(report.Functions(l)).Funcs(functions(l)).ParseFS(files, "templates/*.tmpl"); err != nil {
			return nil, err
		}
	}
	if s.store, err = newStore(o.Dir, o.Log); err != nil {
		return nil, err
	}
	if s.runs, err = s.store.load(o.Keep, o.Clock); err != nil {
		return nil, err
	}
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
	mux.HandleFunc("GET /runs/{id}/report", s.view)
	mux.HandleFunc("POST /runs/{id}/again", s.again)
	mux.HandleFunc("POST /runs/{id}/stop", s.halt)
	mux.HandleFunc("POST /runs/{id}/delete", s.remove)
	mux.HandleFunc("GET /compare", s.compare)
	mux.HandleFunc("GET /static/report.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		_, _ = io.WriteString(w, report.Style()) // who has gone needs no style
	})
	mux.Handle("GET /static/", http.FileServerFS(files))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.oops(w, r, http.StatusNotFound, "There is no such page.")
	})
	return mux
}

package web

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/language"
	"koshelek-adapter/conformance/report"
	"koshelek-adapter/schema/koshelek"
)

// page is what every template gets.
type page struct {
	Title, Token string
	// Lang is the language of the page, and Here its address with a question mark
	// and the rest of its query, to which the switch of languages adds.
	Lang language.Language
	Here string
	// Refresh makes a page without JavaScript load itself again.
	Refresh bool
	Data    any
}

// render writes a page; a template that fails is a defect and shows nothing half.
func (s *Server) render(w http.ResponseWriter, r *http.Request, status int, name string, p page) {
	p.Token, p.Lang, p.Here = s.token, s.speaks(r), here(r)
	p.Title = p.Lang.Say(p.Title)
	var text bytes.Buffer
	if err := s.pages[p.Lang].ExecuteTemplate(&text, name, p); err != nil {
		http.Error(w, "The page could not be made.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = text.WriteTo(w) // who has gone needs no page
}

// here is the address of a page for a link that adds to its query. A form that
// was sent has none: the link leads to the start.
func here(r *http.Request) string {
	if r.Method != http.MethodGet {
		return "/?"
	}
	query := r.URL.Query()
	query.Del("lang")
	if len(query) == 0 {
		return r.URL.EscapedPath() + "?"
	}
	return r.URL.EscapedPath() + "?" + query.Encode() + "&"
}

func (s *Server) oops(w http.ResponseWriter, r *http.Request, status int, text string, values ...any) {
	l := s.speaks(r)
	title := l.Say("The site has failed")
	switch status {
	case http.StatusNotFound:
		title = l.Say("Not found")
	case http.StatusForbidden:
		title = l.Say("Not accepted")
	case http.StatusRequestEntityTooLarge:
		title = l.Say("Too large")
	}
	s.render(w, r, status, "oops", page{Title: title, Data: l.Say(text, values...)})
}

// homeData is the form beside the runs.
type homeData struct {
	Form      form
	Versions  []koshelek.Version
	Scenarios []contract.Scenario
	Runs      []snapshot
	MaxFile   int
}

// home shows the form, filled in as for an earlier run when the address names one.
func (s *Server) home(w http.ResponseWriter, r *http.Request) {
	f := newForm()
	if earlier, ok := s.find(r.URL.Query().Get("like")); ok {
		f.settings = earlier.settings
	}
	s.showForm(w, r, http.StatusOK, f)
}

func (s *Server) showForm(w http.ResponseWriter, r *http.Request, status int, f form) {
	s.render(w, r, status, "home", page{Title: "New run", Data: homeData{f, koshelek.Versions(), contract.Scenarios(), s.list(), maxFile >> 10}})
}

// begin starts a run from a sent form.
func (s *Server) begin(w http.ResponseWriter, r *http.Request) {
	s.startFrom(w, r, readForm(r, s.speaks(r)))
}

// again starts a run with the settings of an earlier one. The credentials were
// kept nowhere, so they come with the form.
func (s *Server) again(w http.ResponseWriter, r *http.Request) {
	if one, ok := s.given(w, r); ok {
		s.startFrom(w, r, form{settings: one.settings, lang: s.speaks(r), Faults: map[string]string{}})
	}
}

func (s *Server) startFrom(w http.ResponseWriter, r *http.Request, f form) {
	target, options := f.check(r.PostForm.Get("user"), r.PostForm.Get("password"))
	if len(f.Faults) > 0 {
		s.showForm(w, r, http.StatusUnprocessableEntity, f)
		return
	}
	started, ok := s.start(f.settings, target, options)
	if !ok {
		f.fault("%d runs are going on; wait for one of them or stop it.", "", MaxRunning)
		s.showForm(w, r, http.StatusConflict, f)
		return
	}
	http.Redirect(w, r, "/runs/"+started.name(), http.StatusSeeOther)
}

// given finds the run of the address, or says that it is gone.
func (s *Server) given(w http.ResponseWriter, r *http.Request) (*run, bool) {
	found, ok := s.find(r.PathValue("id"))
	if !ok {
		s.oops(w, r, http.StatusNotFound, "This run is not kept any more. The last %d are.", s.options.Keep)
	}
	return found, ok
}

// runData is a run, and those that it can be compared with.
type runData struct {
	snapshot
	Runs []snapshot
	// Found is what was found, or has been so far.
	Found, Facts template.HTML
	Files        []report.Form
	Silence      string
}

func (s *Server) runPage(w http.ResponseWriter, r *http.Request, name string) {
	one, ok := s.given(w, r)
	if !ok {
		return
	}
	now, _ := one.look()
	l := s.speaks(r)
	d := runData{snapshot: now, Runs: s.list(), Files: report.Forms(), Silence: now.Silence(l)}
	links := func(rule string) string { return "/runs/" + one.name() + "/checks/" + rule }
	var err error
	if now.Judged() {
		d.Found, err = report.Body(now.Report, l, links)
	} else {
		d.Found, err = report.Live(now.Report, l, links)
	}
	if err == nil && now.Judged() {
		d.Facts, err = report.Facts(now.Report, l)
	}
	if err != nil {
		s.oops(w, r, http.StatusInternalServerError, "The report could not be made.")
		return
	}
	s.render(w, r, http.StatusOK, name, page{Title: l.Say("Run %d", now.ID), Refresh: !now.Over(), Data: d})
}

func (s *Server) show(w http.ResponseWriter, r *http.Request) { s.runPage(w, r, "run") }

// results is the part of a run's page that changes while it goes on.
func (s *Server) results(w http.ResponseWriter, r *http.Request) { s.runPage(w, r, "results") }

// checkData is one check of a run.
type checkData struct {
	snapshot
	Of             conformance.Check
	Scenario       conformance.ScenarioResult
	Cause          string
	Before, Behind string
}

func (s *Server) check(w http.ResponseWriter, r *http.Request) {
	one, ok := s.given(w, r)
	if !ok {
		return
	}
	now, _ := one.look()
	check, scenario, before, behind, found := now.Check(r.PathValue("rule"))
	if !found {
		s.oops(w, r, http.StatusNotFound, "This check was not carried out in this run.")
		return
	}
	d := checkData{now, check, scenario, "", before, behind}
	for _, cause := range now.Report.Causes {
		if cause.ID == check.Cause {
			d.Cause = cause.Text
		}
	}
	s.render(w, r, http.StatusOK, "check", page{Title: check.Rule, Data: d})
}

// formOf is the form of a report by the name of its file.
func formOf(name string) (report.Form, bool) {
	for _, form := range report.Forms() {
		if form.Name == name {
			return form, true
		}
	}
	return report.Form{}, false
}

// download gives a report as a file.
func (s *Server) download(w http.ResponseWriter, r *http.Request) {
	s.file(w, r, r.PathValue("name"), func(id string) {
		// As a file: a report holds texts of the host and must not run as a page of ours.
		w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", "run-"+id+"-"+r.PathValue("name")))
	})
}

// view shows the report as it is kept and handed on. It gets no rights of this
// site: no scripts, and an origin of its own.
func (s *Server) view(w http.ResponseWriter, r *http.Request) {
	s.file(w, r, report.HTMLName, func(string) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'")
	})
}

func (s *Server) file(w http.ResponseWriter, r *http.Request, name string, head func(id string)) {
	one, ok := s.given(w, r)
	if !ok {
		return
	}
	now, _ := one.look()
	form, known := formOf(name)
	if !now.Judged() || !known {
		s.oops(w, r, http.StatusNotFound, "There is no such report of this run.")
		return
	}
	var text bytes.Buffer
	if err := form.Write(&text, now.Report, s.speaks(r)); err != nil {
		s.oops(w, r, http.StatusInternalServerError, "The report could not be made.")
		return
	}
	w.Header().Set("Content-Type", form.Kind)
	head(one.name())
	_, _ = text.WriteTo(w) // who has gone needs no report
}

func (s *Server) halt(w http.ResponseWriter, r *http.Request) {
	if one, ok := s.given(w, r); ok {
		one.stop()
		http.Redirect(w, r, "/runs/"+one.name(), http.StatusSeeOther)
	}
}

func (s *Server) remove(w http.ResponseWriter, r *http.Request) {
	s.drop(r.PathValue("id"))
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

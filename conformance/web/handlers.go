package web

import (
	"bytes"
	"fmt"
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
	// Refresh makes a page without JavaScript load itself again.
	Refresh bool
	Data    any
}

// render writes a page; a template that fails is a defect and shows nothing half.
func (s *Server) render(w http.ResponseWriter, status int, name string, p page) {
	p.Token = s.token
	var text bytes.Buffer
	if err := s.pages.ExecuteTemplate(&text, name, p); err != nil {
		http.Error(w, "The page could not be made.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = text.WriteTo(w) // who has gone needs no page
}

func (s *Server) oops(w http.ResponseWriter, _ *http.Request, status int, text string) {
	s.render(w, status, "oops", page{Title: http.StatusText(status), Data: text})
}

// homeData is the form beside the runs.
type homeData struct {
	Form      form
	Versions  []koshelek.Version
	Scenarios []contract.Scenario
	Runs      []snapshot
}

func (s *Server) home(w http.ResponseWriter, _ *http.Request) {
	s.showForm(w, http.StatusOK, newForm())
}

func (s *Server) showForm(w http.ResponseWriter, status int, f form) {
	s.render(w, status, "home", page{Title: "New run", Data: homeData{f, koshelek.Versions(), contract.Scenarios(), s.list()}})
}

// begin starts a run from a sent form.
func (s *Server) begin(w http.ResponseWriter, r *http.Request) {
	f, target, options := readForm(r)
	if len(f.Faults) > 0 {
		s.showForm(w, http.StatusUnprocessableEntity, f)
		return
	}
	started, ok := s.start(target, options)
	if !ok {
		f.Faults[""] = fmt.Sprintf("%d runs are going on; wait for one of them or stop it.", MaxRunning)
		s.showForm(w, http.StatusConflict, f)
		return
	}
	http.Redirect(w, r, "/runs/"+started.id, http.StatusSeeOther)
}

// given finds the run of the address, or says that it is gone.
func (s *Server) given(w http.ResponseWriter, r *http.Request) (*run, bool) {
	found, ok := s.find(r.PathValue("id"))
	if !ok {
		s.oops(w, r, http.StatusNotFound, fmt.Sprintf("This run is not kept any more. The last %d are, until the site ends.", s.options.Keep))
	}
	return found, ok
}

func (s *Server) show(w http.ResponseWriter, r *http.Request) {
	if one, ok := s.given(w, r); ok {
		now, _ := one.look()
		s.render(w, http.StatusOK, "run", page{Title: now.Title(), Refresh: !now.Over, Data: runData{now, s.list()}})
	}
}

// runData is a run, and those that it can be compared with.
type runData struct {
	snapshot
	Runs []snapshot
}

// results is the part of a run's page that changes while it goes on.
func (s *Server) results(w http.ResponseWriter, r *http.Request) {
	if one, ok := s.given(w, r); ok {
		now, _ := one.look()
		s.render(w, http.StatusOK, "results", page{Data: runData{now, s.list()}})
	}
}

// checkData is one check of a run.
type checkData struct {
	snapshot
	Of             conformance.Check
	Scenario       string
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
	s.render(w, http.StatusOK, "check", page{Title: check.Rule, Data: checkData{now, check, scenario, before, behind}})
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
	one, ok := s.given(w, r)
	if !ok {
		return
	}
	now, _ := one.look()
	form, known := formOf(r.PathValue("name"))
	if now.Report == nil || !known {
		s.oops(w, r, http.StatusNotFound, "There is no such report of this run.")
		return
	}
	var text bytes.Buffer
	if err := form.Write(&text, *now.Report, language.English); err != nil {
		s.oops(w, r, http.StatusInternalServerError, "The report could not be made.")
		return
	}
	w.Header().Set("Content-Type", form.Kind)
	// As a file: a report holds texts of the host and must not run as a page of ours.
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", "run-"+now.ID+"-"+r.PathValue("name")))
	_, _ = text.WriteTo(w) // who has gone needs no report
}

func (s *Server) halt(w http.ResponseWriter, r *http.Request) {
	if one, ok := s.given(w, r); ok {
		one.stop()
		http.Redirect(w, r, "/runs/"+one.id, http.StatusSeeOther)
	}
}

func (s *Server) remove(w http.ResponseWriter, r *http.Request) {
	s.drop(r.PathValue("id"))
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

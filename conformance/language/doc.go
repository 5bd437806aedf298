// Package language has what the suite says to people in English and Russian.
//
// English is the suite's own: a rule's text stands beside its check, a page's in
// its template. This package adds the Russian, from ru.json: rules and
// scenarios by their IDs, all else by the English words ([Language.Say]). Reports are kept in English, and
// their sentences are translated where they are shown ([Language.Sentence]), so
// that one report can be read in either language. Titles of single calls and the
// host's own words stay as they are.
package language

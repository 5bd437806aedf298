// Package har judges recorded traffic: it reads an HTTP Archive (HAR 1.2), as
// browsers and proxies write it, and holds every answer of the Koshelek API in it
// to the rules that hold for every answer.
//
// Recorders differ, so [Read] is lenient: what is missing counts as not
// recorded, bodies may be in base64, headers may be a list or an object. What
// cannot be judged is counted and explained and never counts as good. Files are
// read entry by entry under limits, and nothing personal of them is shown.
package har

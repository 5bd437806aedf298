// Package microsite plays BigCity's rewards microsite against a partner that
// hosts the five endpoints of the Client System: it logs customers in, shows
// their points, places orders, fulfils or fails them, and does so unkindly:
// with lost answers, repeats, races and wrong one-time passwords.
//
// TEST ONLY. A [Driver] plays a story and returns a [Report] of what it saw and
// of what a correct partner would have answered. [Stories] lists them.
package microsite

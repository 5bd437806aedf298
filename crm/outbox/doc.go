// Package outbox is the worker that tells reward vendors what the programme has
// ordered for them.
//
// A [Worker] claims deliveries that are due, a bounded number at a time, sends
// each to its [Vendor] under a rate limit, and stores what is certain
// afterwards. Many workers, in one process or in many, may run on one store: a
// claim is exclusive and runs out with the process that holds it. Each customer's
// deliveries to a vendor go out one after the other.
//
// Nothing is lost: a delivery leaves the outbox's open states only with the
// vendor's word or an operator's. Nothing is done twice: a delivery that may not
// be repeated becomes unknown when its answer is lost, and is asked about where
// the vendor can be asked. A vendor that is down is left alone for a while by a
// circuit breaker, and nothing else waits for it.
package outbox

// Package callbacks serves what reward vendors call by themselves: results of the
// Points API and webhooks of qiibee. A call is answered with 200 only when what it
// brings is stored, so that a vendor may send it again until then; the same call
// twice is the same success. What does not fit is refused and changes nothing.
package callbacks

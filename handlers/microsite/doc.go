// Package microsite serves what Bigcity's rewards microsite calls: one-time
// passwords, points, and orders that are redeemed and reversed. It has its own
// credentials, envelope and limits, and works on the same programme as every
// other API. Shapes and texts are those of package schema/microsite;
// errors.go is the only place that writes an error.
package microsite

// Package tlscert gives the server its certificate: one that it makes for itself (SelfSigned) or one that somebody else puts into files and
// replaces from time to time (Reloader). Both end in the same TLS settings (Config). Nothing here logs or returns key material.
package tlscert

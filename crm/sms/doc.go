// Package sms brings one-time codes to phones: through the HTTP gateway of any
// operator, described by a template, or, for development, to the console. Both
// are senders as package crm wants them. Neither logs a code or a phone, and no
// error names one.
package sms

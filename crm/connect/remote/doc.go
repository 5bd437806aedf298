// Package remote is a [crm.Connector] for a CRM that answers over HTTP, in any
// language: the contract of package crmapi. It sends each call once and tells
// what its outcome is; waits, repetitions and the cache are those of package
// connect.
package remote

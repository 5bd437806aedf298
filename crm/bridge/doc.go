// Package bridge is what the outbox knows of reward vendors: a [Bridge] sends
// one delivery and says what is certain about it, or asks what became of one.
// The packages below it are the vendors' clients, usable on their own; package
// reward turns them into bridges.
package bridge

// Package connect makes a loyalty programme of a CRM that a retailer has already.
//
// [Program] implements [crm.Program] over a [crm.Connector], which only translates.
// Customers, balances and purchases are the CRM's. What Koshelek needs besides
// stays here, in a [Store]: the pool of numbers, links between cards and the CRM's
// customers, the intents of writes, what customers consented to, and the identity
// of receipts and codes.
//
// A write is written down as an [Intent] before the CRM is told, under a name of
// its meaning that is unique while it is open. So twins, repetitions and other
// servers join it, and what a fault leaves open is finished as the CRM's declared
// [crm.Guarantee] allows: sent again under the same key, looked up, or left to an
// operator as unknown.
//
// A failing CRM never makes a second card: "no card" is answered on its own fresh
// word alone. Cards that are known are shown from the last answer while it is down.
package connect

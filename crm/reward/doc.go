// Package reward turns the clients of reward vendors into bridges of the outbox:
// what each action of an award rule sends, what an answer means for a delivery,
// and how a vendor is asked about one whose answer was lost.
//
//	vendor   actions                      a lost answer
//	points   earn, redeem                 sent again under the same requestId
//	qiibee   credit, debit, miles         unknown; the user's transactions are asked
//	bigcity  vouchers                     unknown; an operator decides
package reward

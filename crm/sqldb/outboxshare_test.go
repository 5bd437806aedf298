package sqldb

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/outbox"
)

// TestQuestionsDoNotKeepSendingsOut: a vendor that always has many deliveries to
// be asked about, and a customer with a thousand that wait for the first, leave
// room for what another customer has ordered.
func TestQuestionsDoNotKeepSendingsOut(t *testing.T) {
	onBothWithLine(t, func(t *testing.T, _ string, s *Store) {
		ctx, receipts, claims := context.Background(), int64(100), 0
		order := func(customer string) {
			_, err := s.Issue(ctx, engine.IssueRequest{Profile: crm.Profile{Phone: customer}, Number: crm.CardNumber{
				Number: customer, BarcodeNumber: customer, BarcodeType: crm.Code128,
			}, Now: parkedAt})
			require.NoError(t, err)
			receipts++
			_, err = s.SubmitReceipt(ctx, engine.ReceiptSubmission{
				CardNumber: customer, Receipt: crm.Receipt{ReceiptKey: crm.ReceiptKey{FN: "9960440300123456", I: receipts, FP: 1}, At: parkedAt},
				Messages: errands(customer, 1), Now: parkedAt,
			})
			require.NoError(t, err)
		}
		const limit = 16
		// claim gives what it got to send, and how many questions, which stay due.
		claim := func() (sent []outbox.Delivery, asked int) {
			claims++
			name := fmt.Sprint("claim ", claims)
			list, err := s.ClaimDeliveries(ctx, outbox.ClaimRequest{Vendor: "acme", Claim: name, Limit: limit, Now: parkedAt, Until: parkedAt.Add(time.Hour)})
			require.NoError(t, err)
			for _, d := range list {
				if d.State == outbox.StateSending {
					sent = append(sent, d)
					continue
				}
				asked++
				_, err := s.SettleDelivery(ctx, outbox.Settlement{ID: d.ID, Claim: name, State: d.State, DueAt: parkedAt, Now: parkedAt})
				require.NoError(t, err)
			}
			return sent, asked
		}
		for q := range limit / 2 {
			order(fmt.Sprintf("7921111%04d", q))
		}
		sent, _ := claim() // with the line of onBothWithLine, whose first is at work from now on
		require.Len(t, sent, limit/2+1)
		for _, d := range sent {
			if d.CardNumber == "card-1" {
				continue
			}
			_, err := s.SettleDelivery(ctx, outbox.Settlement{ID: d.ID, State: outbox.StatePending, DueAt: parkedAt, Now: parkedAt})
			require.NoError(t, err)
		}
		order("79212220000")
		sent, asked := claim()
		require.Len(t, sent, 1)
		require.Equal(t, limit/2, asked)
		// Two hundred wait behind that one, and somebody else's comes after them.
		require.NoError(t, s.do(ctx, func(c conn) error { return s.order(c, "79212220000", errands("waiting", 200), millis(parkedAt)) }))
		order("79213330000")
		sent, asked = claim()
		require.Len(t, sent, 1, "the next claim sends what waits for nothing")
		require.Equal(t, "79213330000", sent[0].CardNumber)
		require.Equal(t, limit/2, asked)
	})
}

// errands are awards of one customer.
func errands(name string, n int) (list []outbox.Message) {
	for i := range n {
		key := fmt.Sprint(name, " ", i)
		list = append(list, outbox.Message{Key: key, Cause: key, Vendor: "acme", Action: "award", Points: 1})
	}
	return list
}

package sqlmap

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/connect/connecttest"
)

// TestPromises: every check of a connector, over the reference tables on both engines,
// with connections that are cut before and after the database's commit.
func TestPromises(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		connecttest.Run(t, func(t *testing.T) *connecttest.Subject {
			between, err := connecttest.NewProxy(e.address())
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, between.Close()) })
			e.writer = strings.Replace(e.writer, e.address(), between.Addr().String(), 1)
			e.run(t, "INSERT INTO wallet_codes (code, points) VALUES ('SPRING', 50);")
			return &connecttest.Subject{
				Connector: e.connector(t), Code: "SPRING", Cut: between.Cut,
				Block: func(_ context.Context, number string) error {
					e.run(t, "UPDATE wallet_cards SET state = 'blocked' WHERE number = '"+number+"';")
					return nil
				},
				Bought: func(_ context.Context, number string, line crm.Purchase) error {
					e.run(t, fmt.Sprintf("INSERT INTO wallet_purchases (card, day, item, amount, quantity, points) VALUES ('%s', '%s', '%s', 1, 1, 0);", number, line.Date, line.Item))
					return nil
				},
			}
		})
	})
}

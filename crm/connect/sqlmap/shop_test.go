package sqlmap

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
)

// The shop's tables are not changed, and hold what tills write.
func TestShopAsItIs(t *testing.T) {
	e := mysqlEngine(t, "shop.sql", "shop-wallet.sql")
	e.run(t, `INSERT INTO clients VALUES (1, 'Иванов Пётр Ильич', '89000000001', 'Ivanov@Example.com', '1980-01-01', 1), (2, 'Петрова', '+79000000002', NULL, NULL, 2);
INSERT INTO discount_cards VALUES ('2900000000001', 1, 1, '2020-01-01 10:00:00'), ('2900000000002', 2, 2, '2020-01-01 10:00:00');
INSERT INTO bonus_moves (card_no, amount, burns_on) VALUES ('2900000000001', 100.60, '2999-12-31'), ('2900000000001', -20, NULL), ('2900000000001', 5, '2020-01-01');
INSERT INTO receipts VALUES (1, '2900000000001', '2026-01-02 23:59:00', 'Тверская, 1');
INSERT INTO receipt_lines VALUES (1, 1, 'Чай', 1, 99.90, 3), (1, 2, 'Сыр', 0.350, 200, 0);
`)
	c, err := e.openMapping(t, example(t, "shop.toml"))
	require.NoError(t, err)
	found, err := c.Find(t.Context(), crm.Identity{Phone: "79000000001"})
	require.NoError(t, err)
	require.Len(t, found, 1)
	assert.Equal(t, "ivanov@example.com", found[0].Profile.Email)
	assert.Equal(t, "Иванов", found[0].Profile.Surname)
	assert.Equal(t, crm.Date("1980-01-01"), found[0].Profile.BirthDate)
	blocked, err := c.Find(t.Context(), crm.Identity{Phone: "79000000002"})
	require.NoError(t, err)
	assert.Equal(t, crm.CardBlocked, blocked[0].State)
	b, err := c.Balance(t.Context(), found[0].Ref)
	require.NoError(t, err)
	assert.Equal(t, int64(80), b.Total)
	for after, want := range map[string]string{"": "Чай", "2026-01-02 0000000001-00001": "Сыр"} {
		lines, _, err := c.Purchases(t.Context(), found[0].Ref, "2026-01-02", "2026-01-02", after, 1)
		require.NoError(t, err)
		require.Len(t, lines, 1)
		assert.Equal(t, want, lines[0].Item)
	}
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			_, err := c.Enroll(context.WithoutCancel(t.Context()), enrollment(9))
			assert.Contains(t, []crm.Kind{"", crm.ErrNotDone}, crm.KindOf(err))
		})
	}
	wait.Wait()
	found, err = c.Find(t.Context(), crm.Identity{Phone: enrollment(9).Profile.Phone})
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.NoError(t, c.Update(t.Context(), "u", found[0].Ref, crm.Profile{Phone: "79000000077"}))
	assert.Equal(t, crm.ErrPhoneTaken, crm.KindOf(c.Update(t.Context(), "u2", found[0].Ref, crm.Profile{Phone: "79000000001"})))
}

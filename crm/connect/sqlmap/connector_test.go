package sqlmap

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
)

func enrollment(n int) crm.Enrollment {
	return crm.Enrollment{
		Key: fmt.Sprintf("enroll-%d", n), Number: crm.CardNumber{Number: fmt.Sprintf("29%011d", n)},
		Profile: crm.Profile{Phone: fmt.Sprintf("7900%07d", n), Email: fmt.Sprintf("a%d@example.com", n), Surname: "Иванов", FirstName: "Пётр", Sex: "m", BirthDate: "1980-02-29"},
	}
}

func TestEverythingOverReferenceTables(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		c, ctx := e.connector(t), t.Context()
		about, err := c.Describe(ctx)
		require.NoError(t, err)
		assert.Len(t, about.Offers, 10)
		assert.Len(t, about.Writes, 6)
		assert.Empty(t, about.Notes)
		assert.WithinDuration(t, time.Now(), about.Now, time.Minute)

		want := enrollment(1)
		made, err := c.Enroll(ctx, want)
		require.NoError(t, err)
		assert.Equal(t, want.Number.Number, made.Card)
		assert.Equal(t, want.Profile, made.Profile)
		again, err := c.Enroll(ctx, want)
		require.NoError(t, err)
		assert.Equal(t, made, again)
		other := want
		other.Profile.Surname = "Петров"
		_, err = c.Enroll(ctx, other)
		assert.Equal(t, crm.ErrOperationConflict, crm.KindOf(err))

		for _, by := range []crm.Identity{{Phone: want.Profile.Phone}, {Email: want.Profile.Email}, {Phone: want.Profile.Phone, Email: want.Profile.Email}} {
			found, err := c.Find(ctx, by)
			require.NoError(t, err)
			assert.Equal(t, []crm.Member{made}, found)
		}
		found, err := c.Find(ctx, crm.Identity{Phone: "79009999999", Email: "nobody@example.com"})
		require.NoError(t, err)
		assert.Empty(t, found)
		_, err = c.Member(ctx, crm.Ref{Card: "no-such"})
		assert.Equal(t, crm.ErrCardNotFound, crm.KindOf(err))
		_, err = c.Balance(ctx, crm.Ref{Card: "no-such"})
		assert.Equal(t, crm.ErrCardNotFound, crm.KindOf(err))

		require.NoError(t, c.Update(ctx, "u1", made.Ref, crm.Profile{Surname: "Сидоров"}))
		require.NoError(t, c.SetChannels(ctx, "c1", made.Ref, map[crm.Channel]bool{crm.ChannelSMS: true, crm.ChannelEmail: false}))
		m, err := c.Member(ctx, made.Ref)
		require.NoError(t, err)
		assert.Equal(t, "Сидоров", m.Profile.Surname)
		assert.Equal(t, "Пётр", m.Profile.FirstName)

		until := time.Now().Add(48 * time.Hour).Truncate(time.Second)
		applied, err := c.Move(ctx, "p1", made.Ref, crm.PointsMove{Points: 100, Description: "welcome", ValidUntil: until})
		require.NoError(t, err)
		assert.Equal(t, int64(100), applied.Points)
		applied, err = c.Move(ctx, "p1", made.Ref, crm.PointsMove{Points: 100, Description: "welcome", ValidUntil: until})
		require.NoError(t, err)
		assert.True(t, applied.Repeated)
		_, err = c.Move(ctx, "p2", made.Ref, crm.PointsMove{Points: -101})
		assert.Equal(t, crm.ErrInsufficientPoints, crm.KindOf(err))
		_, done, err := c.Operation(ctx, "p2", made.Ref, time.Time{})
		require.NoError(t, err)
		assert.False(t, done, "what was refused was not done")
		applied, done, err = c.Operation(ctx, "p1", made.Ref, time.Time{})
		require.NoError(t, err)
		assert.True(t, done)
		assert.Equal(t, int64(100), applied.Points)

		receipt := crm.Receipt{ReceiptKey: crm.ReceiptKey{FN: "9999078900004792", I: 7, FP: 77}, At: time.Now(), SumKopecks: 250_000, Kind: crm.ReceiptSale}
		for _, key := range []string{"r1", "r2"} { // another key, the same receipt
			applied, err = c.Receipt(ctx, key, made.Ref, receipt)
			require.NoError(t, err)
			assert.Equal(t, int64(25), applied.Points)
		}
		receipt.SumKopecks++
		_, err = c.Receipt(ctx, "r3", made.Ref, receipt)
		assert.Equal(t, crm.ErrReceiptMismatch, crm.KindOf(err))
		e.run(t, "INSERT INTO wallet_codes (code, points, uses_left) VALUES ('ВЕСНА', 50, 1);")
		for _, key := range []string{"k1", "k2"} {
			_, err = c.Redeem(ctx, key, made.Ref, "ВЕСНА")
			require.NoError(t, err)
		}
		_, err = c.Redeem(ctx, "k3", made.Ref, "ЛЕТО")
		assert.Equal(t, crm.ErrCodeUnknown, crm.KindOf(err))

		b, err := c.Balance(ctx, made.Ref)
		require.NoError(t, err)
		assert.Equal(t, int64(175), b.Total)
		assert.Equal(t, int64(175), b.Available)
		assert.Len(t, b.Lots, 3)
		assert.WithinDuration(t, until, b.Lots[0].ValidUntil, 0)

		e.run(t, "INSERT INTO wallet_purchases (card, day, item, amount, quantity, points) VALUES ('"+made.Card+"', '2026-01-02', 'Чай', 99.90, 1.5, 3),"+
			"('"+made.Card+"', '2026-01-02', 'Сыр', 10, 1, 0), ('"+made.Card+"', '2026-01-03', 'Хлеб', 40.50, 1, 1), ('"+made.Card+"', '2026-02-01', 'Соль', 1, 1, 0);")
		var items []string
		for after := ""; ; {
			lines, next, err := c.Purchases(ctx, made.Ref, "2026-01-02", "2026-01-31", after, 1)
			require.NoError(t, err)
			for _, line := range lines {
				items = append(items, fmt.Sprint(line.Date, " ", line.Item, " ", line.AmountKopecks, line.QuantityMilli, line.BonusPoints))
			}
			if after = next; after == "" {
				break
			}
		}
		assert.Equal(t, []string{"2026-01-03 Хлеб 4050 1000 1", "2026-01-02 Чай 9990 1500 3", "2026-01-02 Сыр 1000 1000 0"}, items)

		e.run(t, "INSERT INTO wallet_offers (id, name, end_date) VALUES ('a', 'Скидка', NULL), ('b', 'Старая', '2020-01-01');")
		offers, err := c.Offers(ctx, made.Ref)
		require.NoError(t, err)
		require.Len(t, offers, 1)
		assert.Equal(t, "Скидка", offers[0].Name)

		for n := 2; n < 6; n++ {
			_, err := c.Enroll(ctx, enrollment(n))
			require.NoError(t, err)
		}
		second := enrollment(2)
		second.Key, second.Number.Number = "second", "2900000000099"
		_, err = c.Enroll(ctx, second)
		require.NoError(t, err)
		var cards []string
		for after := ""; ; {
			members, next, err := c.Members(ctx, after, 2)
			require.NoError(t, err)
			for _, m := range members {
				cards = append(cards, m.Card)
			}
			if after = next; after == "" {
				break
			}
		}
		assert.Len(t, cards, 6)

		require.NoError(t, c.Erase(ctx, made.Ref))
		require.NoError(t, c.Erase(ctx, made.Ref))
		found, err = c.Find(ctx, crm.Identity{Phone: want.Profile.Phone})
		require.NoError(t, err)
		assert.Empty(t, found)
	})
}

func TestCollationsDoNotDecide(t *testing.T) {
	e := mysqlEngine(t, "reference-mysql.sql")
	e.run(t, "CREATE TABLE lax (card VARCHAR(64) COLLATE utf8mb4_general_ci, email VARCHAR(254) COLLATE utf8mb4_general_ci, phone VARCHAR(20));")
	e.run(t, "INSERT INTO lax VALUES ('CARD-1', 'andré@example.com', '+7 (900) 000-00-01'), ('é2 ', 'x@example.com', '79000000002');")
	columns := "SELECT '1' AS ref, card, 'active' AS state, phone, email FROM lax WHERE "
	c, err := e.openMapping(t, fmt.Sprintf("[database]\ndriver='mysql'\n[statements]\nfind_by_phone=\"\"\"%sRIGHT(phone, 2) = RIGHT(:phone, 2)\"\"\"\nfind_by_email=\"\"\"%semail = :email\"\"\"\nmember=\"\"\"%scard = :card\"\"\"\n",
		columns, columns, columns))
	require.NoError(t, err)
	for email, cards := range map[string]int{"andré@example.com": 1, "andre@example.com": 0, "x@example.com": 1} {
		found, err := c.Find(t.Context(), crm.Identity{Email: email})
		require.NoError(t, err)
		assert.Len(t, found, cards, email)
	}
	for card, there := range map[string]bool{"CARD-1": true, "card-1": false, "CARD-1 ": false, "e2": false, "é2": false, "é2 ": true} {
		_, err := c.Member(t.Context(), crm.Ref{Card: card})
		assert.Equal(t, there, err == nil, card)
	}
	found, err := c.Find(t.Context(), crm.Identity{Phone: "79000000001"})
	require.NoError(t, err, "the search gave that of another phone, too")
	assert.Len(t, found, 1)
	found, err = c.Find(t.Context(), crm.Identity{Phone: "79110000001"})
	require.NoError(t, err)
	assert.Empty(t, found)
	_, err = c.Enroll(t.Context(), enrollment(1))
	assert.Equal(t, crm.ErrNotSupported, crm.KindOf(err))

	rows, err := c.Query(t.Context(), "find_by_phone", map[string]string{"phone": "8 (911) 000-00-01"}, false)
	require.NoError(t, err)
	require.Len(t, rows, 1)
	assert.Contains(t, rows[0].LeftOut, "another phone")
	assert.Contains(t, rows[0].Fields, [2]string{"phone", "7900***0001"})
	assert.Contains(t, rows[0].Fields, [2]string{"email", "a***@example.com"})
	rows, err = c.Query(t.Context(), "member", map[string]string{"card": "CARD-1"}, true)
	require.NoError(t, err)
	assert.Contains(t, rows[0].Fields, [2]string{"phone", "79000000001"})
}

// What decides an issue is read from the primary, and so is what we have just changed.
func TestReplicaMayLag(t *testing.T) {
	primary, replica := postgresEngine(t), postgresEngine(t)
	primary.reader = replica.reader
	c := primary.connector(t)
	at := time.Now()
	c.options.Clock = func() time.Time { return at }
	made, err := c.Enroll(t.Context(), enrollment(1))
	require.NoError(t, err)
	found, err := c.Find(t.Context(), crm.Identity{Phone: made.Profile.Phone})
	require.NoError(t, err)
	assert.Len(t, found, 1)
	_, err = c.Member(t.Context(), made.Ref)
	require.NoError(t, err)
	at = at.Add(time.Minute)
	_, err = c.Member(t.Context(), made.Ref)
	assert.Equal(t, crm.ErrCardNotFound, crm.KindOf(err), "the replica is asked again")
}

func TestDatabaseThatIsDown(t *testing.T) {
	e := engine{driver: "postgres", reader: "postgres://a@127.0.0.1:1/a", writer: "postgres://a@127.0.0.1:1/a"}
	c := e.connector(t)
	_, err := c.Find(t.Context(), crm.Identity{Phone: "79000000001"})
	assert.Equal(t, crm.ErrUnavailable, crm.KindOf(err))
	_, err = c.Enroll(t.Context(), enrollment(1))
	assert.Equal(t, crm.ErrNotDone, crm.KindOf(err))
	_, err = c.Describe(t.Context())
	assert.Equal(t, crm.ErrUnavailable, crm.KindOf(err))
}

func TestSlowStatementsEnd(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		sleep := map[string]string{"mysql": "SELECT SLEEP(60) AS points, :card AS description", "postgres": "SELECT 1 AS points, pg_sleep(60)::text AS description WHERE :card::text IS NOT NULL"}[e.driver]
		old := example(t, "reference-"+e.driver+".toml")
		_, old, _ = strings.Cut(old, "balance = ")
		old, _, _ = strings.Cut(old, "\n")
		mapping := strings.Replace(strings.Replace(example(t, "reference-"+e.driver+".toml"), old, `"`+sleep+`"`, 1), `"3s"`, `"300ms"`, 1)
		m, err := parse([]byte(mapping))
		require.NoError(t, err)
		c, err := open(m, Options{Read: e.reader, Write: e.writer, Zone: zone(t)})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, c.Close()) })
		_, err = c.Balance(t.Context(), crm.Ref{Card: "1"})
		assert.Equal(t, crm.ErrUnavailable, crm.KindOf(err))
	})
}

// What is no answer is no success, and what is refused is rolled back.
func TestAnswersThatAreNone(t *testing.T) {
	e := postgresEngine(t)
	for answer, kind := range map[string]crm.Kind{
		"VALUES ('strange')": crm.ErrUnavailable, "VALUES ('internal')": crm.ErrUnavailable, "VALUES (NULL)": crm.ErrUnavailable, "VALUES ('done'), ('done')": crm.ErrUnavailable,
		"SELECT 'done' WHERE false": crm.ErrUnavailable, "VALUES ('busy')": crm.ErrNotDone, "VALUES ('card_blocked')": crm.ErrCardBlocked, "VALUES ('done')": "",
	} {
		c := e.connector(t, "SELECT * FROM wallet_code(:key, :card, :code)", "SELECT a.outcome, :key::text AS ref, :card::text AS card, length(:code::text)::bigint AS points FROM ("+answer+") AS a (outcome)")
		_, err := c.Redeem(t.Context(), "a", crm.Ref{Card: "1"}, "code")
		assert.Equal(t, kind, crm.KindOf(err), answer)
	}
	c := e.connector(t)
	e.run(t, "ALTER FUNCTION wallet_end(text, text, text, text, bigint) RENAME TO wallet_finish; CREATE FUNCTION wallet_end(text, text, text, text, bigint) RETURNS wallet_answer LANGUAGE sql AS $$ SELECT ('card_blocked', NULL, NULL, 0)::wallet_answer $$;")
	_, err := c.Enroll(t.Context(), enrollment(1))
	assert.Equal(t, crm.ErrCardBlocked, crm.KindOf(err))
	found, err := c.Find(t.Context(), crm.Identity{Phone: enrollment(1).Profile.Phone})
	require.NoError(t, err)
	assert.Empty(t, found, "the refused write left nothing")
}

// Texts of errors of a database hold what was sent to it.
func TestErrorsHoldNoPersonalData(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		e.run(t, map[string]string{"mysql": "ALTER TABLE wallet_customers MODIFY surname VARCHAR(3);", "postgres": "ALTER TABLE wallet_customers ADD CHECK (surname <> 'Иванов');"}[e.driver])
		_, err := e.connector(t).Enroll(t.Context(), enrollment(1))
		require.Error(t, err)
		assert.Equal(t, crm.ErrUnavailable, crm.KindOf(err))
		assert.NotContains(t, err.Error(), "Иванов")
	})
}

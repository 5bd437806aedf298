package conformance

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"koshelek-adapter/conformance/contract"
)

// TestHintsHideNothing keeps the quick look before the thorough one honest.
func TestHintsHideNothing(t *testing.T) {
	for _, text := range []string{
		"goroutine 17 [running]", "PANIC: no", "Traceback (most recent call last)", "stack trace", "StackTrace", "at com.shop.Cards.find(Cards.java:42)",
		"at find(cards.py", "NullReferenceException", "an exception", "SQLSTATE[42000]", "error in your SQL syntax", "syntax error at or near", "ORA-00933",
		"SELECT number FROM cards WHERE", "insert into cards", "UNIQUE constraint failed", "Duplicate entry '1'", "sqlite", "MySQL", "PostgreSQL", "MariaDB",
		"Undefined index: phone", "nil pointer dereference", "null pointer", "NullPointer", "/usr/lib/", "/var/www/", "/home/shop/", "/srv/x/", "/opt/x/", "/app/x/",
		"go/src/x", "/go/src/", `C:\\inetpub`, "main.go:42", "a.java:1", "a.php:1", "a.py:1", "a.rb:1", "a.cs:1", "a.js:1", "java.lang", "javax.sql", "org.springframework", "System.IOException",
	} {
		assert.Equal(t, inside.Find([]byte(text)), findInside([]byte(text)), text)
	}
	assert.Nil(t, findInside([]byte(`{"code":"201","description":"There is no such card"}`)))
}

// TestSuiteFaultEndsOneCheck: a panic in a check is that check's error.
func TestSuiteFaultEndsOneCheck(t *testing.T) {
	err := attempt(func() { panic("no such thing") })
	assert.ErrorContains(t, err, "no such thing")
	var stop *unready
	assert.ErrorAs(t, err, &stop)
}

// TestNumberThatIsTooLongIsNone: a run keeps every card number.
func TestNumberThatIsTooLongIsNone(t *testing.T) {
	long := strings.Repeat("1", longestNumber+1)
	assert.Empty(t, reservedNumber(&Answer{Status: 200, Body: []byte(`"` + long + `"`)}))
	assert.Empty(t, reservedNumber(&Answer{Status: 200, Body: []byte(long)}))
	assert.Equal(t, long[1:], reservedNumber(&Answer{Status: 200, Body: []byte(long[1:])}))
}

// TestPhonesOfRunsDoNotOverlap: the phones of two runs are the same or none is.
func TestPhonesOfRunsDoNotOverlap(t *testing.T) {
	for _, prefix := range []string{"70", "7000", "700011"} {
		starts := map[uint64]bool{}
		for seed := uint64(1); seed < 50; seed++ {
			m, err := newMaker(Options{PhonePrefix: prefix, EmailDomain: "a.example", Seed: seed}, 0)
			assert.NoError(t, err)
			assert.Zero(t, m.start%m.width())
			assert.LessOrEqual(t, m.start+m.width(), m.span)
			starts[m.start] = true
			next, err := newMaker(m.options, 1)
			assert.NoError(t, err)
			assert.NotEqual(t, m.start, next.start)
		}
		assert.Greater(t, len(starts), 4, prefix)
	}
}

// TestWeigh: only minor rules warn.
func TestWeigh(t *testing.T) {
	assert.Equal(t, Fail, weigh(contract.Critical))
	assert.Equal(t, Fail, weigh(contract.Major))
	assert.Equal(t, Warn, weigh(contract.Minor))
}

// TestSceneStops: a preparation that failed once is not tried again in its
// scenario. The check has no client, so a call would panic.
func TestSceneStops(t *testing.T) {
	s := newScene(contract.ScenarioFind, nil)
	first := notReady("no customer")
	assert.Equal(t, first, s.stop("customer", first))
	c := &check{run: &run{scene: s}}
	assert.Equal(t, first, attempt(func() { c.fresh() }))
	assert.NoError(t, s.stopped("number"))
}

package conformance

import (
	"testing"

	"github.com/stretchr/testify/assert"
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

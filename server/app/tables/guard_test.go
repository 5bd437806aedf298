package tables_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"koshelek-adapter/crm"
	"koshelek-adapter/server/app/tables"
)

// What is written comes back as it was, and no cell of it is a formula.
func TestTextsOfStrangersAreNoFormulas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`['=+@-]{0,3}[0-9A-Za-z=+@ ()'"]{0,5}[a-z]`).Draw(t, "name")
		name = strings.TrimSpace(name)
		var out bytes.Buffer
		w, err := tables.NewWriter(&out, tables.Customers(tables.Conventions{}))
		require.NoError(t, err)
		require.NoError(t, w.Write(crm.Holder{Profile: crm.Profile{Phone: "79216668899", Surname: name}}))
		require.NoError(t, w.Flush())
		_, row, _ := strings.Cut(out.String(), "\n")
		cell := strings.TrimPrefix(strings.Split(row, ",")[2], `"`)
		if strings.ContainsAny(cell[:1], "=+-@") {
			t.Fatalf("%q is written as %q", name, cell)
		}
		r, err := tables.NewReader(&out, tables.Customers(tables.Conventions{}), tables.Reading{})
		require.NoError(t, err)
		holder, _, err := r.Next()
		require.NoError(t, err)
		if holder.Profile.Surname != name {
			t.Fatalf("%q came back as %q", name, holder.Profile.Surname)
		}
	})
}

// Lines may end with CR alone, and no error shows what a header must not hold.
func TestCarriageReturnsAndHeadersOfPeople(t *testing.T) {
	r, err := tables.NewReader(strings.NewReader("phone;surname\r79266741201;Петров\r"), tables.Customers(tables.Conventions{}), tables.Reading{})
	require.NoError(t, err)
	holder, _, err := r.Next()
	require.NoError(t, err)
	assert.Equal(t, "Петров", holder.Profile.Surname)
	_, _, err = r.Next()
	assert.True(t, errors.Is(err, io.EOF))
	for _, header := range []string{"79266741201;Петров\n", "phone;surname;anna@example.com\n", "phone;79266741201\n", "Петров;Анна\n"} {
		_, err := tables.NewReader(strings.NewReader(header), tables.Customers(tables.Conventions{}), tables.Reading{})
		require.Error(t, err)
		for _, secret := range []string{"79266741201", "anna@example.com", "Петров", "Анна"} {
			assert.NotContains(t, strings.ToLower(err.Error()), strings.ToLower(secret), header)
		}
	}
	_, err = tables.NewReader(strings.NewReader("phone;surnam\n"), tables.Customers(tables.Conventions{}), tables.Reading{})
	assert.ErrorContains(t, err, `"surnam"`, "a typing error is shown")
}

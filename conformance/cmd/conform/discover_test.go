package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance"
)

// TestDiscoverCommand: the words go where a person reads them, the profile into a
// file that is never replaced unasked.
func TestDiscoverCommand(t *testing.T) {
	file := filepath.Join(t.TempDir(), "shop.json")
	args := append([]string{"discover"}, host(t, "")[1:]...)
	code, out, complaints := conform(t, secret, append(args, "--out", file)...)
	require.Equal(t, ExitConformant, code, complaints)
	for _, said := range []string{"Found:", "unauthorizedStatus: wrong credentials are answered 401", "Not found out:", "reserveForm: string, until", "calls were made", "Profile: " + file} {
		assert.Contains(t, out, said)
	}
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	profile, err := conformance.ParseProfile(text)
	require.NoError(t, err)
	assert.Nil(t, profile.Data.Card, "nothing was made")

	code, _, complaints = conform(t, secret, append(args, "--out", file)...)
	assert.Equal(t, ExitCouldNotRun, code)
	assert.Contains(t, complaints, "exists; give --force")
	code, out, complaints = conform(t, secret, append(args, "--out", file, "--force", "--write")...)
	require.Equal(t, ExitConformant, code, complaints)
	assert.Contains(t, out, "One made-up customer")
	again, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.NotEqual(t, string(text), string(again))

	code, out, complaints = conform(t, secret, append(args, "--out", "-")...)
	require.Equal(t, ExitConformant, code)
	assert.Contains(t, complaints, "Found:")
	_, err = conformance.ParseProfile([]byte(out))
	assert.NoError(t, err, "standard output is the profile alone")

	for name, more := range map[string][]string{"a code needs writing": {"--code", "X"}, "no argument": {"shop.json"}, "a bad prefix": {"--phones", "0"}} {
		code, _, complaints = conform(t, secret, append(args, append(more, "--out", file+name)...)...)
		assert.Equal(t, ExitCouldNotRun, code, name)
		assert.NotEmpty(t, complaints, name)
		assert.NoFileExists(t, file+name)
	}
}

package main

import (
	"bytes"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance/faultyhost"
)

func TestList(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run([]string{"-list"}, &out, nil))
	assert.Equal(t, len(faultyhost.Faults()), strings.Count(out.String(), "\n"))
}

func TestPrintsTheProfile(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run([]string{"-style", "different", "-print-profile"}, &out, nil))
	assert.Equal(t, faultyhost.Different().Profile(), out.String())
}

func TestServesUntilItIsStopped(t *testing.T) {
	stop := make(chan os.Signal, 1)
	stop <- syscall.SIGTERM
	var out bytes.Buffer
	require.NoError(t, run([]string{"-listen", "127.0.0.1:0", "-fault", "no-auth"}, &out, stop))
	assert.Contains(t, out.String(), "https://127.0.0.1:")
}

func TestBadFlags(t *testing.T) {
	require.ErrorContains(t, run([]string{"-style", "odd"}, &bytes.Buffer{}, nil), "odd")
	require.ErrorContains(t, run([]string{"-fault", "odd"}, &bytes.Buffer{}, nil), "odd")
	require.Error(t, run([]string{"-listen", "nowhere:x"}, &bytes.Buffer{}, nil))
}

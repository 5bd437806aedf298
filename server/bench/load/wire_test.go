package load

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// answered gives what a wire makes of an answer.
func answered(t *testing.T, raw string) (int, string, error) {
	t.Helper()
	client, server := net.Pipe()
	defer client.Close()
	go func() {
		defer server.Close()
		if _, err := http.ReadRequest(bufio.NewReader(server)); err == nil {
			_, _ = io.WriteString(server, raw)
		}
	}()
	status, body, err := newWire(client, "").do(Request{Method: http.MethodGet, Path: "/"})
	return status, string(body), err
}

func TestAnswersAreRead(t *testing.T) {
	status, body, err := answered(t, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, "hello", body)
	status, body, err = answered(t, "HTTP/1.1 422 Unprocessable Entity\r\nCONTENT-LENGTH: 0\r\nX: y\r\n\r\n")
	require.NoError(t, err)
	assert.Equal(t, 422, status)
	assert.Empty(t, body)
}

func TestBrokenAnswersAreErrors(t *testing.T) {
	for name, raw := range map[string]string{
		"nothing": "", "other protocol": "SSH-2.0\r\n", "no length": "HTTP/1.1 200 OK\r\n\r\n",
		"cut short": "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", "odd length": "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
		"odd status": "HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n", "endless line": "HTTP/1.1 " + strings.Repeat("2", 20_000),
		"head alone": "HTTP/1.1 200 OK\r\nContent-",
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := answered(t, raw)
			assert.Error(t, err)
		})
	}
}

// What is written must be HTTP to somebody else.
func TestRequestsAreHTTP(t *testing.T) {
	w := newWire(nil, "Basic abc")
	for _, r := range []Request{{Method: "GET", Path: "/a?b=c"}, {Method: "POST", Path: "/p", Body: []byte(`{"x":1}`)}} {
		parsed, err := http.ReadRequest(bufio.NewReader(strings.NewReader(string(w.render(r)))))
		require.NoError(t, err)
		body, err := io.ReadAll(parsed.Body)
		require.NoError(t, err)
		assert.Equal(t, r.Method+" "+r.Path+" "+string(r.Body), parsed.Method+" "+parsed.RequestURI+" "+string(body))
		assert.Equal(t, "Basic abc", parsed.Header.Get("Authorization"))
	}
}

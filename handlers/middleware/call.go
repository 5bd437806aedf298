package middleware

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
)

// call is what one request gathers on its way for the log, the metrics and the
// answer. It stands in for gin's writer, so that every step reaches it at the
// price of one allocation; gin's own map would cost several.
type call struct {
	gin.ResponseWriter
	// client is the context of the connection, over when the client has gone.
	client context.Context
	// id is an array, so that the header needs no slice of its own.
	id     [1]string
	length [1]string
	body   []byte
	// refusal is the error that was answered, nil while all is well; note and
	// stack are for the log.
	refusal *Refusal
	note    string
	stack   string
	// extend gives a list so much time from now; nil for other calls.
	extend func(time.Duration)
	// slot is the call's place among those that are at work.
	slot *slot
}

// Unwrap leads http.ResponseController to the connection.
func (k *call) Unwrap() http.ResponseWriter { return k.ResponseWriter }

func callOf(c *gin.Context) *call { return c.Writer.(*call) }

// Header values that never change are shared: net/http only reads them.
var (
	noStore    = []string{"no-store"}
	zeroLength = []string{"0"}
)

// open begins a call and sets what every answer carries, also an empty one.
func (r *Router) open(c *gin.Context) {
	k := &call{ResponseWriter: c.Writer, client: c.Request.Context()}
	k.id[0] = requestID(c.GetHeader(HeaderRequestID))
	c.Writer = k
	header := k.Header()
	header["Content-Type"] = r.contentType
	header["Cache-Control"] = noStore
	header[HeaderRequestID] = k.id[:]
	// gin names a path's verbs before anybody has signed in.
	header.Del("Allow")
}

// Body gives the body of a request to an endpoint that has one.
func Body(c *gin.Context) []byte { return callOf(c).body }

// SendEmpty answers that a call was carried out and has nothing to tell.
func SendEmpty(c *gin.Context) error {
	c.Writer.Header()["Content-Length"] = zeroLength
	c.Writer.WriteHeaderNow()
	return nil
}

// SendJSON answers with a value.
func SendJSON(c *gin.Context, value any) error {
	body, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return Send(c, body)
}

// Send answers with JSON and its length. When that fails the client has gone,
// and there is nobody to tell.
func Send(c *gin.Context, body []byte) error {
	k := callOf(c)
	k.length[0] = strconv.Itoa(len(body))
	k.Header()["Content-Length"] = k.length[:]
	_, err := k.Write(body)
	return gone(err)
}

// gone is the error of a client that does not take its answer.
func gone(err error) error {
	if err == nil {
		return nil
	}
	return ClientGone.Because(err)
}

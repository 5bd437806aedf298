package handlers

import (
	"encoding/json"
	"strconv"

	"github.com/gin-gonic/gin"
)

// done answers that a call was carried out and has nothing to tell. [C]
func done(c *gin.Context) error {
	c.Writer.Header()["Content-Length"] = zeroLength
	c.Writer.WriteHeaderNow()
	return nil
}

// answer sends a value of the schema.
func answer(c *gin.Context, value any) error {
	body, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return send(c, body)
}

// send sends JSON with its length. When that fails the client has gone, and
// there is nobody to tell.
func send(c *gin.Context, body []byte) error {
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
	return &noted{faultClientGone, err}
}

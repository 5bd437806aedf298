package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"koshelek-adapter/crm"
	"koshelek-adapter/schema/crmapi"
	"koshelek-adapter/schema/strictjson"
)

// call sends one call and reads its answer into v. The error is a refusal of the
// CRM, crm.ErrNotDone, or crm.ErrUnavailable for an outcome that nobody knows.
func (c *Connector) call(ctx context.Context, name, key string, body, v any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return crm.Wrap(crm.ErrInternal, err)
	}
	sent := false
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { sent = true }})
	request, err := c.request(ctx, name, key, text)
	if err != nil {
		return crm.Wrap(crm.ErrInternal, err)
	}
	answer, err := c.client.Do(request)
	if err != nil {
		if !sent {
			return notDone(name, fmt.Errorf("no connection: %w", hideURL(err)))
		}
		return unknown(name, hideURL(err))
	}
	defer func() { _ = answer.Body.Close() }()
	read, err := io.ReadAll(io.LimitReader(answer.Body, crmapi.MaxAnswerBytes+1))
	switch status := answer.StatusCode; {
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		return notDone(name, fmt.Errorf("status %d, Retry-After %q", status, clip(answer.Header.Get("Retry-After"))))
	case status == http.StatusUnauthorized:
		return notDone(name, errors.New("the CRM refused our credentials or signature (401)"))
	case err != nil:
		return unknown(name, err)
	case len(read) > crmapi.MaxAnswerBytes:
		return unknown(name, errors.New("the answer is longer than 1 MiB"))
	case status == http.StatusOK:
		return orUnknown(name, decode(read, v))
	case status == http.StatusNotFound, status == http.StatusConflict, status == http.StatusUnprocessableEntity:
		return refusal(name, status, read)
	default:
		return unknown(name, fmt.Errorf("status %d", status))
	}
}

func (c *Connector) request(ctx context.Context, name, key string, body []byte) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/v1/"+name, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	// Without it the transport would send a keyed call again on its own.
	request.GetBody = nil
	head := request.Header
	head.Set("Content-Type", "application/json")
	head.Set("Accept", "application/json")
	head.Set("User-Agent", "koshelek-adapter")
	if key != "" {
		head.Set(crmapi.HeaderKey, key)
	}
	if deadline, has := ctx.Deadline(); has {
		head.Set(crmapi.HeaderDeadline, strconv.FormatInt(max(0, time.Until(deadline).Milliseconds()), 10))
	}
	switch o := c.options; {
	case o.Token != "":
		head.Set("Authorization", "Bearer "+o.Token)
	case o.User != "" || o.Password != "":
		request.SetBasicAuth(o.User, o.Password)
	}
	c.sign(head, body)
	return request, nil
}

func (c *Connector) sign(head http.Header, body []byte) {
	id, now := "msg_"+ulid.Make().String(), c.options.Clock()
	signatures := make([]string, len(c.secrets))
	for i, secret := range c.secrets {
		signatures[i], _ = secret.Sign(id, now, body) // it never fails
	}
	head.Set("webhook-id", id)
	head.Set("webhook-timestamp", strconv.FormatInt(now.Unix(), 10))
	head.Set("webhook-signature", strings.Join(signatures, " "))
}

// decode reads one JSON object. Fields that are not known are ignored, and
// everything that two readers may take differently is an error.
func decode(text []byte, v any) error {
	text = bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")))
	switch {
	case len(text) == 0:
		return errors.New("the answer is empty")
	case text[0] == '<':
		return errors.New("the answer is HTML")
	case text[0] != '{' || !json.Valid(text):
		return errors.New("the answer is no JSON object")
	}
	if err := strictjson.Check(text); err != nil {
		return err
	}
	if err := json.Unmarshal(text, v); err != nil {
		var kind *json.UnmarshalTypeError
		if errors.As(err, &kind) {
			return fmt.Errorf("the answer has the wrong type at %q", clip(kind.Field))
		}
		return err
	}
	return nil
}

// refusal gives the error of the kind that the CRM names, when the call may be
// refused with it.
func refusal(name string, status int, text []byte) error {
	var said crmapi.Refusal
	if err := decode(text, &said); err != nil {
		return unknown(name, fmt.Errorf("status %d: %w", status, err))
	}
	i := slices.IndexFunc(crmapi.Calls(), func(call crmapi.Call) bool { return call.Name == name })
	if !slices.Contains(crmapi.Calls()[i].Refusals, said.Code) && !slices.Contains(crmapi.Anywhere(), said.Code) {
		return unknown(name, fmt.Errorf("status %d with the code %q, which is none of this call", status, clip(said.Code)))
	}
	// What the CRM describes may name a person, so the kind has to do.
	return crm.Fail(crm.Kind(said.Code), "the CRM refused "+name)
}

func notDone(call string, cause error) error {
	return crm.Wrap(crm.ErrNotDone, fmt.Errorf("%s: %w", call, cause))
}

func unknown(call string, cause error) error {
	return crm.Wrap(crm.ErrUnavailable, fmt.Errorf("%s: %w", call, cause))
}

func orUnknown(call string, err error) error {
	if err == nil {
		return nil
	}
	return unknown(call, err)
}

// hideURL takes the address out of an error of net/http: it says nothing new.
func hideURL(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil || !strings.HasPrefix(err.Error(), "Post ") {
			return err
		}
		err = inner
	}
}

// clip bounds what of an answer comes into a log.
func clip(text string) string {
	if len(text) > 60 {
		text = strings.ToValidUTF8(text[:60], "")
	}
	return text
}

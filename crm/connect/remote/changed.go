package remote

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/schema/crmapi"
)

// PathChanged is where the CRM tells of a card that was changed elsewhere.
const PathChanged = "/callbacks/crm/changed"

// Changed reads such a call, signed as ours are, and hands the card on. Its errors
// are those of a callback: crm.ErrCardNotFound for a caller who is not the CRM,
// crm.ErrInvalidRecord for a body that names no card.
func (c *Connector) Changed(drop func(ctx context.Context, ref crm.Ref) error) func(r *http.Request, body []byte) error {
	return func(r *http.Request, body []byte) error {
		if !c.signed(r.Header, body) {
			return crm.Fail(crm.ErrCardNotFound, "the signature is not the CRM's")
		}
		var ref crmapi.Ref
		if err := decode(body, &ref); err != nil || ref.ID == "" && ref.Card == "" || len(ref.ID) > maxIDBytes || len(ref.Card) > crm.MaxCardNumberBytes {
			return crm.Fail(crm.ErrInvalidRecord, "id or card")
		}
		return drop(r.Context(), crm.Ref{ID: ref.ID, Card: ref.Card})
	}
}

// signed reports whether one of the secrets has signed the body lately.
func (c *Connector) signed(head http.Header, body []byte) bool {
	seconds, err := strconv.ParseInt(head.Get("webhook-timestamp"), 10, 64)
	if err != nil || c.options.Clock().Sub(time.Unix(seconds, 0)).Abs() > crmapi.Tolerance*time.Second {
		return false
	}
	for _, secret := range c.secrets {
		if secret.VerifyIgnoringTimestamp(body, head) == nil {
			return true
		}
	}
	return false
}

package remote

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"koshelek-adapter/crm"
	"koshelek-adapter/schema/crmapi"
)

// Connector is a CRM over HTTP. Which of its optional methods may be called stands
// in what Describe answers.
type Connector struct {
	options   Options
	base      string
	secrets   []*standardwebhooks.Webhook
	transport *http.Transport
	client    *http.Client
}

var _ interface {
	crm.Connector
	crm.ConnectedBalances
	crm.ConnectedConsents
	crm.ConnectedPurchases
	crm.ConnectedOffers
	crm.ConnectedDirectory
	crm.ConnectedReceipts
	crm.ConnectedCodes
	crm.ConnectedPoints
	crm.ConnectedLookup
	crm.ConnectedErasure
} = (*Connector)(nil)

const (
	connectTimeout = time.Second
	// keptFor is for how long an unused connection is kept. It is short, because a
	// call on one that the other side has just dropped is lost, and the loss cannot
	// be told from a lost answer.
	keptFor        = time.Second
	maxConnections = 64
	maxHeaderBytes = 64 << 10
)

// Open makes a connector; the CRM is not asked yet.
func Open(o Options) (*Connector, error) {
	base, err := o.base()
	if err != nil {
		return nil, err
	}
	secrets, err := o.secrets()
	if err != nil {
		return nil, err
	}
	secure, err := o.tls()
	if err != nil {
		return nil, err
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.InFlight == 0 {
		o.InFlight = maxConnections
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	transport := &http.Transport{
		DialContext: (&net.Dialer{Timeout: connectTimeout}).DialContext, TLSHandshakeTimeout: connectTimeout, TLSClientConfig: secure,
		MaxIdleConnsPerHost: o.InFlight, MaxConnsPerHost: o.InFlight, IdleConnTimeout: keptFor,
		MaxResponseHeaderBytes: maxHeaderBytes, Protocols: protocols,
	}
	return &Connector{
		options: o, base: base.String(), secrets: secrets, transport: transport,
		client: &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}, nil
}

// Close releases connections.
func (c *Connector) Close() error {
	c.transport.CloseIdleConnections()
	return nil
}

// Describe implements [crm.Connector].
func (c *Connector) Describe(ctx context.Context) (crm.About, error) {
	return answered(ctx, c, "ping", "", crmapi.Nothing{}, c.about)
}

// Find implements [crm.Connector].
func (c *Connector) Find(ctx context.Context, by crm.Identity) ([]crm.Member, error) {
	return answered(ctx, c, "find", "", crmapi.Find{Phone: by.Phone, Email: by.Email}, func(a crmapi.Members) ([]crm.Member, error) {
		return c.members(a, crmapi.MaxFound)
	})
}

// Member implements [crm.Connector].
func (c *Connector) Member(ctx context.Context, ref crm.Ref) (crm.Member, error) {
	return answered(ctx, c, "member", "", toRef(ref), func(a crmapi.OneMember) (crm.Member, error) { return c.asked(a.Member, ref) })
}

// Enroll implements [crm.Connector].
func (c *Connector) Enroll(ctx context.Context, e crm.Enrollment) (crm.Member, error) {
	body := crmapi.Enroll{Number: e.Number.Number, Profile: toProfile(e.Profile)}
	if e.Number.BarcodeNumber != "" {
		body.Barcode = &crmapi.Barcode{Number: e.Number.BarcodeNumber, Type: string(e.Number.BarcodeType)}
	}
	return answered(ctx, c, "enroll", e.Key, body, func(a crmapi.OneMember) (crm.Member, error) {
		return c.asked(a.Member, crm.Ref{Card: e.Number.Number})
	})
}

// Update implements [crm.Connector].
func (c *Connector) Update(ctx context.Context, key string, ref crm.Ref, profile crm.Profile) error {
	return c.call(ctx, "update", key, crmapi.Update{Ref: toRef(ref), Profile: toProfile(profile)}, &crmapi.Nothing{})
}

// SetChannels implements [crm.ConnectedConsents].
func (c *Connector) SetChannels(ctx context.Context, key string, ref crm.Ref, wanted map[crm.Channel]bool) error {
	body := crmapi.Channels{Ref: toRef(ref), Channels: map[string]bool{}}
	for channel, allowed := range wanted {
		body.Channels[string(channel)] = allowed
	}
	return c.call(ctx, "channels", key, body, &crmapi.Nothing{})
}

// Balance implements [crm.ConnectedBalances].
func (c *Connector) Balance(ctx context.Context, ref crm.Ref) (crm.PointsBalance, error) {
	return answered(ctx, c, "balance", "", toRef(ref), func(a crmapi.Balance) (crm.PointsBalance, error) {
		if a.ID != "" && ref.ID != "" && a.ID != ref.ID || a.Card != "" && ref.Card != "" && a.Card != ref.Card {
			return crm.PointsBalance{}, fmt.Errorf("the balance is another card's")
		}
		return c.balance(a)
	})
}

// Purchases implements [crm.ConnectedPurchases].
func (c *Connector) Purchases(ctx context.Context, ref crm.Ref, from, to crm.Date, after string, limit int) ([]crm.Purchase, string, error) {
	body := crmapi.Purchases{Ref: toRef(ref), From: string(from), To: string(to), Page: crmapi.Page{After: after, Limit: min(limit, crmapi.MaxPage)}}
	next := ""
	lines, err := answered(ctx, c, "purchases", "", body, func(a crmapi.PurchaseLines) ([]crm.Purchase, error) {
		next = a.Next
		return purchases(a, ref.Card, from, to, body.Page)
	})
	return lines, next, err
}

// Offers implements [crm.ConnectedOffers].
func (c *Connector) Offers(ctx context.Context, ref crm.Ref) ([]crm.Offer, error) {
	return answered(ctx, c, "offers", "", toRef(ref), offers)
}

// Members implements [crm.ConnectedDirectory].
func (c *Connector) Members(ctx context.Context, after string, limit int) ([]crm.Member, string, error) {
	body := crmapi.Page{After: after, Limit: min(limit, crmapi.MaxPage)}
	next := ""
	members, err := answered(ctx, c, "members", "", body, func(a crmapi.Members) ([]crm.Member, error) {
		next = a.Next
		if err := goesOn(next, body); err != nil {
			return nil, err
		}
		return c.members(a, body.Limit)
	})
	return members, next, err
}

// Receipt implements [crm.ConnectedReceipts].
func (c *Connector) Receipt(ctx context.Context, key string, ref crm.Ref, r crm.Receipt) (crm.Applied, error) {
	return answered(ctx, c, "receipt", key, crmapi.BookReceipt{Ref: toRef(ref), Receipt: crmapi.Receipt{
		FN: r.FN, I: r.I, FP: r.FP, At: r.At.In(c.options.Zone).Format(time.RFC3339), Kopecks: r.SumKopecks, Kind: int(r.Kind),
	}}, applied)
}

// Redeem implements [crm.ConnectedCodes].
func (c *Connector) Redeem(ctx context.Context, key string, ref crm.Ref, code string) (crm.Applied, error) {
	return answered(ctx, c, "code", key, crmapi.Redeem{Ref: toRef(ref), Code: code}, applied)
}

// Move implements [crm.ConnectedPoints].
func (c *Connector) Move(ctx context.Context, key string, ref crm.Ref, m crm.PointsMove) (crm.Applied, error) {
	return answered(ctx, c, "points", key, crmapi.Move{
		Ref: toRef(ref), Points: m.Points, Description: m.Description, AvailableFrom: stamp(m.AvailableFrom), ValidUntil: stamp(m.ValidUntil),
	}, applied)
}

// Operation implements [crm.ConnectedLookup].
func (c *Connector) Operation(ctx context.Context, key string, ref crm.Ref, since time.Time) (crm.Applied, bool, error) {
	done := false
	found, err := answered(ctx, c, "lookup", "", crmapi.Lookup{Ref: toRef(ref), Key: key, Since: since.UTC().Format(time.RFC3339)}, func(a crmapi.Found) (crm.Applied, error) {
		if a.Done == nil {
			return crm.Applied{}, missing("done")
		}
		done = *a.Done
		return applied(crmapi.Applied{Points: &a.Points, Ref: a.Ref})
	})
	return found, done, err
}

// Erase implements [crm.ConnectedErasure].
func (c *Connector) Erase(ctx context.Context, ref crm.Ref) error {
	return c.call(ctx, "erase", "", toRef(ref), &crmapi.Nothing{})
}

// answered makes a call and what it means of the answer; an answer that means
// nothing leaves the outcome unknown.
func answered[A, T any](ctx context.Context, c *Connector, name, key string, body any, meaning func(A) (T, error)) (T, error) {
	var answer A
	var nothing T
	if err := c.call(ctx, name, key, body, &answer); err != nil {
		return nothing, err
	}
	result, err := meaning(answer)
	if err != nil {
		return nothing, unknown(name, err)
	}
	return result, nil
}

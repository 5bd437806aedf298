// Command crm-go is the adapter over a CRM of somebody's own: a shop's club that
// keeps members, cards and points in SQLite tables by its own rules and under IDs
// of its own. ADAPTER_DATABASE=club:data/club.db serves it.
package main

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"os/signal"
	"syscall"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/server/app"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	os.Exit(app.Main(ctx, os.Args[1:], os.Environ(), os.Stdout, app.WithProgram("club", openClub)))
}

// The club's rules: how many percent of a sale come back, how old a receipt may
// be, how far a till's clock may run ahead, how long a number is kept.
const (
	percent = 5
	oldest  = 30 * 24 * time.Hour
	skew    = 5 * time.Minute
	keep    = 24 * time.Hour
)

func (c *club) Find(ctx context.Context, by crm.Identity) ([]crm.Match, error) {
	return do(ctx, c, func(d *desk) (found []crm.Match) {
		for _, m := range d.members("phone = ? OR email = ?", by.Phone, by.Email) {
			found = append(found, crm.Match{
				CustomerID: m.id, ByPhone: by.Phone != "" && m.Phone == by.Phone, ByEmail: by.Email != "" && m.Email == by.Email,
				HasPhone: m.Phone != "", BirthDate: m.BirthDate, Cards: m.cards,
			})
		}
		return found
	})
}

func (c *club) Reserve(ctx context.Context) (string, error) { return do(ctx, c, (*desk).reserve) }

// reserve keeps a number that is nobody's. Those for which nobody came are free.
func (d *desk) reserve() (number string) {
	now := time.Now()
	d.exec(`DELETE FROM card WHERE issued_at = 0 AND kept_until <= ?`, now.UnixMilli())
	for made := 0; made == 0 && d.err == nil; {
		number = fmt.Sprintf("77%010d", rand.Int64N(1e10))
		made = d.exec(`INSERT INTO card (number, kept_until) VALUES (?, ?) ON CONFLICT DO NOTHING`, number, now.Add(keep).UnixMilli())
	}
	return number
}

// Issue finds, when it is asked again, the card that it made.
func (c *club) Issue(ctx context.Context, p crm.Profile) (crm.Card, error) {
	return do(ctx, c, func(d *desk) crm.Card {
		m := d.owner(&p)
		number := m.best.Number
		if number == "" {
			number = d.reserve()
		}
		return d.give(number, "", m, p)
	})
}

// IssueReserved tells the repeat from somebody else who wants the number by the
// mark of the profile.
func (c *club) IssueReserved(ctx context.Context, number string, p crm.Profile) (crm.Card, error) {
	return do(ctx, c, func(d *desk) crm.Card {
		mark, found := p.Fingerprint(), d.cards("number = ?", number)
		switch {
		case len(found) == 0:
			d.refuse(crm.ErrNumberUnknown)
		case found[0].issuedFor == mark:
			return found[0].Card
		case found[0].CustomerID != "":
			d.refuse(crm.ErrNumberTaken)
		case found[0].State == crm.CardBlocked:
			d.refuse(crm.ErrCardBlocked)
		}
		return d.give(number, mark, d.owner(&p), p)
	})
}

// Card shows the points as one lot, since the club's never expire.
func (c *club) Card(ctx context.Context, number string) (crm.Statement, error) {
	return do(ctx, c, func(d *desk) crm.Statement {
		s := crm.Statement{Card: d.card(number).Card}
		if s.Card.Balance > 0 {
			s.Lots = []crm.Lot{{Description: "Club points", Remaining: s.Card.Balance, ValidUntil: crm.Forever}}
		}
		return s
	})
}

func (c *club) UpdateProfile(ctx context.Context, number string, p crm.Profile) error {
	_, err := do(ctx, c, func(d *desk) (none struct{}) {
		held := d.card(number)
		switch {
		case held.State == crm.CardBlocked:
			d.refuse(crm.ErrCardBlocked)
		case held.CustomerID == "" && !p.HasIdentity():
			d.refuse(crm.ErrNoIdentity)
		case held.CustomerID == "":
			d.give(number, "", d.owner(&p), p)
		case len(d.members("phone = ? AND id <> ?", p.Phone, held.CustomerID)) > 0:
			d.refuse(crm.ErrPhoneTaken)
		case len(d.members("email = ? AND id <> ?", p.Email, held.CustomerID)) > 0:
			d.refuse(crm.ErrEmailTaken)
		default:
			d.save(held.CustomerID, p)
		}
		return none
	})
	return err
}

// SetChannels keeps what each channel was told last, from where and when.
func (c *club) SetChannels(ctx context.Context, number string, wanted map[crm.Channel]bool, source string) error {
	_, err := do(ctx, c, func(d *desk) (none struct{}) {
		held := d.card(number)
		if held.CustomerID == "" {
			d.refuse(crm.ErrCustomerNotFound)
		}
		for channel, allowed := range wanted {
			d.exec(`UPDATE member SET consents = json_set(consents, '$.' || ?, json_object('allowed', ?, 'source', ?, 'at', ?)) WHERE id = ?`,
				channel, allowed, source, time.Now().UTC(), held.CustomerID)
		}
		return none
	})
	return err
}

// Purchases shows the receipts, since the club keeps no lines.
func (c *club) Purchases(ctx context.Context, number string, from, to crm.Date) iter.Seq2[crm.Purchase, error] {
	return func(yield func(crm.Purchase, error) bool) {
		all, err := do(ctx, c, func(d *desk) []crm.Purchase {
			d.card(number)
			return rows(d, func(p *crm.Purchase) []any {
				return []any{&p.Item, &p.QuantityMilli, &p.Ref, &p.Date, &p.AmountKopecks, &p.BonusPoints}
			},
				`SELECT 'Receipt', 1000, fn || '/' || i, day, kopecks, points FROM receipt WHERE card = ? AND day BETWEEN ? AND ? ORDER BY day DESC, fn, i`, number, from, to)
		})
		walk(all, err, yield)
	}
}

// walk yields what was read, or why it was not.
func walk[T any](all []T, err error, yield func(T, error) bool) {
	for _, one := range all {
		if !yield(one, nil) {
			return
		}
	}
	if err != nil {
		yield(*new(T), err)
	}
}

// Offers has none to show.
func (c *club) Offers(ctx context.Context, number string) ([]crm.Offer, error) {
	_, err := c.Card(ctx, number)
	return nil, err
}

// Customers reads all at once, since a club has some thousand.
func (c *club) Customers(ctx context.Context) iter.Seq2[crm.Holder, error] {
	return func(yield func(crm.Holder, error) bool) {
		all, err := do(ctx, c, func(d *desk) (all []crm.Holder) {
			for _, m := range d.members("phone <> '' ORDER BY phone") {
				if m.best.State == crm.CardActive {
					all = append(all, crm.Holder{Profile: m.Profile, Card: m.best})
				}
			}
			return all
		})
		walk(all, err, yield)
	}
}

// SubmitReceipt books the receipt and its points together or not at all.
func (c *club) SubmitReceipt(ctx context.Context, number string, r crm.Receipt) (crm.Submitted, error) {
	type sent struct {
		card, content string
		points        int64
	}
	return do(ctx, c, func(d *desk) crm.Submitted {
		var known sent
		for _, known = range rows(d, func(s *sent) []any { return []any{&s.card, &s.content, &s.points} },
			`SELECT card, content, points FROM receipt WHERE fn = ? AND i = ?`, r.FN, r.I) {
		}
		if known.card == number && known.content == r.Fingerprint() {
			return crm.Submitted{Repeated: true, Points: known.points}
		}
		held, age, points := d.card(number), time.Since(r.At), int64(0)
		switch {
		case age < -skew:
			d.refuse(crm.ErrReceiptFuture)
		case age > oldest:
			d.refuse(crm.ErrReceiptTooOld)
		case held.State == crm.CardBlocked:
			d.refuse(crm.ErrCardBlocked)
		case known.card == number:
			d.refuse(crm.ErrReceiptMismatch)
		case known.card != "":
			d.refuse(crm.ErrReceiptTaken)
		case r.Kind == crm.ReceiptSale:
			points = r.SumKopecks * percent / (100 * 100)
		}
		d.exec(`INSERT INTO receipt (fn, i, card, content, day, kopecks, points) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			r.FN, r.I, number, r.Fingerprint(), crm.DateOf(r.At, r.At.Location()), r.SumKopecks, points)
		d.exec(`UPDATE card SET points = points + ? WHERE number = ?`, points, number)
		return crm.Submitted{Points: points}
	})
}

// RedeemCode is beyond the club, which has no promo codes.
func (c *club) RedeemCode(context.Context, string, string) (none crm.Submitted, _ error) {
	return none, crm.ErrNotSupported
}

func (c *club) Ping(ctx context.Context) error {
	return crm.Wrap(crm.ErrUnavailable, c.db.PingContext(ctx))
}

// Close implements io.Closer.
func (c *club) Close() error { return c.db.Close() }

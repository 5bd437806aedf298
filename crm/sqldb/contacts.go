package sqldb

import (
	"context"
	"database/sql"
	"time"

	"koshelek-adapter/crm/engine"
)

var _ engine.Contacts = (*Store)(nil)

type contactRow struct {
	ID    string         `db:"id"`
	Phone sql.NullString `db:"phone"`
	Email sql.NullString `db:"email"`
}

func (r contactRow) contact() engine.Contact {
	return engine.Contact{CustomerID: r.ID, Phone: r.Phone.String, Email: r.Email.String}
}

// Contacts implements engine.Contacts.
func (s *Store) Contacts(ctx context.Context, after string, limit int) ([]engine.Contact, error) {
	return page(ctx, s, contactRow.contact, "SELECT id, phone, email FROM customer WHERE id > ? ORDER BY id LIMIT ?", after, limit)
}

// rewrite changes a value that is still what it was; owned finds who has the new one.
var rewrite, owned = map[engine.IdentifierKind]string{
	engine.KindPhone: "UPDATE customer SET phone = ?, updated_at = ? WHERE id = ? AND phone = ?",
	engine.KindEmail: "UPDATE customer SET email = ?, updated_at = ? WHERE id = ? AND email = ?",
}, map[engine.IdentifierKind]string{
	engine.KindPhone: "SELECT id FROM customer WHERE phone = ?",
	engine.KindEmail: "SELECT id FROM customer WHERE email = ?",
}

// Rewrite implements engine.Contacts. The unique keys tell who has a form already.
func (s *Store) Rewrite(ctx context.Context, all []engine.Rewriting, actor string, now time.Time) error {
	return s.do(ctx, func(c conn) error {
		for i := range all {
			r := &all[i]
			r.Owner, r.Done = "", false
			matched, err := c.exec(rewrite[r.Kind], r.To, millis(now), r.CustomerID, r.From)
			if c.d.duplicate(err) {
				if err := c.one(owned[r.Kind], []any{r.To}, &r.Owner); err != nil && !isNoRows(err) {
					return err
				}
				continue
			}
			if err != nil {
				return err
			}
			if r.Done = matched > 0; r.Done {
				err = s.rewritten(c, *r, actor, now)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// rewritten moves what is known by the old form, and tells the audit log.
func (s *Store) rewritten(c conn, r engine.Rewriting, actor string, now time.Time) error {
	if r.Kind == engine.KindPhone { // who had a welcome bonus gets none again
		if _, err := c.insert("UPDATE operation SET op_key = ? WHERE op_key = ?", "welcome:"+r.To, "welcome:"+r.From); err != nil {
			return err
		}
	}
	return c.audit(s.ids.next(now), millis(now), actor, "identifiers", r.CustomerID, string(r.Kind))
}

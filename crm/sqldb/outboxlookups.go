package sqldb

import (
	"context"
	"slices"

	"koshelek-adapter/crm"
)

// outboxLookups serve what vendors make us look up for each delivery once: a
// callback names a delivery, a list of transactions is compared with what is known.
type outboxLookups struct {
	deliveries *readBatch[string, crm.Delivery]
	references *readBatch[vendorReference, struct{}]
}

type vendorReference struct{ vendor, reference string }

func newOutboxLookups(store *Store) *outboxLookups {
	return &outboxLookups{
		newReadBatch(store, conn.deliveriesByID), newReadBatch(store, conn.referencesOfMany),
	}
}

func (l *outboxLookups) close() {
	l.deliveries.close()
	l.references.close()
}

func (l *outboxLookups) delivery(ctx context.Context, id string) (crm.Delivery, error) {
	found, err := l.deliveries.get(ctx, []string{id})
	if err != nil {
		return crm.Delivery{}, err
	}
	d, has := found[id]
	if !has {
		return crm.Delivery{}, crm.ErrDeliveryNotFound
	}
	return d, nil
}

func (c conn) deliveriesByID(ids []string) (map[string]crm.Delivery, error) {
	list, err := c.deliveriesIn("WHERE o.id IN (?)", ids)
	found := make(map[string]crm.Delivery, len(list))
	for _, d := range list {
		found[d.ID] = d
	}
	return found, err
}

func (l *outboxLookups) knownReferences(ctx context.Context, vendor string, references []string) (known []string, err error) {
	keys := make([]vendorReference, len(references))
	for i, reference := range references {
		keys[i] = vendorReference{vendor, reference}
	}
	found, err := l.references.get(ctx, keys)
	for _, key := range keys {
		if _, has := found[key]; has {
			known = append(known, key.reference)
		}
	}
	slices.Sort(known)
	return slices.Compact(known), err
}

func (c conn) referencesOfMany(keys []vendorReference) (map[vendorReference]struct{}, error) {
	byVendor := map[string][]string{}
	for _, key := range keys {
		byVendor[key.vendor] = append(byVendor[key.vendor], key.reference)
	}
	found := map[vendorReference]struct{}{}
	for vendor, references := range byVendor {
		known, err := c.knownReferences(vendor, references)
		if err != nil {
			return nil, err
		}
		for _, reference := range known {
			found[vendorReference{vendor, reference}] = struct{}{}
		}
	}
	return found, nil
}

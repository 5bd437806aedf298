package crmtest_test

import (
	"context"

	"koshelek-adapter/crm"
)

// outboxHooks are the methods of the outbox that a mutant replaces.
type outboxHooks struct {
	claim           func(ctx context.Context, r crm.ClaimRequest) ([]crm.Delivery, error)
	settle          func(ctx context.Context, s crm.Settlement) (crm.Delivery, error)
	delivery        func(ctx context.Context, id string) (crm.Delivery, error)
	knownReferences func(ctx context.Context, vendor string, references []string) ([]string, error)
	listDeliveries  func(ctx context.Context, q crm.DeliveryQuery) ([]crm.Delivery, error)
	countDeliveries func(ctx context.Context, all bool) ([]crm.DeliveryCount, error)
}

func (h *hooks) ClaimDeliveries(ctx context.Context, r crm.ClaimRequest) ([]crm.Delivery, error) {
	if h.claim != nil {
		return h.claim(ctx, r)
	}
	return h.Backend.ClaimDeliveries(ctx, r)
}

func (h *hooks) SettleDelivery(ctx context.Context, s crm.Settlement) (crm.Delivery, error) {
	if h.settle != nil {
		return h.settle(ctx, s)
	}
	return h.Backend.SettleDelivery(ctx, s)
}

func (h *hooks) Delivery(ctx context.Context, id string) (crm.Delivery, error) {
	if h.delivery != nil {
		return h.delivery(ctx, id)
	}
	return h.Backend.Delivery(ctx, id)
}

func (h *hooks) KnownReferences(ctx context.Context, vendor string, references []string) ([]string, error) {
	if h.knownReferences != nil {
		return h.knownReferences(ctx, vendor, references)
	}
	return h.Backend.KnownReferences(ctx, vendor, references)
}

func (h *hooks) ListDeliveries(ctx context.Context, q crm.DeliveryQuery) ([]crm.Delivery, error) {
	if h.listDeliveries != nil {
		return h.listDeliveries(ctx, q)
	}
	return h.Backend.ListDeliveries(ctx, q)
}

func (h *hooks) CountDeliveries(ctx context.Context, all bool) ([]crm.DeliveryCount, error) {
	if h.countDeliveries != nil {
		return h.countDeliveries(ctx, all)
	}
	return h.Backend.CountDeliveries(ctx, all)
}

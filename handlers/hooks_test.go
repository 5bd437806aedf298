package handlers_test

import (
	"context"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// hooked is a real store that does something first, where a test asks for it.
type hooked struct {
	engine.Store
	find    func(context.Context) error
	holders func(after string) error
}

func (b *hooked) FindCards(ctx context.Context, by crm.Identity) ([]crm.Match, error) {
	if b.find != nil {
		if err := b.find(ctx); err != nil {
			return nil, err
		}
	}
	return b.Store.FindCards(ctx, by)
}

func (b *hooked) ListHolders(ctx context.Context, after string, limit int) ([]crm.Holder, error) {
	if b.holders != nil {
		if err := b.holders(after); err != nil {
			return nil, err
		}
	}
	return b.Store.ListHolders(ctx, after, limit)
}

// withHooks puts the hooks between the programme and the store.
func withHooks(hooks *hooked) tweak {
	return func(p *plan) {
		p.wrap = func(b engine.Store) engine.Store {
			return &hooked{Store: b, find: hooks.find, holders: hooks.holders}
		}
	}
}

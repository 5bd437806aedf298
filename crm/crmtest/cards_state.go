package crmtest

import (
	"fmt"

	"koshelek-adapter/crm"
)

func cardStateChecks() []Check {
	return []Check{
		check("SetCardState/every-state", "SetCardState blocks, unblocks and rests a card, and every reading method shows it.", setsStates),
		check("SetCardState/one-card", "SetCardState changes the one card, not the holder's other cards.", setsOneState),
		check("SetCardState/same-state", "Setting the state that the card has changes nothing.", setsSameState),
		check("SetCardState/unknown", "SetCardState of an unknown card gives ErrCardNotFound and changes nothing.", setsNoState),
	}
}

func setsStates(b *bench) {
	b.issue(fullProfile(1), "card-1")
	for _, to := range []crm.CardState{crm.CardBlocked, crm.CardInactive, crm.CardActive, crm.CardInactive, crm.CardBlocked, crm.CardActive} {
		b.setState("card-1", to)
		did := fmt.Sprintf("SetCardState of card-1 to %s", to)
		same(b, did+", then Card", b.look("card-1").State, to)
		same(b, did+", then Statement", b.statement("card-1", b.now).Card.State, to)
		match := b.one(did, crm.Identity{Phone: phone(1)})
		b.holds(len(match.Cards) == 1 && match.Cards[0].State == to, did+", then FindCards", "the card with that state", match)
	}
}

func setsOneState(b *bench) {
	b.issue(fullProfile(1), "card-1")
	b.second(fullProfile(1), "card-2")
	b.card(3)
	before := []crm.Card{b.look("card-2"), b.look("card-3")}
	b.setState("card-1", crm.CardBlocked)
	same(b, "SetCardState of card-1, then the holder's other card and another customer's",
		[]crm.Card{b.look("card-2"), b.look("card-3")}, before)
}

func setsSameState(b *bench) {
	b.card(1)
	for _, to := range []crm.CardState{crm.CardActive, crm.CardInactive, crm.CardBlocked} {
		b.setState("card-1", to)
		b.idle(fmt.Sprintf("SetCardState of card-1 to %s, which it is", to), func() error {
			return b.SetCardState(b.ctx, crm.StateChange{CardNumber: "card-1", State: to, Actor: "operator", Now: b.now})
		})
	}
}

func setsNoState(b *bench) {
	b.card(1)
	b.pool("free-2")
	for _, number := range []string{"card-9", "free-2"} {
		b.refuses("SetCardState of "+number+", which is no card", func() error {
			return b.SetCardState(b.ctx, crm.StateChange{CardNumber: number, State: crm.CardBlocked, Actor: "operator", Now: b.now})
		}, crm.ErrCardNotFound)
	}
}

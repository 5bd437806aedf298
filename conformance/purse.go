package conformance

import (
	"fmt"
	"math/big"
	"strings"
)

// purse counts what a card gains from one look at it to the next, so that a row
// of awards costs one look each.
type purse struct {
	c     *check
	owner *customer
	total *big.Rat
}

// purse looks at a card for the first time.
func (c *check) purse(p *customer) *purse { return &purse{c, p, c.points("points before", p.number)} }

// gained is what the card has gained since the last look, when points have had
// their time to show.
func (p *purse) gained() *big.Rat {
	p.c.waitForPoints()
	now := p.c.points("points after", p.owner.number)
	gained := now.Sub(now, p.total)
	p.total = new(big.Rat).Add(p.total, gained)
	return gained
}

// gains expects what the card has gained since the last look.
func (p *purse) gains(want *big.Rat) {
	p.c.expectGain(p.gained(), want)
}

// nothing expects that the card has gained nothing since the last look.
func (p *purse) nothing() { p.gains(new(big.Rat)) }

// first is what an award gives, which all others are compared with. Of a host on
// which nothing shows, nothing can be said.
func (p *purse) first(what string) *big.Rat {
	gained := p.gained()
	stopIf(gained.Sign() == 0, &lacking{strings.Replace(noPointsShow, "a receipt", what, 1)})
	return gained
}

// atLeast expects a gain that is not less than another, at the last call that
// was made.
func (c *check) atLeast(gained, want *big.Rat) {
	if gained.Cmp(want) >= 0 {
		return
	}
	c.wrongGain(gained, written(want)+" points or more")
}

// wrongGain notes a gain that is wrong at the last call.
func (c *check) wrongGain(gained *big.Rat, expected string) {
	wrong := fmt.Sprintf("the card gained %s points", written(gained))
	if n := len(c.records); n > 0 {
		c.records[n-1].wrong, c.records[n-1].expected = wrong, expected
	}
	panic(stop{&broken{wrong + "; expected " + expected}})
}

// times is a multiple of points.
func times(n int, points *big.Rat) *big.Rat {
	return new(big.Rat).Mul(big.NewRat(int64(n), 1), points)
}

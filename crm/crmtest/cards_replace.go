package crmtest

import "koshelek-adapter/crm"

func replaceChecks() []Check {
	return []Check{
		check("ReplaceCard/moves", "ReplaceCard gives holder, balance, lots, segments, offers and purchases of a card to the new number.", replaceMoves),
		check("ReplaceCard/old-card", "The replaced card stays blocked, empty and without a holder, and both ledgers add up.", replaceEmptiesOld),
		check("ReplaceCard/not-twice", "Receipts and codes that the old card has used do not count again on the new one.", replaceKeepsUses),
		check("ReplaceCard/again", "The same replacement again is the same success and changes nothing.", replacesAgain),
		check("ReplaceCard/other-number", "A card that was replaced by one number is not replaced by another: ErrOperationConflict.", replacesOnce),
		check("ReplaceCard/refused", "ReplaceCard refuses an unknown card, a number that is a card, and a blocked card without a holder.", replaceRefuses),
		check("ReplaceCard/old-number", "The replaced number is issued to nobody while it is blocked, also not to the person who had it: ErrCardBlocked.", replaceLeavesNumber),
		check("ReplaceCard/old-number-again", "A replaced card that an operator unblocks is as good as new: it can be issued, welcomes its holder, and takes codes.", replaceAgainNew),
		check("ReplaceCard/states", "The new card is active, and inactive when the old one was.", replaceStates),
		check("ReplaceCard/pool", "The new number leaves the pool and keeps the barcode that it has there.", replaceFromPool),
		check("ReplaceCard/audit", "ReplaceCard leaves a line in the audit log of both cards.", replaceAudits),
		check("Race/replace", "Of many replacements of one card at once one number wins, and no point is lost or doubled.", raceReplace),
	}
}

func (b *bench) replacement(old, number string) crm.Replacement {
	return crm.Replacement{CardNumber: old, New: numbered(number), Actor: "operator", Reason: "lost", Now: b.now}
}

func (b *bench) replace(old, number string) crm.Card {
	b.Helper()
	card, err := b.ReplaceCard(b.ctx, b.replacement(old, number))
	b.must("ReplaceCard of "+old+" by "+number, err)
	return card
}

func replaceMoves(b *bench) {
	b.life()
	b.segments("card-1", "gold")
	b.putOffers(offerFor("seg", crm.AudienceSegment, "gold"), offerFor("own", crm.AudienceCard, "card-1"))
	before, lots, history := b.look("card-1"), b.statement("card-1", b.now).Lots, b.history("card-1", firstDay, lastDay)
	b.later(day)
	card := b.replace("card-1", "new-1")
	same(b, "ReplaceCard, then Card", b.look("new-1"), card)
	same(b, "ReplaceCard, the new card", card, crm.Card{
		CardNumber: numbered("new-1"), State: crm.CardActive, CustomerID: before.CustomerID,
		Balance: before.Balance, EarnedTotal: before.Balance, IssuedAt: b.now,
	})
	same(b, "ReplaceCard, the lots of the new card", b.statement("new-1", b.now.Add(-day)).Lots, lots)
	same(b, "ReplaceCard, the holder", b.holder("new-1").Phone, marked.Phone)
	same(b, "ReplaceCard, the offers of the new card", b.shown("new-1", today), []string{"own", "seg"})
	moved := b.history("new-1", firstDay, lastDay)
	b.holds(len(moved) == len(history), "ReplaceCard, the purchases of the new card", "as many as the old card had", moved)
	b.take("new-1", "spent-after", before.Balance)
	b.balance("ReplaceCard, then Take of everything", "new-1", 0)
}

func replaceEmptiesOld(b *bench) {
	b.life()
	b.segments("card-1", "gold")
	b.putOffers(offerFor("own", crm.AudienceCard, "card-1"))
	b.replace("card-1", "new-1")
	old := b.look("card-1")
	b.holds(old.State == crm.CardBlocked && old.CustomerID == "" && old.Balance == 0, "ReplaceCard, then the old card",
		"blocked, without a holder and points", old)
	same(b, "ReplaceCard, the lots of the old card", b.remaining("card-1", b.now), nil)
	same(b, "ReplaceCard, the purchases of the old card", b.history("card-1", firstDay, lastDay), nil)
	same(b, "ReplaceCard, the offers of the old card", b.shown("card-1", today), nil)
	same(b, "ReplaceCard, the newest posting of the old card", b.kinds("card-1")[0], "transfer -55")
	same(b, "ReplaceCard, the postings of the new card", b.kinds("new-1"), []string{"transfer +55"})
	b.adds("ReplaceCard", "card-1", "card-2", "new-1")
	match := b.one("ReplaceCard", crm.Identity{Phone: marked.Phone})
	b.holds(len(match.Cards) == 2, "ReplaceCard, then FindCards", "the new card and the holder's other one", match.Cards)
}

func replaceKeepsUses(b *bench) {
	b.card(1)
	b.putCodes(b.promo("SPRING"))
	b.redeem("card-1", "SPRING")
	receipt := b.submission("card-1", 1, 15)
	b.submit(receipt)
	b.replace("card-1", "new-1")
	receipt.CardNumber = "new-1"
	repeats(b, "ReplaceCard, then SubmitReceipt of the old card's receipt by the new one", crm.Submitted{Repeated: true, Points: 15},
		func() (crm.Submitted, error) { return b.SubmitReceipt(b.ctx, receipt) })
	repeats(b, "ReplaceCard, then RedeemCode of the old card's code by the new one", crm.Submitted{Repeated: true, Points: 25},
		func() (crm.Submitted, error) { return b.RedeemCode(b.ctx, b.entry("new-1", "SPRING")) })
}

func replacesAgain(b *bench) {
	b.life()
	first := b.replace("card-1", "new-1")
	b.later(day)
	repeats(b, "ReplaceCard of card-1 by new-1 again", first, func() (crm.Card, error) {
		return b.ReplaceCard(b.ctx, b.replacement("card-1", "new-1"))
	})
}

func replacesOnce(b *bench) {
	b.life()
	b.replace("card-1", "new-1")
	b.refuses("ReplaceCard of card-1 by new-2, after new-1", func() error {
		_, err := b.ReplaceCard(b.ctx, b.replacement("card-1", "new-2"))
		return err
	}, crm.ErrOperationConflict)
	b.replace("new-1", "new-2")
	b.adds("ReplaceCard of the card that replaced one", "card-1", "new-1", "new-2")
}

func replaceRefuses(b *bench) {
	b.life()
	b.card(3)
	tries := map[string]crm.Kind{"card-9": crm.ErrCardNotFound, "card-1": crm.ErrNumberTaken}
	for old, want := range tries {
		b.refuses("ReplaceCard of "+old+" by card-3, which is a card", func() error {
			_, err := b.ReplaceCard(b.ctx, b.replacement(old, "card-3"))
			return err
		}, want)
	}
	b.erase(marked.Phone)
	b.refuses("ReplaceCard of an erased card", func() error {
		_, err := b.ReplaceCard(b.ctx, b.replacement("card-1", "new-1"))
		return err
	}, crm.ErrCardBlocked)
}

func replaceLeavesNumber(b *bench) {
	b.pool("free-1")
	r := b.request(fullProfile(1), "free-1")
	_, err := b.IssueReserved(b.ctx, r)
	b.must("IssueReserved of free-1", err)
	b.replace("free-1", "new-1")
	for who, r := range map[string]crm.IssueRequest{"the person who had it": r, "another person": b.request(fullProfile(2), "free-1")} {
		b.refuses("ReplaceCard, then IssueReserved of the replaced number to "+who, func() error {
			_, err := b.IssueReserved(b.ctx, r)
			return err
		}, crm.ErrCardBlocked)
	}
}

func replaceAgainNew(b *bench) {
	b.pool("free-1")
	b.putCodes(b.promo("SPRING"))
	r := b.request(fullProfile(1), "free-1")
	r.Welcome = b.award(crm.PostingWelcome, 10)
	_, err := b.IssueReserved(b.ctx, r)
	b.must("IssueReserved of free-1", err)
	b.redeem("free-1", "SPRING")
	b.replace("free-1", "new-1")
	b.setState("free-1", crm.CardActive)
	r = b.request(fullProfile(2), "free-1")
	r.Welcome = b.award(crm.PostingWelcome, 10)
	card, err := b.IssueReserved(b.ctx, r)
	b.must("IssueReserved of a replaced card that was unblocked", err)
	same(b, "IssueReserved of a replaced card that was unblocked, its balance", card.Balance, 10)
	done, err := b.RedeemCode(b.ctx, b.entry("free-1", "SPRING"))
	b.must("RedeemCode on a replaced card that was unblocked", err)
	b.holds(!done.Repeated, "RedeemCode on a replaced card that was unblocked", "not the use of the card that replaced it", done)
	b.balance("RedeemCode on a replaced card that was unblocked", "free-1", 35)
	b.adds("IssueReserved and RedeemCode on a replaced card that was unblocked", "free-1", "new-1")
}

func replaceStates(b *bench) {
	wanted := map[crm.CardState]crm.CardState{
		crm.CardActive: crm.CardActive, crm.CardInactive: crm.CardInactive, crm.CardBlocked: crm.CardActive,
	}
	i := 0
	for was, want := range wanted {
		i++
		number := b.card(i)
		b.setState(number, was)
		same(b, "ReplaceCard of a card that is "+string(was), b.replace(number, "new-"+number).State, want)
	}
}

func replaceFromPool(b *bench) {
	b.card(1)
	b.pool("free-1", "free-2")
	r := b.replacement("card-1", "free-1")
	r.New.BarcodeNumber, r.New.BarcodeType = "other", crm.QRCode
	card, err := b.ReplaceCard(b.ctx, r)
	b.must("ReplaceCard by a number of the pool", err)
	same(b, "ReplaceCard by a number of the pool", card.CardNumber, numbered("free-1"))
	same(b, "ReplaceCard by a number of the pool, then CountNumbers", b.level(b.now), crm.PoolLevel{Free: 1})
}

func replaceAudits(b *bench) {
	b.card(1)
	b.replace("card-1", "new-1")
	for _, number := range []string{"card-1", "new-1"} {
		lines := b.audit(number)
		b.holds(len(lines) == 1 && lines[0].Actor == "operator" && lines[0].At.Equal(b.now), "ReplaceCard, then AuditLog of "+number,
			"one line with the actor and the time", lines)
	}
}

func raceReplace(b *bench) {
	b.card(1)
	b.grant("card-1", "gift", 70)
	results := race(racers, func(i int) (crm.Card, error) {
		return b.ReplaceCard(b.ctx, b.replacement("card-1", []string{"new-1", "new-2"}[i%2]))
	})
	won := map[string]bool{}
	for _, r := range results {
		if r.err == nil {
			won[r.answer.Number] = true
			continue
		}
		b.fails("ReplaceCard of one card by two numbers at once", r.err, crm.ErrOperationConflict, crm.ErrBusy)
	}
	b.holds(len(won) == 1, "ReplaceCard of one card by two numbers at once", "one number that wins", won)
	for number := range won {
		b.balance("ReplaceCard of one card by many at once", number, 70)
		b.adds("ReplaceCard of one card by many at once", "card-1", number)
	}
}

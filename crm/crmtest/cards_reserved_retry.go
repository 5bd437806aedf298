package crmtest

import (
	"time"

	"koshelek-adapter/crm"
)

func reservedRetryChecks() []Check {
	return []Check{
		check("IssueReserved/retry", "The same profile for the same number again is the same success and changes nothing.", reservedRetry),
		check("IssueReserved/retry-unheld-card", "The same profile for a card that had no holder, again, is the same success and changes nothing.", reservedRetryUnheld),
		check("IssueReserved/retry-after-update", "The same profile for the same number again changes nothing also after the profile was updated.", reservedRetryAfterUpdate),
		check("IssueReserved/other-profile", "Another profile for a number that is issued, also one of the same customer, gives ErrNumberTaken and changes nothing.", reservedOtherProfile),
	}
}

func reservedRetry(b *bench) {
	b.pool("free-1")
	r := b.welcomed(fullProfile(1), "free-1", 50)
	first, err := b.IssueReserved(b.ctx, r)
	b.must("IssueReserved of free-1", err)
	r.Now = b.now.Add(time.Minute) // the retry comes later
	repeats(b, "IssueReserved of free-1 again with the same profile", first, func() (crm.Card, error) { return b.IssueReserved(b.ctx, r) })
}

func reservedRetryUnheld(b *bench) {
	b.unheld("plastic-1")
	first := b.reserved(fullProfile(1), "plastic-1")
	repeats(b, "IssueReserved of plastic-1 again with the same profile", first, func() (crm.Card, error) {
		return b.IssueReserved(b.ctx, b.request(fullProfile(1), "plastic-1"))
	})
}

func reservedRetryAfterUpdate(b *bench) {
	b.second(fullProfile(1), "free-1")
	b.update("free-1", renamed(crm.Profile{Phone: phone(2), Email: email(2)}))
	did := "IssueReserved of free-1, UpdateProfile with other names, phone and email, then the same IssueReserved again"
	repeats(b, did, b.look("free-1"), func() (crm.Card, error) {
		return b.IssueReserved(b.ctx, b.request(fullProfile(1), "free-1"))
	})
	b.nobody("IssueReserved again after the phone was changed", crm.Identity{Phone: phone(1)})
}

func reservedOtherProfile(b *bench) {
	b.second(fullProfile(1), "free-1")
	others := map[string]crm.Profile{
		"another customer":                    fullProfile(2),
		"the same phone with another surname": renamed(fullProfile(1)),
		"the same phone with fewer fields":    {Phone: phone(1)},
	}
	for what, who := range others {
		b.refuses("IssueReserved of free-1 to "+text(fullProfile(1))+", then to "+what, func() error {
			_, err := b.IssueReserved(b.ctx, b.request(who, "free-1"))
			return err
		}, crm.ErrNumberTaken)
	}
}

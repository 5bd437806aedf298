package crmtest

import (
	"fmt"
	"time"

	"koshelek-adapter/crm"
)

func customerChecks() []Check {
	return []Check{
		check("Customer/found", "Customer gives the profile and all cards of an ID.", customerFound),
		check("Customer/nobody", "Customer of an ID that nobody has, or whose data was erased, gives ErrCustomerNotFound.", customerUnknown),
	}
}

func codePutChecks() []Check {
	return []Check{
		check("PutOneTimeCode/replaces", "A new code takes the place of the one before, which is good no more.", codeReplaces),
		check("PutOneTimeCode/again", "The same reference again is the same success and changes nothing: it is not counted, and a used code stays used.", codePutAgain),
		check("PutOneTimeCode/sends", "A customer gets MaxSends codes within the window; one more gives ErrTooManyCodes, and the code before stays good.", codeSends),
		check("PutOneTimeCode/failures", "After MaxFailures failed attempts within the window no code is given: ErrTooManyAttempts.", codePutFailures),
		check("PutOneTimeCode/nobody", "A code for a customer who is not there, or was erased, gives ErrCustomerNotFound.", codeNobody),
	}
}

// limits are those of every check: three attempts, four codes, five failures.
var limits = crm.CodeLimits{MaxAttempts: 3, MaxSends: 4, MaxFailures: 5, Window: time.Hour}

// code is one for the i-th person's card, good for five minutes.
func (b *bench) code(i int, reference, hash string) crm.OneTimeCode {
	b.Helper()
	return crm.OneTimeCode{
		CustomerID: b.look(cardName(i)).CustomerID, CardNumber: cardName(i), Reference: reference, Hash: hash,
		Limits: limits, Now: b.now, ExpiresAt: b.now.Add(5 * time.Minute),
	}
}

func (b *bench) putCode(i int, reference, hash string) crm.OneTimeCode {
	b.Helper()
	code := b.code(i, reference, hash)
	b.must("PutOneTimeCode "+reference, b.PutOneTimeCode(b.ctx, code))
	return code
}

// try is an attempt at a code; each has a name of its own.
func (b *bench) try(code crm.OneTimeCode, hash string) crm.CodeAttempt {
	b.attempts++
	return crm.CodeAttempt{
		CustomerID: code.CustomerID, CardNumber: code.CardNumber, Reference: code.Reference, Hash: hash,
		Attempt: fmt.Sprintf("attempt-%d", b.attempts), Limits: limits, Now: b.now,
	}
}

// right reports a broken promise unless the code is good.
func (b *bench) right(did string, code crm.OneTimeCode) {
	b.Helper()
	b.must(did+", then the right code", b.UseOneTimeCode(b.ctx, b.try(code, code.Hash)))
}

// wrong makes an attempt that has to fail with a kind.
func (b *bench) wrong(did string, code crm.OneTimeCode, hash string, kind crm.Kind) {
	b.Helper()
	b.fails(did, b.UseOneTimeCode(b.ctx, b.try(code, hash)), kind)
}

func customerFound(b *bench) {
	who := fullProfile(1)
	first := b.issue(who, "card-1")
	second := b.second(who, "card-2")
	b.card(3)
	found, err := b.Customer(b.ctx, first.CustomerID)
	b.must("Customer", err)
	same(b, "the ID and the profile", []any{found.ID, found.Profile}, []any{first.CustomerID, who})
	numbers := map[string]bool{}
	for _, card := range found.Cards {
		numbers[card.Number] = true
	}
	same(b, "the cards", numbers, map[string]bool{first.Number: true, second.Number: true})
}

func customerUnknown(b *bench) {
	id := b.issue(marked, "card-1").CustomerID
	b.erase(marked.Phone)
	for _, nobody := range []string{id, "", "card-1", "nobody"} {
		_, err := b.Customer(b.ctx, nobody)
		b.fails("Customer "+nobody, err, crm.ErrCustomerNotFound)
	}
}

func codeReplaces(b *bench) {
	b.card(1)
	old := b.putCode(1, "ref-1", "hash-1")
	fresh := b.putCode(1, "ref-2", "hash-2")
	b.wrong("a code, another one, then the first", old, "hash-1", crm.ErrCodeWrong)
	b.wrong("the first code with the second reference", fresh, "hash-1", crm.ErrCodeWrong)
	b.right("a code and another one", fresh)
}

func codePutAgain(b *bench) {
	b.card(1)
	code := b.putCode(1, "ref-1", "hash-1")
	for range limits.MaxSends {
		b.must("the same PutOneTimeCode again", b.PutOneTimeCode(b.ctx, code))
	}
	b.wrong("a wrong code", code, "nothing", crm.ErrCodeWrong)
	b.must("the same PutOneTimeCode after an attempt", b.PutOneTimeCode(b.ctx, code))
	b.wrong("a second wrong code", code, "nothing", crm.ErrCodeWrong)
	b.right("one PutOneTimeCode sent many times and two wrong codes", code)
	b.must("the same PutOneTimeCode after its code was used", b.PutOneTimeCode(b.ctx, code))
	b.wrong("a used code that was put again", code, code.Hash, crm.ErrCodeWrong)
	b.putCode(1, "ref-2", "hash-2")
}

func codeSends(b *bench) {
	b.card(1)
	b.card(2)
	var last crm.OneTimeCode
	for i := range limits.MaxSends {
		last = b.putCode(1, fmt.Sprintf("ref-%d", i), fmt.Sprintf("hash-%d", i))
		b.later(10 * time.Minute)
	}
	b.later(-10 * time.Minute)
	b.fails("one code too many", b.PutOneTimeCode(b.ctx, b.code(1, "ref-over", "hash-over")), crm.ErrTooManyCodes)
	b.putCode(2, "other", "hash") // another customer has counts of their own
	b.right("a refused PutOneTimeCode", last)
	b.fails("one code too many after a success", b.PutOneTimeCode(b.ctx, b.code(1, "ref-over", "hash-over")), crm.ErrTooManyCodes)
	b.later(30*time.Minute - time.Millisecond)
	b.fails("a moment before the window is over", b.PutOneTimeCode(b.ctx, b.code(1, "ref-over", "hash-over")), crm.ErrTooManyCodes)
	b.later(time.Millisecond)
	b.right("the window is over, PutOneTimeCode", b.putCode(1, "ref-new", "hash-new"))
}

func codePutFailures(b *bench) {
	b.card(1)
	failed := int64(0)
	for i := 0; failed < limits.MaxFailures; i++ {
		code := b.putCode(1, fmt.Sprintf("ref-%d", i), "hash")
		for range min(limits.MaxAttempts, limits.MaxFailures-failed) {
			b.wrong("a wrong code", code, "nothing", crm.ErrCodeWrong)
			failed++
		}
	}
	b.fails("a new code after too many failures", b.PutOneTimeCode(b.ctx, b.code(1, "ref-over", "hash")), crm.ErrTooManyAttempts)
	b.later(limits.Window)
	b.right("the window is over, PutOneTimeCode", b.putCode(1, "ref-new", "hash-new"))
}

func codeNobody(b *bench) {
	b.issue(marked, "card-1")
	code := b.putCode(1, "ref-1", "hash-1")
	b.erase(marked.Phone)
	b.fails("PutOneTimeCode for an erased customer", b.PutOneTimeCode(b.ctx, code), crm.ErrCustomerNotFound)
	b.wrong("the code of an erased customer", code, code.Hash, crm.ErrCodeWrong)
	code.CustomerID = "nobody"
	b.fails("PutOneTimeCode for nobody", b.PutOneTimeCode(b.ctx, code), crm.ErrCustomerNotFound)
}

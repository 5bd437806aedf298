package crmtest

import (
	"fmt"
	"time"

	"koshelek-adapter/crm"
)

func codeUseChecks() []Check {
	return []Check{
		check("UseOneTimeCode/once", "The right code is good once; after that it is wrong.", codeOnce),
		check("UseOneTimeCode/wrong", "A wrong code gives ErrCodeWrong, and the right one is good after it.", codeWrong),
		check("UseOneTimeCode/attempts", "After MaxAttempts failures the right code is refused too: ErrTooManyAttempts.", codeAttempts),
		check("UseOneTimeCode/over", "From ExpiresAt on the code gives ErrCodeOver, and attempts are not counted; until then it is good.", codeOver),
		check("UseOneTimeCode/bound", "Another reference, another card and another customer give ErrCodeWrong, and nothing is counted.", codeBound),
		check("UseOneTimeCode/across-codes", "A new code does not set back the failures: MaxFailures over all codes refuse the right one.", codeAcross),
		check("UseOneTimeCode/window", "When the window is over, failures count anew.", attemptsWindow),
		check("UseOneTimeCode/again", "The same attempt again gives the same answer and is not counted again.", codeUseAgain),
		check("UseOneTimeCode/nobody", "An attempt where no code was sent gives ErrCodeWrong.", codeWithout),
		check("UseOneTimeCode/crash", "Once an attempt was judged, it survives a crash: a used code stays used, and failures stay counted.", codeCrash),
		check("Race/one-time-code", "Of attempts with the right code at one moment one wins.", raceCode),
		check("Race/code-attempts", "Of wrong attempts at one moment exactly MaxAttempts are judged, the others are too many.", raceAttempts),
		check("Race/code-sends", "Of codes that are put at one moment exactly MaxSends are taken.", raceSends),
	}
}

func codeOnce(b *bench) {
	b.card(1)
	code := b.putCode(1, "ref-1", "hash-1")
	b.right("a code", code)
	for range limits.MaxAttempts + 1 {
		b.wrong("a code that was used", code, code.Hash, crm.ErrCodeWrong)
	}
	b.right("a used code and a new one", b.putCode(1, "ref-2", "hash-2"))
}

func codeWrong(b *bench) {
	b.card(1)
	for _, hash := range []string{"", "hash-", "hash-11", "HASH-1"} {
		b.later(limits.Window) // so that only this one counts
		code := b.putCode(1, "ref for "+hash, "hash-1")
		b.wrong("the wrong code "+hash, code, hash, crm.ErrCodeWrong)
		b.right("one wrong code", code)
	}
}

func codeAttempts(b *bench) {
	b.card(1)
	code := b.putCode(1, "ref-1", "hash-1")
	for range limits.MaxAttempts {
		b.wrong("a wrong code", code, "nothing", crm.ErrCodeWrong)
	}
	b.wrong("three wrong codes, then another one", code, "nothing", crm.ErrTooManyAttempts)
	b.wrong("three wrong codes, then the right one", code, code.Hash, crm.ErrTooManyAttempts)
	b.right("three wrong codes and a new one", b.putCode(1, "ref-2", "hash-2"))
}

func codeOver(b *bench) {
	b.card(1)
	code := b.putCode(1, "ref-1", "hash-1")
	b.later(5*time.Minute - time.Millisecond)
	b.right("a code, almost five minutes", code)
	code = b.putCode(1, "ref-2", "hash-2")
	b.later(5 * time.Minute)
	for range limits.MaxFailures + 1 {
		b.wrong("a code, five minutes, then a wrong one", code, "nothing", crm.ErrCodeOver)
	}
	b.wrong("a code, five minutes, then the right one", code, code.Hash, crm.ErrCodeOver)
	b.right("attempts at a code that is over, and a new one", b.putCode(1, "ref-3", "hash-3"))
}

func codeBound(b *bench) {
	b.card(1)
	b.card(2)
	b.second(crm.Profile{Phone: phone(1)}, "card-3")
	code := b.putCode(1, "ref-1", "hash-1")
	reference, card, customer, stranger := code, code, code, b.code(2, "ref-1", "hash-1")
	reference.Reference, card.CardNumber, customer.CustomerID = "ref-2", "card-3", stranger.CustomerID
	none := code
	none.Reference = ""
	for range limits.MaxFailures {
		for _, other := range []crm.OneTimeCode{reference, card, customer, stranger, none} {
			b.wrong("the right code with "+text(other), other, code.Hash, crm.ErrCodeWrong)
		}
	}
	b.right("attempts that name something else", code)
}

func codeAcross(b *bench) {
	b.card(1)
	var code crm.OneTimeCode
	for i := range limits.MaxFailures {
		if i%(limits.MaxAttempts-1) == 0 {
			code = b.putCode(1, fmt.Sprintf("ref-%d", i), "hash")
		}
		b.wrong("a wrong code", code, "nothing", crm.ErrCodeWrong)
	}
	b.wrong("five failures at three codes, then the right one of the last", code, code.Hash, crm.ErrTooManyAttempts)
}

func attemptsWindow(b *bench) {
	b.card(1)
	code := b.code(1, "ref-1", "hash-1")
	code.ExpiresAt = b.now.Add(3 * limits.Window)
	code.Limits.MaxAttempts = 100
	b.must("PutOneTimeCode", b.PutOneTimeCode(b.ctx, code))
	fail := func(kind crm.Kind) {
		b.Helper()
		a := b.try(code, "nothing")
		a.Limits.MaxAttempts = 100
		b.fails("a wrong code", b.UseOneTimeCode(b.ctx, a), kind)
	}
	for range limits.MaxFailures {
		fail(crm.ErrCodeWrong)
	}
	b.later(limits.Window - time.Millisecond)
	fail(crm.ErrTooManyAttempts)
	b.later(time.Millisecond)
	for range limits.MaxFailures {
		fail(crm.ErrCodeWrong)
	}
	fail(crm.ErrTooManyAttempts)
}

func codeUseAgain(b *bench) {
	b.card(1)
	code := b.putCode(1, "ref-1", "hash-1")
	wrong := b.try(code, "nothing")
	for range limits.MaxFailures + 1 {
		b.fails("the same wrong attempt again", b.UseOneTimeCode(b.ctx, wrong), crm.ErrCodeWrong)
	}
	right := b.try(code, code.Hash)
	for range 3 {
		b.must("the same right attempt again", b.UseOneTimeCode(b.ctx, right))
	}
	b.wrong("the same attempt three times, then another", code, code.Hash, crm.ErrCodeWrong)
}

func codeWithout(b *bench) {
	b.card(1)
	for _, reference := range []string{"", "ref-1"} {
		for _, hash := range []string{"", "hash-1"} {
			b.wrong("no code, then an attempt", b.code(1, reference, hash), hash, crm.ErrCodeWrong)
		}
	}
}

func codeCrash(b *bench) {
	b.card(1)
	code := b.putCode(1, "ref-1", "hash-1")
	for range limits.MaxAttempts - 1 {
		b.wrong("a wrong code", code, "nothing", crm.ErrCodeWrong)
		b.crash()
	}
	b.right("two wrong codes, each followed by a crash", code)
	b.crash()
	b.wrong("a code that was used, a crash, and the code again", code, code.Hash, crm.ErrCodeWrong)
	code = b.putCode(1, "ref-2", "hash-2")
	for range limits.MaxAttempts {
		b.wrong("a wrong code", code, "nothing", crm.ErrCodeWrong)
	}
	b.crash()
	b.wrong("three wrong codes, a crash, and the right one", code, code.Hash, crm.ErrTooManyAttempts)
}

// attemptsAtOnce makes as many attempts as there are racers.
func (b *bench) attemptsAtOnce(code crm.OneTimeCode, hash string) []result[bool] {
	b.Helper()
	attempts := make([]crm.CodeAttempt, racers)
	for i := range attempts {
		attempts[i] = b.try(code, hash)
	}
	return race(racers, func(i int) (bool, error) { return true, b.UseOneTimeCode(b.ctx, attempts[i]) })
}

func raceCode(b *bench) {
	b.card(1)
	code := b.putCode(1, "ref-1", "hash-1")
	tally(b, "32 attempts with the right code at once", b.attemptsAtOnce(code, code.Hash), onlyOne(crm.ErrCodeWrong))
}

func raceAttempts(b *bench) {
	b.card(1)
	code := b.putCode(1, "ref-1", "hash-1")
	tally(b, "32 attempts with a wrong code at once", b.attemptsAtOnce(code, "nothing"),
		map[string]int{string(crm.ErrCodeWrong): 3, string(crm.ErrTooManyAttempts): racers - 3})
	b.wrong("32 wrong attempts at once, then the right code", code, code.Hash, crm.ErrTooManyAttempts)
}

func raceSends(b *bench) {
	b.card(1)
	codes := make([]crm.OneTimeCode, racers)
	for i := range codes {
		codes[i] = b.code(1, fmt.Sprintf("ref-%d", i), fmt.Sprintf("hash-%d", i))
	}
	results := race(racers, func(i int) (bool, error) { return true, b.PutOneTimeCode(b.ctx, codes[i]) })
	tally(b, "32 codes put at once", results, map[string]int{done: 4, string(crm.ErrTooManyCodes): racers - 4})
	good := 0
	for i, r := range results {
		if r.err == nil && b.UseOneTimeCode(b.ctx, b.try(codes[i], codes[i].Hash)) == nil {
			good++
		}
	}
	same(b, "32 codes put at once, the codes that are good", good, 1)
}

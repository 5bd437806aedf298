package conformance

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"

	"koshelek-adapter/conformance/contract"
)

// phoneDigits is how long the phones of the run's customers are.
const phoneDigits = 11

// ErrOptions is the error of options that cannot be.
var ErrOptions = errors.New("conformance: bad options")

// maker makes up the run's own values from the seed. Each task has a block of its
// own, so that its values do not depend on what runs beside it.
type maker struct {
	options        Options
	attempt        uint64
	prefix, domain string
	random         *rand.Rand
	start, span    uint64
	// size is how many phones a block has.
	size uint64
	// slots is how many runs fit into the range of phones. A run has one of them,
	// so that the phones of two runs are the same or have none in common.
	slots    uint64
	next     uint64
	receipts uint64
}

func newMaker(o Options, attempt uint64) (*maker, error) {
	m := &maker{options: o, attempt: attempt, prefix: o.PhonePrefix, domain: o.EmailDomain, random: rand.New(rand.NewPCG(o.Seed, 0)), span: 1}
	free := phoneDigits - len(m.prefix)
	if strings.Trim(m.prefix, "0123456789") != "" || strings.HasPrefix(m.prefix, "0") || free < fewestDigits || free > 9 {
		return nil, fmt.Errorf("%w: the prefix of phones must be 2 to 6 digits and not begin with 0", ErrOptions)
	}
	if strings.ContainsAny(m.domain, "@ \"'<>\r\n") || !strings.Contains(m.domain, ".") {
		return nil, fmt.Errorf("%w: the e-mail domain must be like test.example", ErrOptions)
	}
	for range free {
		m.span *= 10
	}
	if m.size = mostPhones; free == fewestDigits {
		m.size = fewPhones
	}
	m.slots = m.span / m.width()
	m.start = (m.random.Uint64N(m.slots) + attempt) % m.slots * m.width()
	return m, nil
}

// fewestDigits is how many digits of a phone are left to the run at least.
const fewestDigits = 5

// How many phones a block has: more than a check makes. The shortest range has
// shorter blocks, so that it has room for some runs.
const (
	mostPhones = 128
	fewPhones  = 40
)

// width is how many phones a run may make: a block for each rule and each
// scenario, and one for the run itself.
func (m *maker) width() uint64 {
	return uint64(1+len(catalogue())+len(contract.Scenarios())) * m.size
}

// block is the maker of the n-th block.
func (m *maker) block(n int) *maker {
	b := *m
	b.random = rand.New(rand.NewPCG(m.options.Seed, m.attempt<<32|uint64(n+1)))
	b.start, b.next = m.start+uint64(n+1)*m.size, 0
	return &b
}

// phone makes the next phone. A run makes fewer than there are.
func (m *maker) phone() string {
	n := (m.start + m.next) % m.span
	m.next++
	return fmt.Sprintf("%s%0*d", m.prefix, phoneDigits-len(m.prefix), n)
}

func (m *maker) email(phone string) string {
	return "customer." + phone + "@" + m.domain
}

// number makes a card number that no host has given out, as far as one can know:
// eighteen digits.
func (m *maker) number() string {
	return fmt.Sprintf("990%015d", m.random.Uint64N(1_000_000_000_000_000))
}

// receipt makes a fiscal receipt that no till has printed: its drive number
// begins with four nines.
func (m *maker) receipt(kind int, sum, at string) receipt {
	m.receipts++
	return receipt{
		t: at, s: sum, n: kind,
		fn: fmt.Sprintf("9999%012d", m.random.Uint64N(1_000_000_000_000)),
		i:  fmt.Sprintf("%d", 1+m.receipts), fp: fmt.Sprintf("%d", 1_000_000_000+m.random.Uint64N(3_000_000_000)),
	}
}

// receipt is a cash receipt's QR code.
type receipt struct {
	t, s, fn, i, fp string
	n               int
}

func (r receipt) String() string {
	return fmt.Sprintf("t=%s&s=%s&fn=%s&i=%s&fp=%s&n=%d", r.t, r.s, r.fn, r.i, r.fp, r.n)
}

// shuffled is the same receipt with its keys in another order.
func (r receipt) shuffled() string {
	return fmt.Sprintf("n=%d&fp=%s&i=%s&fn=%s&s=%s&t=%s", r.n, r.fp, r.i, r.fn, r.s, r.t)
}

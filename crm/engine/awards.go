package engine

import (
	"errors"
	"fmt"
	"strings"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/outbox"
)

// AwardTrigger is what makes an award rule act.
type AwardTrigger string

// The triggers.
const (
	// OnReceipt: a receipt that earns was accepted.
	OnReceipt AwardTrigger = "receipt"
	// OnCode: a promo code was accepted.
	OnCode AwardTrigger = "code"
	// OnSpend: points were spent, by a take or an order of the microsite.
	OnSpend AwardTrigger = "spend"
	// OnExchange: points are exchanged for a partner's miles.
	OnExchange AwardTrigger = "exchange"
)

// AwardRule says what a reward vendor must hear when something happens. Rules
// come from configuration; what a vendor's action means its bridge knows.
type AwardRule struct {
	// ID is unique; it stands in the keys of errands, so renaming a rule makes it
	// a new one.
	ID string
	On AwardTrigger
	// Codes limits OnCode: exact codes, or beginnings with a * behind; empty for
	// all codes.
	Codes []string
	// MinSumKopecks limits OnReceipt to receipts of at least this total.
	MinSumKopecks int64
	// Points of the errand: fixed, or hundredths of a percent of the receipt's
	// roubles (OnReceipt), rounded down, at most Cap unless that is zero. OnSpend
	// and OnExchange move the points that were spent.
	Fixed, BasisPoints, Cap int64
	// Pointless lets a rule act that moves no points (vouchers).
	Pointless bool
	// Errand is the pattern: vendor, action, payload, effect, undo, once, holds.
	Message outbox.Message
}

// validateAwards reports every fault of the rules.
func validateAwards(rules []AwardRule) error {
	var faults []error
	seen := map[string]bool{}
	for _, r := range rules {
		if err := r.validate(); err != nil {
			faults = append(faults, fmt.Errorf("award rule %q: %w", r.ID, err))
		}
		if seen[r.ID] {
			faults = append(faults, fmt.Errorf("award rule %q: there are two of this id", r.ID))
		}
		seen[r.ID] = true
	}
	return errors.Join(faults...)
}

// maxRuleIDBytes leaves room for the cause in an errand's key.
const maxRuleIDBytes = 40

func (r AwardRule) validate() error {
	if err := crm.CheckKey("id", r.ID, maxRuleIDBytes); err != nil {
		return err
	}
	faults := []error{r.amountFault()}
	switch r.On {
	case OnReceipt, OnCode, OnSpend, OnExchange:
	default:
		faults = append(faults, fmt.Errorf("on %q is not receipt, code, spend or exchange", r.On))
	}
	if r.Message.Vendor == "" || r.Message.Action == "" {
		faults = append(faults, errors.New("it names no vendor or no action"))
	}
	faults = append(faults, r.Message.Check())
	if len(r.Codes) > 0 && r.On != OnCode {
		faults = append(faults, errors.New("codes are for rules on code"))
	}
	if r.MinSumKopecks != 0 && r.On != OnReceipt {
		faults = append(faults, errors.New("a least sum is for rules on receipt"))
	}
	return errors.Join(faults...)
}

func (r AwardRule) amountFault() error {
	spends := r.On == OnSpend || r.On == OnExchange
	switch {
	case r.Fixed < 0 || r.BasisPoints < 0 || r.Cap < 0 || r.Fixed > crm.MaxPoints || r.BasisPoints > 1_000_000 || r.Cap > crm.MaxPoints:
		return errors.New("its points are out of range")
	case spends && (r.Fixed != 0 || r.BasisPoints != 0 || r.Cap != 0):
		return errors.New("it moves the points that are spent, and has none of its own")
	case r.Fixed != 0 && r.BasisPoints != 0:
		return errors.New("its points are either fixed or a percentage")
	case r.BasisPoints != 0 && r.On != OnReceipt:
		return errors.New("a percentage is for rules on receipt")
	case r.Pointless == (spends || r.Fixed != 0 || r.BasisPoints != 0):
		return errors.New("it moves no points although its action does, or the other way round")
	}
	return nil
}

// errand is the rule's errand for a cause.
func (r AwardRule) errand(cause string, points int64) outbox.Message {
	e := r.Message
	e.Key, e.Cause, e.Rule, e.Points = r.ID+"/"+cause, cause, r.ID, points
	return e
}

// forReceipt gives the errands that a receipt orders. Only receipts that earn do.
func (r Rules) forReceipt(receipt crm.Receipt) (errands []outbox.Message) {
	if !r.earns(receipt) {
		return nil
	}
	for _, rule := range r.Awards {
		if rule.On != OnReceipt || receipt.SumKopecks < rule.MinSumKopecks {
			continue
		}
		points := rule.Fixed
		if rule.BasisPoints > 0 {
			points = share(receipt.SumKopecks, rule.BasisPoints)
		}
		if rule.Cap > 0 {
			points = min(points, rule.Cap)
		}
		if points > 0 || rule.Pointless {
			errands = append(errands, rule.errand(receipt.Cause(), points))
		}
	}
	return errands
}

// forCode gives the errands that the use of a code by a card orders.
func (r Rules) forCode(code, card string) (errands []outbox.Message) {
	for _, rule := range r.Awards {
		if rule.On == OnCode && rule.takesCode(code) {
			errands = append(errands, rule.errand(codeCause(code, card), rule.Fixed))
		}
	}
	return errands
}

// codeCause names the use of a code by a card. Code and number may be long
// together, so they are hashed when they do not fit into a key.
func codeCause(code, card string) string { return shortKey("code:" + code + ":" + card) }

func (r AwardRule) takesCode(code string) bool {
	if len(r.Codes) == 0 {
		return true
	}
	for _, pattern := range r.Codes {
		pattern = strings.ToUpper(pattern) // as codes are
		beginning, open := strings.CutSuffix(pattern, "*")
		if open && strings.HasPrefix(code, beginning) || code == pattern {
			return true
		}
	}
	return false
}

// forSpending gives the errands that a spending orders; the key is that of the
// movement.
func (r Rules) forSpending(on AwardTrigger, key string, points int64) (errands []outbox.Message) {
	for _, rule := range r.Awards {
		if rule.On == on {
			errands = append(errands, rule.errand(shortKey("take:"+key), points))
		}
	}
	return errands
}

// forOrder gives the errands that mirror an order. What the vendor of a mirror
// did not take does not come back by itself, since the goods are on their way:
// only the reversal of the order gives points back.
func (r Rules) forOrder(id string, points int64) (errands []outbox.Message) {
	for _, rule := range r.Awards {
		if rule.On == OnSpend {
			e := rule.errand(orderCause(id), points)
			e.Effect, e.Undo.Effect = outbox.EffectNone, outbox.EffectNone
			errands = append(errands, e)
		}
	}
	return errands
}

// orderCause names an order, so that its reversal finds what it ordered.
func orderCause(id string) string { return shortKey("order:" + id) }

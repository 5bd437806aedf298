package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/shopspring/decimal"

	"koshelek-adapter/config"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/outbox"
)

// awardFile is ADAPTER_AWARDS (documented in docs/rewards.md).
type awardFile struct {
	Rules []awardRule `json:"rules"`
}

// awardRule is one rule as operators write it.
type awardRule struct {
	ID     string          `json:"id"`
	On     string          `json:"on"`
	Codes  []string        `json:"codes"`
	MinSum decimal.Decimal `json:"min_sum"`
	Vendor string          `json:"vendor"`
	Action string          `json:"action"`
	Params json.RawMessage `json:"params"`
	// Points or Percent of the receipt's total, at most Cap.
	Points  int64           `json:"points"`
	Percent decimal.Decimal `json:"percent"`
	Cap     int64           `json:"cap"`
	// Book credits our own ledger with what the vendor booked.
	Book bool `json:"book"`
	// Refund gives spent points back that the vendor did not take.
	Refund bool `json:"refund"`
}

// awards reads the rules; vendor gives one that is used by its name, nil for others.
// Every fault is reported at once.
func awards(text string, vendor func(name string) outbox.Vendor) ([]engine.AwardRule, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	var file awardFile
	if err := decoder.Decode(&file); err != nil {
		return nil, awardFault(fmt.Errorf("it is not the JSON that docs/rewards.md describes: %w", err))
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, awardFault(errors.New("something stands behind the JSON"))
	}
	var rules []engine.AwardRule
	var faults []error
	for i, r := range file.Rules {
		rule, err := r.rule(vendor)
		if err != nil {
			faults = append(faults, fmt.Errorf("rule %d (%q): %w", i+1, r.ID, err))
		}
		rules = append(rules, rule)
	}
	return rules, awardFault(errors.Join(faults...))
}

func awardFault(err error) error {
	if err == nil {
		return nil
	}
	return config.Faults{{Variable: "ADAPTER_AWARDS", Message: strings.ReplaceAll(err.Error(), "\n", "; ")}}
}

func (r awardRule) rule(vendor func(name string) outbox.Vendor) (engine.AwardRule, error) {
	v := vendor(r.Vendor)
	if v == nil {
		return engine.AwardRule{}, fmt.Errorf("the vendor %q is not configured, or there is no such vendor", r.Vendor)
	}
	errand, err := v.Message(r.Action, r.Params)
	if err != nil {
		return engine.AwardRule{}, err
	}
	kopecks, percent := r.MinSum.Shift(2), r.Percent.Shift(2)
	if !kopecks.IsInteger() || !percent.IsInteger() || kopecks.IsNegative() || kopecks.GreaterThan(decimal.New(1, 12)) || percent.GreaterThan(decimal.New(1, 6)) {
		return engine.AwardRule{}, errors.New("min_sum is roubles with two decimals at most, percent likewise and at most 10000")
	}
	if err := r.effects(&errand); err != nil {
		return engine.AwardRule{}, err
	}
	spends := engine.AwardTrigger(r.On) == engine.OnSpend || engine.AwardTrigger(r.On) == engine.OnExchange
	return engine.AwardRule{
		ID: r.ID, On: engine.AwardTrigger(r.On), Codes: upper(r.Codes), MinSumKopecks: kopecks.IntPart(),
		Fixed: r.Points, BasisPoints: percent.IntPart(), Cap: r.Cap,
		Pointless: r.Points == 0 && percent.IsZero() && !spends, Message: errand,
	}, nil
}

// effects puts into the errand what the vendor's last word does to our ledger.
func (r awardRule) effects(e *outbox.Message) error {
	spends := engine.AwardTrigger(r.On) == engine.OnSpend || engine.AwardTrigger(r.On) == engine.OnExchange
	switch {
	case r.Book && spends:
		return errors.New("book is for awards: spent points are on our ledger already")
	case r.Refund && !spends:
		return errors.New("refund is for rules on spend and exchange")
	case r.Book:
		e.Effect = outbox.EffectBook
		if e.Undo.Action != "" {
			e.Undo.Effect = outbox.EffectUnbook
		}
	case r.Refund, engine.AwardTrigger(r.On) == engine.OnExchange:
		e.Effect = outbox.EffectRefund
	}
	return nil
}

// upper writes codes as they are stored.
func upper(codes []string) (list []string) {
	for _, code := range codes {
		list = append(list, string(bytes.ToUpper([]byte(strings.TrimSpace(code)))))
	}
	return list
}

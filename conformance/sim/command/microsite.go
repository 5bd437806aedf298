package command

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"

	"koshelek-adapter/conformance/sim"
	"koshelek-adapter/conformance/sim/microsite"
)

// startMicrosite makes the driver, with a way to read one-time passwords.
func (t *Simulators) startMicrosite(ctx context.Context) error {
	m := t.config.Microsite
	if m.Target == "" {
		return nil
	}
	if t.BigCity == nil || m.Customer == "" {
		return errors.New("the microsite needs the simulator of BigCity and a customer to play with")
	}
	pattern := microsite.SixDigits
	if m.OTPPattern != "" {
		own, err := regexp.Compile(m.OTPPattern)
		if err != nil {
			return fmt.Errorf("pattern of one-time passwords: %w", err)
		}
		pattern = own
	}
	inbox := microsite.NewInbox(pattern)
	if m.OTPFile != "" {
		if err := inbox.Follow(ctx, m.OTPFile); err != nil {
			return err
		}
	}
	if m.OTPGateway != "" {
		url, err := t.serve(m.OTPGateway, inbox)
		if err != nil {
			return err
		}
		t.Services = append(t.Services, Service{Name: "SMS gateway", URL: url, Uses: map[string]string{"any path": "takes a message by query, form or JSON"}})
	}
	o := microsite.Options{Client: microsite.Client{BaseURL: m.Target, User: m.User, Password: m.Password}, Customer: m.Customer,
		Site: t.BigCity, Prefix: fmt.Sprintf("sim-%x-", time.Now().UnixNano())}
	if m.OTPFile != "" || m.OTPGateway != "" {
		o.OTP = inbox
	}
	t.Driver = microsite.NewDriver(o)
	return nil
}

// Play plays the named stories against the target; "all" plays every one.
func (t *Simulators) Play(ctx context.Context, names ...string) ([]microsite.Report, error) {
	if t.Driver == nil {
		return nil, errors.New("there is no microsite target to play against")
	}
	var reports []microsite.Report
	for _, name := range names {
		if name == "all" {
			reports = append(reports, t.Driver.PlayAll(ctx)...)
			continue
		}
		report, err := t.Driver.Play(ctx, name)
		if err != nil {
			return reports, err
		}
		reports = append(reports, report)
	}
	return reports, nil
}

// play is the control API's action.
func (t *Simulators) play(a sim.Args) (any, error) {
	ctx, cancel := context.WithTimeout(t.Clock.Context(), 2*time.Minute)
	defer cancel()
	return t.Play(ctx, a["story"])
}

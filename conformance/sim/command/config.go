package command

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"koshelek-adapter/conformance/sim"
	"koshelek-adapter/conformance/sim/bigcity"
)

// Config says what to start. Whatever is a credential and empty is generated.
type Config struct {
	BigCity, Qiibee, Points string // addresses to listen on, such as 127.0.0.1:7101; empty: not started

	BigCitySecrets             []string
	QiibeeKey                  string
	PointsClient, PointsSecret string
	ControlToken               string

	Seed          uint64    // 0: random
	Start         time.Time // the clock stands still there; zero: it runs
	FaultsFile    string    // see [Faults]
	CallbackHosts []string  // that Points may call and qiibee's webhook; nil: loopback only

	WebhookURL, WebhookUser, WebhookPassword string // of qiibee; empty: no webhook

	Partner bigcity.Partner // who keeps the points of BigCity's microsite
}

// Faults is the content of a file of faults and knobs, by simulator.
type Faults map[string]struct {
	Faults []sim.Rule        `json:"faults"`
	Knobs  map[string]string `json:"knobs"`
}

// readFaults reads a file of faults; unknown fields are refused.
func readFaults(path string) (Faults, error) {
	if path == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var f Faults
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&f); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: something follows the object", path)
	}
	return f, nil
}

// apply sets what the file says about one simulator.
func (f Faults) apply(name string, stage *sim.Stage) error {
	if err := stage.Knobs.SetAll(f[name].Knobs); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if _, err := stage.Faults.Add(f[name].Faults...); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

package command

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"koshelek-adapter/conformance/sim"
	"koshelek-adapter/conformance/sim/bigcity"
	"koshelek-adapter/conformance/sim/points"
	"koshelek-adapter/conformance/sim/qiibee"
)

// Service is one simulator that listens.
type Service struct {
	Name string            `json:"name"`
	URL  string            `json:"url"`
	Uses map[string]string `json:"uses"` // URLs and credentials to configure a partner with
}

// Simulators is a set of running simulators.
type Simulators struct {
	Clock        *sim.Clock
	ControlToken string
	Services     []Service
	BigCity      *bigcity.Simulator // nil when not started, like the others
	Qiibee       *qiibee.Simulator
	Points       *points.Simulator

	config  Config
	faults  Faults
	servers []*http.Server
	failed  chan error
}

// Start starts what the configuration names; on an error nothing is left
// running. Close ends it.
func Start(c Config) (*Simulators, error) {
	faults, err := readFaults(c.FaultsFile)
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(faults)) {
		if !slices.Contains([]string{"bigcity", "qiibee", "points"}, name) {
			return nil, fmt.Errorf("%s: there is no simulator %q", c.FaultsFile, name)
		}
	}
	t := &Simulators{config: c, faults: faults, ControlToken: cmp.Or(c.ControlToken, secret()), Clock: sim.NewClock(), failed: make(chan error, 4)}
	if !c.Start.IsZero() {
		t.Clock = sim.NewStandingClock(c.Start)
	}
	if err := errors.Join(t.startPoints(), t.startQiibee(), t.startBigCity()); err != nil {
		return nil, errors.Join(err, t.Close(context.Background()))
	}
	return t, nil
}

// secret makes a credential.
func secret() string { return strings.ToLower(rand.Text()) }

func (t *Simulators) settings() sim.Settings {
	return sim.Settings{Seed: t.config.Seed, Clock: t.Clock, ControlToken: t.ControlToken}
}

// serve listens and serves until Close.
func (t *Simulators) serve(address string, handler http.Handler) (string, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	t.servers = append(t.servers, server)
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			t.failed <- err
		}
	}()
	return "http://" + listener.Addr().String(), nil
}

// begin applies the file of faults and serves one simulator.
func (t *Simulators) begin(key, name, address string, stage *sim.Stage, handler http.Handler, uses func(url string) map[string]string) error {
	if err := t.faults.apply(key, stage); err != nil {
		return err
	}
	url, err := t.serve(address, handler)
	if err == nil {
		t.Services = append(t.Services, Service{Name: name, URL: url, Uses: uses(url)})
	}
	return err
}

func (t *Simulators) startPoints() error {
	c := t.config
	if c.Points == "" {
		return nil
	}
	client, password := cmp.Or(c.PointsClient, "client"), cmp.Or(c.PointsSecret, secret())
	t.Points = points.New(points.Options{Settings: t.settings(), Clients: []points.Client{{ID: client, Secret: password}}, CallbackHosts: c.CallbackHosts})
	return t.begin("points", "Points API", c.Points, t.Points.Stage, t.Points.Handler(), func(url string) map[string]string {
		return map[string]string{
			"token URL": url + "/realms/partner/protocol/openid-connect/token", "earn URL": url + "/points/v1/earn",
			"redeem URL": url + "/points/v1/redeem", "balance URL": url + "/latitude-points/orgs/org/point-programs/default/balances/{userId}",
			"client id": client, "client secret": password, "rules": "earn, burn",
		}
	})
}

func (t *Simulators) startQiibee() error {
	c := t.config
	if c.Qiibee == "" {
		return nil
	}
	key := cmp.Or(c.QiibeeKey, secret())
	t.Qiibee = qiibee.New(qiibee.Options{Settings: t.settings(), APIKeys: []string{key}, WebhookURL: c.WebhookURL, WebhookUser: c.WebhookUser,
		WebhookPassword: c.WebhookPassword, WebhookHosts: c.CallbackHosts})
	return t.begin("qiibee", "qiibee", c.Qiibee, t.Qiibee.Stage, t.Qiibee.Handler(), func(url string) map[string]string {
		return map[string]string{"base URL": url + "/api/admin", "X-API-KEY": key, "token ids": "12 (points), 13 (collectible), 14 (partner's points)",
			"campaign": "1", "reward type": "10"}
	})
}

func (t *Simulators) startBigCity() error {
	c := t.config
	if c.BigCity == "" {
		return nil
	}
	if c.BigCitySecrets == nil {
		c.BigCitySecrets = []string{secret()}
	}
	t.BigCity = bigcity.New(bigcity.Options{Settings: t.settings(), Partner: c.Partner, Secrets: c.BigCitySecrets})
	return t.begin("bigcity", "BigCity", c.BigCity, t.BigCity.Stage, t.BigCity.Handler(), func(url string) map[string]string {
		return map[string]string{"base URL": url + "/v1", "health URL": url + "/health", "microsite base URL": url,
			"company secret": strings.Join(c.BigCitySecrets, ", "), "SKUs": `TEA-100, "COFFEE-250\tGround"; catalogue GIFT-100, "MUG\tBlue"`}
	})
}

// Failed delivers the error of a listener that broke.
func (t *Simulators) Failed() <-chan error { return t.failed }

// Close stops listening, lets calls under way end until ctx does, and drops
// what is due.
func (t *Simulators) Close(ctx context.Context) error {
	var errs []error
	for _, server := range t.servers {
		if err := server.Shutdown(ctx); err != nil {
			errs = append(errs, server.Close())
		}
	}
	t.Clock.Close()
	return errors.Join(errs...)
}

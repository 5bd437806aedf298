package wallet_test

import (
	"context"
	"io"
	"log"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"koshelek-adapter/conformance/wallet"
	"koshelek-adapter/schema/koshelek"
)

// tinyKeeper looks into the host in memory.
type tinyKeeper struct{ host *tinyHost }

func (k tinyKeeper) Profile(_ context.Context, card string) (koshelek.User, error) {
	k.host.mu.Lock()
	defer k.host.mu.Unlock()
	p := map[string]string{}
	if one := k.host.cards[card]; one != nil {
		p = one.profile
	}
	return koshelek.User{
		Email: koshelek.Text(p["email"]), Surname: koshelek.Text(p["surname"]),
		Patronymic: koshelek.Text(p["patronymic"]), Locality: koshelek.Text(p["locality"]),
	}, nil
}

func (k tinyKeeper) Consents(_ context.Context, card string) (log []wallet.Consent, err error) {
	k.host.mu.Lock()
	defer k.host.mu.Unlock()
	if one := k.host.cards[card]; one != nil {
		for _, line := range one.log {
			channel, state, _ := strings.Cut(line, "=")
			log = append(log, wallet.Consent{Channel: channel, Allowed: state == "allow"})
		}
	}
	return log, nil
}

// visit plays a small wallet against a host in memory.
func visit(t *testing.T, f flaw, changes ...func(*wallet.Options)) *wallet.Report {
	t.Helper()
	report, err := play(f, changes...)
	require.NoError(t, err)
	return report
}

func play(f flaw, changes ...func(*wallet.Options)) (*wallet.Report, error) {
	host := newTinyHost(f)
	server := httptest.NewUnstartedServer(host)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	defer server.Close()
	o := wallet.Options{
		URL: server.URL, User: login, Password: password, Seed: 7, Users: 12, Calls: 700, Parallel: 32,
		Repeat: 0.25, Lose: 0.1, Slow: 0.02, Reorder: 0.15, SlowFor: 4 * time.Millisecond, Grace: 200 * time.Millisecond,
		Mix:   map[koshelek.Version]int{koshelek.V100: 1, koshelek.V130: 2},
		Codes: []string{"SPRING"}, Inspector: tinyKeeper{host},
	}
	for _, change := range changes {
		change(&o)
	}
	return wallet.Run(context.Background(), o)
}

func TestGoodHostIsAccusedOfNothing(t *testing.T) {
	report := visit(t, good)
	assert.True(t, report.Conformant, "%+v", report.Faults)
	assert.Equal(t, 700, report.Counts.Sent)
	assert.Zero(t, report.Counts.Impossible)
	assert.Equal(t, &wallet.Awards{Welcome: "0", Receipt: "50", Codes: map[string]string{"SPRING": "50"}}, report.Awards)
}

// TestWrongHostsAreCaught holds the wallet to finding each flaw, by a rule that
// names it.
func TestWrongHostsAreCaught(t *testing.T) {
	rules := map[flaw][]string{
		doubleAward: {"award.doubled"}, racyAward: {"award.doubled"}, forgottenAward: {"award.lost"}, refusedRepeat: {"refused"},
		sharedReceipt: {"receipt.shared"}, secondCard: {"card.second"}, lateSecondCard: {"card.second"}, sameNumber: {"number.twice"},
		lostUpdate: {"profile.lost"}, eagerUpdate: {"profile.torn"}, doubledConsent: {"consent.twice"}, lostConsent: {"consent.lost"},
		leak: {"stranger"}, vanishing: {"card.vanished"}, numberLeaf: {"answer.strings"}, notFound: {"answer.status"},
		noCharset: {"answer.content-type"}, emptyObject: {"answer.empty-body"}, barePlain: {"answer.error-object"},
		acceptsAll: {"accepted"}, doubledList: {"card.second"}, silentUnderLoad: {"answer.arrives"},
	}
	// Most of a run is waiting, so many go on at once.
	var all errgroup.Group
	all.SetLimit(8)
	var mu sync.Mutex
	reports := map[flaw]*wallet.Report{}
	for f := range rules {
		all.Go(func() error {
			report, err := play(f, func(o *wallet.Options) {
				o.Grace = 50 * time.Millisecond // a host that is accused too soon is wrong as well
				switch f {
				case sameNumber:
					o.Mix = map[koshelek.Version]int{koshelek.V100: 1}
				case racyAward, secondCard, lostUpdate, leak, silentUnderLoad, vanishing, // which chance decides
					forgottenAward, notFound, acceptsAll: // which show in calls that are few
				default:
					o.Users, o.Calls = 8, 320
				}
			})
			mu.Lock()
			defer mu.Unlock()
			reports[f] = report
			return err
		})
	}
	require.NoError(t, all.Wait())
	for f, rules := range rules {
		t.Run(strings.ReplaceAll(string(f), " ", "_"), func(t *testing.T) {
			report := reports[f]
			assert.False(t, report.Conformant)
			broken := map[string]int{}
			for _, rule := range report.Rules {
				broken[rule.ID] = rule.Broken
			}
			for _, rule := range rules {
				assert.Positive(t, broken[rule], "%v", report.Faults)
			}
			for _, fault := range report.Faults {
				assert.NotContains(t, fault.Request, "799900000", "a phone in a report")
			}
		})
	}
}

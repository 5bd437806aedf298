package wallet_test

import (
	"context"
	"io"
	"log"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

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
	host := newTinyHost(f)
	server := httptest.NewUnstartedServer(host)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	t.Cleanup(server.Close)
	o := wallet.Options{
		URL: server.URL, User: login, Password: password, Seed: 7, Users: 12, Calls: 700, Parallel: 32,
		Repeat: 0.25, Lose: 0.1, Slow: 0.02, Reorder: 0.15, SlowFor: 4 * time.Millisecond, Grace: 200 * time.Millisecond,
		Mix:   map[koshelek.Version]int{koshelek.V100: 1, koshelek.V130: 2},
		Codes: []string{"SPRING"}, Inspector: tinyKeeper{host},
	}
	for _, change := range changes {
		change(&o)
	}
	report, err := wallet.Run(context.Background(), o)
	require.NoError(t, err)
	return report
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
	for f, rules := range map[flaw][]string{
		doubleAward: {"award.doubled"}, racyAward: {"award.doubled"}, forgottenAward: {"award.lost"}, refusedRepeat: {"refused"},
		sharedReceipt: {"receipt.shared"}, secondCard: {"card.second"}, lateSecondCard: {"card.second"}, sameNumber: {"number.twice"},
		lostUpdate: {"profile.lost"}, eagerUpdate: {"profile.torn"}, doubledConsent: {"consent.twice"}, lostConsent: {"consent.lost"},
		leak: {"stranger"}, vanishing: {"card.vanished"}, numberLeaf: {"answer.leaf"}, notFound: {"answer.status"},
		noCharset: {"answer.content-type"}, emptyObject: {"answer.empty"}, barePlain: {"answer.error-object"},
		acceptsAll: {"accepted"}, doubledList: {"card.second"}, silentUnderLoad: {"answer.missing"},
	} {
		t.Run(strings.ReplaceAll(string(f), " ", "_"), func(t *testing.T) {
			t.Parallel()
			report := visit(t, f, func(o *wallet.Options) {
				if f == sameNumber {
					o.Mix = map[koshelek.Version]int{koshelek.V100: 1}
				}
			})
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

package crm

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseCardNumber(t *testing.T) {
	for _, number := range []string{
		"1", "0", "2900000000001", "A-1_b.C", "...a", "anonymous1", "card-anonymous", "getAllUsers2", strings.Repeat("9", MaxCardNumberBytes),
	} {
		got, err := ParseCardNumber(number)
		require.NoError(t, err, number)
		assert.Equal(t, number, got, "nothing is trimmed or folded")
	}
	for name, number := range map[string]string{
		"nothing": "", "too long": strings.Repeat("9", MaxCardNumberBytes+1), "space": "12 34", "space before": " 1234",
		"slash": "12/34", "percent": "12%2F", "a letter beyond ASCII": "1234Ж", "line break": "1234\n", "zero byte": "12\x0034",
		"anonymous": "anonymous", "Anonymous": "Anonymous", "getAllUsers": "getAllUsers", "getallusersextended": "GETALLUSERSEXTENDED",
		"dot": ".", "dots": "..", "not UTF-8": "12\xff34",
	} {
		got, err := ParseCardNumber(number)
		assert.Empty(t, got, name)
		t.Run(name, func(t *testing.T) { refusal(t, err, ErrInvalidCardNumber, number) })
	}
}

func TestPickCard(t *testing.T) {
	card := func(number string, state CardState, age time.Duration) Card {
		return Card{CardNumber: CardNumber{Number: number}, State: state, IssuedAt: noon.Add(-age)}
	}
	// Each card stands for the customer before all those after it.
	order := []Card{
		card("3", CardActive, time.Hour), card("2", CardActive, time.Hour), card("9", CardActive, 2*time.Hour),
		card("7", CardInactive, 0), card("6", CardInactive, 0), card("8", CardInactive, time.Hour),
		card("5", CardBlocked, 0), card("4", CardBlocked, time.Minute),
	}
	shuffle := rand.New(rand.NewPCG(1, 2))
	for begin := range order {
		for range 20 {
			cards := append([]Card(nil), order[begin:]...)
			shuffle.Shuffle(len(cards), func(i, j int) { cards[i], cards[j] = cards[j], cards[i] })
			got, found := PickCard(cards)
			require.True(t, found)
			require.Equal(t, order[begin], got)
		}
	}
	_, found := PickCard(nil)
	assert.False(t, found)
}

func TestUsable(t *testing.T) {
	require.NoError(t, CardActive.Usable())
	require.ErrorIs(t, CardInactive.Usable(), ErrCardInactive)
	require.ErrorIs(t, CardBlocked.Usable(), ErrCardBlocked)
	require.ErrorIs(t, CardState("").Usable(), ErrCardBlocked, "what is not known earns nothing")
	for _, state := range []CardState{CardActive, CardInactive, CardBlocked} {
		assert.True(t, state.Valid())
	}
	assert.False(t, CardState("lost").Valid())
}
